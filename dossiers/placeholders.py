"""Facts of a dossier in an agency's own words (chỗ điền sẵn): `{ma_ho_so}` and the like in messages and letters."""

import re
from collections.abc import Callable

from dossiers.models import Dossier
from portal.core.moments import vn_datetime

FACTS: dict[str, Callable[[Dossier], str]] = {
    "ma_ho_so": lambda dossier: dossier.code or "",
    "thu_tuc": lambda dossier: dossier.procedure_name,
    "nguoi_nop": lambda dossier: dossier.applicant_name,
    "co_quan": lambda dossier: dossier.agency.name if dossier.agency else "",
    "hen_tra": lambda dossier: vn_datetime(dossier.due_at) if dossier.due_at else "",
}
NAMED = re.compile(r"\{([^{}\s]*)\}")


def filled(text: str, dossier: Dossier) -> str:
    """The words with the dossier's facts; a name in braces that is not known stays as it was written."""

    def fact(found: re.Match[str]) -> str:
        return FACTS[found[1]](dossier) if found[1] in FACTS else found[0]

    return NAMED.sub(fact, text)


def unknown(text: str) -> list[str]:
    """Names in braces that no dossier has, in the order of the text."""
    return [name for name in NAMED.findall(text) if name not in FACTS]
