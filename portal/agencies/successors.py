"""What has the tasks of agencies that ended (cơ quan kế thừa), for whatever still names them by code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.agencies.codes import spellings
from portal.agencies.models import Agency


@dataclass(frozen=True, slots=True)
class Heir:
    """Who has the tasks today of an agency that a code names, or that it lies below."""

    agency: Agency
    is_of_top: bool
    """The code is of something below the one that ended, which is known by that only."""

    def beside(self, name: str) -> str:
        """The published name with who has its tasks today; a name that says it already stays as it is."""
        if self.agency.title in name:
            return name
        named = {"name": name, "today": self.agency.title}
        if self.is_of_top:
            return _("%(name)s – thuộc cơ quan nay là %(today)s") % named
        return _("%(name)s – nay là %(today)s") % named


def heirs_of(codes: Iterable[str]) -> dict[str, Heir]:
    """By code, who has the tasks of those that ended; codes of open and of unknown agencies are not among them.

    A ministry's office is known by its ministry where it has no row of its own. Two queries at most for any number of
    codes, none for none; a circle ends where it would close.
    """
    asked = {code: spellings(code[:60]) for code in codes if code}
    tops = {code: written[-1].split(".")[0] for code, written in asked.items()}
    wanted = {spelling for written in asked.values() for spelling in written} | set(tops.values())
    if not wanted:
        return {}
    known = {agency.code: agency for agency in Agency.objects.filter(code__in=wanted)}
    if not any(agency.successor_id for agency in known.values()):
        return {}
    after = _chains()
    found = {}
    for code, written in asked.items():
        own = next((known[spelling] for spelling in written if spelling in known), None)
        agency = own or known.get(tops[code])
        if agency is not None and (heir := after.get(agency.pk)) is not None:
            found[code] = Heir(heir, is_of_top=own is None)
    return found


def codes_today() -> dict[str, str]:
    """By code of each agency that ended, the code of the one that has its tasks today."""
    after = _chains()
    return {agency.code: after[agency.pk].code for agency in Agency.objects.filter(pk__in=after)} if after else {}


def _chains() -> dict[int, Agency]:
    """By key of each ended agency, the last of those that followed it."""
    today = timezone.localdate()
    rows = Agency.objects.filter(successor__isnull=False, valid_to__lt=today).select_related("successor")
    after = {agency.pk: agency.successor for agency in rows if agency.successor is not None}
    found = {}
    for start in after:
        last, passed = after[start], {start}
        while last.pk in after and last.pk not in passed:
            passed.add(last.pk)
            if after[last.pk].pk in passed:
                break
            last = after[last.pk]
        if last.pk != start:
            found[start] = last
    return found
