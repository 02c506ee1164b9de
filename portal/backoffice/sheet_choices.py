"""What officials choose from when they write a sheet: why it is not fully online, units of time."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.durations import DurationUnit

REASONS = [
    ("", _("Không có, vì làm trọn trên mạng")),
    ("presence_required", _("Người dân phải có mặt")),
    ("on_site_verification", _("Phải xác minh tại chỗ")),
    ("technical_obstacle", _("Chưa đủ điều kiện kỹ thuật")),
    ("technical_incident", _("Sự cố kỹ thuật")),
]
"""Why a procedure is not fully online (NĐ 224/2026/NĐ-CP)."""
UNITS = [
    ("", _("Không quy định")),
    (DurationUnit.SAME_WORKING_DAY, _("trong ngày làm việc")),
    (DurationUnit.WORKING_DAY, _("ngày làm việc")),
    (DurationUnit.DAY, _("ngày")),
    (DurationUnit.HOUR, _("giờ làm việc")),
    (DurationUnit.CLOCK_HOUR, _("giờ đồng hồ")),
    (DurationUnit.MONTH, _("tháng")),
    (DurationUnit.YEAR, _("năm")),
]


def is_no_time(value: Any, unit: Any) -> bool:
    """Whether a number and a unit are no :class:`Duration`: “trong ngày làm việc” is one day, never several."""
    return unit == DurationUnit.SAME_WORKING_DAY and bool(value) and value != 1


ONE_DAY = _("“Trong ngày làm việc” là một ngày: hãy ghi số 1, hoặc chọn đơn vị khác, ví dụ “ngày làm việc”.")
"""What is said where :func:`is_no_time`."""
