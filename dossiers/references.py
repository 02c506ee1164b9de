"""Dossier codes: agency, day, number of that day; never used twice (mã hồ sơ, TT 03/2025/TT-VPCP)."""

from datetime import date

from portal.core.identifiers import format_dossier_code
from portal.core.statements import Statement

_NEXT = Statement("""
    INSERT INTO dossiers_dossiercodecounter AS counter (agency_code, day, last_number) VALUES (%s, %s, 1)
    ON CONFLICT (agency_code, day) DO UPDATE SET last_number = counter.last_number + 1
    RETURNING counter.last_number, EXISTS (
        SELECT FROM dossiers_dossier AS dossier
        WHERE dossier.code = concat_ws(
            '-', counter.agency_code, to_char(counter.day, 'YYMMDD'),
            lpad(counter.last_number::text, greatest(4, length(counter.last_number::text)), '0')
        )
    )
""")


def next_code(agency_code: str, day: date) -> str:
    """Return the next code of an agency on a day.

    A number is passed over where the agency's own system, which counts in the same form, reported a dossier with it.
    Locks the counter's row until the transaction ends, so call it as late as possible.
    """
    number, is_taken = 0, True
    while is_taken:
        number, is_taken = _NEXT.rows([agency_code, day])[0]
    return format_dossier_code(agency_code, day, number)
