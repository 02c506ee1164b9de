"""Rows made and read without Django's ceremony are the rows that Django makes and reads."""

from typing import Any

import pytest
from django.db.models import Model
from django.db.models.manager import BaseManager
from django.utils import timezone

from dossiers import access
from dossiers.models import Dossier, DossierEvent, Letter, LetterKind
from portal.agencies.actors import Actor
from portal.core import rows
from portal.exchange.models import InboundRequest
from portal.notifications.models import Message
from procedures import published
from procedures.models import ProcedureVersion
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


def test_prefetched_rows_are_had_without_a_manager(django_assert_num_queries: Any) -> None:
    _system, dossier = filed_dossier()
    version = published.version(dossier.procedure_version_id)
    made = BaseManager.creation_counter
    with django_assert_num_queries(0):
        papers = list(rows.rows_at_hand(version, "components"))
    assert BaseManager.creation_counter == made
    fresh = ProcedureVersion.objects.get(pk=version.pk)
    with django_assert_num_queries(1):
        assert list(rows.rows_at_hand(fresh, "components")) == papers != []
