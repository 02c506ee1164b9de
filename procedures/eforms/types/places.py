"""Provinces, communes and agencies: chosen or typed by name, kept by code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.core.text import clean_line
from procedures.eforms.definition import Field
from procedures.eforms.patterns import whole
from procedures.eforms.types.base import Context, FieldType, NotReadableError, Problem, SchemaScope

SHOWN = 5
"""How many names a message offers when what was typed is not clear."""


class ProvinceType(FieldType):
    """A province or city."""

    def judge(self, definition: Field, value: str, context: Context) -> Iterator[Problem]:
        """One in force."""
        if not context.territory.is_province(value):
            yield "", _("Hãy chọn tỉnh, thành phố trong danh sách.")

    def shown(self, definition: Field, value: str, context: Context) -> str:
        """Its full name."""
        return context.territory.name(value)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """One of those in force."""
        return scope.register("province")


class CommuneType(FieldType):
    """A commune, ward or special zone; which one is meant depends on the province beside it."""

    def parse(self, definition: Field, typed: str) -> str:
        """What was typed, still to be looked up (see ``resolve_commune``)."""
        return clean_line(typed)[:200]

    def to_input(self, definition: Field, value: Any, context: Context) -> str:
        """Its full name."""
        return self.display(definition, value, context) if value else ""

    def shown(self, definition: Field, value: str, context: Context) -> str:
        """Its full name."""
        return context.territory.name(value)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """Five figures; which ones, the address around it says."""
        return {"type": "string", "pattern": whole("[0-9]{5}")}


def resolve_commune(province_code: str, typed: str, context: Context) -> str:
    """The code of the commune a person typed; raises NotReadableError with what to type instead."""
    found = context.territory.find_communes(province_code, typed)
    if len(found) == 1:
        return found[0].code
    province = context.territory.name(province_code)
    if not found:
        raise NotReadableError(
            _("%(province)s không có xã, phường này từ 1/7/2025. Hãy nhập tên mới, ví dụ %(example)s.")
            % {
                "province": province,
                "example": next((unit.full_name for unit in context.territory.communes(province_code)), ""),
            }
        )
    names = "; ".join(unit.full_name for unit in found[:SHOWN])
    raise NotReadableError(
        _("Có nhiều nơi tên như vậy ở %(province)s: %(names)s. Hãy nhập đầy đủ.")
        % {"province": province, "names": names}
    )


class AgencyType(FieldType):
    """An agency, typed by name or code."""

    def parse(self, definition: Field, typed: str) -> str:
        """What was typed, still to be looked up (see ``resolve_agency``)."""
        return clean_line(typed)[:300]

    def judge(self, definition: Field, value: str, context: Context) -> Iterator[Problem]:
        """One in force, of the level and branch the form asks for."""
        if not any(
            code == value for code, _name in context.territory.find_agencies(value, dict(definition.routing or {}))
        ):
            yield (
                "",
                _("Không có cơ quan với mã này đang hoạt động. Hãy chọn lại “%(label)s”.")
                % {"label": definition.label},
            )

    def to_input(self, definition: Field, value: Any, context: Context) -> str:
        """Its name."""
        return self.display(definition, value, context) if value else ""

    def shown(self, definition: Field, value: str, context: Context) -> str:
        """Its name."""
        return context.territory.agency_name(value)

    def schema(self, definition: Field, scope: SchemaScope) -> dict[str, Any]:
        """The code of an agency in force that the routing allows."""
        return scope.register("agency", definition.routing)


def resolve_agency(definition: Field, typed: str, context: Context) -> str:
    """The code of the agency a person typed; raises NotReadableError with what to type instead."""
    found = context.territory.find_agencies(typed, dict(definition.routing or {}))
    if len(found) == 1:
        return found[0][0]
    if not found:
        raise NotReadableError(
            _("Không tìm thấy cơ quan này. Hãy nhập tên như trên biển hiệu, ví dụ Công an phường Tân Định.")
        )
    names = "; ".join(name for _code, name in found[:SHOWN])
    raise NotReadableError(_("Có nhiều cơ quan tên như vậy: %(names)s. Hãy nhập đầy đủ.") % {"names": names})


PLACE_TYPES: dict[str, FieldType] = {"province": ProvinceType(), "commune": CommuneType(), "agency": AgencyType()}
