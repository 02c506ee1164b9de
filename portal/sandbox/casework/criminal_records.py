"""The criminal record certificate that the provincial police issues (Phiếu lý lịch tư pháp; Luật 28/2009/QH12).

Number 1 says what article 42 lists, number 2 what article 43 does. The sandbox knows nobody's past: every certificate
says that there is none.
"""

from typing import Any

from portal.sandbox.casework.models import Case
from portal.sandbox.casework.national_data import Field
from portal.sandbox.casework.reading import address_text, day_text, form_for, text_of

PROCEDURE = "3.000333"
SUFFIX = "PLLTP"
CLEAN = "Không có án tích"
NOT_BANNED = "Không bị cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp, hợp tác xã"
UNNAMED = "(không khai)"


def kind_of(case: Case) -> str:
    """Its number, 1 or 2 as text: whoever asks for another by authority is never asked which, it is 1 (article 46)."""
    return "2" if _answers(case).get("certificate_kind") == "2" else "1"


def title_of(case: Case) -> str:
    """What the certificate is called, by its number."""
    return f"Phiếu lý lịch tư pháp số {kind_of(case)}"


def rows_of(case: Case) -> list[tuple[str, str]]:
    """What the certificate says of its holder, top down, as (name, words)."""
    told, form, kind = _answers(case), form_for(PROCEDURE), kind_of(case)
    is_own = told.get("filed_as", "self") == "self"
    prefix = "" if is_own else "subject_"
    rows = [
        ("Họ và tên", str(told.get(f"{prefix}full_name") or case.applicant_name).upper()),
        ("Ngày, tháng, năm sinh", day_text(told.get(f"{prefix}date_of_birth")) or UNNAMED),
        ("Quốc tịch", "Việt Nam"),
        ("Số định danh cá nhân", str(told.get(f"{prefix}personal_id") or UNNAMED)),
    ]
    if is_own:
        gender = text_of(told.get("gender"), form.get("gender", Field("")))
        rows.insert(1, ("Giới tính", gender))
        rows.append(("Nơi cư trú", address_text(told.get("residence") or {}) or UNNAMED))
    if kind == "2":
        rows += [("Họ và tên cha", _name(told, "father")), ("Họ và tên mẹ", _name(told, "mother"))]
        if told.get("spouse"):
            rows.append(("Họ và tên vợ hoặc chồng", _name(told, "spouse")))
    rows.append(("Tình trạng án tích", CLEAN))
    if kind == "2" or told.get("ban_info") is True:
        rows.append(("Cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp, hợp tác xã", NOT_BANNED))
    return rows


def _name(told: dict[str, Any], who: str) -> str:
    person = told.get(who)
    return str((person or {}).get("full_name") or UNNAMED) if isinstance(person, dict | None) else UNNAMED


def _answers(case: Case) -> dict[str, Any]:
    return case.answers if isinstance(case.answers, dict) else {}
