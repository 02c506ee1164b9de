"""Rows made and read without Django's ceremony are the rows that Django makes and reads."""

from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from dossiers import access
from dossiers.models import Dossier, DossierEvent, Letter, LetterKind
from portal.agencies.actors import Actor
from portal.core import rows
from portal.exchange.models import InboundRequest
from portal.notifications.models import Message
from tests import factories
from tests.api.callers import filed_dossier

pytestmark = pytest.mark.django_db


def columns(row: Model) -> dict[str, Any]:
    """What the row says, moments of its making left out."""
    moments = {"created_at", "next_try_at", "received_at"}
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in moments and field.attname not in row.get_deferred_fields()
    }


def test_a_new_row_is_what_the_model_makes() -> None:
    dossier = factories.file_dossier()
    now = timezone.now()
    event = {"dossier": dossier, "sequence": 9, "name": "x", "actor_kind": "system", "actor_user": None}
    for model, values in (
        (DossierEvent, {**event, "occurred_at": now, "data": {"a": 1}}),
        (Letter, {"dossier_id": dossier.pk, "kind": LetterKind.RECEIPT, "event_id": 3}),
        (Message, {"recipient_id": dossier.owner_id, "channel": "inbox", "kind": "x", "subject": "s", "body": "b"}),
        (InboundRequest, {"client_id": 1, "key": "k", "operation": "POST /", "response_status": 200}),
    ):
        made, theirs = rows.fresh(model, **values), model(**values)
        assert columns(made) == columns(theirs)
        assert made._state.adding and made._state.db is None
        assert made._state.fields_cache == theirs._state.fields_cache
    with pytest.raises(TypeError, match="colour"):
        rows.fresh(Message, colour="red")


def test_two_new_rows_share_no_default() -> None:
    one, other = rows.fresh(DossierEvent), rows.fresh(DossierEvent)
    one.data["a"] = 1
    assert other.data == {}


def test_a_joined_row_is_what_the_orm_reads(django_assert_num_queries: Any) -> None:
    system, dossier = filed_dossier()
    second = factories.file_dossier()
    assert second.agency == dossier.agency
    found = access.lock_dossiers([dossier.code, second.code], actor=Actor.partner(system.client))
    read = found[dossier.code]
    assert columns(read) == {
        name: value for name, value in columns(Dossier.objects.get(pk=dossier.pk)).items() if name in columns(read)
    }
    assert read.agency is found[second.code].agency, "what several rows join to is read once"
    assert read is not found[second.code] and read.local_terms is not found[second.code].local_terms
    with django_assert_num_queries(0):
        assert read.handled_by == system.client
        assert read.agency.office_hours == dossier.agency.office_hours
        person = read.filer or read.owner
        assert person.citizen.user_id == person.pk and person.notice_modes == {}
    with django_assert_num_queries(1):
        assert read.answers == dossier.answers, "what was not asked for is fetched where somebody looks"
    read.applicant_phone = "0900000001"
    with django_assert_num_queries(1):
        read.save(update_fields=["applicant_phone"])


def test_what_was_left_out_is_read_along(django_assert_num_queries: Any) -> None:
    system, dossier = filed_dossier()
    read = access.lock_dossiers([dossier.code], actor=Actor.partner(system.client))[dossier.code]
    assert "answers" in read.get_deferred_fields()
    with django_assert_num_queries(0):
        rows.read_along(read, "answers", "code")
        assert read.answers == dossier.answers != {}
    read.answers = {"a": 1}
    rows.read_along(read, "answers")
    assert read.answers == {"a": 1}, "what is there stays"
