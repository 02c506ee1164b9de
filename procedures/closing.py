"""Closing a procedure by hand, and opening it again (ngừng nhận hồ sơ, nhận trở lại)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from procedures import desk_log, publication
from procedures.models import Procedure


@transaction.atomic
def close(code: str, *, reason: str, replaced_by: str = "", user: User | None = None) -> Procedure:
    """Stop taking dossiers of a procedure (bãi bỏ, tạm dừng); its sheet stays with the reason and the replacement.

    Filed dossiers go on. An import of the national catalogue does not open it again. Which official it was (`user`)
    stands in the log of settings. Raises NotFoundError, ConflictError for one that is closed already, and
    InvalidInputError that names the field: no reason, or a replacement that is none.
    """
    procedure = _locked(code)
    if not procedure.is_open:
        raise ConflictError(_("Thủ tục này đã ngừng nhận hồ sơ từ trước, với lý do ghi dưới đây. Chưa ghi gì thêm."))
    if not reason.strip():
        raise InvalidInputError(fields={"reason": [_("Hãy viết lý do ngừng nhận, ví dụ số quyết định bãi bỏ.")]})
    procedure.is_open, procedure.is_closed_by_hand = False, True
    procedure.closed_reason = reason.strip()
    procedure.replaced_by = _replacement(code, replaced_by) if replaced_by else None
    procedure.save(update_fields=["is_open", "is_closed_by_hand", "closed_reason", "replaced_by"])
    if user is not None:
        desk_log.closed(procedure, user=user)
    publication.announce()
    return procedure


@transaction.atomic
def reopen(code: str, *, user: User | None = None) -> Procedure:
    """Take dossiers again of a procedure that an official closed; an open one stays as it is.

    Raises NotFoundError for one that anything else closed.
    """
    procedure = _locked(code)
    if procedure.is_open:
        return procedure
    if not procedure.is_closed_by_hand:
        raise NotFoundError
    if user is not None:
        desk_log.reopened(procedure, user=user)  # while it says why it was closed
    procedure.is_open, procedure.is_closed_by_hand = True, False
    procedure.closed_reason, procedure.replaced_by = "", None
    procedure.save(update_fields=["is_open", "is_closed_by_hand", "closed_reason", "replaced_by"])
    publication.announce()
    return procedure


def _locked(code: str) -> Procedure:
    procedure = Procedure.objects.select_for_update().filter(code=code).first()
    if procedure is None:
        raise NotFoundError
    return procedure


def _replacement(code: str, named: str) -> Procedure:
    """What people are sent to instead: a procedure that takes dossiers, and so never leads back here."""
    found = Procedure.objects.filter(code=named).first()
    if found is None:
        words = _("Không có thủ tục mã %(code)s trong danh mục. Hãy xem lại mã.") % {"code": named}
    elif found.code == code:
        words = _("Thủ tục không thay thế chính nó. Hãy ghi mã thủ tục khác, hoặc để trống.")
    elif not found.takes_dossiers or found.current_id is None:
        words = _("Thủ tục %(code)s không nhận hồ sơ. Hãy ghi mã một thủ tục đang nhận, hoặc để trống.") % {
            "code": named
        }
    else:
        return found
    raise InvalidInputError(fields={"replaced_by": [words]})
