"""Who acts for which other person today, and what that opens (đại diện cho cá nhân).

Parents act for a child and guardians for a ward by law, until the last day; a mandate is given, and withdrawn at any
time, by the one it is about (Bộ luật Dân sự 91/2015/QH13 art. 21, 136, 138, 140). Who acts for an organisation is in
portal.accounts.representing.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import (
    BY_LAW,
    NOT_HER_WORD,
    EndReason,
    Representation,
    RepresentationKind,
    RepresentationProof,
    User,
)
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError

log = structlog.get_logger(__name__)

OF_AGE = 18
"""Years: Bộ luật Dân sự 91/2015/QH13 art. 20(1)."""
OVER_CODE, OVER_AT_COUNTER_CODE = "representation.over", "representation.over_at_counter"
"""By which the page that refuses knows where the way goes on."""
OVER = _("Bạn không còn đại diện cho người này nên không làm tiếp được. Hãy xem ở trang “Người tôi đại diện”.")
OVER_AT_COUNTER = _(
    "Người ở quầy không còn đại diện cho chủ hồ sơ nên không nộp thay được. Hãy tiếp nhận lại người này tại quầy."
)
OUTSIDE = _("Việc ủy quyền không gồm thủ tục này. Hãy nhờ người ủy quyền trao thêm.")
NOT_HERS_TO_END = _("Quan hệ này do luật định, con chưa đủ 18 tuổi không tự chấm dứt được. Hãy hỏi bộ phận một cửa.")


def held_by(user: User) -> list[Representation]:
    """What she may do for others today, the newest last; one query, and none for who never acted for anybody."""
    if not user.represents_others:
        return []
    held = Representation.objects.in_force(timezone.localdate()).filter(representative=user)
    return list(held.select_related("principal").order_by("pk"))


def get_held(user: User, public_id: str | UUID) -> Representation:
    """One of them; raises NotFoundError for any other, existing or not."""
    wanted = str(public_id)
    found = next((held for held in held_by(user) if str(held.public_id) == wanted), None)
    if found is None:
        raise NotFoundError
    return found


def in_force_for(user_id: int, principal_id: int, procedure_code: str) -> list[Representation]:
    """By what somebody acts for a person in a procedure today, the oldest first; one query.

    A dossier names what it was begun by. That may have ended since, or been given anew with less or with more.
    """
    held = Representation.objects.in_force(timezone.localdate())
    rows = held.filter(representative=user_id, principal=principal_id).order_by("pk")
    return [row for row in rows if row.covers(procedure_code)]


def acts_for(user_id: int, principal_id: int, procedure_code: str) -> bool:
    """Whether somebody may act for a person in a procedure today."""
    return bool(in_force_for(user_id, principal_id, procedure_code))


def opens_store(user_id: int, principal_id: int, procedure_code: str) -> bool:
    """Whether the whole store of a person lies open today to who files this procedure for her."""
    return any(row.reads_store for row in in_force_for(user_id, principal_id, procedure_code))


def of_principal(principal_id: int) -> list[Representation]:
    """By what anybody acts for a person today."""
    return list(Representation.objects.in_force(timezone.localdate()).filter(principal=principal_id))


def by_law(principal_id: int) -> list[User]:
    """Who represents a person by law today: both parents, or a guardian."""
    held = Representation.objects.in_force(timezone.localdate()).filter(principal=principal_id, kind__in=BY_LAW)
    return list(User.objects.filter(pk__in=held.values("representative")).order_by("pk"))


def reads_paper(
    user: User,
    *,
    owner_id: int,
    is_listed: bool,
    is_uploaded: bool,
    came_under: Representation | None,
    procedure_code: str,
) -> bool:
    """Whether a paper of a principal's store lies open to her: all of it by law, else what came of her own filings.

    But for what another representative uploaded for a filing, which by law is not hers to read while that one acts.
    What came of a filing by somebody who represents no more is for whoever represents by law now.
    datastore.represented says the same of many papers at once.
    """
    for held in held_by(user):
        if held.principal_id != owner_id:
            continue
        is_anothers = is_uploaded and came_under is not None and came_under.representative_id != user.pk
        if held.reads_store and is_listed and not (held.is_by_law and is_anothers):
            return True
        if came_under is None or not held.covers(procedure_code):
            continue
        filer_id = came_under.representative_id
        if filer_id == user.pk:
            return True
        if held.is_by_law and filer_id is not None and not acts_for(filer_id, owner_id, procedure_code):
            return True
    return False


def lock_in_force(user_id: int, principal_id: int, procedure_code: str) -> Representation | None:
    """Lock what somebody may do for a person in a procedure until the transaction ends; None where it is nothing.

    Who ends it at this moment is before or after what the caller does.
    """
    held = Representation.objects.select_for_update(of=("self",)).in_force(timezone.localdate())
    rows = held.filter(representative=user_id, principal=principal_id).order_by("pk")
    return next((row for row in rows if row.covers(procedure_code)), None)


def childhood_ends_on(born: date) -> date:
    """The last day on which somebody is represented by her parents: the one before her eighteenth birthday."""
    try:
        birthday = born.replace(year=born.year + OF_AGE)
    except ValueError:  # born on 29 February
        birthday = date(born.year + OF_AGE, 3, 1)
    return birthday - timedelta(days=1)


@transaction.atomic
def open_by_paper(
    *, parent: User, child: User, born: date, document_id: int, words: str
) -> tuple[Representation, bool]:
    """Let a parent act for a child by a certificate that the caller has read; return it and whether it is new.

    Repeating returns what is there. Raises InvalidInputError for who is of age.
    """
    today, last = timezone.localdate(), childhood_ends_on(born)
    if last < today:
        raise InvalidInputError(fields={"child": [_("Người này đã đủ 18 tuổi nên tự nộp bằng tài khoản của mình.")]})
    return _open(
        parent,
        child,
        RepresentationKind.CHILD,
        valid_to=last,
        proof=RepresentationProof.PAPER,
        proof_document_id=document_id,
        proof_words=words[:400],
        confirmed_by=parent,
        confirmed_by_name=str(parent),
    )


@transaction.atomic
def open_by_official(
    *,
    representative: User,
    principal: User,
    kind: RepresentationKind,
    last: date,
    words: str,
    official: User,
    official_name: str,
    agency_code: str,
) -> tuple[Representation, bool]:
    """Let somebody act for a child or a ward by a paper that an official saw; return it and whether it is new.

    Repeating returns what is there, but a ward's later last day takes the place of an earlier one.
    """
    held, is_new = _open(
        representative,
        principal,
        kind,
        valid_to=last,
        proof=RepresentationProof.OFFICIAL,
        proof_words=words[:400],
        confirmed_by=official,
        confirmed_by_name=official_name[:300],
        confirming_agency=agency_code,
    )
    if not is_new and held.proof == RepresentationProof.OFFICIAL and not held.confirming_agency:
        held.confirming_agency = agency_code  # of before a row named its desk: this one saw the paper again
        held.save(update_fields=["confirming_agency"])
    if not is_new and held.valid_to is not None and held.valid_to < last:
        _end(held, EndReason.RENEWED)
        return open_by_official(
            representative=representative,
            principal=principal,
            kind=kind,
            last=last,
            words=words,
            official=official,
            official_name=official_name,
            agency_code=agency_code,
        )
    return held, is_new


def _open(
    representative: User, principal: User, kind: RepresentationKind, *, valid_to: date, **told: Any
) -> tuple[Representation, bool]:
    """The one that is open, else a new one from today; one that ran out makes room."""
    today, now = timezone.localdate(), timezone.now()
    same = Representation.objects.filter(principal=principal, representative=representative, kind=kind)
    same.filter(ended_at__isnull=True, valid_to__lt=today).update(ended_at=now, end_reason=EndReason.RENEWED)
    held, is_new = Representation.objects.get_or_create(
        principal=principal,
        representative=representative,
        kind=kind,
        ended_at=None,
        defaults={"valid_from": today, "valid_to": valid_to, "confirmed_at": now, **told},
    )
    User.objects.filter(pk=representative.pk).update(represents_others=True)
    representative.represents_others = True
    if is_new:
        log.info("person_represented", representation_id=held.pk, kind=held.kind)
    return held, is_new


@transaction.atomic
def end(public_id: UUID, *, user: User) -> Representation:
    """End one at once, as who holds it or who gave it; repeating is idle.

    What is being filed at this moment is either whole before the end or refused after it. Raises NotFoundError for
    anybody else, NotAllowedError for a child or ward, who is represented by law.
    """
    held = Representation.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if held is None or user.pk not in {held.principal_id, held.representative_id}:
        raise NotFoundError
    is_hers = user.pk == held.representative_id
    if held.is_by_law and not is_hers:
        raise NotAllowedError(NOT_HERS_TO_END)
    if held.ended_at is None:
        _end(held, EndReason.GIVEN_UP if is_hers else EndReason.WITHDRAWN)
    return held


@transaction.atomic
def end_by_official(
    public_id: UUID,
    *,
    words: str,
    official_name: str,
    proof: RepresentationProof = RepresentationProof.OFFICIAL,
    reason: EndReason = EndReason.BY_DESK,
) -> Representation:
    """End one that a desk confirmed, in words for both; repeating is idle. Which desk may end it is the caller's.

    What was ended otherwise is taken back by the principal's word all the same.
    `proof` is WRITTEN for a mandate on paper, which a desk noted. Raises NotFoundError for what was shown otherwise.
    """
    held = Representation.objects.select_for_update(of=("self",))
    found = held.filter(public_id=public_id, proof=proof).first()
    if found is None:
        raise NotFoundError
    is_her_word = reason == EndReason.WITHDRAWN and found.end_reason in NOT_HER_WORD
    if found.ended_at is None or is_her_word:
        found.end_words, found.ended_by_name = words[:300], official_name[:300]
        found.save(update_fields=["end_words", "ended_by_name"])
        _end(found, reason)
    return found


@transaction.atomic
def end_by_paper(document_id: int) -> list[Representation]:
    """A certificate was revoked or replaced: what was built on it is over, and returned."""
    built = Representation.objects.select_for_update(of=("self",)).select_related("representative")
    over = list(built.filter(proof_document_id=document_id, ended_at__isnull=True))
    for held in over:
        _end(held, EndReason.PAPER_ENDED)
    return over


def end_of_age(principal: User) -> None:
    """Nobody acts by law for a person who VNeID says is of age, whatever day of birth a desk or a paper gave.

    Called at each sign-in of hers: a desk's word about a number must not outlive the account of the person herself.
    """
    born = principal.citizen.date_of_birth
    if born is None or childhood_ends_on(born) >= timezone.localdate():
        return
    held = Representation.objects.select_for_update(of=("self",)).filter(principal=principal, ended_at__isnull=True)
    for each in held.filter(kind__in=BY_LAW).order_by("pk"):
        _end(each, EndReason.OF_AGE)


def _end(held: Representation, reason: EndReason) -> None:
    held.ended_at, held.end_reason, held.code_index = timezone.now(), reason, ""
    held.save(update_fields=["ended_at", "end_reason", "code_index"])
    log.info("person_representation_ended", representation_id=held.pk, reason=str(reason))
