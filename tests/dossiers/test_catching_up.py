"""Large tables are migrated beside the writes of the day; what the previous release wrote meanwhile is caught up."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, RunSQL
from django.db.migrations.operations.base import Operation

from datastore.models import Document, DocumentGroup, DocumentType, TrustLevel
from dossiers import catching_up, services
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, DossierEvent
from portal.agencies.actors import ActorKind
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state

pytestmark = pytest.mark.django_db


def proposed() -> Dossier:
    dossier = in_state(S.PROCESSING)
    assert dossier.agency is not None
    return services.propose(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.AGENCY))


def proposed_at(dossier: Dossier) -> object:
    return Dossier.objects.values_list("proposed_at", flat=True).get(pk=dossier.pk)


def test_a_proposal_of_the_previous_release_reaches_the_leader(office: Office) -> None:
    lost, stale, right = proposed(), in_state(S.PROCESSING), proposed()
    Dossier.objects.filter(pk=lost.pk).update(proposed_at=None)
    Dossier.objects.filter(pk=stale.pk).update(proposed_at=lost.updated_at)
    queue = "/quan-tri/hang-doi/cho-duyet/"
    call_command("catch_up_with_events")
    shown = office.browser("leader").get(queue).content.decode()
    assert str(lost.code) in shown and str(right.code) in shown and str(stale.code) not in shown
    assert proposed_at(lost) == lost.events.get(name="dossier.proposed").occurred_at and proposed_at(stale) is None
    assert catching_up.proposals() == 0, "safe to run again"


@pytest.mark.parametrize("state", [S.PROCESSING, S.WITHDRAWAL_REQUESTED, S.STOPPED])
def test_the_backfill_keeps_proposals_that_only_pause(state: S) -> None:
    dossier = proposed()
    expected = proposed_at(dossier)
    Dossier.objects.filter(pk=dossier.pk).update(proposed_at=None, state=state, finished_at=expected)
    fill = import_module("dossiers.migrations.0008_proposals_before_leaders").FILL
    with connection.cursor() as cursor:
        cursor.execute(fill, {"low": dossier.pk, "high": dossier.pk + 1})
    assert proposed_at(dossier) == expected is not None


def test_what_was_sent_back_is_not_filled() -> None:
    dossier = proposed()
    assert dossier.agency is not None
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    services.send_back(dossier.code or "", actor=leader, reason="Sửa.")
    fill = import_module("dossiers.migrations.0008_proposals_before_leaders").FILL
    with connection.cursor() as cursor:
        cursor.execute(fill, {"low": dossier.pk, "high": dossier.pk + 1})
    assert proposed_at(dossier) is None


def test_papers_that_a_system_sent_to_the_previous_release_get_the_level_of_their_own() -> None:
    agency, owner = factories.make_agency(), factories.make_citizen()
    kind = DocumentType.objects.create(code="GT.X", name="Giấy", name_en="Paper", group=DocumentGroup.UPLOAD)

    def paper(trust: TrustLevel, **fields: object) -> Document:
        return Document.objects.create(owner=owner, type=kind, title="Giấy", trust=trust, **fields)

    sent = paper(TrustLevel.DIGITISED, issuer=agency)
    others = [paper(TrustLevel.DIGITISED), paper(TrustLevel.ISSUED, issuer=agency), paper(TrustLevel.UPLOADED)]
    assert sent.trust_level == TrustLevel.FETCHED, "it is called so before"
    assert (catching_up.fetched_papers(), catching_up.fetched_papers()) == (1, 0)
    sent.refresh_from_db()
    assert sent.trust == TrustLevel.FETCHED
    assert [Document.objects.get(pk=other.pk).trust for other in others] == ["C", "A", "D"]


LARGE = {"dossier", "dossierevent", "inboxmessage", "blob", "document"}
SINCE = {"dossiers": "0006", "exchange": "0002", "datastore": "0014"}


def _operations() -> Iterator[tuple[str, Operation]]:
    for (app, name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        if app in SINCE and name >= SINCE[app]:
            for operation in migration.operations:
                yield f"{app}.{name}", operation


def test_no_index_of_a_large_table_is_built_against_its_writers() -> None:
    wrong = []
    for where, operation in _operations():
        if type(operation) in {AddIndex, AddConstraint} and vars(operation)["model_name"] in LARGE:
            wrong.append(where)
        if isinstance(operation, AddField) and operation.model_name_lower in LARGE and operation.field.db_index:
            wrong.append(where)
        if isinstance(operation, RunSQL) and str(operation.sql).lstrip().upper().startswith("UPDATE"):
            wrong.append(where)
    assert not wrong, "portal.core.migrating has what a large table needs"


def test_the_indexes_are_there_and_valid() -> None:
    names = [
        "document_not_yet_listed",
        "dossier_desk",
        "dossier_elsewhere",
        "dossier_catalogue_gap",
        "event_not_in_journal",
        *(f"dossier_{name}" for name in ("by_day", "decided", "finished", "open")),
        *(f"dossier_with_{name}" for name in ("assistance", "counter_visit", "desk", "rebased_to")),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indisvalid AND relname = ANY(%s)",
            [[*names, "one_event_per_journal_number"]],
        )
        assert len(cursor.fetchall()) == len(names) + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisunique FROM pg_index WHERE indexrelid = 'one_event_per_journal_number'::regclass")
        assert cursor.fetchone() == (True,)


def test_no_index_that_every_push_writes_does_what_another_one_does() -> None:
    tables = ["dossiers_dossier", "dossiers_dossierevent", "exchange_inboundrequest", "exchange_inboxmessage"]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT one.indexrelid::regclass::text
            FROM pg_index one
            JOIN pg_index other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
            WHERE one.indrelid::regclass::text = ANY(%s) AND NOT one.indisunique
              AND one.indpred IS NULL AND other.indpred IS NULL AND one.indexprs IS NULL AND other.indexprs IS NULL
              AND (other.indkey::int2[])[0:one.indnkeyatts - 1] = (one.indkey::int2[])[0:one.indnkeyatts - 1]
            """,
            [[*tables, "notifications_message"]],
        )
        # a code is also looked for by its beginning, which an index in another collation than C cannot do
        assert {name for (name,) in cursor.fetchall()} == {"dossiers_dossier_code_6d68c351_like"}


def test_events_of_the_previous_release_join_the_journal() -> None:
    dossier = factories.file_dossier()
    client = factories.make_client(factories.make_agency())
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=client)
    DossierEvent.objects.filter(dossier=dossier).update(partner=None)
    assert catching_up.journal() == dossier.events.count() > 0
    assert set(dossier.events.values_list("partner", flat=True)) == {client.pk}
