"""Dossier codes: agency, day, number of that day; never used twice (mã hồ sơ, TT 03/2025/TT-VPCP)."""

from datetime import date

from django.db import connection

from portal.core.identifiers import format_dossier_code

_NEXT = """
    INSERT INTO dossiers_dossiercodecounter (agency_code, day, last_number) VALUES (%s, %s, 1)
    ON CONFLICT (agency_code, day) DO UPDATE SET last_number = dossiers_dossiercodecounter.last_number + 1
    RETURNING last_number
"""


def next_code(agency_code: str, day: date) -> str:
    """Return the next code of an agency on a day.

    Locks the counter's row until the transaction ends, so call it as late as possible.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [agency_code, day])
        (number,) = cursor.fetchone()
    return format_dossier_code(agency_code, day, number)
