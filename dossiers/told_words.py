"""What officials, their systems and our forms say in set words, for readers of English (chức danh, lời báo theo mẫu).

Names and free words stay as they were written; a title or a step that most agencies call alike is put into English.
"""

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
        "Quản trị hệ thống": _("Quản trị hệ thống"),
    }


def _steps() -> dict[str, str]:
    """As the systems of the national protocol call the steps they report (OpenCPS); what our own form writes itself."""
    return {
        "Hồ sơ cần bổ sung hoặc sửa các mục nêu dưới đây.": _("Hồ sơ cần bổ sung hoặc sửa các mục nêu dưới đây."),
        "Nhận hồ sơ tại quầy": _("Nhận hồ sơ tại quầy"),
        "Tiếp nhận hồ sơ": _("Tiếp nhận hồ sơ"),
        "Bắt đầu xử lý hồ sơ": _("Bắt đầu xử lý hồ sơ"),
        "Yêu cầu bổ sung giấy tờ": _("Yêu cầu bổ sung giấy tờ"),
        "Yêu cầu thực hiện nghĩa vụ tài chính": _("Yêu cầu thực hiện nghĩa vụ tài chính"),
        "Không tiếp nhận hồ sơ": _("Không tiếp nhận hồ sơ"),
        "Dừng xử lý hồ sơ": _("Dừng xử lý hồ sơ"),
        "Đã có kết quả giải quyết": _("Đã có kết quả giải quyết"),
        "Đã trả kết quả cho người nộp": _("Đã trả kết quả cho người nộp"),
    }


def official(name: str) -> str:
    """An official as the history names her, “name, title”, with a common title in the reader's language."""
    who, comma, title = name.partition(", ")
    return f"{who}, {_titles().get(title, title)}" if comma and is_english() else name


def step(words: str) -> str:
    """What was said, where it is no more than set words; else unchanged."""
    return _steps().get(words, words) if is_english() else words
