"""What a batch of status events is measured against: psycopg alone writes the same rows.

`python -m tests.bench.rivals CLIENT FIRST LAST` runs inside a throw-away portal and answers as long as it is given
work: each line on standard input names a step and how many events, each line of output the seconds it took.
An event is one INSERT of an event row and one UPDATE of its dossier row, sent with executemany, which psycopg
pipelines, in one transaction for all of them.
"""

import itertools
import json
import os
import sys
import time
from datetime import UTC, datetime

import psycopg
from psycopg.types.json import Jsonb

EVENT = """
    INSERT INTO dossiers_dossierevent (dossier_id, sequence, name, from_state, to_state, actor_kind, actor_user_id,
        actor_agency_id, actor_name, source, source_reference, occurred_at, received_at, reason, data, is_public,
        partner_id)
    VALUES (%s, %s, %s, %s, %s, 'partner', NULL, %s, %s, %s, %s, %s, %s, '', %s, true, %s)
"""
DOSSIER = """
    UPDATE dossiers_dossier
    SET state = %s, resume_state = '', state_occurred_at = %s, last_sequence = %s, accepted_at = %s, counted_from = %s,
        intake_due_at = %s, due_at = %s, is_without_time_limit = false, clock_stopped_at = NULL, finished_at = NULL,
        returned_at = NULL, assignee_id = NULL, updated_at = %s
    WHERE id = %s
"""
STEPS = {
    "accept": ("dossier.accepted", "submitted", "accepted"),
    "start_processing": ("dossier.processing_started", "accepted", "processing"),
}


def main(client: int, first_code: str, last_code: str) -> None:
    """Accept and start processing dossiers of a range that nobody else touches."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        found = connection.execute(
            "SELECT id, last_sequence, agency_id FROM dossiers_dossier WHERE code >= %s AND code <= %s ORDER BY code",
            [first_code, last_code],
        ).fetchall()
        at = dict.fromkeys(STEPS, 0)
        print(json.dumps({"dossiers": len(found)}), flush=True)
        for line in sys.stdin:
            step, count = line.split()
            rows = list(itertools.islice(found, at[step], at[step] + int(count)))
            at[step] += len(rows)
            started, cpu = time.perf_counter(), time.process_time()
            _write(connection, step, rows, client)
            print(json.dumps([time.perf_counter() - started, time.process_time() - cpu, len(rows)]), flush=True)


def _write(connection: psycopg.Connection, step: str, rows: list[tuple[int, int, int]], client: int) -> None:
    name, before, after = STEPS[step]
    ahead = 1 + list(STEPS).index(step)
    now = datetime.now(UTC)
    official = {"official": {"name": "Ngô Văn Nghiệm", "title": "Cán bộ một cửa", "unit": "Bộ phận một cửa"}}
    source = f"client:{client}"
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(
            EVENT,
            [
                (pk, sequence + ahead, name, before, after, agency, "Hệ thống một cửa", source)
                + (f"bench-{pk}-{step}", now, now, Jsonb(official), client)
                for pk, sequence, agency in rows
            ],
        )
        cursor.executemany(
            DOSSIER,
            [(after, now, sequence + ahead, now, now, now, now, now, pk) for pk, sequence, _agency in rows],
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
