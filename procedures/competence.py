"""Which agency takes in filings of a version (thẩm quyền tiếp nhận): the one way from the catalogue to the agencies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.agencies import routing
from portal.agencies.models import AdministrativeUnit, Agency, RoutingRule
from portal.core.errors import InvalidInputError
from portal.core.text import with_small_first_letter
from procedures.models import Origin, ProcedureVersion


def route(version: ProcedureVersion, *, province_code: str, commune_code: str) -> routing.Route:
    """Agency and desk for a filing at a place. Raises InvalidInputError naming the part of the place that is wrong.

    What one province published for itself (thủ tục đặc thù của địa phương) is done there and nowhere else.
    """
    own = version.procedure.province_code
    if own and province_code != own:
        raise InvalidInputError(fields={"province_code": [only_in(own)]})
    return routing.route(**_asked(version), province_code=province_code, commune_code=commune_code)


def now_at(version: ProcedureVersion, agency: Agency, *, province_code: str, commune_code: str) -> Agency:
    """Who takes in filings at a place that was chosen earlier and led to this agency then. Raises as `route` does.

    Asked at every submission, so that nothing is read where the agency still is what the version names. A rule written
    since for an agency that is competent by law moves no draft: the agency hands the dossier on.
    """
    if _is_sure(version, agency, province_code):
        return agency
    return route(version, province_code=province_code, commune_code=commune_code).agency


def _is_sure(version: ProcedureVersion, agency: Agency, province_code: str) -> bool:
    """Whether an agency is competent by law, rules apart; a query at most, and of a ministry's pack only."""
    if agency.valid_to is not None or version.procedure.province_code not in {"", province_code}:
        return False
    is_its_own = (agency.level, agency.branch) == (version.competent_level, version.competent_branch)
    if version.competent_level not in routing.NATIONAL:
        return is_its_own
    deciding = version.sheet.get("deciding")
    if deciding is not None:
        return agency.level in routing.NATIONAL and set(deciding) == {agency.code}
    if not is_its_own or agency.code == version.issuer_code:
        return is_its_own
    same = Agency.objects.filter(level=agency.level, branch=agency.branch, valid_to=None)
    return not same.exclude(pk=agency.pk).exists()


def is_known(version: ProcedureVersion) -> bool:
    """Whether filings of a version go to an agency that is known, at one place at least.

    Of our own packs below the ministries that is so by their making.
    """
    is_made_so = version.origin == Origin.PACK and version.competent_level not in routing.NATIONAL
    return is_made_so or is_taken(version)


def is_taken(version: ProcedureVersion) -> bool:
    """Whether some agency would get filings of a version: the one it names, one of its branch and level, a rule's."""
    level, branch, own = version.competent_level, version.competent_branch, version.procedure.province_code
    if level in routing.NATIONAL:
        try:
            routing.route(**_asked(version), province_code="", commune_code="")
        except InvalidInputError:
            pass  # a rule that names a place may still send it somewhere
        else:
            return True
    elif Agency.objects.filter(branch=branch, level=level, valid_to=None).exists():
        return True
    rules = RoutingRule.objects.valid_on(timezone.localdate()).filter(agency__valid_to=None)
    if own:
        rules = rules.filter(province_code__in=["", own])
    asked = {"procedure_code": version.procedure.code, "branch": branch, "level": level}
    return rules.filter(*(Q(**{f"{name}__in": ["", value]}) for name, value in asked.items())).exists()


class Asked(NamedTuple):
    """What decides whether some agency takes in filings of a version."""

    version_id: int
    code: str
    origin: str
    level: str
    branch: str
    province_code: str
    issuer_code: str
    deciding: list[str] | None


def taken_by_nobody(asked: Iterable[Asked]) -> set[int]:
    """Of many versions those that `is_known` is false of; a few queries for each publisher, none for each version."""
    offices = set(Agency.objects.filter(valid_to=None).values_list("branch", "level"))
    rules = list(
        RoutingRule.objects.valid_on(timezone.localdate())
        .filter(agency__valid_to=None)
        .values_list("procedure_code", "branch", "level", "province_code")
    )
    named: dict[tuple[Any, ...], bool] = {}
    found = set()
    for each in asked:
        is_national = each.level in routing.NATIONAL
        if each.origin == Origin.PACK and not is_national:
            continue
        if is_national:
            key = (each.level, each.branch, each.issuer_code, None if each.deciding is None else tuple(each.deciding))
            if key not in named:
                named[key] = _is_named(each)
            is_taken_in = named[key]
        else:
            is_taken_in = (each.branch, each.level) in offices
        if not is_taken_in and not any(_may_send(*rule, each) for rule in rules):
            found.add(each.version_id)
    return found


def mark() -> str:
    """A text that is another one whenever `is_known` may answer otherwise: what a sweep compares (procedures.tasks).

    Agencies and their rules are no part of the catalogue and announce no edition of it, and a rule begins and ends with
    its days.
    """
    offices = Agency.objects.filter(valid_to=None).order_by("branch", "level").values_list("branch", "level").distinct()
    named = Agency.objects.filter(Q(level__in=routing.NATIONAL) | Q(successor__isnull=False)).order_by("pk")
    rules = RoutingRule.objects.valid_on(timezone.localdate()).order_by("pk")
    told = [
        list(offices),
        list(named.values_list("code", "level", "branch", "valid_to", "successor__code")),
        list(
            rules.values_list(
                "procedure_code", "branch", "level", "province_code", "commune_code", "agency__code", "agency__valid_to"
            )
        ),
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _may_send(procedure_code: str, branch: str, level: str, province_code: str, asked: Asked) -> bool:
    """Whether a rule with these conditions sends filings of a version somewhere, at one place at least."""
    return (
        procedure_code in {"", asked.code}
        and branch in {"", asked.branch}
        and level in {"", asked.level}
        and (not asked.province_code or province_code in {"", asked.province_code})
    )


def _is_named(asked: Asked) -> bool:
    try:
        routing.national_agency(
            level=asked.level, branch=asked.branch, deciding=asked.deciding, issuer_code=asked.issuer_code
        )
    except InvalidInputError:
        return False
    return True


def only_in(province_code: str) -> str:
    """That a procedure is one province's own, in words."""
    name = AdministrativeUnit.objects.filter(code=province_code).values_list("full_name", flat=True).first() or ""
    return _("Thủ tục này là của riêng %(province)s nên chỉ nộp được ở đó.") % {
        "province": with_small_first_letter(name)
    }


def _asked(version: ProcedureVersion) -> dict[str, Any]:
    return {
        "level": version.competent_level,
        "branch": version.competent_branch,
        "procedure_code": version.procedure.code,
        "deciding": version.sheet.get("deciding"),
        "issuer_code": version.issuer_code,
    }
