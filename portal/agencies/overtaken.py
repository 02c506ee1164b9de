"""Two administrators on one setting (sửa cùng lúc): who saves second is told who changed what, and overwrites nothing.

A form carries a digest of the row it was opened with. It is compared under the row's lock when the form is sent; what
was typed stays in it, and the refused form carries the digest of today: saving again overwrites knowingly.
"""

import hashlib
import json
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from portal.core.moments import vn_datetime

NAME = "seen_version"
"""Of the hidden field (templates/admin/change_form.html)."""


def version_of(row: Model) -> str:
    """A digest of what stands in the row, without moments that the database keeps by itself."""
    kept = {
        field.name: field.value_to_string(row)
        for field in row._meta.concrete_fields
        if not (getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))
    }
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:32]


class Watched:
    """A form of a row that others may write, too; mixed in before the form itself."""

    instance: Any
    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen_version = version_of(self.instance) if self.instance.pk else ""

    def clean(self) -> Any:
        """Refuse, on top of the form, what was filled in on another state of the row."""
        data = super().clean()  # type: ignore[misc]  # the form behind it has one
        seen = str(self.data.get(NAME, ""))
        if not seen or not self.instance.pk:
            return data
        with transaction.atomic():  # within the view's own transaction, so that the lock holds until it is saved
            row = type(self.instance)._base_manager.select_for_update().filter(pk=self.instance.pk).first()
        now = version_of(row) if row is not None else ""
        if now != seen:
            self.seen_version = now
            self.add_error(None, ValidationError(_words(self.instance), code="overtaken"))  # type: ignore[attr-defined]  # as above
        return data


def watching(form: Any) -> Any:
    """The form, watched."""
    return type(form)(form.__name__, (Watched, form), {})


def _words(row: Model) -> str:
    kind = ContentType.objects.get_for_model(row)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk), action_flag=CHANGE)
    last = entries.select_related("user").order_by("-action_time", "-pk").first()
    kept = _(
        "Chưa ghi gì của bạn; những gì bạn gõ còn nguyên. Muốn ghi đè, hãy lưu lần nữa; không thì mở lại trang này."
    )
    if last is None:
        return " ".join([_("Trong lúc bạn sửa, mục này đã được sửa."), kept])
    told = _("Trong lúc bạn sửa, %(who)s đã sửa mục này lúc %(moment)s%(changes)s.") % {
        "who": last.user,
        "moment": vn_datetime(last.action_time),
        "changes": _changes(last),
    }
    return f"{told} {kept}"


def _changes(entry: LogEntry) -> str:
    """What was changed, value by value; empty where the log does not say."""
    try:
        parts = json.loads(entry.change_message or "[]")
    except ValueError:
        return ""
    values = [one for part in parts if isinstance(part, dict) for one in part.get("values", [])]
    told = "; ".join(f"{label}: “{before or '–'}” → “{after or '–'}”" for label, before, after in values)
    return f" ({told})" if told else ""
