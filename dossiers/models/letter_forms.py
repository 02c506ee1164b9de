"""Forms that a branch prints its letters on instead of the one-stop forms (mẫu riêng của ngành), by their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from procedures.models import ProcedureVersion

RESIDENCE = "Thông tư 53/2025/TT-BCA"


@dataclass(frozen=True, slots=True)
class LetterForm:
    """One such form: whose place it takes among forms 01 to 05, what it is called, and the act that has it."""

    number: str
    kind: str
    title: Promise
    act: str

    @property
    def source(self) -> str:
        """As it stands on the paper."""
        return f"Mẫu {self.number}, {self.act}"


FORMS: Mapping[str, LetterForm] = {
    form.number: form
    for form in (
        LetterForm("CT04", "01", _("Phiếu tiếp nhận hồ sơ và hẹn trả kết quả"), RESIDENCE),
        LetterForm("CT06", "03", _("Phiếu từ chối tiếp nhận, giải quyết hồ sơ"), RESIDENCE),
    )
}
"""Receipt and refusal of the residence procedures of the police; their wording was not read (docs/assumptions.md)."""


def own_forms(version: ProcedureVersion | None) -> list[LetterForm]:
    """The forms of its branch that a procedure has its letters on; none where all are the one-stop forms."""
    named = (version.sheet.get("letter_forms") or {}) if version is not None else {}
    return [FORMS[number] for kind, number in named.items() if number in FORMS and FORMS[number].kind == kind]


def own_form(kind: str, version: ProcedureVersion | None) -> LetterForm | None:
    """The form that a procedure has its letter of this kind on; None where it is the one-stop form."""
    return next((form for form in own_forms(version) if form.kind == kind), None)
