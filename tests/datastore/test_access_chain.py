"""The log of who looked: linked in order, closed by signed heads, guarded, and every change found and named."""

# ruff: noqa: S608 - tampering is SQL, with names of our own tables
import json
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from datastore import access, chain, grants, log_verifier, readings, sharing
from datastore.models import AccessHead, AccessLog, SigningKey
from datastore.results import verification
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_key")]
ROOT = Path(__file__).resolve().parents[2]
CODE = "H29.126-261120-0001"
TABLE = AccessLog._meta.db_table
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@pytest.fixture
def read(deposit, ward, official_of):
    """Read a paper some times as an official."""
    paper = deposit()
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose="Giải quyết hồ sơ")
    official = official_of(ward)

    def look(times: int = 1) -> None:
        for _time in range(times):
            access.get_document(paper.pk, actor=official, purpose="")

    return look


@pytest.fixture
def log(read):
    """Three days of reading, closed, and one row of the fourth: seven rows, three heads."""
    for day in range(3):
        read(2)
        chain.link_pending()
        chain.close_day(NOON + timedelta(days=day))
    read()
    chain.link_pending()


def verify(**options):
    """Return what `verify_access_log` says."""
    out = StringIO()
    try:
        call_command("verify_access_log", stdout=out, **options)
    except CommandError:
        assert json.loads(out.getvalue())["problems"]
    return json.loads(out.getvalue())


def named(said):
    """The rows that are named: (problem, position) each."""
    return {(found["problem"], found["position"]) for found in said["problems"] if "position" in found}


def unguarded(sql, parameters=()):
    """What somebody with the database in his hands does: triggers off, SQL, triggers on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in (TABLE, AccessHead._meta.db_table):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        assert cursor.rowcount >= 1
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in (TABLE, AccessHead._meta.db_table):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


# --- linking ----------------------------------------------------------------------------------


def test_a_reading_waits_for_nobody_and_is_linked_afterwards(read):
    read(3)
    assert set(AccessLog.objects.values_list("position", flat=True)) == {None}
    assert chain.link_pending() == 3
    assert list(AccessLog.objects.order_by("id").values_list("position", flat=True)) == [1, 2, 3]
    assert chain.link_pending() == 0


def test_more_rows_than_one_round_takes(read, monkeypatch):
    monkeypatch.setattr(chain, "AT_ONCE", 2)
    read(5)
    assert chain.link_pending() == 5
    assert verify() | {"problems": []} == verify()


def test_a_day_is_closed_once_and_covers_what_was_linked(log):
    heads = list(AccessHead.objects.order_by("day"))
    assert [head.day for head in heads] == [date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21)]
    assert [(head.first_position, head.last_position) for head in heads] == [(1, 2), (3, 4), (5, 6)]
    assert chain.close_day(NOON + timedelta(days=2)) is None
    assert chain.close_day(NOON) is None


def test_a_day_without_readings_has_its_head_too(log):
    empty = [chain.close_day(NOON + timedelta(days=day)) for day in (3, 4)]
    assert [(head.first_position, head.last_position) for head in empty] == [(7, 7), (8, 7)]
    said = verify()
    assert (said["status"], said["heads"], said["rows_after_last_head"]) == ("whole", 5, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_chain(read, monkeypatch):
    monkeypatch.setattr(chain, "AT_ONCE", 7)
    read(60)

    def work():
        try:
            chain.link_pending()
            chain.close_day(NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    chain.link_pending()
    chain.close_day(NOON + timedelta(days=1))
    said = verify()
    assert (said["status"], said["rows"]) == ("whole", 60)
    assert AccessHead.objects.filter(day=date(2026, 11, 19)).count() <= 1


@pytest.mark.django_db(transaction=True)
def test_a_reading_goes_on_while_the_chain_is_linked(read):
    done = []

    def work():
        try:
            read()
            done.append(True)
        finally:
            connection.close()

    with transaction.atomic():
        assert chain._lock()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(timeout=60)
        assert done == [True]


def test_the_task_does_both(read):
    from datastore.tasks import link_accesses

    read()
    link_accesses()
    assert AccessLog.objects.get().position == 1
    assert AccessHead.objects.get().day == timezone.localdate() - timedelta(days=1)


# --- the database refuses ---------------------------------------------------------------------


@pytest.mark.parametrize("field", [field.attname for field in AccessLog._meta.concrete_fields])
def test_no_column_of_a_linked_row_is_changed(log, field):
    row = AccessLog.objects.filter(position=3)
    value = row.values_list(field, flat=True).get()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        row.update(**{field: value})


def test_no_row_is_deleted_linked_or_not(log, read):
    read()
    for position in (3, None):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE position IS NOT DISTINCT FROM %s", [position])


def test_a_row_that_waits_is_linked_and_nothing_else(read):
    read()
    row = AccessLog.objects.all()
    for change in ({"purpose": "x"}, {"position": 1, "purpose": "x"}, {"chain_sha256": "0" * 64}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            row.update(**change)
    assert chain.link_pending() == 1


def test_heads_stay_as_they_are(log):
    for change in (lambda: AccessHead.objects.update(signature="x"), AccessHead.objects.all().delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


# --- whoever gets round the database is found -------------------------------------------------


@pytest.fixture
def changed_value(stranger, other_ward, deposit, citizen):
    """For each column another value that the table would hold."""
    client = ApiClient.objects.create(name="Hệ thống khác", agency=other_ward, kind="rest")
    other = deposit(title="Giấy khác")
    return {
        "id": 999_999,
        "document_id": other.pk,
        "owner_id": stranger.pk,
        "agency_id": other_ward.pk,
        "agency_name": other_ward.name,
        "reader_id": stranger.pk,
        "client_id": client.pk,
        "share_id": sharing.create(
            other.pk, actor=Actor.citizen(citizen), purpose="x", days=1, views=1, with_code=False
        ).share.pk,
        "reader_name": "Người khác",
        "reader_role": "leader",
        "action": "opened",
        "purpose": "Việc khác",
        "dossier_code": "H29.126-261120-0002",
        "read_at": NOON,
        "row_sha256": "a" * 64,
        "chain_sha256": "b" * 64,
    }


@pytest.mark.parametrize("column", sorted({*chain.COLUMNS, "row_sha256", "chain_sha256"}))
@pytest.mark.parametrize("position", [1, 4, 7])
def test_an_edited_column_is_named_by_its_row(log, changed_value, column, position):
    assert verify()["status"] == "whole"
    unguarded(f"UPDATE {TABLE} SET {column} = %s WHERE position = %s", [changed_value[column], position])
    said = verify()
    assert named(said) == {("edited", position)}
    assert said["problems"][0]["row_id"]


def test_an_edit_with_its_digests_made_anew_is_found(log):
    row = AccessLog.objects.values(*chain.COLUMNS).get(position=3)
    row["purpose"] = "Việc khác"
    leaf = log_verifier.row_hash(chain.facts(row))
    link = log_verifier.link_hash(AccessLog.objects.get(position=2).chain_sha256, leaf)
    unguarded(
        f"UPDATE {TABLE} SET purpose = %s, row_sha256 = %s, chain_sha256 = %s WHERE position = 3",
        ["Việc khác", leaf, link],
    )
    said = verify()
    assert named(said) == {("edited", 4)}  # the first row that no longer follows
    assert {"problem": "day_changed", "day": "2026-11-20", "first": 3, "last": 4} in said["problems"]


def rebuild_from(position):
    """Make every digest from a position on anew, as somebody who knows the program would."""
    link = AccessLog.objects.get(position=position - 1).chain_sha256
    for row in AccessLog.objects.filter(position__gte=position).order_by("position").values("position", *chain.COLUMNS):
        leaf = log_verifier.row_hash(chain.facts(row))
        link = log_verifier.link_hash(link, leaf)
        unguarded(
            f"UPDATE {TABLE} SET row_sha256 = %s, chain_sha256 = %s WHERE position = %s", [leaf, link, row["position"]]
        )


def test_a_chain_made_anew_breaks_on_the_signed_heads(log):
    unguarded(f"UPDATE {TABLE} SET purpose = 'Việc khác' WHERE position = 3")
    rebuild_from(3)
    said = verify()
    assert named(said) == set()
    assert [found["day"] for found in said["problems"] if found["problem"] == "day_changed"] == ["2026-11-20"]


def test_heads_made_anew_do_not_match_those_that_others_kept(log, tmp_path):
    kept = tmp_path / "nhat-ky.json"
    kept.write_text(json.dumps({"heads": [chain.signed(head) for head in AccessHead.objects.order_by("day")]}))
    unguarded(f"UPDATE {TABLE} SET purpose = 'Việc khác' WHERE position = 3")
    rebuild_from(3)
    unguarded(f"DELETE FROM {AccessHead._meta.db_table} WHERE day >= '2026-11-20'")
    chain.close_day(NOON + timedelta(days=1))  # with the portal's own key
    assert verify()["status"] == "whole"
    said = verify(heads=kept)
    assert [(found["problem"], found["day"]) for found in said["problems"]] == [
        ("head_replaced", "2026-11-20"),
        ("head_removed", "2026-11-21"),
    ]


@pytest.mark.parametrize("position", [1, 3, 6])
def test_a_removed_row_is_named(log, position):
    unguarded(f"DELETE FROM {TABLE} WHERE position = %s", [position])
    assert ("removed", position) in named(verify())


def test_rows_removed_and_renumbered_are_named_where_it_happened(log):
    unguarded(f"DELETE FROM {TABLE} WHERE position = 3")
    for position in range(4, 8):
        unguarded(f"UPDATE {TABLE} SET position = %s WHERE position = %s", [position - 1, position])
    assert ("edited", 3) in named(verify())


def test_the_end_cut_off_is_named_up_to_the_last_head(log):
    unguarded(f"DELETE FROM {TABLE} WHERE position >= 5")
    assert ("removed", 5) in named(verify())


def test_an_inserted_row_is_named(log, read):
    read()
    unguarded(f"UPDATE {TABLE} SET position = position + 1 WHERE position = 7")
    unguarded(f"UPDATE {TABLE} SET position = 7, row_sha256 = %s WHERE position IS NULL", ["c" * 64])
    assert ("edited", 7) in named(verify())


def test_a_head_signed_by_nobody_or_out_of_its_time_is_named(log):
    unguarded(f"UPDATE {AccessHead._meta.db_table} SET signature = %s WHERE day = '2026-11-20'", ["A" * 88])
    assert {"problem": "head_not_signed", "day": "2026-11-20", "reason": "bad_signature"} in verify()["problems"]
    SigningKey.objects.filter(use="credential").update(retired_at=NOON - timedelta(days=1))
    assert {found.get("reason") for found in verify()["problems"]} == {"key_time"}


def test_rows_that_wait_too_long_are_counted(read):
    read()
    assert verify()["waiting_too_long"] == 0
    unguarded(f"UPDATE {TABLE} SET read_at = now() - interval '2 hours'")
    assert verify()["waiting_too_long"] == 1


def test_every_column_is_covered():
    fields = {field.attname for field in AccessLog._meta.concrete_fields}
    assert fields - set(chain.COLUMNS) == {"position", "row_sha256", "chain_sha256"}


# --- the stand-alone script -------------------------------------------------------------------


@pytest.fixture
def exported(log, tmp_path):
    """The files that somebody outside holds: export and keys."""
    out = StringIO()
    call_command("export_access_log", stdout=out)
    (tmp_path / "log.jsonl").write_text(out.getvalue(), encoding="utf-8")
    (tmp_path / "khoa.json").write_text(json.dumps(verification.key_set()))
    return tmp_path


def script(folder, name="log.jsonl"):
    """Run the script as another program would; return its exit code and what it says."""
    command = [sys.executable, str(ROOT / "datastore" / "log_verifier.py"), "--keys", str(folder / "khoa.json")]
    done = subprocess.run([*command, str(folder / name)], capture_output=True, text=True, check=False, timeout=90)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_the_script_finds_the_export_whole_and_each_change_of_it(exported):
    code, said, _errors = script(exported)
    assert (code, said["status"], said["rows"], said["heads"]) == (0, "whole", 7, 3)
    lines = (exported / "log.jsonl").read_text(encoding="utf-8").splitlines()
    edited = [line.replace("Giải quyết hồ sơ", "Xem chơi") if '"position": 4' in line else line for line in lines]
    removed = [line for line in lines if '"position": 4' not in line]
    inserted = [*lines[:4], lines[3], *lines[4:]]
    for changed, problem in ((edited, "edited"), (removed, "removed"), (inserted, "inserted")):
        (exported / "changed.jsonl").write_text("\n".join(changed), encoding="utf-8")
        code, said, _errors = script(exported, "changed.jsonl")
        assert (code, said["status"]) == (1, "changed")
        assert problem in {found["problem"] for found in said["problems"]}


def test_the_script_says_what_it_cannot_read(exported):
    (exported / "log.jsonl").write_text("not json")
    code, _said, errors = script(exported)
    assert code == 2
    assert "cannot read" in errors


def test_it_needs_no_django():
    program = "import sys, datastore.log_verifier; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60).returncode == 0


def test_a_row_of_an_identity_is_linked_like_any_other(citizen, ward, official_of):
    readings.of_identity(citizen, actor=official_of(ward), purpose="Đối chiếu", dossier_code=CODE)
    chain.link_pending()
    assert verify()["status"] == "whole"
