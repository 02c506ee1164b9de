"""Reading agency codes as partners write them: today's form, and the reversed one of QCVN 102:2016/BTTTT."""

import re

from portal.agencies.models import Agency

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
    """Return the province or ministry that a code lies below, where the unit itself is not known here, or None."""
    newest = next(reversed(spellings(code[:60])), "")
    root, dot, _below = newest.partition(".")
    return Agency.objects.filter(code=root).first() if dot else None


def is_elsewhere(code: str, agency: Agency) -> bool:
    """Whether a code that we do not know lies below a province or ministry that this agency does not belong to."""
    root = find_root(code)
    return root is not None and not (root.is_within(agency) or agency.is_within(root))


def find_agency(code: str) -> Agency | None:
    """Return the agency a code names, in whichever form, or None."""
    wanted = spellings(code[:60])
    found = {agency.code: agency for agency in Agency.objects.filter(code__in=wanted)} if wanted else {}
    return next((found[spelling] for spelling in wanted if spelling in found), None)
