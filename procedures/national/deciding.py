"""Who takes in what a record says, as far as the record says it (cơ quan giải quyết). Pure: no database.

A ministry publishes what other agencies decide too, so its code alone says little below its own level: customs, tax and
the State Bank have offices in provinces that are no part of them. Where a record names nobody whom the portal knows for
that level, nobody is taken in their place: the procedure is shown, and not filed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from portal.agencies.models import AgencyLevel, Branch
from procedures.national.checking import quick_fold

NEAREST_FIRST = (AgencyLevel.COMMUNE, AgencyLevel.PROVINCE, AgencyLevel.MINISTRY, AgencyLevel.OTHER)
Row = Mapping[str, str]
"""Code and name of an agency, as published; either may be empty."""

_NATIONAL = re.compile(r"(?:\d{3}(?:\.[0-9A-Z]{2,3})+\.)?(G\d{2})(?!\d).*", re.ASCII)
"""The code of a ministry or of something below it: ``G17.43``, ``000.00.34.G12``, ``G01s.108.000``."""
_PROVINCIAL = re.compile(r"(?:\d{3,5}(?:\.[0-9A-Z]{2,3})+\.)?H\d{2}(?!\d).*", re.ASCII)
_CORPORATION = re.compile(r"\d{10}", re.ASCII)
"""Of what is no agency of the state but decides, such as the electricity corporation: its tax code."""
_POLICE = re.compile(r"\bcong an\b|\bcanh sat\b")
_INSURANCE = re.compile(r"\bbao hiem xa hoi\b|\bbhxh\b")
_ELECTRICITY = re.compile(r"\bdien luc\b")
_NOT_THE_PROVINCES_OWN = re.compile(
    r"quan su|quan khu|trung doan|bien phong|hai quan|\bthue\b|kho bac|ngan hang|toa an|kiem sat|thi hanh an|cang vu"
    r"|\bco so\b|^truong\b|nha truong|hoc vien|benh vien|cong doan"
)
_COMMITTEE = re.compile(
    r"\bu[yi] ban nhan ?dan|\bubnd|^(giam doc )?so [a-z]|dang ky dat dai|^ban quan ly (cac )?khu"
    r"|phuc vu hanh chinh cong"
    r"|^chi cuc (kiem lam|chan nuoi|thu y|trong trot|thuy san|thuy loi|bao ve moi truong|phat trien nong thon)"
    r"|^trung tam (tro giup phap ly|dich vu viec lam)|^co quan .*\bcap (tinh|xa)\b"
)
_OF_PROVINCES = re.compile(
    r"^(giam doc )?so [a-z]|\bcap tinh\b|^(cong an|ubnd|u[yi] ban nhan dan|bao hiem xa hoi) tinh\b"
)
DEPARTMENTS = (
    (re.compile(r"^(giam doc )?so tai chinh\b"), Branch.FINANCE),
    (re.compile(r"^(giam doc )?so cong thuong\b"), Branch.INDUSTRY_TRADE),
    (re.compile(r"^(giam doc )?so noi vu\b"), Branch.HOME_AFFAIRS),
)
"""Departments of a province that receive by themselves (portal/agencies/reference/local_agencies.csv)."""


def level(agencies: Mapping[str, list[dict[str, str]]], levels: Iterable[str]) -> str:
    """The level that filing goes to: the nearest one, unless only the province's own offices decide."""
    found = set(levels)
    nearest = next((each for each in NEAREST_FIRST if each in found), AgencyLevel.OTHER)
    if nearest == AgencyLevel.COMMUNE and AgencyLevel.PROVINCE in found:
        rows = deciding_rows(agencies)
        if rows and all(_OF_PROVINCES.search(quick_fold(row["name"])) for row in rows):
            nearest = AgencyLevel.PROVINCE
    return nearest.value


def branch(agencies: Mapping[str, list[dict[str, str]]], level: str, issuer_code: str, *, is_vertical: bool) -> str:
    """The branch that decides at a level; ``other`` below the ministries where the record does not say it plainly."""
    rows = deciding_rows(agencies)
    if level in {AgencyLevel.MINISTRY, AgencyLevel.OTHER}:
        return _national_branch(rows, issuer_code).value
    kinds = {_kind(row) for row in rows} - {None}
    if not rows:
        kinds = {_of_vertical(issuer_code) if is_vertical else Branch.PEOPLES_COMMITTEE}
    elif not kinds and issuer_code.startswith("G01"):
        kinds = {Branch.POLICE}  # its offices below the ministry go by many names, and all are the police there
    if len(kinds) != 1:
        return Branch.OTHER.value
    found = kinds.pop() or Branch.OTHER
    if found == Branch.PEOPLES_COMMITTEE and level == AgencyLevel.PROVINCE:
        return _department(rows).value
    return found.value


def codes(
    agencies: Mapping[str, list[dict[str, str]]], levels: Iterable[str], issuer_code: str, issuer_name: str
) -> list[str]:
    """Codes of the ministries and national bodies that a record names as deciding; none where it leaves it open.

    The publisher stands for whoever it does not name, or names by the minister's office; not for the Prime Minister, a
    port authority or a people's committee, and not for what is no ministry's own business.
    """
    issuer = _national_code(issuer_code)
    rows = deciding_rows(agencies)
    for tier in (agencies.get("competent") or [], agencies.get("executing") or []):
        if named := dict.fromkeys(code for row in tier if (code := _national_code(row["code"]))):
            return list(named)
    if AgencyLevel.MINISTRY not in set(levels) or not issuer:
        return []
    name = quick_fold(issuer_name)
    is_its_own = all(name and name in quick_fold(row["name"]) for row in rows)
    return [issuer] if is_its_own else []


def deciding_rows(agencies: Mapping[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    """Who decides, or where that is not said, who does it; who only helps with it decides nothing."""
    return agencies.get("competent") or agencies.get("executing") or []


def _national_branch(rows: list[dict[str, str]], issuer_code: str) -> Branch:
    if rows and all(_ELECTRICITY.search(quick_fold(row["name"])) for row in rows):
        return Branch.ELECTRICITY
    named = {code for row in rows if (code := _national_code(row["code"]))}
    return BRANCHES.get(named.pop() if len(named) == 1 else issuer_code[:3], Branch.OTHER)


def _national_code(code: str) -> str:
    if found := _NATIONAL.fullmatch(code.upper()):
        return found[1]
    return code if _CORPORATION.fullmatch(code) else ""


def _kind(row: Row) -> Branch | None:
    """Which of the branches that have offices in provinces and communes an agency belongs to, or None."""
    name, code = quick_fold(row["name"]), row["code"].upper()
    if _POLICE.search(name) or code.startswith("G01"):
        return Branch.POLICE
    if _INSURANCE.search(name) or code.startswith("G24"):
        return Branch.INSURANCE
    if _NOT_THE_PROVINCES_OWN.search(name):
        return None
    return Branch.PEOPLES_COMMITTEE if _COMMITTEE.search(name) or _PROVINCIAL.fullmatch(code) else None


def _of_vertical(issuer_code: str) -> Branch | None:
    return {"G01": Branch.POLICE, "G24": Branch.INSURANCE}.get(issuer_code[:3])


def _department(rows: list[dict[str, str]]) -> Branch:
    """The one department of the province that a record names, else the committee, whose one-stop takes in for all."""
    names = [quick_fold(row["name"]).strip() for row in rows]
    for words, found in DEPARTMENTS:
        if names and all(words.match(name) for name in names):
            return found
    return Branch.PEOPLES_COMMITTEE


BRANCHES = {
    "G01": Branch.POLICE,
    "G02": Branch.INDUSTRY_TRADE,
    "G09": Branch.HOME_AFFAIRS,
    "G12": Branch.FINANCE,
    "G15": Branch.JUSTICE,
    "G17": Branch.CONSTRUCTION,
    "G18": Branch.HEALTH,
    "G24": Branch.INSURANCE,
}
"""Of the ministries and what ranks with them (portal/agencies/reference/national_agencies.csv)."""
