"""A worker that dies after the result was signed: the next one ends with one paper, one event, one notice."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone

from datastore.models import Credential, Document, DocumentStatus, Grant
from dossiers import replacing, result_delivery, results, services
from dossiers.models import Dossier, ResultIssue
from dossiers.tasks import issue_results
from portal.agencies.actors import ActorKind
from portal.core.work import WorkState
from portal.exchange.models import OutboxMessage
from portal.notifications.models import Message
from tests import factories
from tests.api.callers import filed_dossier

pytestmark = pytest.mark.django_db

STEPS = (
    "dossiers.superseding.hold",
    "datastore.services.name_subject",
    "dossiers.superseding.replace_earlier",
    "dossiers.result_delivery.send",
    "portal.core.work.QueuedWork.mark_done",
)
"""What follows the signed paper, in the order of dossiers.results.issue; handing over differs by situation."""


def elsewhere() -> Dossier:
    """Decided in the agency's own system, which gets the paper."""
    system, dossier = filed_dossier()
    for step in ("accept", "approve"):
        assert system.push(dossier, step, official={"name": "Ngô Văn Nghiệm"}).status_code == 201
    return dossier


def here(**answers: str) -> Dossier:
    """Decided at a desk of this portal."""
    dossier = factories.processing_dossier()
    assert dossier.agency is not None
    Dossier.objects.filter(pk=dossier.pk).update(answers={**dossier.answers, **answers})
    services.approve(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER))
    return dossier


def with_paper() -> Dossier:
    """Decided here, and the paper is collected at the desk."""
    return here(result_method="desk")


SITUATIONS: dict[Callable[[], Dossier], tuple[str, str]] = {
    elsewhere: ("dossiers.services.return_result", "dossier.returned"),
    here: ("dossiers.results._deliver", "dossier.returned"),
    with_paper: ("dossiers.handing_over.lay_ready", "dossier.result_ready"),
}
CASES = [(situation, step, event) for situation, (last, event) in SITUATIONS.items() for step in (*STEPS, last)]


def dies(monkeypatch: pytest.MonkeyPatch, step: str, *, is_done: bool) -> None:
    """Have the worker die before a step, or right after it was taken."""
    place, name = step.rsplit(".", 1)
    try:
        owner: Any = import_module(place)
    except ModuleNotFoundError:
        module, class_name = place.rsplit(".", 1)
        owner = getattr(import_module(module), class_name)
    real = getattr(owner, name)

    def crash(*args: Any, **kwargs: Any) -> None:
        if is_done:
            real(*args, **kwargs)
        raise RuntimeError("killed")

    monkeypatch.setattr(owner, name, crash)


def counted(dossier: Dossier, event: str) -> tuple[int, ...]:
    """Papers, credentials, events, notices, messages to the system, rights over the paper."""
    papers = Document.objects.filter(dossier_code=dossier.code, credential__isnull=False)
    return (
        papers.count(),
        Credential.objects.filter(reference__startswith=dossier.code or "-").count(),
        dossier.events.filter(name=event).count(),
        Message.objects.filter(reference=dossier.code, kind=event, channel="inbox").count(),
        OutboxMessage.objects.filter(subject=dossier.code, type__startswith="dossier.result_").count(),
        Grant.objects.filter(document__in=papers).count(),
    )


def again() -> None:
    """The next worker, when the row is due."""
    ResultIssue.objects.update(next_try_at=timezone.now())
    issue_results()


@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("situation", "step", "event"), CASES)
def test_after_the_second_run_there_is_one_of_each(
    situation: Callable[[], Dossier], step: str, event: str, is_done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = situation()
    with monkeypatch.context() as broken:
        dies(broken, step, is_done=is_done)
        issue_results()
    assert counted(dossier, event) == (1, 1, 0, 0, 0, 0), "signed and laid down; nothing says so by halves"
    work = ResultIssue.objects.get(dossier=dossier)
    assert (work.work_state, work.document) == (WorkState.PENDING, None) and work.last_error
    again()
    sent = int(situation is elsewhere)
    wanted = (1, 1, 1, 1, sent, sent or int(situation is with_paper))
    assert counted(dossier, event) == wanted
    dossier.refresh_from_db()
    assert dossier.result_document == Document.objects.get(credential__reference=dossier.code)
    again()
    results.issue(work)  # a worker that slept through all of it, with what it had read
    assert counted(dossier, event) == wanted
    assert ResultIssue.objects.get(pk=work.pk).work_state == WorkState.DONE


@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", [*STEPS, "datastore.results.service.replace", "dossiers.results._replace"])
def test_a_replacement_is_one_paper_too(step: str, is_done: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = elsewhere()
    issue_results()
    dossier.refresh_from_db()
    assert dossier.agency is not None
    replacing.replace_result(
        dossier.code or "",
        actor=factories.official_actor(dossier.agency, ActorKind.LEADER),
        reason="Ghi sai mục đích.",
        legal_basis="NĐ 30/2020/NĐ-CP, Điều 18",
        corrections={"purpose": "Xin việc"},
        decision=services.Decision(),
        keeps_rest=True,
    )
    first = dossier.result_document
    with monkeypatch.context() as broken:
        dies(broken, step, is_done=is_done)
        issue_results()
    assert first is not None
    first.refresh_from_db()
    assert first.status == DocumentStatus.VALID, "the old one counts until the new one is in its place"
    again()
    again()
    dossier.refresh_from_db()
    first.refresh_from_db()
    newer = dossier.result_document
    assert newer is not None and (first.status, first.replaced_by) == (DocumentStatus.REPLACED, newer)
    assert Document.objects.filter(dossier_code=dossier.code, credential__isnull=False).count() == 2
    assert dossier.events.filter(name=replacing.EVENT).count() == 1
    assert Message.objects.filter(reference=dossier.code, kind=replacing.EVENT, channel="inbox").count() == 1
    assert OutboxMessage.objects.filter(subject=dossier.code, type=result_delivery.REPLACED).count() == 1
