"""The workbench of a full dossier: at most 25 queries, whoever opens it and whatever lies on it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from dossiers import consultation, correspondence, draft_checks, results, services
from dossiers.lifecycle import DossierState as S
from dossiers.models import BundlePart, Dossier, DossierComponent, Letter, ResultIssue
from portal.agencies.actors import Actor, ActorKind
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state, next_day
from tests.dossiers import bundle_situations
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
MOST = 25


def _citizen(dossier: Dossier) -> Actor:
    return Actor.citizen(dossier.filer)


def _official(dossier: Dossier, kind: ActorKind = ActorKind.DESK) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency, kind)


def supplemented_twice() -> Dossier:
    """Two requests, each answered with two papers."""
    dossier = in_state(S.PROCESSING)
    first = dossier.components.select_related("document").get()
    for number in (1, 2):
        ground = {"legal_basis": "Luật X, Điều 5"} if number > 1 else {}
        defects = [services.Defect("", f"Giấy {number}.{each}", "Thiếu.") for each in (1, 2)]
        services.request_supplement(
            dossier.code or "", actor=_official(dossier), reason="Thiếu giấy.", defects=defects, **ground
        )
        papers = [
            DossierComponent(
                component_code="bo-sung", name=f"Giấy {number}.{each}", document=first.document, files=first.files
            )
            for each in (1, 2)
        ]
        services.supplement(dossier.code or "", actor=_citizen(dossier), answer="Đây ạ.", components=papers)
    return dossier


def consulting() -> Dossier:
    """Another agency was asked, answered, and is asked again."""
    dossier = in_state(S.PROCESSING)
    other = factories.make_other_agency()
    for number in (1, 2):
        consultation.request_consultation(
            dossier.code or "",
            actor=_official(dossier, ActorKind.AGENCY),
            agency=other,
            question=f"Câu hỏi {number}?",
            answer_due_on=date.fromisoformat(next_day()),
        )
        if number == 1:
            there = factories.official_actor(other, ActorKind.CONSULTED)
            consultation.answer_consultation(dossier.code or "", actor=there, answer="Không vướng.")
    return dossier


def draft_sent() -> Dossier:
    """A draft was disputed, put right and sent again."""
    dossier = in_state(S.PROCESSING)
    ProcedureVersion.objects.update(draft_days=1)
    specialist = _official(dossier, ActorKind.AGENCY)
    draft_checks.send_draft(dossier.code or "", actor=specialist)
    draft_checks.dispute_draft(dossier.code or "", actor=_citizen(dossier), reason="Sai mục đích.")
    draft_checks.correct_draft(dossier.code or "", actor=specialist, reason="Sửa.", corrections={"purpose": "Đi làm"})
    draft_checks.send_draft(dossier.code or "", actor=specialist)
    return dossier


def proposed() -> Dossier:
    """It lies before the leader."""
    dossier = in_state(S.PROCESSING)
    services.propose(dossier.code or "", actor=_official(dossier, ActorKind.AGENCY), reason="Đủ điều kiện.")
    return dossier


def in_a_bundle() -> Dossier:
    """The first of linked procedures, taken to work on."""
    bundle = bundle_situations.send(bundle_situations.linked())
    row = BundlePart.objects.select_related("dossier__agency").get(bundle=bundle, dossier__procedure_code="1.000001")
    assert row.dossier is not None
    services.accept(row.dossier.code or "", actor=_official(row.dossier))
    services.start_processing(row.dossier.code or "", actor=_official(row.dossier, ActorKind.AGENCY))
    return row.dossier


def returned() -> Dossier:
    """Decided and returned, with all its letters."""
    dossier = in_state(S.PROCESSING)
    services.approve(dossier.code or "", actor=_official(dossier, ActorKind.LEADER))
    results.issue(ResultIssue.objects.get(dossier=dossier))
    assert Letter.objects.filter(dossier=dossier).count() >= 2
    return dossier


def talked_about() -> Dossier:
    """Twenty messages, every other one the citizen's, and notes."""
    dossier = in_state(S.PROCESSING)
    for number in range(20):
        actor = _citizen(dossier) if number % 2 else _official(dossier)
        correspondence.write(dossier.code or "", actor=actor, text=f"Tin {number}.", form_token=f"t{number}")
    correspondence.note(dossier.code or "", actor=_official(dossier), text="Xem lại.", form_token="n")
    return dossier


SITUATIONS: tuple[Callable[[], Dossier], ...] = (
    supplemented_twice,
    consulting,
    draft_sent,
    proposed,
    in_a_bundle,
    returned,
    talked_about,
)


@pytest.mark.parametrize("who", ["desk", "specialist", "leader"])
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
def test_a_full_dossier_needs_few_queries(
    office: Office, settings: Any, who: str, situation: Callable[[], Dossier]
) -> None:
    settings.CALENDAR_KEPT_SECONDS = 60.0  # as in production: the calendar is read once a minute
    dossier = situation()
    client = office.browser(who)
    address = f"/quan-tri/ho-so/{dossier.code}/"
    client.get(address)
    assert count_queries(client, address) <= MOST
