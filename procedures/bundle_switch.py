"""Switching a bundle off and on again (ngừng tách hồ sơ liên thông): off, its procedure is filed as one dossier.

Bundles that were filed go on by the plan they were filed with. A new release changes the plan and never the switch.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from procedures import desk_log, publication
from procedures.models import Bundle

REASON_LENGTH = 1_000


def get(code: str) -> Bundle:
    """The bundle of a procedure. Raises NotFoundError for one that is not linked."""
    return _of(code)


@transaction.atomic
def switch_off(code: str, *, reason: str, user: User) -> Bundle:
    """Let new declarations be filed as one dossier; `user` stands in the log of settings.

    Raises NotFoundError, ConflictError where it is off already, InvalidInputError("reason").
    """
    bundle, why = _of(code, lock=True), reason.strip()
    if not bundle.is_open:
        raise ConflictError(_("Việc tách hồ sơ đã được tắt từ trước, với lý do ghi dưới đây. Chưa ghi gì thêm."))
    if not why:
        raise InvalidInputError(fields={"reason": [_("Hãy viết lý do tắt, ví dụ hệ thống của cơ quan nào đang hỏng.")]})
    if len(why) > REASON_LENGTH:
        words = _("Lý do dài quá %(limit)d ký tự. Hãy viết ngắn lại.") % {"limit": REASON_LENGTH}
        raise InvalidInputError(fields={"reason": [words]})
    bundle.is_open, bundle.closed_reason = False, why
    return _save(bundle, desk_log.BUNDLE_OFF, why, user)


@transaction.atomic
def switch_on(code: str, *, user: User) -> Bundle:
    """Split declarations again; one that is split already stays as it is. Raises NotFoundError."""
    bundle = _of(code, lock=True)
    if bundle.is_open:
        return bundle
    why = bundle.closed_reason
    bundle.is_open, bundle.closed_reason = True, ""
    return _save(bundle, desk_log.BUNDLE_ON, why, user)


def _of(code: str, *, lock: bool = False) -> Bundle:
    rows = Bundle.objects.select_for_update(of=("self",)) if lock else Bundle.objects.all()
    found = rows.select_related("procedure").filter(procedure__code=code).first()
    if found is None:
        raise NotFoundError
    return found


def _save(bundle: Bundle, switched: tuple[str, str], reason: str, user: User) -> Bundle:
    bundle.save(update_fields=["is_open", "closed_reason", "updated_at"])
    desk_log.bundle_switched(bundle.procedure, switched, reason, user=user)
    publication.announce()
    return bundle
