"""Filing a declaration of linked procedures (nộp hồ sơ liên thông): one press, several dossiers, one transaction.

NĐ 63/2024/NĐ-CP as amended by NĐ 301/2026/NĐ-CP: declared once, asked once.
docs/adr/0015-bundles-of-linked-procedures.md
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dossiers import attaching, bundles, draft_access, drafts, filing, papers
from dossiers.errors import IncompleteFilingError, ProcedureClosedError
from dossiers.freezing import digest_of
from dossiers.lifecycle import DossierState
from dossiers.models import BundleFiling, BundlePaper, BundlePart, Dossier
from portal.accounts.models import CitizenProfile, User
from portal.agencies import routing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.core.durations import Duration, DurationUnit
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.language import column_text
from procedures import access as catalogue
from procedures import bundles as plans
from procedures import competence, eforms
from procedures.bundle_answers import compose, declared_key
from procedures.bundle_plans import Node, Plan
from procedures.eforms.conditions import Scope
from procedures.models import Bundle, Procedure, ProcedureVersion


def plan_for(procedure_code: str, actor: Actor) -> Plan | None:
    """The plan by which a draft of this procedure is split when this person sends it; None: it is filed as it is.

    The linked form exists online only (NĐ 63/2024/NĐ-CP): at the counter it is one dossier of the agency that begins.
    """
    return None if actor.kind == ActorKind.DESK else plans.plan_of(procedure_code)


def wanted(plan: Plan, answers: dict[str, Any], version: ProcedureVersion, on: date | None = None) -> list[Node]:
    """The dossiers that a declaration becomes with these answers."""
    day = on or timezone.localdate()
    return plan.wanted(Scope(eforms.complete(eforms.form_for(version), answers, on=day), day))


def problems(draft: Dossier, version: ProcedureVersion, plan: Plan, now: datetime) -> dict[str, list[Any]]:
    """What keeps a declaration from being sent, by its own answers and papers: its own, else those of its parts."""
    found = filing.problems(draft, version, now)
    if found:
        return found
    day = timezone.localdate(now)
    given = set(draft.components.values_list("component_code", flat=True))
    form = eforms.form_of(eforms.form_for(version))
    answers = eforms.complete(form, draft.answers, on=day)
    known = {"commune_code", *form.by_key(), *(row.code for row in version.components.all())}
    for node in wanted(plan, draft.answers, version, day):
        for key, texts in _problems_of(node, answers, given, (draft.province_code, draft.commune_code), day).items():
            found.setdefault(key if key in known else "form", []).extend(texts)
    return found


def _problems_of(
    node: Node, answers: dict[str, Any], given: set[str], declared_at: tuple[str, str], day: date
) -> dict[str, list[Any]]:
    """What one part would be refused for, told by the declaration's answers; what a result brings is not missing."""
    closed = {"form": [_("Thủ tục %(code)s hiện không nhận hồ sơ.") % {"code": node.procedure_code}]}
    try:
        version = catalogue.get_open_version(node.procedure_code)
    except NotFoundError:
        return closed
    if not version.procedure.takes_dossiers:
        return closed
    if not competence.is_known(version):  # no other place would mend it
        return {"form": [f"{version.title}: {routing.UNKNOWN}"]}
    found: dict[str, list[Any]] = {}
    province, commune = bundles.place_of(node, answers, declared_at)
    try:
        competence.route(version, province_code=province, commune_code=commune)
    except InvalidInputError as error:
        found[node.place or "commune_code"] = [f"{version.title}: {text}" for text in error.texts]
    form = eforms.form_of(eforms.form_for(version))
    composed = compose(form, node.answers, answers)
    for path, texts in eforms.validate(form, composed, on=day).items():
        key = declared_key(path, node.answers)
        if key is not None:
            found.setdefault(key, []).extend(f"{version.title}: {text}" for text in texts)
    for component, is_required in eforms.required_components(version, composed):
        paper = node.paper_of(component.code)
        if is_required and component.code not in node.needs.values() and paper not in given:
            found[paper] = [_("Thiếu giấy tờ: %(name)s") % {"name": column_text(component, "name")}]
    return found


@transaction.atomic
def submit(public_id: UUID, *, actor: Actor, procedure_code: str, now: datetime | None = None) -> BundleFiling:
    """Send a declaration: freeze it, file the dossiers that wait for nothing, lay out those that wait.

    All or nothing: where one of the first dossiers cannot be filed, none is. A second click finds the bundle. Raises
    IncompleteFilingError by the declaration's answers, ProcedureClosedError, IdentityLevelError, NotFoundError.
    """
    try:
        draft = draft_access.get_draft(public_id, actor=actor, lock=True)
    except NotFoundError:
        return filed_from(public_id, user=actor.user)
    now = now or timezone.now()
    version = drafts.version_of(draft)
    plan = plans.plan_of(draft.procedure_code)
    if draft.state != DossierState.DRAFT:
        raise ConflictError(_("Hồ sơ này đã nộp nên không sửa được nữa."), code="dossier.already_submitted")
    if draft.procedure_code != procedure_code or plan is None or draft.filer is None or draft.owner is None:
        raise NotFoundError(code="dossier.not_found")
    profile = CitizenProfile.objects.filter(user=draft.filer).first()
    if not Procedure.objects.filter(pk=version.procedure_id, is_open=True).exists():
        raise ProcedureClosedError
    drafts.check_may_file(version, profile)
    if errors := problems(draft, version, plan, now):
        raise IncompleteFilingError(fields=errors)
    bundle = _freeze(draft, version, plan, draft.filer, draft.owner, now)
    _keep_papers(draft, bundle)
    parts = _lay_out(bundle, wanted(plan, draft.answers, version, timezone.localdate(now)))
    drafts.discard(public_id, actor=actor)
    for part in parts:
        if not plan.node(part.node).needs:
            with translation.override("vi"):
                bundles.open_part(part, bundle, plan, actor=actor, now=now, must_file=True)
    return bundle


def filed_from(public_id: UUID, *, user: Any) -> BundleFiling:
    """The bundle that a draft became, for who sent it. Raises NotFoundError."""
    found = BundleFiling.objects.filter(public_id=public_id)
    bundle = found.filter(Q(filer=user) | Q(assistance__helper=user)).first() if user is not None else None
    if bundle is None:
        raise NotFoundError(code="dossier.not_found")
    return bundle


def _freeze(
    draft: Dossier, version: ProcedureVersion, plan: Plan, filer: User, owner: User, now: datetime
) -> BundleFiling:
    day = timezone.localdate(now)
    answers = eforms.complete(eforms.form_for(version), draft.answers, on=day)
    days = plan.working_days(Scope(answers, day))
    return BundleFiling.objects.create(
        public_id=draft.public_id,
        procedure_version=version,
        procedure_code=draft.procedure_code,
        definition=Bundle.objects.values_list("definition", flat=True).get(procedure=version.procedure_id),
        filer=filer,
        owner=owner,
        applicant_name=str(owner),
        assistance=draft.assistance,
        answers=answers,
        answers_sha256=digest_of(answers),
        held=list(draft.held_papers.filter(is_supplement=False).order_by("id").values("component_code", "words")),
        province_code=draft.province_code,
        commune_code=draft.commune_code,
        submitted_at=now,
        working_days=days,
        due_at=due_at(draft, version, days, now),
    )


def due_at(draft: Dossier, version: ProcedureVersion, days: int | None, now: datetime) -> datetime | None:
    """By when all of it is to be done: by the calendar and the hour of the agency where the declaration is filed.

    Received after 15:00 counts from the next working day (NĐ 63/2024/NĐ-CP; `cutoff` of the pack). The time in which a
    part waits for the applicant is not taken out (docs/assumptions.md).
    """
    if days is None or draft.agency is None:
        return None
    duration = Duration(days, DurationUnit.WORKING_DAY)
    return work_calendar(draft.agency).due_at(now, duration, version.intake_cutoff)


def _keep_papers(draft: Dossier, bundle: BundleFiling) -> None:
    attached = list(draft.components.order_by("id"))
    if not papers.hold([component.document_id for component in attached]):
        raise IncompleteFilingError(fields={attached[0].component_code: [attaching.DELETED]})
    BundlePaper.objects.bulk_create(
        BundlePaper(
            bundle=bundle,
            component_code=component.component_code,
            document_id=component.document_id,
            from_store=component.from_store,
        )
        for component in attached
    )


def _lay_out(bundle: BundleFiling, nodes: list[Node]) -> list[BundlePart]:
    """One row a dossier, each knowing whose results it waits for."""
    parts = [
        BundlePart(
            bundle=bundle,
            node=node.key,
            position=position,
            procedure_code=node.procedure_code,
            procedure_name=catalogue.get_version(node.procedure_code).name,
        )
        for position, node in enumerate(nodes)
    ]
    BundlePart.objects.bulk_create(parts)
    by_key = {part.node: part for part in parts}
    waits = BundlePart.needs.through
    waits.objects.bulk_create(
        waits(from_bundlepart=by_key[node.key], to_bundlepart=by_key[need]) for node in nodes for need in node.needs
    )
    return parts
