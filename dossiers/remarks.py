"""What the check page remarks on (lưu ý trước khi nộp): answers that are allowed each and hardly meant together."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from dossiers import steps
from dossiers.models import Dossier
from procedures import eforms
from procedures.models import ProcedureVersion

MALE, FEMALE = "1", "2"
"""Values of the list `gender` (procedures/reference/value_lists.yaml)."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One line, and the step where what it speaks of is changed."""

    text: str
    url: str


def of(dossier: Dossier, version: ProcedureVersion) -> list[Remark]:
    """What to look at once more; nothing here keeps anybody from filing."""
    return [*_parent_of_other_sex(dossier, version), *_father_left_out(dossier, version)]


def _parent_of_other_sex(dossier: Dossier, version: ProcedureVersion) -> list[Remark]:
    """A declarant who says to be the father and is a woman by the identity account, or the mother and a man."""
    said = dossier.answers.get("relationship"), dossier.answers.get("gender")
    page = _page_asking(version, "relationship")
    if page is None or said not in {("father", FEMALE), ("mother", MALE)}:
        return []
    text = (
        _("Bạn khai là cha của trẻ, nhưng giới tính của bạn ghi là nữ. Hãy xem lại.")
        if said[0] == "father"
        else _("Bạn khai là mẹ của trẻ, nhưng giới tính của bạn ghi là nam. Hãy xem lại.")
    )
    return [Remark(text, steps.address(dossier, page.key, changing=True))]


def _father_left_out(dossier: Dossier, version: ProcedureVersion) -> list[Remark]:
    answers = dossier.answers
    if answers.get("relationship") != "father" or answers.get("father_declared") is not False:
        return []
    # the certificate has no father where none is determined (NĐ 123/2015/NĐ-CP art. 15(2)), which is no error of the
    # form; a declarant who is the father has as a rule lost the tick
    page = _page_asking(version, "father_declared")
    if page is None:
        return []
    text = _("Người khai là cha của trẻ, nhưng không đánh dấu khai người cha: giấy khai sinh sẽ không ghi tên cha.")
    return [Remark(text, steps.address(dossier, page.key, changing=True))]


def _page_asking(version: ProcedureVersion, key: str) -> eforms.Page | None:
    pages = eforms.pages(eforms.form_for(version))
    return next((page for page in pages if any(field.key == key for field in page.fields())), None)
