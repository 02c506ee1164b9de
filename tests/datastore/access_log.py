"""For tests of the log of who looked: what the command says of it, and what somebody with the database can do."""

import json
from datetime import UTC, datetime
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection

from datastore.models import AccessEnd, AccessHead, AccessLog

TABLE = AccessLog._meta.db_table
TABLES = (TABLE, AccessHead._meta.db_table, AccessEnd._meta.db_table)
CODE = "H29.126-261120-0001"
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


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
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        assert cursor.rowcount >= 1
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
