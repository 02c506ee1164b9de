"""Facts of a dossier in an agency's own words (chỗ điền sẵn): `{ma_ho_so}` and the like in messages and letters."""

import re

from dossiers.models import Dossier
from portal.core.moments import vn_datetime

KNOWN = ("ma_ho_so", "thu_tuc", "nguoi_nop", "co_quan", "hen_tra")
NAMED = re.compile(r"\{([^{}\s]*)\}")


def filled(text: str, dossier: Dossier) -> str:
    """The words with the dossier's facts; a name in braces that is not known stays as it was written."""
    facts = {
        "ma_ho_so": dossier.code or "",
        "thu_tuc": dossier.procedure_name,
        "nguoi_nop": dossier.applicant_name,
        "co_quan": dossier.agency.name if dossier.agency else "",
        "hen_tra": vn_datetime(dossier.due_at) if dossier.due_at else "",
    }
    return NAMED.sub(lambda found: facts.get(found[1], found[0]), text)


def unknown(text: str) -> list[str]:
    """Names in braces that no dossier has, in the order of the text."""
    return [name for name in NAMED.findall(text) if name not in KNOWN]
