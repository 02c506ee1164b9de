"""What officials are called to a reader of English (chức danh): a title that most agencies use is put into English."""

from django.utils.translation import gettext as _

from portal.core.language import is_english


def _titles() -> dict[str, str]:
    return {
        "Cán bộ một cửa": _("Cán bộ một cửa"),
        "Cán bộ tiếp nhận": _("Cán bộ tiếp nhận"),
        "Cảnh sát quản lý hành chính": _("Cảnh sát quản lý hành chính"),
        "Chuyên viên": _("Chuyên viên"),
        "Chuyên viên thụ lý": _("Chuyên viên thụ lý"),
        "Công chức tư pháp – hộ tịch": _("Công chức tư pháp – hộ tịch"),
        "Chủ tịch": _("Chủ tịch"),
        "Phó Chủ tịch": _("Phó Chủ tịch"),
        "Trưởng Công an phường": _("Trưởng Công an phường"),
        "Phó Trưởng Công an phường": _("Phó Trưởng Công an phường"),
        "Trưởng phòng": _("Trưởng phòng"),
        "Quản trị của cơ quan": _("Quản trị của cơ quan"),
    }


def official(name: str) -> str:
    """An official as the history names her, “name, title”, with a common title in the reader's language."""
    who, comma, title = name.partition(", ")
    return f"{who}, {_titles().get(title, title)}" if comma and is_english() else name
