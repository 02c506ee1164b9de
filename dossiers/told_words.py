"""What systems of agencies and our forms say in set words, for readers of English (lời báo theo mẫu).

Free words stay as they were written; a step that most agencies call alike is put into English.
"""

from django.utils.translation import gettext as _

from portal.core.language import is_english

ASKED_BELOW = "Hồ sơ cần bổ sung hoặc sửa các mục nêu dưới đây."
"""What our form writes for an official who says at each thing what is wrong with it, and nothing in general."""


def without_below(words: str) -> str:
    """A request's words where the things it asks for do not follow: they stand elsewhere on the page."""
    return "\n".join(line for line in words.split("\n") if line != ASKED_BELOW)


def _steps() -> dict[str, str]:
    """As the systems of the national protocol call the steps they report (OpenCPS); what our own form writes itself."""
    return {
        ASKED_BELOW: _("Hồ sơ cần bổ sung hoặc sửa các mục nêu dưới đây."),
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


def step(words: str) -> str:
    """What was said, each line that is no more than set words put into English; else unchanged."""
    if not is_english():
        return words
    known = _steps()
    return "\n".join(known.get(line, line) for line in words.split("\n"))
