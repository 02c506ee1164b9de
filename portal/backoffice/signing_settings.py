"""Having somebody sign results, and taking it back (giao ký): the row, the log of settings and a notice to both."""

import json
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.agencies import signing
from portal.agencies.models import SigningDelegation
from portal.notifications import services as notifications

PAGE = "/quan-tri/ky-thay/"
GIVEN, REVOKED = "signing.given", "signing.revoked"
_GIVEN_SUBJECT = _("%(signer)s được giao ký %(form)s")
_GIVEN_BODY = _(
    "Từ %(from)s đến hết %(until)s, theo văn bản số %(number)s ngày %(day)s. Người giao: %(principal)s. "
    "Người được giao ký hồ sơ đã có người trình, không giao lại cho người khác."
)
_REVOKED_SUBJECT = _("%(signer)s thôi được giao ký %(form)s")
_REVOKED_BODY = _("Thu hồi lúc này. Lý do: %(reason)s. Hồ sơ đang trình trở về lãnh đạo duyệt.")
_REVOKED_OUTSIDE = _("Thu hồi lúc này; lý do ở trang ký thay. Hồ sơ đang trình trở về lãnh đạo duyệt.")
"""Outside the portal: a reason that somebody typed may name anybody."""


@transaction.atomic
def give(*, by: User, **said: Any) -> SigningDelegation:
    """Write it down, as portal.agencies.signing.write, with its line in the log, and tell both."""
    row = signing.write(by=by, **said)
    _log(row, by, ADDITION, [[_now("Người được giao ký"), "", str(row.signer)], *_parts(row)])
    _tell(row, GIVEN, _GIVEN_SUBJECT, _GIVEN_BODY)
    return row


@transaction.atomic
def take_back(pk: int, *, by: User, reason: str) -> SigningDelegation:
    """Take it back, as portal.agencies.signing.revoke; a second press writes nothing again."""
    row, is_new = signing.revoke(pk, by=by, reason=reason)
    if is_new:
        _log(row, by, CHANGE, [[_now("Thu hồi"), "", row.revoked_for]])
        _tell(row, REVOKED, _REVOKED_SUBJECT, _REVOKED_BODY, _REVOKED_OUTSIDE)
    return row


def _parts(row: SigningDelegation) -> list[list[str]]:
    told = signing.words(row)
    procedures = ", ".join(row.procedures) or _now("Mọi thủ tục của cơ quan")
    return [
        [_now("Người giao"), "", told["principal"]],
        [_now("Hình thức ký"), "", told["form"]],
        [_now("Thủ tục"), "", procedures],
        [_now("Văn bản giao ký"), "", f"{told['number']}, {told['day']}"],
        [_now("Thời gian"), "", f"{told['from']} – {told['until']}"],
    ]


def _log(row: SigningDelegation, by: User, flag: int, values: list[list[str]]) -> None:
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(SigningDelegation),
        object_id=str(row.pk),
        object_repr=str(row)[:200],
        action_flag=flag,
        change_message=json.dumps([{"values": values}, {"agency_path": row.agency.path}]),
    )


def _tell(row: SigningDelegation, kind: str, subject: Promise, body: Promise, outside: Promise | None = None) -> None:
    for person in (row.principal, row.signer):
        with translation.override(person.language):
            told = signing.words(row) | {"reason": row.revoked_for}
            notifications.notify(
                recipient=person,
                kind=kind,
                subject=str(subject) % told,
                body=str(body) % told,
                body_outside=str(outside or body) % told,
                link=PAGE,
                dedupe_key=f"{kind}.{row.pk}.{person.pk}",
            )
