"""An official's second factor is taken away (xóa ứng dụng xác thực): who lost her telephone sets up another one."""

import json

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import sessions
from portal.accounts.models import User
from portal.agencies.memberships import current_posts
from portal.core.language import speaking
from portal.core.moments import vn_datetime
from portal.notifications import services as notifications

REMOVED = "account.second_factor_removed"
FACTORS = {
    Authenticator.Type.TOTP: gettext_lazy("Ứng dụng xác thực"),
    Authenticator.Type.RECOVERY_CODES: gettext_lazy("Mã dự phòng"),
}
"""The kinds of MFA_SUPPORTED_TYPES, as officials know them; the library has names in English only."""


def named(factor: Authenticator) -> str:
    """What it is and whose, as the confirmation and the log of settings tell it."""
    return _("%(factor)s của %(person)s (%(username)s)") % {
        "factor": FACTORS[Authenticator.Type(factor.type)],
        "person": factor.user,
        "username": factor.user.username,
    }


@transaction.atomic
def take_away(factor: Authenticator, *, by: User) -> None:
    """Delete a second factor, end all sessions of its owner, tell her, and write it into the log of settings.

    With the application go its recovery codes, which would stand for it at no sign-in. The log is read by the
    administrators of the agencies at which she holds a post.
    """
    owner: User = factor.user
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(Authenticator),
        object_id=str(factor.pk),
        object_repr=named(factor)[:200],
        action_flag=DELETION,
        change_message=json.dumps([{"agency_path": post.agency.path} for post in current_posts(owner)]),
    )
    _tell(factor, owner)
    if factor.type == Authenticator.Type.TOTP:
        Authenticator.objects.filter(user=owner).delete()
    else:
        factor.delete()
    sessions.end_all(owner)


def _tell(factor: Authenticator, owner: User) -> None:
    with speaking(owner.language):
        facts = {"factor": FACTORS[Authenticator.Type(factor.type)], "moment": vn_datetime(timezone.now())}
        subject = _("%(factor)s của tài khoản bạn đã bị xóa") % facts
        body = " ".join(
            [
                _("Quản trị hệ thống đã xóa lúc %(moment)s. Mọi phiên đăng nhập của bạn đã kết thúc.") % facts,
                _("Nếu bạn không đề nghị việc này, hãy báo ngay cho quản trị của cơ quan."),
            ]
        )
    notifications.notify(
        recipient=owner, kind=REMOVED, subject=subject, body=body, dedupe_key=f"second-factor-removed.{factor.pk}"
    )
