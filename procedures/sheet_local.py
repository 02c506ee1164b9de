"""What a sheet says of local policies: what they do at the reader's place, elsewhere that there are any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from portal.core import money
from portal.core.durations import Duration, DurationUnit
from portal.core.language import in_language
from procedures.local import Where
from procedures.models import LocalPolicy, PolicyChannel
from procedures.policies import PolicyEffect


@dataclass(frozen=True, slots=True)
class LocalRow:
    """One policy of the reader's place."""

    name: str
    effect: str
    when: str
    channel: str
    legal_basis: str
    valid: str
    is_in_force: bool


def rows(policies: list[LocalPolicy], where: Where, on: date) -> list[LocalRow]:
    """The policies of a place, the running ones first."""
    found = [
        LocalRow(
            name=in_language(policy.name, policy.name_en),
            effect=effect_words(policy),
            when=in_language(policy.when_text, policy.when_text_en),
            channel=str(PolicyChannel(policy.channel).label),
            legal_basis=policy.legal_basis,
            valid=validity_words(policy),
            is_in_force=policy.valid_from <= on,
        )
        for policy in policies
        if where.province_code in policy.provinces and (not policy.communes or where.commune_code in policy.communes)
    ]
    return sorted(found, key=lambda row: not row.is_in_force)


def effect_words(policy: LocalPolicy) -> str:
    """What a policy does, in few words."""
    match PolicyEffect(policy.effect):
        case PolicyEffect.FEE_FREE:
            return _("Không thu")
        case PolicyEffect.FEE_NEW:
            return money.format_vnd(policy.amount_vnd or 0)
        case PolicyEffect.FEE_LESS:
            return _("Giảm %(amount)s") % {"amount": money.format_vnd(policy.amount_vnd or 0)}
        case PolicyEffect.FEE_PERCENT:
            return _("Giảm %(percent)s%% mức thu") % {"percent": percent_words(policy)}
        case PolicyEffect.TIME_PERCENT:
            return _("Giảm %(percent)s%% thời hạn") % {"percent": percent_words(policy)}
        case PolicyEffect.TIME_NEW:
            return Duration(policy.time_value or 1, DurationUnit(policy.time_unit)).label()


def percent_words(policy: LocalPolicy) -> str:
    """A percentage without idle zeros, with a decimal comma in Vietnamese."""
    text = f"{policy.percent:f}".rstrip("0").rstrip(".") if policy.percent is not None else ""
    return in_language(text.replace(".", ","), text)


def validity_words(policy: LocalPolicy) -> str:
    """From when to when."""
    first = f"{policy.valid_from:%d/%m/%Y}"
    if policy.valid_to is None:
        return _("từ %(first)s") % {"first": first}
    return _("từ %(first)s đến %(last)s") % {"first": first, "last": f"{policy.valid_to:%d/%m/%Y}"}


def provinces_of(policies: list[LocalPolicy]) -> list[str]:
    """Codes of the provinces that have policies of their own."""
    return sorted({code for policy in policies for code in policy.provinces})
