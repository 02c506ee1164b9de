"""Jobs over many dossiers, as officials ask for them."""

import re
from typing import Any

from django.http import HttpResponse

from dossiers import services
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier
from portal.agencies.actors import ActorKind
from portal.backoffice.models import BulkItem
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state

NEW = "/quan-tri/hang-loat/moi/"


def mark(dossier: Dossier) -> str:
    dossier.refresh_from_db()
    return f"{dossier.code}~{dossier.last_sequence}"


def ask(office: Office, who: str, kind: str, dossiers: list[Dossier], **fields: str) -> Any:
    """Confirm a job as this official; the worker has not run yet."""
    form = {"kind": kind, "queue": "moi-nop", "confirm": "1", "token": "t", **fields}
    return office.browser(who).post(NEW, {**form, "chosen": [mark(row) for row in dossiers]})


def proposed(office: Office) -> Dossier:
    dossier = in_state(S.PROCESSING)
    return services.propose(dossier.code or "", actor=factories.official_actor(office.agency, ActorKind.AGENCY))


def ask_whole(office: Office, who: str = "desk", queue: str = "moi-nop", kind: str = "accept") -> Any:
    return office.browser(who).post(NEW, {"queue": queue, "kind": kind, "all": "1"})


def confirm(office: Office, page: HttpResponse, who: str = "desk", **fields: str) -> Any:
    """Press the button of the page that asks, with everything it carries."""
    carried = dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', page.content.decode()))
    return office.browser(who).post(NEW, {**carried, **fields})


def results() -> dict[str, tuple[str, str]]:
    return {item.dossier_code: (item.state, item.words) for item in BulkItem.objects.all()}
