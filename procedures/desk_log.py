"""Who closed, opened, published or threw away what at the desk, in the log of settings (nhật ký cài đặt).

The administrators of the agency that publishes the procedure, and of those above it, read it.
"""

import json
from collections.abc import Iterable

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.agencies.models import Agency
from procedures.decisions import Decision
from procedures.models import FormDraft, NationalRecord, Procedure, ProcedureVersion, SheetDraft

Values = list[list[str]]
"""[label, before, after], as the log shows what changed."""


def closed(procedure: Procedure, *, user: User) -> None:
    """She let it take no more dossiers; why and what replaces it stands on it."""
    _keep(procedure, _closing(procedure), user)


def reopened(procedure: Procedure, *, user: User) -> None:
    """She let it take dossiers again; why it took none still stands on it."""
    closing = [[label, after, before] for label, before, after in _closing(procedure)]
    _keep(procedure, closing, user)


def record_seen(record: NationalRecord, *, user: User) -> None:
    """She looked at what changed in the national record beside the portal's own version."""
    procedure = record.procedure
    _keep(procedure, [[_("Bản ghi quốc gia"), _("Đã đổi"), _("Đã xem")]], user)


BUNDLE_OFF, BUNDLE_ON = ("on", "off"), ("off", "on")


def bundle_switched(procedure: Procedure, switched: tuple[str, str], reason: str, *, user: User) -> None:
    """She let the linked procedure be filed as one dossier, or be split again; why it is, or was, switched off."""
    words = {"on": _("Có"), "off": _("Không")}
    before, after = switched
    told = ["", reason] if after == "off" else [reason, ""]
    _keep(procedure, [[_("Tách hồ sơ liên thông"), words[before], words[after]], [_("Lý do tắt"), *told]], user)


def _closing(procedure: Procedure) -> Values:
    replacement = procedure.replaced_by.code if procedure.replaced_by else ""
    values = [
        [_("Nhận hồ sơ"), _("Có"), _("Không")],
        [_("Lý do ngừng nhận"), "", procedure.closed_reason],
        [_("Mã thủ tục thay thế"), "", replacement],
    ]
    return [value for value in values if value[1] != value[2]]


def _keep(procedure: Procedure, values: Values, user: User) -> None:
    version = procedure.current or procedure.versions.order_by("-number").first()
    named = f"{procedure.code} {version.title}" if version else procedure.code
    _write(procedure, named, version.issuer_code if version else "", values, user)


def published(draft: SheetDraft | FormDraft, version: ProcedureVersion, *, user: User) -> None:
    """She published the draft as this version."""
    before = str(draft.base.number) if draft.base else ""
    values = [
        [_what(draft), before, str(version.number)],
        [_("Áp dụng từ ngày"), "", f"{version.valid_from:%d/%m/%Y}"],
    ]
    was, now = (Decision.of(each).words() if each else "" for each in (draft.base, version))
    if was != now:
        values.append([_("Quyết định công bố"), was, now])
    named = f"{version.procedure.code} {version.title}"
    _write(version.procedure, named, version.issuer_code, values, user, flag=CHANGE if draft.base else ADDITION)


def discarded(draft: SheetDraft | FormDraft, *, user: User) -> None:
    """She threw the draft away, and with it what stood in it at its last revision."""
    if isinstance(draft, SheetDraft):
        code, issuer = draft.code, str(draft.facts.get("issued_by", ""))
        title = str((draft.facts.get("short_name") or draft.facts.get("name") or {}).get("vi", ""))
    else:
        code, issuer, title = draft.procedure.code, draft.base.issuer_code, draft.base.title
    values = [[_("Lần sửa"), str(draft.revision), ""]]
    _write(draft, f"{code} {title}", issuer, values, user, flag=DELETION)


def _what(draft: SheetDraft | FormDraft) -> str:
    return _("Bản công bố, nội dung") if isinstance(draft, SheetDraft) else _("Bản công bố, biểu mẫu")


def _write(
    row: Procedure | SheetDraft | FormDraft,
    named: str,
    issuer: str,
    values: Iterable[list[str]],
    user: User,
    *,
    flag: int = CHANGE,
) -> None:
    paths = Agency.objects.filter(code=issuer).values_list("path", flat=True)
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(type(row)),
        object_id=str(row.pk),
        object_repr=named[:200],
        action_flag=flag,
        change_message=json.dumps([{"values": list(values)}, *({"agency_path": path} for path in paths)]),
    )
