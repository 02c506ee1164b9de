"""Purposes and reasons that the portal writes itself (mục đích, lý do theo mẫu), for readers of English.

They are kept in Vietnamese, as records are; what a person or an agency wrote in words of its own stays as it was.
"""

import re

from django import template
from django.utils.translation import gettext as _

from portal.core.language import is_english

register = template.Library()


def _forms() -> dict[str, str]:
    return {
        "Giải quyết hồ sơ %(code)s": _("Giải quyết hồ sơ %(code)s"),
        "In bản giấy kết quả hồ sơ %(code)s": _("In bản giấy kết quả hồ sơ %(code)s"),
        "Hệ thống của cơ quan giải quyết nhận kết quả hồ sơ %(code)s": _(
            "Hệ thống của cơ quan giải quyết nhận kết quả hồ sơ %(code)s"
        ),
        "Cho ý kiến về hồ sơ %(code)s": _("Cho ý kiến về hồ sơ %(code)s"),
        "Kiểm tra bản số hóa": _("Kiểm tra bản số hóa"),
        "Tôi đồng ý dùng giấy tờ này trong kho dữ liệu của tôi cho hồ sơ %(code)s": _(
            "Tôi đồng ý dùng giấy tờ này trong kho dữ liệu của tôi cho hồ sơ %(code)s"
        ),
        "Đã cấp giấy mới số %(number)s. Căn cứ: %(legal)s.": _("Đã cấp giấy mới số %(number)s. Căn cứ: %(legal)s."),
    }


@register.filter
def set_words(words: str) -> str:
    """These words in the reader's language where the portal wrote them, with what stands in them; else unchanged."""
    if not is_english():
        return words
    for vietnamese, english in _forms().items():
        if found := re.fullmatch(_pattern(vietnamese), words):
            return english % found.groupdict()
    return words


def _pattern(form: str) -> str:
    return re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(form))
