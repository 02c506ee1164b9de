"""What the check page remarks on (lưu ý trước khi nộp): answers that are allowed each and hardly meant together."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from dossiers import steps
from dossiers.models import Dossier
from procedures import eforms
from procedures.models import ProcedureVersion


@dataclass(frozen=True, slots=True)
class Remark:
    """One line, and the step where what it speaks of is changed."""

    text: str
    url: str


def of(dossier: Dossier, version: ProcedureVersion) -> list[Remark]:
    """What to look at once more; nothing here keeps anybody from filing."""
    answers = dossier.answers
    if answers.get("relationship") != "father" or answers.get("father_declared") is not False:
        return []
    # the certificate has no father where none is determined (NĐ 123/2015/NĐ-CP art. 15(2)), which is no error of the
    # form; a declarant who is the father has as a rule lost the tick
    page = next((page for page in eforms.pages(eforms.form_for(version)) if _asks(page, "father_declared")), None)
    if page is None:
        return []
    text = _("Người khai là cha của trẻ, nhưng không đánh dấu khai người cha: giấy khai sinh sẽ không ghi tên cha.")
    return [Remark(text, steps.address(dossier, page.key, changing=True))]


def _asks(page: eforms.Page, key: str) -> bool:
    return any(field.key == key for field in page.fields())
