"""Whether an address that is declared lies where the dossier is filed, for procedures that the agency there decides.

The packs say which: a move is registered by the police of the new home (Luật Cư trú 2020, art. 22 and 28), a building
permitted where it stands, a business registered in the province of its head office.
"""

from typing import Any

from django.utils.translation import gettext as _

from dossiers.models import Dossier
from portal.agencies.models import AgencyLevel
from procedures import eforms
from procedures.models import Place, ProcedureVersion


def asks_for_it(version: ProcedureVersion) -> bool:
    """Whether the place follows from an address that only the applicant knows, so that it is not taken from her own."""
    fields = eforms.form_of(eforms.form_for(version)).fields()
    return any(field.in_place_of_filing and not field.prefill for field in fields)


def problems(dossier: Dossier, version: ProcedureVersion, asked: eforms.Asked) -> dict[str, list[Any]]:
    """What lies elsewhere, by its field with both places, and under `commune_code` the place to change to."""
    found: dict[str, list[Any]] = {}
    is_whole_province = version.competent_level == AgencyLevel.PROVINCE or (
        version.competent_place == Place.ANY_IN_PROVINCE
    )
    if dossier.agency_id is None or not (is_whole_province or version.competent_level == AgencyLevel.COMMUNE):
        return found
    here = (dossier.province_code, "" if is_whole_province else dossier.commune_code)
    for field in asked.fields:
        answer = asked.answers.get(field.key)
        if not field.in_place_of_filing or not isinstance(answer, dict):
            continue
        there = (answer.get("province_code") or "", "" if is_whole_province else answer.get("commune_code") or "")
        if there == here or not there[0] or not (is_whole_province or there[1]):
            continue
        names = {"field": str(field.label), "there": _name(asked, there), "here": _name(asked, here)}
        found[field.key] = [
            _(
                "%(field)s ở %(there)s nhưng hồ sơ đang nộp ở %(here)s. "
                "Cơ quan ở nơi có địa chỉ này mới giải quyết được: hãy đổi nơi nộp, hoặc sửa địa chỉ."
            )
            % names
        ]
        found.setdefault("commune_code", [_("Đổi nơi nộp sang %(there)s.") % names])
    return found


def _name(asked: eforms.Asked, place: tuple[str, str]) -> str:
    province, commune = place
    territory = asked.context.territory
    return ", ".join(territory.name(code) for code in (commune, province) if code)
