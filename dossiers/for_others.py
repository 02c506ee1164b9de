"""What one person may file for another (nộp thay cá nhân): as a parent, a guardian, or by mandate."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from dossiers.errors import ProcedureClosedError
from dossiers.models import Dossier
from portal.accounts import representations
from portal.accounts.models import Representation, User
from procedures import bundles, eforms
from procedures.models import Audience, ProcedureVersion

FOR_ONESELF = _("Thủ tục này không nộp thay người khác trên mạng được. Hãy chọn “Cho chính tôi”.")
IN_OWN_NAME = _(
    "Thủ tục liên thông do người khai đứng tên. Hãy chọn nộp cho chính người khai; tờ khai hỏi người khai là gì của "
    "trẻ hoặc của người đã mất, nên ông, bà, người thân và người được ủy quyền đều nộp được."
)
FOR_ONESELF_AT_COUNTER = _("Thủ tục này không nộp thay người khác được. Hãy mời chính người ấy đến quầy.")
BY_HERSELF = _("Loại này không ủy quyền cho người khác được. Hãy chọn loại khác, hoặc để người ấy tự nộp.")
BY_THE_PARTIES = frozenset(
    {
        *("1.000894", "1.000593", "2.000682"),  # marriage
        *("1.004746", "2.000507", "2.000513"),  # marriage anew
        *("1.001022", "1.000080", "1.000689", "1.001695"),  # recognising a father, mother or child
    }
)
"""Procedures that nobody does for another: the parties come themselves (TT 04/2020/TT-BTP art. 2(1))."""
IN_PERSON = frozenset({"2.000884"})
"""Certifying a signature: who signs does so before the certifier (NĐ 23/2015/NĐ-CP art. 24; docs/assumptions.md)."""
NOT_BY_MANDATE = {"3.000333": ("certificate_kind", "2")}
"""By procedure, the answer with which nobody may be authorised to ask for it.

Form 2 of the criminal record (Luật LLTP 28/2009/QH12 art. 46); a parent asks for her child by law, not by mandate.
"""


def check(version: ProcedureVersion, *, words: Any = FOR_ONESELF) -> None:
    """Raise ProcedureClosedError where nobody files for another person; of linked ones, with how it is done."""
    if is_in_own_name(version):
        raise ProcedureClosedError(IN_OWN_NAME)
    if not is_open(version):
        raise ProcedureClosedError(words)


def is_in_own_name(version: ProcedureVersion) -> bool:
    """Whether whoever declares does so in her own name and says what she is to whom it is about: linked procedures.

    A parent, a grandparent, another relative, a carer or who is authorised files; a helper may type it for her.
    """
    return bundles.plan_of(version.procedure.code) is not None


def is_open(version: ProcedureVersion) -> bool:
    """Whether a parent or a representative may file it: what persons file, as one dossier, and may leave to others."""
    return may_be_left(version.procedure.code, version.audience)


def may_be_left(code: str, audience: Collection[str]) -> bool:
    """The same of a procedure by its code and for whom it is."""
    is_for_persons = not audience or Audience.CITIZEN in audience
    return is_for_persons and code not in BY_THE_PARTIES | IN_PERSON and bundles.plan_of(code) is None


def problems(dossier: Dossier, asked: eforms.Asked) -> dict[str, list[Any]]:
    """What of the answers may not be filed by mandate, by answer; no query for one's own filing."""
    personal = NOT_BY_MANDATE.get(dossier.procedure_code)
    if personal is None or dossier.representation_id is None or dossier.representation is None:
        return {}
    key, value = personal
    if dossier.representation.is_by_law or asked.answers.get(key) != value:
        return {}
    return {key: [BY_HERSELF]}


def represented(user: User, version: ProcedureVersion) -> list[Representation]:
    """By what she may file a procedure for other people today; nothing where everybody files it herself."""
    held = [row for row in representations.held_by(user) if row.covers(version.procedure.code)]
    return held if held and is_open(version) else []
