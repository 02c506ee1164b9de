"""Fields of administration (lĩnh vực) by names that can be told apart: several ministries have one of the same name."""

from __future__ import annotations

import re
from collections import defaultdict

from django.db.models import Count

from portal.core.language import column_text
from portal.core.text import fold
from procedures.models import Field, ProcedureVersion

_SIGNS = re.compile(r"[^a-z0-9]+")


def labels() -> dict[str, str]:
    """Each field by its code, in the active language and by name; of one name, with who publishes in it, else its code.

    Names that differ by signs or capitals only read as one. Two queries, however many fields there are.
    """
    rows = list(Field.objects.all())
    named = {row.code: column_text(row, "name") for row in rows}
    sharing: defaultdict[str, list[str]] = defaultdict(list)
    for code, name in named.items():
        sharing[_SIGNS.sub(" ", fold(name)).strip()].append(code)
    several = [code for codes in sharing.values() if len(codes) > 1 for code in codes]
    who = _publishers(several)
    for codes in sharing.values():
        publishers = [who.get(code, "") for code in codes]
        for code in codes if len(codes) > 1 else ():
            own = who.get(code, "")
            named[code] = f"{named[code]} ({own if own and publishers.count(own) == 1 else code})"
    return named


def _publishers(codes: list[str]) -> dict[str, str]:
    """Who publishes most of the procedures of each of these fields, by name."""
    if not codes:
        return {}
    in_force = ProcedureVersion.objects.filter(current_of__isnull=False, procedure__field__code__in=codes)
    counted = in_force.values_list("procedure__field__code", "issuer_name").annotate(number=Count("pk"))
    found: dict[str, str] = {}
    for code, issuer, _number in counted.order_by("procedure__field__code", "-number", "issuer_name"):
        found.setdefault(code, issuer)
    return found
