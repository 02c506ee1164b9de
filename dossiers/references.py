"""Dossier codes: agency, day, number of that day; never used twice (mã hồ sơ, TT 03/2025/TT-VPCP)."""

from datetime import date

from django.db import connection

from portal.core.identifiers import format_dossier_code

_NEXT = """
    INSERT INTO dossiers_dossiercodecounter AS counter (agency_code, day, last_number) VALUES (%s, %s, 1)
    ON CONFLICT (agency_code, day) DO UPDATE SET last_number = counter.last_number + 1
    RETURNING counter.last_number, EXISTS (
        SELECT FROM dossiers_dossier AS dossier
        WHERE dossier.code = concat_ws(
            '-', counter.agency_code, to_char(counter.day, 'YYMMDD'),
            lpad(counter.last_number::text, greatest(4, length(counter.last_number::text)), '0')
        )
    )
"""


def next_code(agency_code: str, day: date) -> str:
    """Return the next code of an agency on a day.

    A number is passed over where the agency's own system, which counts in the same form, reported a dossier with it.
    Locks the counter's row until the transaction ends, so call it as late as possible.
    """
    is_taken = True
    with connection.cursor() as cursor:
        while is_taken:
            cursor.execute(_NEXT, [agency_code, day])
            number, is_taken = cursor.fetchone()
    return format_dossier_code(agency_code, day, number)
