"""The parts of a sheet that are rows, in their order on the page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.backoffice.forms_sheet_cases import CaseRowForm, Cases
from portal.backoffice.forms_sheet_fees import FeeRowForm
from portal.backoffice.forms_sheet_papers import ComponentRowForm, ResultRowForm, ResultRows
from portal.backoffice.forms_sheet_rows import rows_of

PARTS: tuple[tuple[str, Any, Any], ...] = (
    ("fees", rows_of(FeeRowForm), _("Phí, lệ phí")),
    ("components", rows_of(ComponentRowForm), _("Giấy tờ cần nộp")),
    ("results", rows_of(ResultRowForm, ResultRows), _("Kết quả")),
    ("subcases", rows_of(CaseRowForm, Cases), _("Trường hợp giải quyết")),
)
"""Key of the pack, the rows' form, title."""
