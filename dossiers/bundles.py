"""The dossiers of a bundle (hồ sơ thành phần): each filed through the ordinary doors once its inputs are there.

A part that waits is a row, and the result it waits for rings the bell (docs/adr/0015). NĐ 63/2024/NĐ-CP.
"""

from datetime import datetime
from typing import Any

import structlog
from django.db import OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dossiers import already_held, attaching, common_limit, drafts, filing, steps, subjects
from dossiers.errors import IncompleteFilingError
from dossiers.models import BundleFiling, BundlePart, Dossier
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.core import lock_waits
from portal.core.errors import InvalidInputError, PortalError
from portal.core.language import speaking
from portal.notifications import services as notifications
from procedures import access as catalogue
from procedures import bundle_plans, eforms
from procedures.bundle_answers import compose
from procedures.bundle_plans import Node, Plan

log = structlog.get_logger(__name__)
BUNDLES_A_TURN = 200
NOT_FILED = gettext_noop("Cổng chưa nộp được hồ sơ này. Hãy nộp riêng ở trang thủ tục.")


def go_on() -> None:
    """File what has become ready, bundle by bundle; a failure in one stops no other. Safe to run twice."""
    ready = BundlePart.objects.ready().order_by("bundle_id").values_list("bundle_id", flat=True).distinct()
    for pk in list(ready[:BUNDLES_A_TURN]):
        try:
            go_on_with(pk)
        except Exception as error:
            if lock_waits.is_database_away(error):
                raise  # the database is away
            log.exception("bundle.not_gone_on", bundle_id=pk)


@transaction.atomic
def go_on_with(bundle_id: int) -> None:
    """File the parts of one bundle whose inputs are there, under its lock; a second call finds nothing to do."""
    bundle = BundleFiling.objects.select_for_update(of=("self",)).select_related("filer", "owner").get(pk=bundle_id)
    plan = bundle_plans.read(bundle.definition)
    actor = Actor.citizen(bundle.filer)
    for part in bundle.parts.ready():
        with translation.override("vi"):  # what is stored is in the source language
            _try(part, bundle, plan, actor)


def _try(part: BundlePart, bundle: BundleFiling, plan: Plan, actor: Actor) -> None:
    now = timezone.now()
    try:
        with transaction.atomic():
            open_part(part, bundle, plan, actor=actor, now=now)
    except OperationalError:
        raise  # the database's, not the part's: the sweep comes again
    except PortalError as error:
        _give_up(part, now, str(error.message))
    except Exception:
        log.exception("bundle.part_not_filed", bundle=str(bundle.public_id), node=part.node)
        _give_up(part, now, NOT_FILED)
    part.refresh_from_db()
    if part.problem or (part.dossier is not None and part.dossier.code is None):
        _tell(bundle, part)


def _give_up(part: BundlePart, now: datetime, words: str) -> None:
    part.dossier, part.opened_at, part.problem = None, now, words[:500]
    part.save(update_fields=["dossier", "opened_at", "problem"])


def open_part(
    part: BundlePart, bundle: BundleFiling, plan: Plan, *, actor: Actor, now: datetime, must_file: bool = False
) -> Dossier:
    """Open the dossier of a part, fill it from the declaration and the results it waited for, and file it.

    Where something is still missing it stays the applicant's draft, with all that is known in it; with `must_file` that
    raises IncompleteFilingError. Raises NotFoundError and ProcedureClosedError where its procedure takes no filings, or
    nobody knows which agency would.
    """
    node = plan.node(part.node)
    version = catalogue.get_open_version(node.procedure_code)
    drafts.check_may_file(version, getattr(bundle.owner, "citizen", None))
    drafts.check_is_taken(version)
    dossier = drafts.open_new(
        version, owner=bundle.owner, filer=bundle.filer, declared={}, assistance=bundle.assistance
    )
    if kept := common_limit.terms_of(bundle):
        dossier.local_terms = kept
        dossier.save(update_fields=["local_terms"])
    part.dossier, part.opened_at = dossier, now
    part.save(update_fields=["dossier", "opened_at"])
    province, commune = place_of(node, bundle.answers, (bundle.province_code, bundle.commune_code))
    try:
        placed = drafts.choose_place(dossier.public_id, actor=actor, province_code=province, commune_code=commune)
        agency_code = placed.agency.code if placed.agency else ""
    except InvalidInputError as error:
        if must_file:
            raise IncompleteFilingError(fields={node.place or "commune_code": error.texts}) from error
        agency_code = ""
    answers = compose(
        eforms.form_of(eforms.form_for(version)),
        node.answers,
        bundle.answers,
        agency_code=agency_code,
        results=_facts(part),
    )
    drafts.save_answers(dossier.public_id, actor=actor, answers=answers, step=steps.CHECK)
    _attach_papers(dossier, node, part, bundle, answers, actor)
    try:
        return filing.submit(
            dossier.public_id, actor=actor, procedure_code=node.procedure_code, now=now, by_portal=not must_file
        )
    except IncompleteFilingError as error:
        if must_file:
            raise IncompleteFilingError(fields={"form": error.texts}) from error
        return dossier


def place_of(node: Node, answers: dict[str, Any], declared_at: tuple[str, str]) -> tuple[str, str]:
    """Province and commune where a part is filed."""
    address = answers.get(node.place) if node.place else None
    if not isinstance(address, dict):
        return declared_at
    return str(address.get("province_code") or ""), str(address.get("commune_code") or "")


def _attach_papers(
    dossier: Dossier, node: Node, part: BundlePart, bundle: BundleFiling, answers: dict[str, Any], actor: Actor
) -> None:
    given = list(bundle.papers.select_related("document").order_by("id"))
    results = {
        component: need.dossier.result_document_id
        for need in part.needs.select_related("dossier")
        if (component := node.needs.get(need.node)) and need.dossier and need.dossier.result_document_id
    }
    for component, _is_required in eforms.required_components(drafts.version_of(dossier), answers):
        for said in bundle.held:
            if said["component_code"] == node.paper_of(component.code):
                already_held.say(dossier, component.code, component.name, user=bundle.filer, words=said["words"])
        for paper in given:
            if paper.component_code == node.paper_of(component.code):
                attaching.attach_declared(
                    dossier.public_id,
                    actor=actor,
                    component=component,
                    document=paper.document,
                    from_store=paper.from_store,
                )
        if component.code in results:
            try:
                attaching.attach_from_store(
                    dossier.public_id, actor=actor, component=component, document_id=results[component.code]
                )
            except InvalidInputError as error:  # revoked meanwhile: the applicant is asked for it, if it is required
                log.warning("bundle.result_not_attached", dossier=str(dossier.public_id), code=error.code)


def _facts(part: BundlePart) -> dict[str, dict[str, str]]:
    """What the results it waited for tell: the number that the authority gave to whom the result is about."""
    found: dict[str, dict[str, str]] = {}
    for need in part.needs.select_related("dossier__result_issue"):
        issue = getattr(need.dossier, "result_issue", None)
        if issue is not None and (number := subjects.number_given(issue)):  # else the applicant is asked for it
            found[need.node] = {"personal_id": number}
    return found


def _tell(bundle: BundleFiling, part: BundlePart) -> None:
    person: User = bundle.filer
    with speaking(person.language):
        if part.problem:
            subject = _("Một phần của hồ sơ liên thông chưa nộp được")
            body = _(
                "Các phần khác vẫn được giải quyết. Mở trang hồ sơ liên thông để biết vì sao và nộp riêng phần đó."
            )
        else:
            subject = _("Hồ sơ liên thông cần bạn điền thêm")
            body = _("Một phần của hồ sơ đã được điền sẵn và còn thiếu vài mục. Hãy điền nốt rồi nộp.")
        notifications.notify(
            recipient=person,
            kind="bundle.needs_you",
            subject=subject,
            body=body,
            link=f"/lien-thong/{bundle.public_id}/",
            dedupe_key=f"bundle.{bundle.public_id}.{part.node}",
        )
