"""Demo partner systems: the province over REST, the ministry over the wire format, the power company when asked."""

from urllib.parse import urlsplit

from django.conf import settings

from portal.agencies import credentials
from portal.agencies.models import AgencyLevel, Branch, ClientKind
from portal.exchange.models import PullProvider, PullSource

ASKED_EVERY_SECONDS = 10


def load_systems() -> None:
    """Register the sandbox systems with the credentials that bin/run gave to both sides."""
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
    if sandbox["power_client_id"] and sandbox["power_client_secret"]:
        _load_power(sandbox)


def _load_power(sandbox: dict[str, str]) -> None:
    """The power company's system fetches papers and calls with nothing else: the portal asks it for its events."""
    power = credentials.set_up(
        credentials.Partner(
            name="Hệ thống khách hàng Điện lực (thử nghiệm)",
            agency_code="0100100079",
            kind=ClientKind.REST,
            client_id=sandbox["power_client_id"],
            client_secret=sandbox["power_client_secret"],
            scopes=[credentials.PAPERS, credentials.WRITES, credentials.RESULTS],
            webhook_url=f"{sandbox['power_url']}/webhooks/portal",
            webhook_secret=sandbox["power_webhook_secret"],
            receives_dossiers=True,
        )
    )
    PullSource.objects.update_or_create(
        client=power.client,
        defaults={
            "provider": PullProvider.REST,
            "address": f"{sandbox['power_url']}/su-kien/",
            "secret": sandbox["power_pull_secret"],
            "interval_seconds": ASKED_EVERY_SECONDS,
        },
    )
