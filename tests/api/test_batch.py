"""A batch of status events: each as if it had come alone, in order, and none spoils another."""

from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from dossiers.api.reading import plain_event
from dossiers.api.serializers import EventSerializer
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.partners import status_events
from portal.core.statements import Statement
from portal.notifications.models import Message
from tests import factories
from tests.api.callers import Caller, caller, event_body, filed_dossier

PATH = "/api/v1/dossiers/events/"


def item(dossier: Dossier | str, event: str, **fields: Any) -> dict[str, Any]:
    code = dossier if isinstance(dossier, str) else dossier.code
    return {"code": code, **event_body(event, **fields)}


def send(system: Caller, *items: Any, key: str | None = None) -> dict[str, Any]:
    answer = system.post(PATH, {"events": list(items)}, key=key)
    assert answer.status_code == 200, answer.content
    return answer.json()


def three_dossiers() -> tuple[Caller, list[Dossier]]:
    system, first = filed_dossier()
    return system, [first, *(factories.file_dossier(version=first.procedure_version) for _ in range(2))]


@pytest.fixture(params=[status_events.SENT_AHEAD, 1], ids=["sent at the end", "each sent ahead"])
def sent_ahead(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of these tests is small: also as if each of its events ended a part of it."""
    monkeypatch.setattr(status_events, "SENT_AHEAD", request.param)


@pytest.mark.usefixtures("sent_ahead")
@pytest.mark.django_db
def test_starts_of_work_read_their_dossiers_alone_unless_a_clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    system, dossiers = three_dossiers()
    send(system, *(item(dossier, "accept") for dossier in dossiers))
    stands = dossiers[2].pk
    Dossier.objects.filter(pk=stands).update(clock_stopped_at=timezone.now() - timedelta(days=10))
    before = dict(Dossier.objects.values_list("pk", "due_at"))
    read: list[bytes] = []
    execute = Statement._execute
    monkeypatch.setattr(Statement, "_execute", lambda self, *a: read.append(self._query) or execute(self, *a))
    told = send(system, *(item(dossier, "start_processing") for dossier in dossiers))
    monkeypatch.undo()
    assert [result["status"] for result in told["results"]] == [201] * 3
    assert [b"accounts_" in query for query in read if b"FOR UPDATE OF dossier" in query] == [False, True]
    for dossier in Dossier.objects.all():
        moved = dossier.due_at - before[dossier.pk] if dossier.due_at else timedelta(0)
        assert (moved > timedelta(days=5)) is (dossier.pk == stands) and dossier.clock_stopped_at is None


@pytest.mark.django_db
def test_events_of_several_dossiers_take_effect_in_order() -> None:
    system, (first, second, third) = three_dossiers()
    told = send(
        system,
        item(first, "accept", official={"name": "Ngô Văn Nghiệm"}),
        item(second, "accept"),
        item(first, "start_processing"),
        item(third, "refuse_intake", reason="Sai thẩm quyền"),
        item(first, "approve", result={"document_number": "7/KQ"}),
    )
    assert [result["status"] for result in told["results"]] == [201] * 5
    assert (told["accepted"], told["refused"]) == (5, 0)
    states = [Dossier.objects.get(pk=dossier.pk).state for dossier in (first, second, third)]
    assert states == [DossierState.DECIDED, DossierState.ACCEPTED, DossierState.REFUSED]
    names = list(first.events.values_list("name", flat=True))
    assert names == ["dossier.submitted", "dossier.accepted", "dossier.processing_started", "dossier.decided"]
    assert first.events.get(name="dossier.accepted").data["official"] == {"name": "Ngô Văn Nghiệm"}
    first.refresh_from_db()
    assert first.result_issue.document_number == "7/KQ" and first.letters.filter(kind="01").exists()
    assert Message.objects.filter(reference=second.code, kind="dossier.accepted", channel="inbox").count() == 1


@pytest.mark.usefixtures("sent_ahead")
@pytest.mark.django_db
def test_a_bad_item_spoils_no_other() -> None:
    system, (first, second, third) = three_dossiers()
    told = send(
        system,
        item(first, "accept"),
        item("H48-261122-9999", "accept"),
        item(second, "return_result", occurred_at=timezone.now() + timedelta(minutes=1)),
        item(second, "accept") | {"occurred_at": "hôm qua"},
        5,
        item(third, "refuse_intake"),
        item(third, "require_payment", payments=[{"description": "Phí", "amount_vnd": 5000}]),
    )
    codes = [result.get("error", {}).get("code", "") for result in told["results"]]
    assert [result["status"] for result in told["results"]] == [201, 404, 409, 422, 422, 409, 201]
    assert codes[1:4] == ["dossier.not_found", "dossier.transition_not_allowed", "input.invalid"]
    assert told["results"][3]["error"]["fields"].keys() == {"occurred_at"}
    assert told["results"][5]["error"]["fields"].keys() == {"reason"}
    assert [dossier.events.count() for dossier in (first, second, third)] == [2, 1, 2]
    third.refresh_from_db()
    assert third.state == DossierState.AWAITING_PAYMENT and third.last_sequence == 2
    assert third.obligations.get().amount_vnd == 5000


@pytest.mark.usefixtures("sent_ahead")
@pytest.mark.django_db
def test_the_same_reference_again_changes_nothing() -> None:
    system, (first, second, _third) = three_dossiers()
    events = [item(first, "accept"), item(second, "accept")]
    again = send(system, events[0], events[0])
    assert [result["status"] for result in again["results"]] == [201, 200]
    told = send(system, *events)
    assert [result["status"] for result in told["results"]] == [200, 201]
    assert told["results"][0]["sequence"] == again["results"][0]["sequence"]
    assert first.events.count() == 2


@pytest.mark.django_db
def test_the_same_key_gets_the_same_answer() -> None:
    system, (first, _second, _third) = three_dossiers()
    body = {"events": [item(first, "accept")]}
    answers = [system.post(PATH, body, key="k-1") for _time in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_another_systems_dossier_is_not_found() -> None:
    _system, dossier = filed_dossier()
    stranger = caller(factories.make_agency("H48.00001"), receives=False)
    assert send(stranger, item(dossier, "accept"))["results"][0]["status"] == 404
    assert dossier.events.count() == 1


@pytest.mark.usefixtures("sent_ahead")
@pytest.mark.django_db
def test_a_late_report_is_kept_and_moves_nothing() -> None:
    system, dossier = filed_dossier()
    now = timezone.now()
    send(system, item(dossier, "accept"), item(dossier, "start_processing"))
    send(system, item(dossier, "refuse_intake", reason="Nhầm", occurred_at=now - timedelta(hours=1)))
    dossier.refresh_from_db()
    assert dossier.state == DossierState.PROCESSING
    assert dossier.events.latest().data["late"] is True


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, {"events": []}, {"events": {}}, [], {"events": [{}] * 1001}])
def test_a_body_that_is_no_batch_names_the_field(body: object) -> None:
    system, _dossier = filed_dossier()
    answer = system.post(PATH, body)
    assert answer.status_code == 422 and "events" in answer.json()["fields"]


@pytest.mark.django_db
def test_a_batch_needs_the_scope_and_sends_no_files() -> None:
    agency = factories.make_agency()
    reader = caller(agency, scopes=["dossiers:read"])
    assert reader.post(PATH, {"events": [item("x", "accept")]}).status_code == 403
    system, dossier = filed_dossier()
    files = [{"name": "a.pdf", "content_base64": "JVBERi0="}]
    told = send(system, item(dossier, "approve", result={"files": files}))
    assert told["results"][0]["error"]["fields"].keys() == {"result.files"}


@pytest.mark.usefixtures("sent_ahead")
@pytest.mark.django_db
def test_what_the_database_refuses_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    system, (first, second, _third) = three_dossiers()
    call = status_events._call

    def too_long(event: str, code: str, **rest: Any) -> Dossier:
        dossier = call(event, code, **rest)
        if code == second.code:
            dossier.newest_event.actor_name = "x" * 300  # type: ignore[union-attr] # _call made one
        return dossier

    monkeypatch.setattr(status_events, "_call", too_long)
    told = send(system, item(first, "accept"), item(second, "accept"))
    assert [result["status"] for result in told["results"]] == [201, 422]
    assert [dossier.events.count() for dossier in (first, second)] == [2, 1]


@pytest.mark.django_db
def test_what_the_database_refuses_on_its_way_fails_alone_under_a_key_too(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Later rows wait already when it is heard: they are not sent into what has failed."""
    settings.CALENDAR_KEPT_SECONDS = 60  # a look at the calendar would hear it first
    system, (first, second, third) = three_dossiers()
    known, *others = [factories.file_dossier(version=first.procedure_version) for _ in range(3)]
    names = {others[0].code: "Một cửa", first.code: "x" * 300}
    call = status_events._call

    def named(event: str, code: str, **rest: Any) -> Dossier:
        dossier = call(event, code, **rest)
        if code in names:
            dossier.newest_event.actor_name = names[code]  # type: ignore[union-attr] # _call made one
        return dossier

    monkeypatch.setattr(status_events, "_call", named)
    monkeypatch.setattr(status_events, "SENT_AHEAD", 2)
    send(system, item(known, "accept"))  # what a process keeps is known now
    # the statement of two like these has its name from here on: only by that is anything sent ahead
    send(system, *(item(dossier, "accept") for dossier in others))
    items = [item(dossier, "accept") for dossier in (first, second, third)]
    told = send(system, *items, key="a-key")
    assert [result["status"] for result in told["results"]] == [422, 201, 201]
    assert [dossier.events.count() for dossier in (first, second, third)] == [1, 2, 2]
    assert send(system, *items, key="a-key") == told


@pytest.mark.django_db
def test_many_cost_as_few_statements_as_one() -> None:
    system, dossiers = three_dossiers()
    send(system, item(dossiers[0], "accept"))  # what a process keeps is known now
    with CaptureQueriesContext(connection) as queries:
        send(system, *(item(dossier, "accept") for dossier in dossiers[1:]))
    assert not [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]


TEXTS = st.one_of(st.text(max_size=20), st.just(" "), st.just("x" * 151), st.none(), st.integers())
MOMENTS = st.one_of(
    st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Asia/Ho_Chi_Minh")])).map(lambda at: at.isoformat()),
    st.datetimes().map(lambda at: at.isoformat()),
    st.sampled_from(["2026-11-20", "20261120T083000+0700", "2026-11-20T08:30:00Z", "", "hôm qua", None, 5]),
)
TOLD = st.fixed_dictionaries(
    {"event": st.sampled_from([*status_events.EVENTS, "xoa", "", None]), "occurred_at": MOMENTS, "reference": TEXTS},
    optional={
        "reason": TEXTS,
        "official": st.one_of(st.none(), st.dictionaries(st.sampled_from(["name", "unit", "x"]), TEXTS, max_size=3)),
        "due_at": MOMENTS,
        "components": st.just(["TP01"]),
        "unknown": st.integers(),
    },
)


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TOLD)
def test_the_short_way_reads_as_the_serializer_does(told: dict[str, Any]) -> None:
    read = plain_event(told)
    if read is None:
        return  # the serializer is asked
    try:
        assert read == dict(EventSerializer().run_validation(told))
    except ValidationError as error:
        raise AssertionError(f"the serializer objects: {error.detail}") from error


def test_the_short_way_reads_what_partners_send() -> None:
    assert plain_event({"code": "H17-1", **event_body("accept", official={"name": "A"}, reason="Đủ")}) is not None
