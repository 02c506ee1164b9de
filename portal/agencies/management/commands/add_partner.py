"""manage.py add_partner NAME --agency CODE: make a partner system's account and show its credentials once."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.agencies import credentials
from portal.agencies.models import ClientKind
from portal.core.errors import PortalError


class Command(BaseCommand):
    """Create the account of a ministry's or province's system, or renew one given by its client id or username."""

    help = "Create a partner system and print its credentials once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name what can be set; credentials that are not given are made."""
        parser.add_argument("name", help="name of the system, as officials know it")
        parser.add_argument("--agency", required=True, metavar="CODE", help="agency it acts for, and all below it")
        parser.add_argument("--wire", action="store_true", help="DVCQG wire format instead of API v1")
        parser.add_argument("--json", action="store_true", help="print JSON, for scripts")
        parser.add_argument("--quiet", action="store_true", help="print nothing, when both sides know the credentials")
        parser.add_argument("--client-id", default="", help="API v1: OAuth 2 client id")
        parser.add_argument("--client-secret", default="", help="API v1: OAuth 2 client secret")
        parser.add_argument("--scopes", default=" ".join(credentials.SCOPES), help="API v1: scopes, space-separated")
        parser.add_argument("--username", default="", help="wire: account name")
        parser.add_argument("--password", default="", help="wire: password")
        parser.add_argument("--madonvi", default="", help="wire: agency code in its calls, when not --agency")
        parser.add_argument("--success-literal", default="0", help='wire: error_code of success, "0" or "00"')
        parser.add_argument("--wrap-replies", action="store_true", help="wire: replies as text within message")
        parser.add_argument("--webhook-url", default="", help="where the system receives dossiers")
        parser.add_argument("--webhook-secret", default="", help="signing key of what it receives (whsec_…)")
        parser.add_argument("--receives", action="store_true", help="dossiers of the agency are decided in this system")
        parser.add_argument("--branches", default="", help="only these branches, comma-separated")
        parser.add_argument("--level", default="", help="only agencies of this level")
        parser.add_argument("--file-hosts", default="", help="hosts that serve its result files, comma-separated")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account, or say which option is at fault."""
        partner = credentials.Partner(
            name=options["name"],
            agency_code=options["agency"],
            kind=ClientKind.WIRE if options["wire"] else ClientKind.REST,
            client_id=options["client_id"],
            client_secret=options["client_secret"],
            scopes=options["scopes"].split(),
            username=options["username"],
            password=options["password"],
            wire_agency_code=options["madonvi"],
            success_literal=options["success_literal"],
            wraps_replies=options["wrap_replies"],
            webhook_url=options["webhook_url"],
            webhook_secret=options["webhook_secret"],
            receives_dossiers=options["receives"],
            branches=_words(options["branches"]),
            agency_level=options["level"],
            file_hosts=_words(options["file_hosts"]),
        )
        try:
            issued = credentials.set_up(partner)
        except PortalError as error:
            lines = [str(error.message)]
            lines += [f"--{name.replace('_', '-')}: {text}" for name, texts in error.fields.items() for text in texts]
            raise CommandError("\n".join(lines)) from None
        if options["quiet"]:
            return
        shown = {
            "name": issued.client.name,
            "agency": issued.client.agency.code,
            "kind": issued.client.kind,
            **issued.secrets,
            **credentials.addresses(issued.client, settings.BASE_URL),
        }
        if options["json"]:
            self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2))
            return
        for name, value in shown.items():
            self.stdout.write(f"{name:22} {value}")
        self.stdout.write("\nKhóa và mật khẩu chỉ hiện lần này; Cổng chỉ giữ mã băm.")


def _words(text: str | list[str]) -> list[str]:
    """An option's words; code that calls the command may give a list."""
    if isinstance(text, list):
        return text
    return [word.strip() for word in text.split(",") if word.strip()]
