"""What the keys and values of a national record are called where people read of them (bản ghi quốc gia)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import Text

PARTS: dict[str, Text] = {
    "name": gettext_lazy("tên"),
    "field": gettext_lazy("lĩnh vực"),
    "field_code": gettext_lazy("mã lĩnh vực"),
    "level": gettext_lazy("cấp thực hiện"),
    "steps": gettext_lazy("trình tự"),
    "methods": gettext_lazy("cách thức, thời hạn, phí"),
    "components": gettext_lazy("thành phần hồ sơ"),
    "results": gettext_lazy("kết quả"),
    "requirements": gettext_lazy("yêu cầu, điều kiện"),
    "legal_basis": gettext_lazy("căn cứ pháp lý"),
    "agencies": gettext_lazy("cơ quan"),
    "target_groups": gettext_lazy("đối tượng"),
    "subcases": gettext_lazy("trường hợp"),
    "decision": gettext_lazy("quyết định công bố"),
    "full_online": gettext_lazy("mức độ trực tuyến"),
    "promulgated_by": gettext_lazy("cơ quan công bố"),
    "note": gettext_lazy("ghi chú"),
    "receiving_address": gettext_lazy("nơi tiếp nhận"),
    "keywords": gettext_lazy("từ khóa"),
    "service_groups": gettext_lazy("nhóm dịch vụ"),
    "internal": gettext_lazy("nội bộ"),
    "scope": gettext_lazy("phạm vi áp dụng"),
    "vertical": gettext_lazy("ngành dọc"),
    "procedure_type": gettext_lazy("loại thủ tục"),
    "code": gettext_lazy("mã thủ tục"),
    "updated": gettext_lazy("ngày cập nhật"),
    "url": gettext_lazy("địa chỉ nguồn"),
    "source": gettext_lazy("nguồn"),
}
"""Parts of a record in the words of the catalogue."""

ITEMS: dict[str, Text] = {
    "components": gettext_lazy("giấy tờ"),
    "methods": gettext_lazy("cách nộp"),
    "fee": gettext_lazy("mức thu"),
    "steps": gettext_lazy("bước"),
    "results": gettext_lazy("kết quả"),
    "legal_basis": gettext_lazy("văn bản"),
    "subcases": gettext_lazy("trường hợp"),
    "executing": gettext_lazy("cơ quan thực hiện"),
    "competent": gettext_lazy("cơ quan có thẩm quyền"),
    "authorized": gettext_lazy("cơ quan được ủy quyền"),
    "coordinating": gettext_lazy("cơ quan phối hợp"),
    "executing_groups": gettext_lazy("nhóm cơ quan thực hiện"),
    "competent_groups": gettext_lazy("nhóm cơ quan có thẩm quyền"),
    "authorized_groups": gettext_lazy("nhóm cơ quan được ủy quyền"),
    "coordinating_groups": gettext_lazy("nhóm cơ quan phối hợp"),
}
"""What one item of a list is called."""

KEYS: dict[str, Text] = {
    "name": gettext_lazy("tên"),
    "code": gettext_lazy("mã"),
    "number": gettext_lazy("số"),
    "text": gettext_lazy("nội dung"),
    "date": gettext_lazy("ngày ban hành"),
    "published": gettext_lazy("ngày công bố"),
    "agency": gettext_lazy("cơ quan ban hành"),
    "channel": gettext_lazy("kênh"),
    "time": gettext_lazy("thời hạn"),
    "time_unit": gettext_lazy("đơn vị thời hạn"),
    "description": gettext_lazy("mô tả"),
    "amount": gettext_lazy("số tiền"),
    "currency": gettext_lazy("loại tiền"),
    "note": gettext_lazy("ghi chú"),
    "type": gettext_lazy("loại"),
    "attachment": gettext_lazy("tệp kèm theo"),
    "case": gettext_lazy("trường hợp"),
    "original": gettext_lazy("số bản chính"),
    "copy": gettext_lazy("số bản sao"),
    "required": gettext_lazy("bắt buộc"),
    "electronic_form": gettext_lazy("biểu mẫu điện tử"),
    "form_template": gettext_lazy("mẫu đơn"),
}
"""What the parts of an item are called."""

VALUES: dict[str, Mapping[str, Text]] = {
    "channel": {
        "online": gettext_lazy("trực tuyến"),
        "direct": gettext_lazy("trực tiếp"),
        "postal": gettext_lazy("bưu chính"),
    },
    "time_unit": {
        "WORKING_DAY": gettext_lazy("ngày làm việc"),
        "DAY": gettext_lazy("ngày"),
        "HOUR": gettext_lazy("giờ"),
        "MONTH": gettext_lazy("tháng"),
        "YEAR": gettext_lazy("năm"),
        "OTHER": gettext_lazy("(xem mô tả)"),
    },
    "type": {
        "FEE": gettext_lazy("phí"),
        "SERVICE_FEE": gettext_lazy("lệ phí"),
        "PRICE_LEVEL": gettext_lazy("giá dịch vụ"),
    },
    "currency": {"VND": gettext_lazy("đồng")},
    "scope": {
        "STANDARD": gettext_lazy("cả nước"),
        "SPECIFIC": gettext_lazy("riêng của địa phương"),
        "STANDARD_INTERNAL": gettext_lazy("nội bộ giữa các cơ quan"),
    },
}
"""Values that records write as codes."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LONGEST = 400
"""Characters of one value that are written out."""


def part(key: str) -> str:
    """A key of a record in words; one that no rule knows stands as it is."""
    return str(PARTS.get(key, key))


def label(key: str) -> str:
    """A key within a part in words."""
    return str(KEYS.get(key) or ITEMS.get(key) or key)


def of(value: Any, key: str = "") -> str:
    """A value in words, in one line that is not too long."""
    if value is None or value == "":
        return _("(trống)")
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, Mapping):
        told = [of(part, str(name)) for name, part in value.items() if part not in (None, "", [], {})]
        return shortened(" · ".join(told)) or _("(trống)")
    if isinstance(value, list):
        return shortened("; ".join(of(part, key) for part in value[:50])) or _("(trống)")
    if isinstance(value, float):
        return f"{value:g}"
    text = " ".join(str(value).split())
    if key == "amount" and isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if known := VALUES.get(key, {}).get(text):
        return str(known)
    if _DAY.fullmatch(text):
        try:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        except ValueError:
            return text
    return shortened(text) or _("(trống)")


def shortened(text: str, most: int = LONGEST) -> str:
    """A text cut where it is too long."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
