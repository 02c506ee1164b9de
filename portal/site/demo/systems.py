"""Demo partner systems: the sandbox province over REST, the sandbox ministry over the wire format."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command

from portal.agencies.models import AgencyLevel, Branch


def load_systems() -> None:
    """Register both sandbox systems with the credentials that bin/run gave to both sides."""
    sandbox = settings.SANDBOX
    if sandbox["province_client_id"]:
        call_command(
            "add_partner",
            "Hệ thống một cửa thành phố Đà Nẵng (thử nghiệm)",
            agency="H17",
            client_id=sandbox["province_client_id"],
            client_secret=sandbox["province_client_secret"],
            webhook_url=f"{sandbox['province_url']}/webhooks/portal",
            webhook_secret=sandbox["province_webhook_secret"],
            receives=True,
            quiet=True,
        )
    if sandbox["ministry_username"]:
        call_command(
            "add_partner",
            "Hệ thống nghiệp vụ Bộ Công an (thử nghiệm)",
            agency="G01",
            wire=True,
            username=sandbox["ministry_username"],
            password=sandbox["ministry_password"],
            madonvi=sandbox["ministry_madonvi"],
            webhook_url=f"{sandbox['ministry_url']}/webhooks/portal",
            webhook_secret=sandbox["ministry_webhook_secret"],
            branches=[Branch.POLICE],
            level=AgencyLevel.PROVINCE,
            receives=True,
            file_hosts=[urlsplit(sandbox["ministry_url"]).netloc],
            quiet=True,
        )
