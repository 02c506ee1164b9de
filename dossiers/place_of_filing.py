"""Whether a dossier is filed where it belongs: at the agency that decides there today, and where its address lies.

Of which addresses the latter is asked, the packs say: a move is registered by the police of the new home (Luật Cư trú
2020, art. 22 and 28), a building permitted where it stands, a business registered in the province of its head office.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from dossiers.models import Dossier
from portal.agencies.models import Agency, AgencyLevel
from portal.core.errors import InvalidInputError
from procedures import competence, eforms
from procedures.models import Place, ProcedureVersion


def asks_for_it(version: ProcedureVersion) -> bool:
    """Whether the place follows from an address that only the applicant knows, so that it is not taken from her own."""
    fields = eforms.form_of(eforms.form_for(version)).fields()
    return any(field.in_place_of_filing and not field.prefill for field in fields)


def problems(dossier: Dossier, version: ProcedureVersion, asked: eforms.Asked) -> dict[str, list[Any]]:
    """What lies elsewhere, by its field with both places, and under `commune_code` the place to change to."""
    found: dict[str, list[Any]] = {}
    for field, _there, names in _elsewhere(dossier, version, asked):
        found[field.key] = [
            _(
                "%(field)s ở %(there)s nhưng hồ sơ đang nộp ở %(here)s. "
                "Cơ quan ở nơi có địa chỉ này mới giải quyết được: hãy đổi nơi nộp, hoặc sửa địa chỉ."
            )
            % names
        ]
        found.setdefault("commune_code", [_("Đổi nơi nộp sang %(there)s.") % names])
    return found


def of_another_agency(dossier: Dossier, version: ProcedureVersion, agency: Agency) -> list[Any]:
    """Why the place that was chosen leads to this agency no more: what decides there has changed since; else nothing.

    The draft may be older than a reform, an import of the national catalogue, or what one province kept for itself.
    """
    place = {"province_code": dossier.province_code, "commune_code": dossier.commune_code}
    try:
        found = competence.now_at(version, agency, **place)
    except InvalidInputError as error:
        return error.texts
    if found.pk == agency.pk:
        return []
    names = {"agency": found.title, "before": agency.title}
    return [_("Hồ sơ này nay nộp tại %(agency)s, không còn tại %(before)s. Hãy chọn lại nơi nộp.") % names]


def moved(dossier: Dossier, asked: eforms.Asked) -> dict[str, list[Any]]:
    """The same of answers that are put right while the agency has the dossier: another place is no correction.

    Which agency decides is the agency's to change (chuyển hồ sơ), so that is what she is told to ask for.
    """
    return {
        field.key: [
            _(
                "%(field)s ở %(there)s nhưng cơ quan đang giải quyết ở %(here)s. Nếu đúng là nơi ấy, hãy để địa chỉ "
                "như cũ và ghi điều này ở phần trả lời để cơ quan chuyển hồ sơ; nếu không, hãy sửa lại địa chỉ."
            )
            % names
        ]
        for field, there, names in _elsewhere(dossier, dossier.procedure_version, asked)
        if there != _place(dossier.answers.get(field.key), is_whole_province=not there[1])
    }


def _elsewhere(
    dossier: Dossier, version: ProcedureVersion | None, asked: eforms.Asked
) -> Iterator[tuple[eforms.Field, tuple[str, str], dict[str, str]]]:
    """Each address that lies elsewhere, with its place and the words for both places."""
    if version is None or dossier.agency_id is None:
        return
    is_whole_province = version.competent_level == AgencyLevel.PROVINCE or (
        version.competent_place == Place.ANY_IN_PROVINCE
    )
    if not (is_whole_province or version.competent_level == AgencyLevel.COMMUNE):
        return
    here = (dossier.province_code, "" if is_whole_province else dossier.commune_code)
    for field in asked.fields:
        answer = asked.answers.get(field.key)
        if not field.in_place_of_filing or not isinstance(answer, dict):
            continue
        there = _place(answer, is_whole_province=is_whole_province)
        if there == here or not there[0] or not (is_whole_province or there[1]):
            continue
        yield (
            field,
            there,
            {"field": str(field.label), "there": _name(asked, there), "here": _name(asked, here)},
        )


def _place(answer: Any, *, is_whole_province: bool) -> tuple[str, str]:
    told = answer if isinstance(answer, dict) else {}
    return told.get("province_code") or "", "" if is_whole_province else told.get("commune_code") or ""


def _name(asked: eforms.Asked, place: tuple[str, str]) -> str:
    province, commune = place
    territory = asked.context.territory
    return ", ".join(territory.name(code) for code in (commune, province) if code)
