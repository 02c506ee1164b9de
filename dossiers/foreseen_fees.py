"""What the parts of a bundle will ask for (khoản sẽ thu), so that it may be paid with what is due: one payment.

Only published charges of a known amount, asked for on acceptance or later before the result, and only where officials
decide here: an agency's own system names its charges as it likes, and nobody could tell which one was paid.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from dossiers import bundles, charging, local_terms
from dossiers.models import BundleFiling, BundlePart, Dossier, PaidAhead
from portal.agencies import routing
from portal.agencies.models import Agency
from portal.core.errors import InvalidInputError, NotFoundError
from procedures import access as catalogue
from procedures import bundle_plans, competence, eforms
from procedures.bundle_answers import compose
from procedures.bundle_plans import Node, Plan
from procedures.fees import FeeLine


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A charge that a part will ask for, and who collects it."""

    part: BundlePart
    agency: Agency
    line: FeeLine

    @property
    def amount_vnd(self) -> int:
        """Always known, and more than nothing."""
        return self.line.amount_vnd or 0


def of_bundle(bundle: BundleFiling) -> list[Foreseen]:
    """What may be paid ahead now, in the order of the plan and in the active language; what was paid ahead is not."""
    parts = list(bundle.parts.select_related("dossier__agency", "dossier__procedure_version").order_by("position"))
    over = set(BundlePart.objects.over().filter(bundle=bundle).values_list("pk", flat=True))
    paid = set(PaidAhead.objects.filter(part__in=parts, returned_at=None).values_list("part", "charge"))
    plan = bundle_plans.read(bundle.definition)
    return [
        Foreseen(part, agency, line)
        for part in parts
        if part.pk not in over
        for agency, line in _lines(part, bundle, plan)
        if line.charge and line.amount_vnd and line.payable_on == "acceptance" and (part.pk, line.charge) not in paid
    ]


def _lines(part: BundlePart, bundle: BundleFiling, plan: Plan) -> Iterator[tuple[Agency, FeeLine]]:
    dossier = part.dossier
    if dossier is None:
        yield from _of_unopened(part, bundle, plan)
    elif dossier.code and dossier.agency is not None and dossier.is_decided_here:
        agency = dossier.agency
        yield from ((agency, line) for line in charging.fees_to_come(dossier, list(dossier.obligations.all())))


def _of_unopened(part: BundlePart, bundle: BundleFiling, plan: Plan) -> Iterator[tuple[Agency, FeeLine]]:
    """By the answers and the place with which it will be filed (dossiers.bundles.open_part)."""
    for agency, line in of_node(plan.node(part.node), bundle, bundle.answers):
        if routing.handling_client(agency) is None:
            yield agency, line


def of_node(node: Node, declared: BundleFiling | Dossier, answers: dict[str, Any]) -> Iterator[tuple[Agency, FeeLine]]:
    """What a dossier to be costs today by the declaration's answers, at the place where it will be filed."""
    province, commune = bundles.place_of(node, answers, (declared.province_code, declared.commune_code))
    try:
        version = catalogue.get_open_version(node.procedure_code)
        agency = competence.route(version, province_code=province, commune_code=commune).agency
    except (NotFoundError, InvalidInputError):  # nobody knows who would collect it
        return
    form = eforms.form_of(eforms.form_for(version))
    coming = Dossier(
        procedure_version=version,
        owner=declared.owner,
        filer=declared.filer,
        province_code=province,
        commune_code=commune,
        answers=compose(form, node.answers, answers, agency_code=agency.code),
    )
    yield from ((agency, line) for line in local_terms.charges(coming, version, on=timezone.localdate()))
