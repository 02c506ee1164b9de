"""Rules of routing in the back office (quy tắc chuyển hồ sơ): kept and ended by the administrator of the agency named.

What a rule names narrows it: a procedure, a branch and level, a province, a commune. Of those that fit, the one that
names most wins (procedure before commune before province before branch and level); without any, agencies are found by
branch, level and place as the law divides them (portal.agencies.routing).
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal.agencies.models import AdministrativeUnit, Agency, RoutingRule

SCOPE = ("procedure_code", "branch", "level", "province_code", "commune_code")
WEIGHTS = {"procedure_code": 16, "commune_code": 8, "province_code": 4, "branch": 2, "level": 1}


def matching(
    *, procedure_code: str, branch: str, level: str, province_code: str, commune_code: str, on: date
) -> list[RoutingRule]:
    """The rules in force that fit, the most narrow first; of equals the newer."""
    asked = {
        "procedure_code": procedure_code,
        "branch": branch,
        "level": level,
        "province_code": province_code,
        "commune_code": commune_code,
    }
    fits = Q()
    for name, value in asked.items():
        fits &= Q(**{name: ""}) | Q(**{name: value}) if value else Q(**{name: ""})
    found = RoutingRule.objects.valid_on(on).filter(fits).select_related("agency", "desk")
    return sorted(found, key=lambda rule: (-narrowness(rule), -rule.pk))


def narrowness(rule: RoutingRule) -> int:
    """How much a rule names."""
    return sum(weight for name, weight in WEIGHTS.items() if getattr(rule, name))


def problems(rule: RoutingRule) -> dict[str, list[str]]:
    """What keeps a rule from being kept, by field."""
    errors: dict[str, list[str]] = {}
    if not any(getattr(rule, name) for name in SCOPE):
        errors["procedure_code"] = [_("Hãy nêu ít nhất một điều kiện: thủ tục, ngành, cấp, tỉnh hoặc xã.")]
    for name, level in (("province_code", "province"), ("commune_code", "commune")):
        code = getattr(rule, name)
        if code and not AdministrativeUnit.objects.filter(code=code, level=level, valid_to__isnull=True).exists():
            errors[name] = [_("Không có đơn vị hành chính mang mã này.")]
    if rule.commune_code and rule.province_code and "commune_code" not in errors:
        within = AdministrativeUnit.objects.filter(code=rule.commune_code, parent__code=rule.province_code)
        if not within.exists():
            errors["commune_code"] = [_("Xã, phường này không thuộc tỉnh đã nêu.")]
    if rule.agency_id and rule.agency.valid_to is not None:
        errors["agency"] = [_("Cơ quan này không còn hoạt động.")]
    if rule.agency_id and rule.desk is not None and rule.desk.agency_id != rule.agency_id:
        errors["desk"] = [_("Bộ phận một cửa này không thuộc cơ quan đã chọn.")]
    if rule.valid_to is not None and rule.valid_from is not None and rule.valid_to < rule.valid_from:
        errors["valid_to"] = [_("Ngày kết thúc phải sau ngày bắt đầu.")]
    if not errors and (other := _rival(rule)) is not None:
        errors["valid_from"] = [
            _("Đã có quy tắc cùng điều kiện trong thời gian này, chuyển về %(agency)s. Hãy kết thúc quy tắc đó trước.")
            % {"agency": other.agency}
        ]
    return errors


def is_hers(rule: RoutingRule, administered: Iterable[Agency]) -> bool:
    """Whether the administrator of these agencies may write a rule: their own branch and place, to one below them.

    Otherwise a commune could draw a whole province's filings, or another branch's, to itself.
    """
    return any(
        rule.branch == agency.branch
        and agency.unit is not None
        and agency.unit.code in {rule.province_code, rule.commune_code}
        and rule.agency.is_within(agency)
        for agency in administered
    )


def _rival(rule: RoutingRule) -> RoutingRule | None:
    """Another rule of exactly this scope whose time overlaps: which of them held would be chance."""
    same: QuerySet[RoutingRule] = RoutingRule.objects.filter(**{name: getattr(rule, name) for name in SCOPE})
    if rule.valid_to is not None:
        same = same.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=rule.valid_to))
    if rule.valid_from is not None:
        same = same.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=rule.valid_from))
    return same.exclude(pk=rule.pk).select_related("agency").first()
