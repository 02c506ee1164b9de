"""Reading agency codes as partners write them: today's form, and the reversed one of QCVN 102:2016/BTTTT."""

import re

from django.utils import timezone

from portal.agencies.models import Agency
from portal.core.rows import JoinedSelect, Part

_OLD_FORM = re.compile(r"(\d{3}(?:\.\d{2,3})+)\.([A-Z]\d{2})")


def spellings(code: str) -> list[str]:
    """Return the code as it stands and, for the old form, as it is written today.

    >>> spellings("000.00.01.H99")
    ['000.00.01.H99', 'H99.01']
    """
    plain = code.strip().upper()
    if not plain:
        return []
    found = [plain]
    if old := _OLD_FORM.fullmatch(plain):
        below = [part for part in reversed(old[1].split(".")) if part.strip("0")]
        found.append(".".join([old[2], *below]))
    return found


def find_root(code: str) -> Agency | None:
    """Return the province or ministry that a code lies below, where the unit itself is not known here, or None.

    Of a closed one, the one that has its tasks today.
    """
    newest = next(reversed(spellings(code[:60])), "")
    root, dot, _below = newest.partition(".")
    agency = Agency.objects.filter(code=root).first() if dot else None
    return heir_of(agency) if agency else None


def is_elsewhere(code: str, agency: Agency) -> bool:
    """Whether a code that we do not know lies below a province or ministry that this agency does not belong to."""
    root, today = find_root(code), heir_of(agency)
    return root is not None and not (root.is_within(today) or today.is_within(root))


_BY_CODES = JoinedSelect(
    [Part("agency", Agency)],
    f"FROM {Agency._meta.db_table} AS agency WHERE agency.code = ANY(%s)",
)
"""Asked at every dossier that a one-stop system reports."""


def find_agency(code: str, *, asker: Agency | None = None) -> Agency | None:
    """Return the agency a code names, in whichever form, or None; of a closed one, the one that has its tasks today.

    Old codes live on in partners' systems. A closed agency within the asker's own is given as it is: until somebody
    moves a system to the agency that followed, it goes on as before.
    """
    wanted = spellings(code[:60])
    found = {agency.code: agency for _extra, (agency,) in _BY_CODES.all([wanted])} if wanted else {}
    agency = next((found[spelling] for spelling in wanted if spelling in found), None)
    if agency is None or (asker is not None and agency.is_within(asker)):
        return agency
    return heir_of(agency)


def heir_of(agency: Agency) -> Agency:
    """The agency itself while it is open; else who followed it, and whoever followed that one."""
    today, seen = timezone.localdate(), {agency.pk}
    while agency.valid_to is not None and agency.valid_to < today:
        successor = agency.successor
        if successor is None or successor.pk in seen:
            break
        agency = successor
        seen.add(agency.pk)
    return agency
