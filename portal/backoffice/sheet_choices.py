"""What officials choose from when they write a sheet: procedures.sheet_words, with one more for “not said”."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.durations import DurationUnit
from procedures import sheet_words

REASONS = [("", _("Không có, vì làm trọn trên mạng")), *sheet_words.REASONS.items()]
UNITS = [("", _("Không quy định")), *sheet_words.UNITS.items()]
EFFECTS = [("", _("Không nêu (tính lại thời hạn từ đầu)")), *sheet_words.EFFECTS.items()]
DECIDED_BY = [("", _("Không nêu")), *sheet_words.DECIDED_BY.items()]
LEAST_TRUST = [("", _("thế nào cũng được")), *sheet_words.LEAST_TRUST.items()]
FEE_CHANNELS = list(sheet_words.FEE_CHANNELS.items())
PAYABLE_ON = list(sheet_words.PAYABLE_ON.items())
PAPER_CHANNELS = list(sheet_words.PAPER_CHANNELS.items())


def is_no_time(value: Any, unit: Any) -> bool:
    """Whether a number and a unit are no :class:`Duration`: “trong ngày làm việc” is one day, never several."""
    return unit == DurationUnit.SAME_WORKING_DAY and bool(value) and value != 1


ONE_DAY = _("“Trong ngày làm việc” là một ngày: hãy ghi số 1, hoặc chọn đơn vị khác, ví dụ “ngày làm việc”.")
"""What is said where :func:`is_no_time`."""
