"""A parent or a guardian whom the one-stop desk confirms (xác nhận người đại diện tại quầy), by a paper it saw.

For a child whose certificate lies in no store here, and for a ward under 18, whom no certificate names. Bộ luật Dân
sự 91/2015/QH13 art. 46 to 49, 136; guardianship is registered by Luật Hộ tịch 60/2014/QH13 art. 19 to 21. For somebody
of age a desk confirms nobody: one official's word would open the whole store of a person who never hears of it.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datastore import readings
from dossiers.models import CounterVisit
from portal.accounts import people, representations
from portal.accounts.models import (
    BY_LAW,
    Representation,
    RepresentationKind,
    RepresentationProof,
    RepresentationQuerySet,
    User,
)
from portal.accounts.people import Person
from portal.agencies.actors import Actor
from portal.agencies.codes import find_agency
from portal.agencies.models import Agency, Branch
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from portal.core.language import speaking
from portal.core.text import clean_line, fold
from portal.notifications import services as notifications

AT_COUNTER = "Xác nhận người đại diện tại quầy"
END_AT_COUNTER = "Chấm dứt việc đại diện tại quầy"
"""Purposes that the person reads in her access log; kept in Vietnamese."""
KEEPS_CIVIL_STATUS = frozenset({Branch.PEOPLES_COMMITTEE, Branch.JUSTICE})
"""Who registers guardianship, and the province above (Luật Hộ tịch 60/2014/QH13 art. 19, 70; `K`)."""
NO_REASON = gettext_lazy("Hãy ghi lý do và giấy tờ đã xem; người đại diện và người được đại diện đều đọc được.")
OF_AGE = gettext_lazy(
    "Người này đã đủ 18 tuổi nên quầy không ghi nhận người đại diện. Người ấy tự nộp, hoặc ủy quyền trên Cổng; "
    "nếu Tòa án đã tuyên mất hoặc hạn chế năng lực hành vi, hãy nộp hồ sơ giấy kèm quyết định."
)
TOO_YOUNG = gettext_lazy(
    "Người đang ở quầy chưa đủ 18 tuổi nên không làm người giám hộ được (Bộ luật Dân sự, Điều 49)."
)


@transaction.atomic
def confirm(
    visit: CounterVisit, *, actor: Actor, person: Person, kind: RepresentationKind, proof: str, until: date | None
) -> Representation:
    """Let who stands at the counter act for a child or a ward; repeating is idle.

    The last day follows from the birth, a ward's is `until` where that is earlier. Raises NotAllowedError without a
    desk, InvalidInputError naming the field for a person who is another here, of age, or the visitor herself, and for
    a guardian under age.
    """
    if actor.user is None or actor.agency is None or visit.agency_id != actor.agency.pk:
        raise NotAllowedError
    seen = clean_line(proof)
    if not seen:
        raise InvalidInputError(fields={"proof": [_("Hãy ghi giấy tờ đã xem để chứng minh tư cách.")]})
    if kind == RepresentationKind.WARD and _childhood_of(visit.applicant) is not None:
        raise InvalidInputError(fields={"kind": [TOO_YOUNG]})
    principal = people.enter(replace(person, from_paper=f"{people.SEEN_AT_DESK}{seen}"[:400]))
    check_is_that_person(principal, person, visit)
    last = _last_day(principal, kind, until)
    before = representations.by_law(principal.pk)
    readings.of_identity(principal, actor=actor, purpose=AT_COUNTER, dossier_code="")
    held, is_new = representations.open_by_official(
        representative=visit.applicant,
        principal=principal,
        kind=kind,
        last=last,
        words=seen,
        official=actor.user,
        official_name=actor.name,
        agency_code=actor.agency.code,
    )
    if is_new:
        own = [] if principal.citizen.is_from_counter else [principal]
        for reader in {user.pk: user for user in [*own, *before] if user.pk != visit.applicant_id}.values():
            _tell(reader, held)
    return held


def confirmed_here(visit: CounterVisit) -> list[Representation]:
    """What this agency's desks may end and still holds, of the person at the counter or of whom she acts for by law.

    A guardian, her grown ward, or the parent or new guardian of the child may ask for the end (Luật Hộ tịch
    60/2014/QH13 art. 22).
    """
    return _ended_here(visit, Representation.objects.in_force(timezone.localdate()))


def is_over(visit: CounterVisit, public_id: UUID) -> bool:
    """Whether this agency's desks would end it for who stands here, and it has ended: the button was pressed twice."""
    return bool(_ended_here(visit, Representation.objects.filter(public_id=public_id, ended_at__isnull=False)))


def _ended_here(visit: CounterVisit, rows: RepresentationQuerySet) -> list[Representation]:
    hers = Representation.objects.in_force(timezone.localdate()).filter(
        representative=visit.applicant_id, kind__in=BY_LAW
    )
    about = Q(representative=visit.applicant_id) | Q(principal=visit.applicant_id)
    about |= Q(principal__in=hers.values("principal"))
    found = rows.filter(about, proof=RepresentationProof.OFFICIAL).order_by("pk")
    people_of = found.select_related("principal__citizen", "representative__citizen")
    return [held for held in people_of if is_of_desk(held, visit.agency)]


def is_of_desk(held: Representation, agency: Agency) -> bool:
    """Whether a desk of this agency may end what a desk confirmed.

    It is the agency that confirmed, or whoever has its tasks today. Where none is kept, or what is kept ended without
    a successor: whoever keeps civil status where the ward lives, or else who represents her, and the province above
    (our choice, docs/assumptions.md).
    """
    if held.confirming_agency == agency.code:
        return True
    if held.confirming_agency:
        kept = find_agency(held.confirming_agency)
        if kept is None or kept.valid_to is None or kept.valid_to >= timezone.localdate():
            return kept is not None and kept.pk == agency.pk
    if agency.branch not in KEEPS_CIVIL_STATUS or agency.unit is None:
        return False
    lives = next((place for place in map(_lives_in, (held.principal, held.representative)) if place), ())
    return agency.unit.code in lives


def _lives_in(user: User | None) -> tuple[str, ...]:
    """Codes of commune and province, none where the portal knows neither."""
    profile = getattr(user, "citizen", None)
    return tuple(filter(None, (profile.commune_code, profile.province_code))) if profile is not None else ()


@transaction.atomic
def end(visit: CounterVisit, public_id: UUID, *, actor: Actor, reason: str) -> Representation:
    """End what this agency's desk confirmed, at once and for a reason that both read (Bộ luật Dân sự art. 62).

    Raises NotAllowedError without a desk, InvalidInputError("reason") without a reason, NotFoundError for a relation
    that another desk ends, that is over (`is_over`) or that is none of the person's at the counter.
    """
    if actor.user is None or actor.agency is None or visit.agency_id != actor.agency.pk:
        raise NotAllowedError
    words = clean_line(reason)
    if not words:
        raise InvalidInputError(fields={"reason": [NO_REASON]})
    if public_id not in {held.public_id for held in confirmed_here(visit)}:
        raise NotFoundError
    ended = representations.end_by_official(public_id, words=words, official_name=actor.name)
    readings.of_identity(ended.principal, actor=actor, purpose=END_AT_COUNTER, dossier_code="")
    own = [] if ended.principal.citizen.is_from_counter else [ended.principal]
    others = representations.by_law(ended.principal_id)
    representative = [ended.representative] if ended.representative is not None else []
    for reader in {user.pk: user for user in [*representative, *own, *others]}.values():
        tell_of_end(reader, ended)
    return ended


def check_is_that_person(principal: User, person: Person, visit: CounterVisit) -> None:
    """Raise InvalidInputError("personal_id") where the number is the visitor's own, or of somebody else here."""
    profile = principal.citizen
    if principal.pk == visit.applicant_id:
        raise InvalidInputError(fields={"personal_id": [_("Đây là số định danh của chính người đang ở quầy.")]})
    if profile.date_of_birth != person.date_of_birth or fold(profile.full_name) != fold(person.full_name):
        words = _("Cổng biết số định danh này với họ tên hoặc ngày sinh khác. Hãy xem lại giấy tờ.")
        raise InvalidInputError(fields={"personal_id": [words]})


def _childhood_of(user: User) -> date | None:
    """The last day on which she is under age; None for who is of age, or of whom no day of birth is known."""
    born = user.citizen.date_of_birth
    last = representations.childhood_ends_on(born) if born is not None else None
    return last if last is not None and last >= timezone.localdate() else None


def _last_day(principal: User, kind: RepresentationKind, until: date | None) -> date:
    latest = _childhood_of(principal)
    if latest is None:
        raise InvalidInputError(fields={"date_of_birth": [OF_AGE]})
    if kind == RepresentationKind.CHILD or until is None:
        return latest
    if until < timezone.localdate():
        raise InvalidInputError(
            fields={"until": [_("Ngày này đã qua. Hãy ghi ngày cuối còn hiệu lực, hoặc bỏ trống.")]}
        )
    return min(until, latest)


def _tell(reader: User, held: Representation) -> None:
    """The person herself, where she has an account, and who acts for her already."""
    with speaking(reader.language):
        notifications.notify(
            recipient=reader,
            kind="representation.began",
            subject=_("Bộ phận một cửa vừa ghi nhận một người đại diện"),
            body=_("Xem ai, đại diện cho ai, theo giấy tờ nào. Nếu không đúng, hãy báo bộ phận một cửa đã ghi nhận."),
            link="/dai-dien/",
            dedupe_key=f"representation.{held.public_id}.{reader.pk}",
        )


def tell_of_end(reader: User, held: Representation) -> None:
    """Who represented, the person herself where she has an account, and who still acts for her by law.

    The last has no row of it on a page of hers: she reads whose it is and why in the message, never outside the portal.
    """
    is_hers = reader.pk in {held.principal_id, held.representative_id}
    with speaking(reader.language):
        if not is_hers:
            names = {"name": held.representative, "principal": held.principal, "why": held.end_words}
            body = _(
                "%(name)s thôi đại diện cho %(principal)s. Lý do: %(why)s. Nếu không đúng, hãy mang giấy tờ đến bộ "
                "phận một cửa đã chấm dứt."
            )
            notifications.notify(
                recipient=reader,
                kind="representation.ended",
                subject=_("Bộ phận một cửa vừa chấm dứt một việc đại diện"),
                body=body % names,
                body_outside=_("Xem của ai, vì sao ở tin nhắn trên Cổng."),
                dedupe_key=f"representation.{held.public_id}.{reader.pk}.ended",
            )
            return
        notifications.notify(
            recipient=reader,
            kind="representation.ended",
            subject=_("Bộ phận một cửa vừa chấm dứt một việc đại diện"),
            body=_("Xem của ai, vì sao. Nếu không đúng, hãy mang giấy tờ đến bộ phận một cửa đã chấm dứt."),
            link="/dai-dien/",
            dedupe_key=f"representation.{held.public_id}.{reader.pk}.ended",
        )
