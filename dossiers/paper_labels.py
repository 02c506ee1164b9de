"""What the lines of a paper are called in the language of who reads its draft; the paper itself is in Vietnamese."""

from django.utils.translation import gettext, gettext_noop

LABELS = frozenset(
    {
        gettext_noop("Họ, chữ đệm, tên"),
        gettext_noop("Ngày, tháng, năm sinh"),
        gettext_noop("Ghi bằng chữ"),
        gettext_noop("Giới tính"),
        gettext_noop("Dân tộc"),
        gettext_noop("Quốc tịch"),
        gettext_noop("Nơi sinh"),
        gettext_noop("Quê quán"),
        gettext_noop("Số định danh cá nhân"),
        gettext_noop("Họ, chữ đệm, tên người mẹ"),
        gettext_noop("Họ, chữ đệm, tên người cha"),
        gettext_noop("Họ, chữ đệm, tên người đi khai sinh"),
        gettext_noop("Năm sinh"),
        gettext_noop("Nơi cư trú"),
        gettext_noop("Nơi cư trú cuối cùng"),
        gettext_noop("Giấy tờ tùy thân"),
        gettext_noop("Đăng ký tại"),
        gettext_noop("Ngày đăng ký"),
        gettext_noop("Vợ"),
        gettext_noop("Chồng"),
        gettext_noop("Đăng ký kết hôn"),
        gettext_noop("Nơi đăng ký"),
        gettext_noop("Đã chết vào lúc"),
        gettext_noop("Nơi chết"),
        gettext_noop("Nguyên nhân chết"),
        gettext_noop("Số giấy báo tử"),
        gettext_noop("Nơi cấp"),
        gettext_noop("Đăng ký khai tử tại"),
    }
)
"""Of our own templates whose drafts an applicant confirms; a label that an agency thought up stays as it is."""


def as_read(label: str) -> str:
    """The label in the reader's language."""
    return gettext(label) if label in LABELS else label
