"""Demo partner systems: the sandbox province over REST, the sandbox ministry over the wire format."""

from urllib.parse import urlsplit

from django.conf import settings

from portal.agencies import credentials
from portal.agencies.models import AgencyLevel, Branch, ClientKind


def load_systems() -> None:
    """Register both sandbox systems with the credentials that bin/run gave to both sides."""
    sandbox = settings.SANDBOX
    if sandbox["province_client_id"] and sandbox["province_client_secret"]:
        credentials.set_up(
            credentials.Partner(
                name="Hệ thống một cửa thành phố Đà Nẵng (thử nghiệm)",
                agency_code="H17",
                kind=ClientKind.REST,
                client_id=sandbox["province_client_id"],
                client_secret=sandbox["province_client_secret"],
                scopes=list(credentials.SCOPES),
                webhook_url=f"{sandbox['province_url']}/webhooks/portal",
                webhook_secret=sandbox["province_webhook_secret"],
                receives_dossiers=True,
            )
        )
    if sandbox["ministry_username"] and sandbox["ministry_password"]:
        credentials.set_up(
            credentials.Partner(
                name="Hệ thống nghiệp vụ Bộ Công an (thử nghiệm)",
                agency_code="G01",
                kind=ClientKind.WIRE,
                username=sandbox["ministry_username"],
                password=sandbox["ministry_password"],
                webhook_url=f"{sandbox['ministry_url']}/webhooks/portal",
                webhook_secret=sandbox["ministry_webhook_secret"],
                receives_dossiers=True,
                branches=[Branch.POLICE],
                agency_level=AgencyLevel.PROVINCE,
                file_hosts=[urlsplit(sandbox["ministry_url"]).netloc],
            )
        )
