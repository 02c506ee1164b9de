"""Filing in person (nộp hồ sơ trực tiếp tại bộ phận một cửa): an official fills in the same form for who came.

The person is identified by her card at the desk, so her account's level is not asked for. The dossier is like any other
one, with the channel "trực tiếp", the visit it came from, and the official's name at every step. What is scanned at the
desk is digitised by an official (TT 01/2023/TT-VPCP). NĐ 118/2025/NĐ-CP art. 17; form 01 is printed at once.

She may come for an organisation: the official sees the paper by which she acts, or the portal knows her as a member
who files for it; what she then files is the organisation's, with her as the one who came.

She may come for a child, a ward or who gave her a mandate: what the portal knows of it today holds here as it does
from home (portal.accounts.representations), the dossier is that person's, and she is who filed it. A mandate on paper
opens the form and no more (dossiers.written_mandates).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from datastore import readings
from dossiers import acting, drafts, filing, for_others, services
from dossiers.errors import ProcedureClosedError
from dossiers.facts import facts_of, facts_of_principal, facts_on_paper
from dossiers.lifecycle import DossierState
from dossiers.models import ActsBy, CounterVisit, Dossier, DossierQuerySet, FilingChannel
from portal.accounts import representations, representing, written_mandates
from portal.accounts.models import CitizenProfile, Organisation, Representation, RepresentationProof, User
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from portal.core.language import speaking
from portal.core.moments import start_of_today
from portal.core.text import clean_line
from portal.notifications import services as notifications
from procedures.models import ProcedureVersion

PROOF_LIMIT = 200
NAMED_AT_COUNTER = "Thấy tên bạn khi tiếp nhận tại quầy"
"""Purpose, before the name of who came, that a person reads in her access log; kept in Vietnamese."""
MANDATE_ENDED = _("Hãy nhập ngày cuối của giấy ủy quyền; giấy đã hết hạn không dùng được.")
NOBODY_KNOWN = _(
    "Cổng chưa biết đích danh cơ quan nhận hồ sơ của thủ tục này nên bạn chưa lập hồ sơ được. Nếu cơ quan bạn giải "
    "quyết thủ tục này, hãy nhận bản giấy và nhờ người quản trị Cổng lập quy tắc chuyển hồ sơ; nếu không, hãy chỉ "
    "người nộp đến cơ quan ghi ở trang thủ tục."
)
BEYOND_MANDATE = _("Giấy ủy quyền không gồm thủ tục này. Hãy xem lại phạm vi ghi trên giấy.")


@transaction.atomic
def open_visit(
    applicant: User,
    *,
    actor: Actor,
    card_was_scanned: bool = False,
    purpose: str = acting.AT_COUNTER,
    dossier_code: str = "",
) -> CounterVisit:
    """Begin to serve a person; she reads in her access log who looked her up, and what for.

    Raises NotAllowedError without a desk.
    """
    if actor.user is None or actor.agency is None:
        raise NotAllowedError
    readings.of_identity(applicant, actor=actor, purpose=purpose, dossier_code=dossier_code)
    visit = CounterVisit.objects.create(
        applicant=applicant, official=actor.user, agency=actor.agency, card_was_scanned=card_was_scanned
    )
    _go_on_with_unfinished(visit)
    return visit


def served_last(people: Iterable[User], *, actor: Actor) -> User | None:
    """Whose card of these was looked at last today at this agency's counter, by whichever colleague."""
    seen = CounterVisit.objects.filter(applicant__in=list(people), agency=actor.agency, opened_at__gte=start_of_today())
    last = seen.select_related("applicant").order_by("-opened_at", "-pk").first()
    return last.applicant if last else None


@transaction.atomic
def come_for(
    visit: CounterVisit,
    organisation: Organisation,
    *,
    actor: Actor,
    acts_by: ActsBy | str,
    proof: str,
    mandate_until: date | None = None,
    mandate_procedures: Sequence[str] = (),
) -> CounterVisit:
    """Go on serving the same person for an organisation: a visit of its own, the same one for a second press.

    `proof` says by which paper she acts, as the official saw it, or of a member her role on the portal; a mandate
    binds until its last day, and to the procedures it names. Raises InvalidInputError without proof or for a mandate
    that ended, NotAllowedError for another desk.
    """
    if actor.user is None or actor.agency is None or actor.agency.pk != visit.agency_id:
        raise NotAllowedError
    seen = clean_line(proof)
    if not seen or len(seen) > PROOF_LIMIT:
        raise InvalidInputError(fields={"proof": [_("Hãy ghi giấy tờ đã xem, gọn trong một dòng.")]})
    by: dict[str, Any] = {"organisation": organisation, "acts_by": ActsBy(acts_by), "proof": seen}
    if by["acts_by"] == ActsBy.MANDATE:
        if mandate_until is None or mandate_until < timezone.localdate():
            raise InvalidInputError(fields={"mandate_until": [MANDATE_ENDED]})
        by |= {"mandate_until": mandate_until, "mandate_procedures": " ".join(mandate_procedures)}
    same = CounterVisit.objects.filter(applicant=visit.applicant_id, agency=visit.agency_id, **by)
    if (known := same.filter(opened_at__gte=visit.opened_at).first()) is not None:
        return known
    opened = CounterVisit.objects.create(
        applicant=visit.applicant,
        official=actor.user,
        agency=visit.agency,
        card_was_scanned=visit.card_was_scanned,
        **by,
    )
    _go_on_with_unfinished(opened)
    _tell_organisation(opened)
    return opened


def _tell_organisation(visit: CounterVisit) -> None:
    """Its legal representatives read who came in its name, before anything is filed: none of them was asked."""
    for person in representing.representatives(visit.organisation_id or 0):
        if person.pk == visit.applicant_id:
            continue
        with speaking(person.language):
            told = {"name": visit.applicant, "organisation": visit.organisation, "agency": visit.agency}
            subject = _now("Có người đến bộ phận một cửa thay tổ chức")
            body = _now("%(name)s đến %(agency)s nộp hồ sơ thay %(organisation)s. Nếu không phải, hãy báo ngay nơi đó.")
            notifications.notify(
                recipient=person,
                kind="organisation.at_counter",
                subject=subject,
                body=body % told,
                body_outside=_now("Xem ai, ở đâu, thay tổ chức nào ở tin nhắn trên Cổng."),
                dedupe_key=f"organisation.visit.{visit.pk}.{person.pk}",
            )


@transaction.atomic
def come_for_person(visit: CounterVisit, held: Representation, *, actor: Actor) -> CounterVisit:
    """Go on serving the same person for whom she represents: a visit of its own, the same one for a second press.

    Whose dossiers they will be reads in her access log who looked her up: each official once a day, a colleague who
    goes on with the same visit too. Raises NotAllowedError for another desk, and
    where she represents that person no more.
    """
    if actor.user is None or actor.agency is None or actor.agency.pk != visit.agency_id:
        raise NotAllowedError
    if held.representative_id != visit.applicant_id or not held.is_in_force(timezone.localdate()):
        raise NotAllowedError(representations.OVER_AT_COUNTER, code=representations.OVER_AT_COUNTER_CODE)
    same = CounterVisit.objects.filter(
        applicant=visit.applicant_id, agency=visit.agency_id, representation=held, opened_at__gte=start_of_today()
    )
    principal, purpose = held.principal, _purpose(held)
    if not readings.identity_was_read(principal, actor=actor, purpose=purpose, since=start_of_today()):
        readings.of_identity(principal, actor=actor, purpose=purpose, dossier_code="")
    if (known := same.order_by("-pk").first()) is not None:
        return known
    opened = CounterVisit.objects.create(
        applicant=visit.applicant,
        official=actor.user,
        agency=visit.agency,
        card_was_scanned=visit.card_was_scanned,
        representation=held,
    )
    _go_on_with_unfinished(opened)
    return opened


def _purpose(held: Representation) -> str:
    """What the principal reads in her log: of a mandate on paper also who brought which, as she gave no code for it."""
    if not held.is_written:
        return acting.AT_COUNTER
    return f"{acting.AT_COUNTER} theo giấy ủy quyền; người đến: {held.representative}; {held.proof_words}"


def papers_shown(visit: CounterVisit) -> list[Representation]:
    """The mandates on paper that this person showed today at this agency's counter and that still count."""
    shown = CounterVisit.objects.filter(
        applicant=visit.applicant_id,
        agency=visit.agency_id,
        opened_at__gte=start_of_today(),
        representation__proof=RepresentationProof.WRITTEN,
    )
    rows = Representation.objects.filter(pk__in=shown.values("representation")).select_related("principal")
    return [held for held in rows.order_by("pk") if held.is_in_force(timezone.localdate())]


def note_named(visit: CounterVisit, people: Iterable[User], *, actor: Actor) -> None:
    """Leave a row, once a day and official, with those whom the pages of a visit name beside who came."""
    others = [person for person in people if person.pk != visit.applicant_id]
    purpose = f"{NAMED_AT_COUNTER} {visit.applicant}"
    readings.of_names(others, actor=actor, purpose=purpose, since=start_of_today())


def _go_on_with_unfinished(visit: CounterVisit) -> None:
    """What was left at an earlier visit for the same applicant closed with its day, and is gone on with at this one."""
    for draft in _drafts_of(visit).select_for_update(of=("self",)).order_by("pk"):
        if not visit.is_within_mandate(draft.procedure_code):
            continue  # it waits for who shows a mandate that is for it
        draft.counter_visit = visit
        if visit.representation is not None and visit.representation.is_written:
            draft.representation = visit.representation  # the paper of before may have run out
        draft.save(update_fields=["counter_visit", "representation", "updated_at"])


def still_files(visit: CounterVisit) -> Callable[[str], bool]:
    """Whether who came may still file, by a procedure's code; what the database knows of it is asked once."""
    if visit.organisation_id is not None:
        is_open = visit.acts_by != ActsBy.MEMBER or representing.may_file(visit.applicant, visit.organisation_id)
        return lambda code: is_open
    shown = visit.representation
    if shown is None:
        return lambda code: True
    rows = [held for held in representations.held_by(visit.applicant) if held.principal_id == shown.principal_id]
    if shown.is_written and shown.is_in_force(timezone.localdate()):
        rows.append(shown)
    return lambda code: any(held.covers(code) for held in rows)


def _drafts_of(visit: CounterVisit) -> DossierQuerySet:
    return filed_at(visit).filter(state=DossierState.DRAFT)


def filed_at(visit: CounterVisit) -> DossierQuerySet:
    """What this person filed or began at this agency's counters for the visit's organisation or person, or herself.

    By a mandate on paper what came of such papers: what she began by one of the portal may hold what that one opened.
    """
    here = Dossier.objects.filter(counter_visit__agency=visit.agency_id)
    if visit.representation is not None:
        if visit.representation.is_written:
            here = here.filter(representation__proof=RepresentationProof.WRITTEN)
        return here.filter(
            counter_visit__applicant=visit.applicant_id,
            owner=visit.representation.principal_id,
            representation__representative=visit.applicant_id,
        )
    return here.filter(owner=visit.applicant_id, organisation=visit.organisation_id, representation=None)


def get_visit(public_id: UUID, *, user: Any) -> tuple[CounterVisit, Actor]:
    """Return a visit of today at a desk of this official's, and as whom she serves; raises NotFoundError.

    A visit ends with its day: whoever comes again is looked up again, with a new row in her log.
    """
    visit = (
        CounterVisit.objects.select_related(
            "applicant__citizen", "agency__unit__parent", "organisation", "representation__principal__citizen"
        )
        .filter(public_id=public_id)
        .first()
    )
    actors = acting.desk_actors(user) if visit is not None else []
    actor = next((actor for actor in actors if visit and actor.agency == visit.agency), None)
    if visit is None or actor is None or timezone.localdate(visit.opened_at) != timezone.localdate():
        raise NotFoundError
    return visit, actor


@transaction.atomic
def start(visit: CounterVisit, version: ProcedureVersion, *, actor: Actor) -> Dossier:
    """Open a prefilled draft for the person of a visit, or for the organisation or the person she came for.

    Returns the unfinished one where there is one. Raises ProcedureClosedError, also where nobody knows which agency
    takes it in, for an organisation where the procedure is for persons only, and for another person where nobody
    files for another or she represents her no more.
    """
    profile = CitizenProfile.objects.select_for_update().filter(user=visit.applicant_id).first()
    drafts.check_may_file(version, profile, in_person=True)
    drafts.check_is_taken(version, NOBODY_KNOWN)
    if visit.organisation_id is not None:
        drafts.check_for_organisation(version)
    if not visit.is_within_mandate(version.procedure.code):
        raise ProcedureClosedError(BEYOND_MANDATE)
    # before the right by which she acts, as a submission does; one that was filed meanwhile is a draft no more
    drafts_here = _drafts_of(visit).select_for_update(of=("self",))
    draft = drafts_here.filter(procedure_version=version).order_by("-id").first()
    held = _hold(visit, version)
    if draft is not None:
        draft.counter_visit = visit
        draft.representation = held  # it may have ended and been given anew since
        draft.save(update_fields=["counter_visit", "representation", "updated_at"])
        return draft
    unit = visit.agency.unit
    place: dict[str, Any] = {"province_code": "", "commune_code": ""}
    if profile is not None and profile.commune_code:
        place = {"province_code": profile.province_code, "commune_code": profile.commune_code}
    elif unit is not None:
        place = {
            "province_code": unit.parent.code if unit.parent else unit.code,
            "commune_code": unit.code if unit.parent else "",
        }
    return drafts.open_new(
        version,
        owner=visit.principal,
        filer=None,
        known=_known(visit, version),
        organisation=visit.organisation,
        representation=held,
        counter_visit=visit,
        channel=FilingChannel.DIRECT,
        **place,
    )


def _hold(visit: CounterVisit, version: ProcedureVersion) -> Representation | None:
    """Lock by what she acts for the visit's person in this procedure now; None where she came for no person."""
    if visit.representation is None:
        return None
    for_others.check(version, words=for_others.FOR_ONESELF_AT_COUNTER)
    shown, code = visit.representation, version.procedure.code
    if shown.is_written:
        held = written_mandates.lock(shown, bearer_id=visit.applicant_id, procedure_code=code)
    else:
        held = representations.lock_in_force(visit.applicant_id, shown.principal_id, code)
    if held is None:
        raise ProcedureClosedError(representations.OVER_AT_COUNTER)
    return held


def _known(visit: CounterVisit, version: ProcedureVersion) -> dict[str, Any] | None:
    """What a draft is filled with where she does not file for herself; of a person's store what is open to her."""
    if visit.organisation is not None:
        return facts_of(visit.applicant, organisation=visit.organisation)
    if visit.representation is None:
        return None
    if visit.representation.is_written:
        with translation.override("vi"):
            return facts_on_paper(visit.representation)
    principal = visit.representation.principal
    with_store = representations.opens_store(visit.applicant_id, principal.pk, version.procedure.code)
    with translation.override("vi"):  # what is stored is in the source language, whoever reads it
        return facts_of_principal(principal, filer=visit.applicant, with_store=with_store)


@transaction.atomic
def submit(public_id: UUID, *, actor: Actor, procedure_code: str) -> Dossier:
    """File a draft of the counter and accept it at once where the desk may; see filing.submit for what it raises."""
    return accept_at_once(filing.submit(public_id, actor=actor, procedure_code=procedure_code), actor=actor)


def accept_at_once(dossier: Dossier, *, actor: Actor) -> Dossier:
    """Accept what was just filed or paid at this counter, once.

    Left to somebody else: a dossier that still waits for money, one of an agency outside this desk's, and one that an
    agency's own system decides.
    """
    if not may_accept(dossier, actor=actor):
        return dossier
    return services.accept(dossier.code or "", actor=actor)


def may_accept(dossier: Dossier, *, actor: Actor) -> bool:
    """Whether this desk takes the dossier in."""
    is_ours = dossier.agency is not None and actor.agency is not None and dossier.agency.is_within(actor.agency)
    return is_ours and dossier.handled_by_id is None and dossier.state == DossierState.SUBMITTED
