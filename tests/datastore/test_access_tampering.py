"""Every change of the log of who looked is found, and named by its row or its day."""

# ruff: noqa: S608 - tampering is SQL, with names of our own tables
import json
from datetime import timedelta

import pytest

from datastore import chain, log_verifier, sharing
from datastore.models import AccessEnd, AccessHead, AccessLog, SigningKey
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from tests.datastore.access_log import NOON, TABLE, named, unguarded, verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_key")]


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


HEADS, END = AccessHead._meta.db_table, AccessEnd._meta.db_table


def sign_end_anew():
    """Sign the end of what is there, as somebody who holds the portal's key would."""
    last = AccessLog.objects.order_by("-position").first()
    chain._sign_end(last.position, last.chain_sha256)


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
    unguarded(f"DELETE FROM {HEADS} WHERE day >= '2026-11-20'")
    sign_end_anew()
    chain.close_day(NOON + timedelta(days=1))  # with the portal's own key
    assert verify()["status"] == "whole"
    said = verify(heads=kept)
    assert [(found["problem"], found["day"]) for found in said["problems"]] == [
        ("head_replaced", "2026-11-20"),
        ("head_removed", "2026-11-21"),
    ]


@pytest.mark.parametrize("position", [1, 3, 6, 7])
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


def test_the_newest_rows_cut_off_stay_missed_whatever_follows(log, read):
    unguarded(f"DELETE FROM {TABLE} WHERE position = 7")
    assert named(verify()) == {("removed", 7)}
    read(2)
    chain.link_pending()
    chain.close_day(NOON + timedelta(days=3))
    assert named(verify()) == {("removed", 7)}
    assert AccessLog.objects.order_by("-position").values_list("position", flat=True)[0] == 9


def test_the_newest_rows_made_anew_are_named_whatever_follows(log, read):
    unguarded(f"UPDATE {TABLE} SET purpose = 'Việc khác' WHERE position = 7")
    rebuild_from(7)
    assert verify()["problems"] == [{"problem": "end_changed", "last": 7}]
    read()
    chain.link_pending()
    assert named(verify()) == {("edited", 8)}, "the row after it follows what was signed"


def test_two_rows_put_in_each_others_place_are_named(log):
    for position, other in ((7, 99), (6, 7), (99, 6)):
        unguarded(f"UPDATE {TABLE} SET position = %s WHERE position = %s", [other, position])
    assert ("edited", 6) in named(verify())


def test_the_last_heads_taken_away_are_missed(log):
    unguarded(f"DELETE FROM {HEADS} WHERE day = '2026-11-21'")
    assert verify()["problems"] == [{"problem": "head_removed", "day": "2026-11-21"}]


def test_an_end_that_is_gone_forged_or_set_back_is_named(log, read):
    earlier = AccessEnd.objects.values("position", "chain_sha256", "statement", "signature").get()
    read()
    chain.link_pending()
    unguarded(f"DELETE FROM {TABLE} WHERE position = 8")
    unguarded(f"UPDATE {END} SET position = 7, statement = jsonb_set(statement, '{{last}}', '7')")
    assert ("end_not_signed", "bad_signature") in {(p["problem"], p.get("reason")) for p in verify()["problems"]}
    unguarded(f"DELETE FROM {END}")
    assert verify()["problems"] == [{"problem": "end_missing"}]
    read()
    chain.link_pending()
    assert verify()["problems"] == [{"problem": "end_missing"}], "nothing signs a new one over the gap"
    AccessEnd.objects.create(pk=1, **earlier)
    assert verify()["status"] == "whole", "who kept an earlier end and cuts back to it is found by kept heads only"


def test_a_log_from_before_ends_were_signed_gets_its_end_with_the_next_row(log, read):
    unguarded(f"DELETE FROM {END}")
    for head in AccessHead.objects.order_by("day"):
        unguarded(f"UPDATE {HEADS} SET statement = jsonb_set(statement, '{{v}}', '1') WHERE id = %s", [head.pk])
    assert "end_missing" not in {found["problem"] for found in verify()["problems"]}
    read()
    chain.link_pending()
    assert AccessEnd.objects.get().position == 8


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
