"""Two administrators on one setting (sửa cùng lúc): who saves second is told who changed what, and overwrites nothing.

A form carries a digest of the row it was opened with. It is compared under the row's lock when the form is sent; what
was typed stays in it, and the refused form carries the digest of today: saving again overwrites knowingly.
"""

import json
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.core.moments import vn_datetime

NAME = "seen_version"
"""Of the hidden field (templates/admin/change_form.html)."""


def version_of(row: Model) -> str:
    """A digest of what stands in the row, without moments that the database keeps by itself.

    Keyed, so that nobody tells from a page what stands in a column that it does not show.
    """
    kept = {
        field.name: field.value_to_string(row)
        for field in row._meta.concrete_fields
        if not (getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))
    }
    text = json.dumps(kept, sort_keys=True, default=str)
    return salted_hmac("portal.agencies.overtaken", text, algorithm="sha256").hexdigest()[:32]


class Watched:
    """A form of a row that others may write, too; mixed in before the form itself."""

    instance: Any
    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen_version = version_of(self.instance) if self.instance.pk else ""

    def clean(self) -> Any:
        """Refuse, on top of the form, what was filled in on another state of the row, or on nobody knows which."""
        data = super().clean()  # type: ignore[misc]  # the form behind it has one
        seen = str(self.data.get(NAME, ""))
        if not self.instance.pk:
            return data
        with transaction.atomic():  # within the view's own transaction, so that the lock holds until it is saved
            row = type(self.instance)._base_manager.select_for_update().filter(pk=self.instance.pk).first()
        now = version_of(row) if row is not None else ""
        if not seen or now != seen:
            self.seen_version = now
            words = _words(self.instance) if seen else _unknown()
            self.add_error(None, ValidationError(words, code="overtaken"))  # type: ignore[attr-defined]  # as above
        return data


def watching(form: Any) -> Any:
    """The form, watched."""
    return type(form)(form.__name__, (Watched, form), {})


def _kept() -> str:
    return _(
        "Chưa ghi gì của bạn; những gì bạn gõ còn nguyên. Muốn ghi đè, hãy lưu lần nữa; không thì mở lại trang này."
    )


def _unknown() -> str:
    """Of a page that does not say what it was opened with, as one drawn by a release before."""
    return " ".join([_("Không biết mục này đã được ai sửa từ lúc bạn mở trang hay chưa."), _kept()])


def _words(row: Model) -> str:
    kind = ContentType.objects.get_for_model(row)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk), action_flag=CHANGE)
    last = entries.select_related("user").order_by("-action_time", "-pk").first()
    if last is None:
        return " ".join([_("Trong lúc bạn sửa, mục này đã được sửa."), _kept()])
    told = _("Trong lúc bạn sửa, %(who)s đã sửa mục này lúc %(moment)s%(changes)s.") % {
        "who": last.user,
        "moment": vn_datetime(last.action_time),
        "changes": _changes(last),
    }
    return f"{told} {_kept()}"


def _changes(entry: LogEntry) -> str:
    """What was changed, value by value; empty where the log does not say."""
    try:
        parts = json.loads(entry.change_message or "[]")
    except ValueError:
        return ""
    values = [one for part in parts if isinstance(part, dict) for one in part.get("values", [])]
    told = "; ".join(f"{label}: “{before or '–'}” → “{after or '–'}”" for label, before, after in values)
    return f" ({told})" if told else ""
