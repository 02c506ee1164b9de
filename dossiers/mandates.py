"""Mandates (ủy quyền): a principal gives one by a one-time code, with a scope and days, and takes it back at any time.

As a right to help (dossiers.assistance) is given, but for filing in her place: the dossier is hers, the other person is
its filer and answers for her while it holds (Bộ luật Dân sự 91/2015/QH13 art. 138, 140, 141, 563).
"""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import for_others
from dossiers.errors import IdentityLevelError
from portal.accounts import representations
from portal.accounts.models import (
    CitizenProfile,
    EndReason,
    IdentityLevel,
    Representation,
    RepresentationKind,
    RepresentationProof,
    User,
)
from portal.core.encryption import blind_index
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, PortalError
from portal.core.language import speaking
from portal.notifications import services as notifications
from procedures import access as catalogue

CODE_LASTS = timedelta(minutes=15)
CODE_LENGTH = 8
LONGEST_DAYS = 365
"""A mandate that names no term lasts a year (BLDS art. 563); here none lasts longer."""
MOST_OPEN = 10
MOST_PROCEDURES = 10
CLAIMED, ENDED = "representation.claimed", "representation.ended"
TOLD = {
    CLAIMED: (
        gettext_lazy("Có người đã nhận ủy quyền của bạn"),
        gettext_lazy("Mã bạn trao đã được dùng. Nếu không phải người bạn ủy quyền, hãy thu hồi ngay."),
    ),
    ENDED: (
        gettext_lazy("Ủy quyền cho bạn đã được thu hồi"),
        gettext_lazy("Hồ sơ và kho của người ủy quyền không còn mở với bạn."),
    ),
}
NOT_ALONE = gettext_lazy(
    "Người chưa đủ 18 tuổi hoặc đang có người giám hộ không tự ủy quyền trên mạng được. Hãy nhờ cha, mẹ hoặc người "
    "giám hộ nộp thay, hoặc hỏi bộ phận một cửa."
)
NO_BIRTH_DATE = gettext_lazy(
    "Cổng chưa biết ngày sinh của bạn nên bạn chưa ủy quyền trên mạng được. Hãy đăng nhập lại bằng VNeID, hoặc hỏi bộ "
    "phận một cửa."
)
_NOT_DIGITS = re.compile(r"[^0-9]+")


class Given(NamedTuple):
    """A mandate and its code, which is shown this once and kept as a digest."""

    mandate: Representation
    code: str


@transaction.atomic
def give(*, principal: User, procedure_codes: Sequence[str], days: int, may_use_store: bool = False) -> Given:
    """Give a mandate to whoever brings the code within a quarter of an hour; `days` count today as the first.

    Raises IdentityLevelError below level 2, NotAllowedError for who is not of age or is represented by law,
    InvalidInputError for a scope or term that is none, ConflictError with too many open ones.
    """
    _require_own_will(_require_level_two(principal, lock=True))
    now, today = timezone.now(), timezone.localdate()
    codes = list(dict.fromkeys(procedure_codes))
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInputError(fields={"days": [_("Chọn một thời hạn trong danh sách.")]})
    if len(codes) > MOST_PROCEDURES:
        raise InvalidInputError(fields={"procedure_codes": [_("Ủy quyền tối đa 10 thủ tục một lần.")]})
    for code in codes:
        _require_procedure(code)
    mine = Representation.objects.filter(
        principal=principal, kind=RepresentationKind.MANDATE, ended_at__isnull=True, valid_to__gte=today
    )
    mine = mine.exclude(proof=RepresentationProof.WRITTEN)  # a desk's to note, not hers to give
    if mine.exclude(representative=None, code_expires_at__lte=now).count() >= MOST_OPEN:
        raise ConflictError(_("Bạn đang ủy quyền cho quá nhiều người. Hãy thu hồi bớt rồi trao tiếp."))
    while True:
        code = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}d}"
        try:
            with transaction.atomic():
                made = Representation.objects.create(
                    principal=principal,
                    kind=RepresentationKind.MANDATE,
                    procedure_codes=codes,
                    may_use_store=may_use_store,
                    valid_from=today,
                    valid_to=today + timedelta(days=days - 1),
                    proof=RepresentationProof.PRINCIPAL,
                    confirmed_by=principal,
                    confirmed_by_name=str(principal),
                    confirmed_at=now,
                    code_index=_index(code),
                    code_expires_at=now + CODE_LASTS,
                )
        except IntegrityError:  # somebody else's open code, one in a hundred million
            continue
        return Given(made, code)


@transaction.atomic
def claim(typed: str, *, user: User) -> Representation:
    """Take up a mandate by its code, once; the principal is told. A newer one takes the place of an older one.

    Raises IdentityLevelError below level 2, InvalidInputError("code") with the same words for every cause.
    """
    _require_level_two(user, lock=True)  # of two codes at once the second waits, and takes the place of the first
    now = timezone.now()
    refused = InvalidInputError(
        fields={"code": [_("Mã không đúng, đã dùng hoặc đã hết hạn. Hãy hỏi lại người ủy quyền.")]}
    )
    code = _NOT_DIGITS.sub("", typed)
    if len(code) != CODE_LENGTH:
        raise refused
    found = (
        Representation.objects.select_for_update(of=("self",))
        .select_related("principal")
        .filter(code_index=_index(code), ended_at__isnull=True, code_expires_at__gt=now)
        .first()
    )
    if found is None or found.valid_to is None or found.valid_to < timezone.localdate():
        raise refused
    if found.principal_id == user.pk:
        raise InvalidInputError(fields={"code": [_("Đây là mã của chính bạn. Hãy đưa mã cho người được ủy quyền.")]})
    Representation.objects.filter(
        principal=found.principal_id, representative=user, kind=RepresentationKind.MANDATE, ended_at__isnull=True
    ).exclude(proof=RepresentationProof.WRITTEN).update(ended_at=now, end_reason=EndReason.RENEWED)
    found.representative, found.code_index = user, ""
    found.save(update_fields=["representative", "code_index"])
    User.objects.filter(pk=user.pk).update(represents_others=True)
    user.represents_others = True
    _tell(found.principal, found, CLAIMED)
    return found


def end(public_id: UUID, *, user: User) -> Representation:
    """End a representation as who holds it or gave it; of a mandate taken back, who held it is told."""
    with transaction.atomic():
        ended = representations.end(public_id, user=user)
        if ended.end_reason == EndReason.WITHDRAWN and ended.representative is not None:
            _tell(ended.representative, ended, ENDED)
    return ended


def _require_procedure(code: str) -> None:
    wrong = InvalidInputError(
        fields={
            "procedure_codes": [_("Thủ tục %(code)s không có hoặc không ủy quyền được trên mạng.") % {"code": code}]
        }
    )
    try:
        version = catalogue.get_open_version(code[:20])
    except PortalError as error:
        raise wrong from error
    if not for_others.is_open(version):
        raise wrong


def _require_own_will(profile: CitizenProfile) -> None:
    """Raise NotAllowedError for who may not bind herself alone (BLDS 91/2015/QH13 art. 21(4), 22, 136, 138).

    A minor needs her parents' consent, a ward's guardian acts for her; on the portal neither gives a mandate.
    """
    if profile.date_of_birth is None:
        raise NotAllowedError(NO_BIRTH_DATE)
    is_minor = representations.childhood_ends_on(profile.date_of_birth) >= timezone.localdate()
    if is_minor or representations.by_law(profile.user_id):
        raise NotAllowedError(NOT_ALONE)


def _require_level_two(user: User, *, lock: bool = False) -> CitizenProfile:
    rows = CitizenProfile.objects.filter(user=user)
    profile = (rows.select_for_update() if lock else rows).first()
    if profile is None or profile.identity_level < IdentityLevel.TWO:
        raise IdentityLevelError
    return profile


def _index(code: str) -> str:
    return blind_index(f"mandate:{code}")


def _tell(person: User, mandate: Representation, kind: str) -> None:
    with speaking(person.language):
        subject, body = map(str, TOLD[kind])
    notifications.notify(
        recipient=person,
        kind=kind,
        subject=subject,
        body=body,
        link="/dai-dien/",
        dedupe_key=f"{kind}.{mandate.public_id}",
    )
