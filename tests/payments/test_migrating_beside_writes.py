"""Orders, lines, receipts and refunds are migrated while people pay: nothing is built or scanned against them."""

import pytest
from django.contrib.postgres.operations import ValidateConstraint
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, AlterField

SINCE = "0008"
CATALOGUE_ONLY = {("refund", "reason")}
"""Changed choices, which the database does not know."""


def _migrations() -> dict[str, Migration]:
    found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {name: migration for (app, name), migration in found.items() if app == "payments" and name >= SINCE}


def test_no_index_is_built_and_no_row_scanned_against_payments() -> None:
    wrong = []
    for name, migration in _migrations().items():
        for operation in migration.operations:
            if type(operation) in {AddIndex, AddConstraint} or (
                migration.atomic and type(operation) is ValidateConstraint
            ):
                wrong.append(name)
            if isinstance(operation, AddField) and (operation.field.db_index or operation.field.unique):
                wrong.append(name)
            if isinstance(operation, AlterField) and (operation.model_name, operation.name) not in CATALOGUE_ONLY:
                wrong.append(name)
    assert not wrong, "portal.core.migrating has what a table in use needs"


@pytest.mark.django_db
def test_what_was_built_is_there_and_valid() -> None:
    indexes = {
        "line_of_part",
        "line_on_receipt",
        "line_without_receipt",
        "order_of_bundle",
        "payments_receipt_order_id_beside",
        "payments_refund_notice_id_beside",
    }
    uniques = {
        "one_line_per_payment_ahead",
        "obligation_in_one_open_order",
        "charge_ahead_in_one_open_order",
        "one_receipt_per_order_and_agency",
        "one_receipt_per_held_line",
        "one_refund_per_notice",
        "one_refund_per_line_of_notice",
        "one_order_per_voucher_of_agency",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, indisunique FROM pg_index JOIN pg_class ON oid = indexrelid"
            " WHERE indisvalid AND relname = ANY(%s)",
            [[*indexes, *uniques]],
        )
        assert dict(cursor.fetchall()) == {**dict.fromkeys(indexes, False), **dict.fromkeys(uniques, True)}
        cursor.execute("SELECT convalidated FROM pg_constraint WHERE conname = 'line_pays_for_something'")
        assert cursor.fetchall() == [(True,)]
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid"
            " WHERE indisunique AND indpred IS NULL AND (indrelid, indkey::text) IN"
            " (SELECT attrelid, attnum::text FROM pg_attribute WHERE (attrelid, attname) IN"
            " (('payments_receipt'::regclass, 'order_id'), ('payments_refund'::regclass, 'notice_id')))"
        )
        assert cursor.fetchall() == [], "an order may have several receipts, a notice several refunds"
