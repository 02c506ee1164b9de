"""Another published version for a dossier (chuyển sang bản công bố mới), with the differences shown.

A draft is filed under the version of its day, so one that outlived its version is moved by who fills it in: answers
that the new form does not ask are left out, everything else stays. A submitted dossier keeps the version it was filed
under; where the new act's transitional clause lets it be decided under the new one, a leader says so with the legal
ground. Its filing stays frozen; what follows goes by the new version: papers that may be asked for, result, and the
time limit where it is the shorter one.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import access, common_limit, draft_access, drafts, filling, local_terms, passage
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.passage import Occasion
from dossiers.reasons import clean_legal_basis, clean_reason
from portal.agencies.actors import Actor
from portal.agencies.calendars import work_calendar
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError, TransitionError
from procedures import access as catalogue
from procedures import comparison, eforms
from procedures.comparison import Part
from procedures.models import ProcedureVersion

EVENT = "dossier.rebased"
OPEN = frozenset({DossierState.SUBMITTED, DossierState.ACCEPTED, DossierState.PROCESSING})


@dataclass(slots=True)
class Differences:
    """What moving to the newer version changes."""

    older: ProcedureVersion
    newer: ProcedureVersion
    parts: list[Part]
    left_out: list[str] = field(default_factory=list)
    """Labels of answers that the newer form does not ask, of a draft."""


def newer_version(dossier: Dossier, *, on: date | None = None) -> ProcedureVersion | None:
    """The version in force, where the dossier goes by an older one; None otherwise."""
    own = dossier.rules
    if own is None:
        return None
    try:
        found = catalogue.get_open_version(dossier.procedure_code, on)
    except NotFoundError:
        return None
    return found if found.number > own.number else None


def differences(dossier: Dossier) -> Differences | None:
    """What would change, in the reader's language; None where there is no newer version."""
    older, newer = dossier.rules, newer_version(dossier)
    if older is None or newer is None:
        return None
    left_out = _left_out(dossier, older, newer) if dossier.state == DossierState.DRAFT else []
    return Differences(older, newer, comparison.of(older, newer), left_out)


def _left_out(dossier: Dossier, older: ProcedureVersion, newer: ProcedureVersion) -> list[str]:
    kept = {each.key for each in eforms.form_of(eforms.form_for(newer)).fields()}
    labels = {each.key: str(each.label) for each in eforms.form_of(eforms.form_for(older)).fields()}
    return [labels[key] for key, value in dossier.answers.items() if key in labels and key not in kept and value]


@transaction.atomic
def rebase_draft(public_id: UUID, *, actor: Actor) -> Dossier:
    """Move a draft to the version in force; repeating it is idle.

    Raises NotFoundError, and ConflictError once it is submitted.
    """
    dossier = draft_access.get_draft(public_id, actor=actor, lock=True)
    if dossier.state != DossierState.DRAFT:
        raise ConflictError(_("Hồ sơ này đã nộp nên không sửa được nữa."), code="dossier.already_submitted")
    newer = newer_version(dossier)
    if newer is None:
        return dossier
    older = drafts.version_of(dossier)
    form = eforms.form_of(eforms.form_for(newer))
    kept = {each.key for each in form.fields()}
    left_out = _left_out(dossier, older, newer)
    dossier.answers = {key: value for key, value in dossier.answers.items() if key in kept}
    dossier.answer_sources = {key: words for key, words in dossier.answer_sources.items() if key in kept}
    dossier.unread_answers = {}
    dossier.procedure_version, dossier.procedure_name, dossier.step = newer, newer.name, ""
    filling.say_again(dossier)
    passage.record(
        dossier,
        EVENT,
        actor=actor,
        occasion=Occasion(data={"from": older.number, "to": newer.number, "left_out": left_out}),
    )
    dossier.save()
    if dossier.province_code:
        _place_again(dossier, actor)
    return draft_access.get_draft(public_id, actor=actor)


def _place_again(dossier: Dossier, actor: Actor) -> None:
    """The new version may be decided elsewhere; where nobody decides at this place, it is asked for again."""
    try:
        drafts.choose_place(
            dossier.public_id, actor=actor, province_code=dossier.province_code, commune_code=dossier.commune_code
        )
    except InvalidInputError:
        Dossier.objects.filter(pk=dossier.pk).update(agency=None, desk=None)


def rebase(code: str, *, actor: Actor, reason: str, legal_basis: str) -> Dossier:
    """Let an open dossier be decided under the version in force (áp dụng bản công bố mới).

    Raises InvalidInputError without a legal ground, TransitionError where there is no newer version or the state does
    not allow it. The appointment becomes earlier where the new limit is shorter and no clock stopped; never later.
    """
    with access.locked(code, actor=actor) as dossier:
        basis = clean_legal_basis(legal_basis)
        older, newer = dossier.rules, newer_version(dossier)
        if older is None or newer is None:
            raise TransitionError(_("Thủ tục này chưa có bản công bố mới hơn bản hồ sơ đang theo."))
        before = _reckoned(dossier)
        dossier.rebased_to = newer
        local_terms.rebase_time(dossier, newer)
        after = _reckoned(dossier)
        due_before = dossier.due_at
        if before is not None and after is not None and after < before and dossier.due_at == before:
            dossier.due_at = max(after, timezone.now())
        data: dict[str, Any] = {"from": older.number, "to": newer.number, "legal_basis": basis}
        if dossier.due_at != due_before and due_before is not None and dossier.due_at is not None:
            data |= {"due_at_before": due_before.isoformat(), "due_at": dossier.due_at.isoformat()}
        dossier.save(update_fields=["rebased_to", "local_terms"])
        passage.apply(dossier, "rebase", actor=actor, reason=clean_reason(reason), data=data)
        return dossier


def _reckoned(dossier: Dossier) -> Any:
    """The appointment that the rules give from acceptance, clock stops apart."""
    if dossier.agency is None or dossier.accepted_at is None:
        return None
    return common_limit.first_due_at(work_calendar(dossier.agency), dossier, dossier.accepted_at)
