"""Territory and agencies come from files, once, and leave alone what officials keep."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from portal.agencies import loading, reference_rows
from portal.agencies.models import AdministrativeUnit, Agency, AgencyLevel, Branch, OneStopDesk, UnitLevel
from portal.agencies.reference_rows import agencies, units
from portal.agencies.routing import competent_agency
from portal.core.identifiers import clean_tax_code

pytestmark = pytest.mark.django_db


def load(*arguments):
    out = StringIO()
    call_command("load_agencies", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_loading_and_loading_again():
    load("--demo-accounts")

    assert AdministrativeUnit.objects.filter(level=UnitLevel.PROVINCE).count() == 34
    assert AdministrativeUnit.objects.filter(level=UnitLevel.COMMUNE).count() == 3321
    names = list(
        AdministrativeUnit.objects.filter(level=UnitLevel.PROVINCE).order_by("sort_key").values_list("name", flat=True)
    )
    assert names[:4] == ["An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng"]
    assert names[5:7] == ["Đà Nẵng", "Đắk Lắk"]

    hai_chau = AdministrativeUnit.objects.get(full_name="Phường Hải Châu")
    committee = Agency.objects.get(code=f"H17.{hai_chau.code}")
    police = Agency.objects.get(code=f"G01.H17.{hai_chau.code}")
    assert committee.name == "Ủy ban nhân dân phường Hải Châu, thành phố Đà Nẵng"
    assert committee.name_en == "People’s Committee of Hải Châu ward, Đà Nẵng city"
    assert committee.path == f"H17/H17.{hai_chau.code}/"
    assert police.path == f"G01/G01.H17/G01.H17.{hai_chau.code}/"
    assert police.works_on_saturday
    assert committee.is_within(Agency.objects.get(code="H17"))
    assert Agency.objects.get(code="G05").successor == Agency.objects.get(code="G12")
    desk = OneStopDesk.objects.get(agency=committee)
    assert desk.name == "Trung tâm Phục vụ hành chính công phường Hải Châu"
    assert desk.name_en == "Public Administration Service Centre of Hải Châu ward"
    OneStopDesk.objects.filter(pk=desk.pk).update(name_en="")  # as loaded before desks had English names

    # Whatever an administrator keeps by hand survives the next load.
    Agency.objects.filter(pk=committee.pk).update(
        phone="02363821888",
        office_hours=[["07:00", "11:00"]],
        name="Sai tên",
        works_on_saturday=True,
        counts_saturday=True,
    )
    Agency.objects.filter(pk=police.pk).update(works_on_saturday=False)
    renamed = OneStopDesk.objects.get(agency=police)
    OneStopDesk.objects.filter(pk=renamed.pk).update(name="Quầy số 1", name_en="Desk 1", is_active=False)
    own = Agency.objects.create(code="H17.TT", name="Trung tâm", level=AgencyLevel.PROVINCE, path="H17/H17.TT/")
    assert load("--demo-accounts") == [
        "units: 0 made, 0 changed",
        "agencies: 0 made, 1 changed",
        "desks: 0 made, 1 changed",
    ]
    committee.refresh_from_db()
    assert committee.name == "Ủy ban nhân dân phường Hải Châu, thành phố Đà Nẵng"
    assert committee.phone == "02363821888"
    assert committee.office_hours == [["07:00", "11:00"]]
    assert committee.works_on_saturday and committee.counts_saturday
    police.refresh_from_db()
    assert not police.works_on_saturday
    kept = OneStopDesk.objects.get(agency=police)
    assert (kept.name, kept.name_en, kept.is_active) == ("Quầy số 1", "Desk 1", False)
    assert Agency.objects.filter(pk=own.pk).exists()

    for level, branch in [
        (AgencyLevel.COMMUNE, Branch.PEOPLES_COMMITTEE),
        (AgencyLevel.COMMUNE, Branch.POLICE),
        (AgencyLevel.PROVINCE, Branch.POLICE),
        (AgencyLevel.PROVINCE, Branch.INSURANCE),
        (AgencyLevel.PROVINCE, Branch.FINANCE),
        (AgencyLevel.PROVINCE, Branch.INDUSTRY_TRADE),
        (AgencyLevel.PROVINCE, Branch.HOME_AFFAIRS),
        (AgencyLevel.OTHER, Branch.ELECTRICITY),
    ]:
        assert competent_agency(level=level, branch=branch, province_code="48", commune_code=hai_chau.code)


def test_without_demo_accounts_no_tax_code_is_made_up():
    load("--no-demo-accounts")
    assert not Agency.objects.exclude(tax_code="").exists()


def test_the_files_hold_together():
    territory = units()
    codes = {unit.code for unit in territory}
    assert len(codes) == 34 + 3321
    assert all(unit.parent in codes for unit in territory if unit.parent)
    rows = agencies(territory, with_demo_accounts=True)
    agency_codes = [row.code for row in rows]
    assert len(set(agency_codes)) == len(rows)
    for row in rows:
        assert re.fullmatch(r"[A-Z0-9]+(?:[._-][A-Z0-9]+)*", row.code) and len(row.code) <= 35
        assert clean_tax_code(row.values["tax_code"]) == row.values["tax_code"]
        assert row.parent in {"", *agency_codes} if not row.unit else row.unit in codes
        assert len(row.values["name"]) <= 300
        assert row.values["name_en"]


def row(code, parent="", successor=""):
    """A line of national_agencies.csv."""
    named = {"code": code, "name": f"Cục {code}", "short_name": code, "name_en": f"Department {code}"}
    return {
        **named,
        "level": "ministry",
        "branch": "other",
        "valid_from": "",
        "valid_to": "",
        "parent": parent,
        "successor": successor,
    }


def test_agencies_that_go_round_in_a_circle_are_named_and_the_rest_is_loaded(monkeypatch):
    lines = {
        "national_agencies.csv": [
            row("G01"), row("G01.A", "G01"), row("G01.B", "G01.C"), row("G01.C", "G01.B"), row("G01.D", "G01.B"),
            row("G01.E", "G01.E"), row("G01.F", "G01", "G01.F"), row("G01.G", "G99"), row("G01.H", "G01.A"),
        ],
    }  # fmt: skip
    monkeypatch.setattr(reference_rows, "_lines", lambda name: iter(lines.get(name, ())))
    out, told = StringIO(), StringIO()
    call_command("load_agencies", "--no-demo-accounts", stdout=out, stderr=told)
    assert "agencies: 3 made, 0 changed" in out.getvalue()
    assert sorted(Agency.objects.values_list("path", flat=True)) == ["G01/", "G01/G01.A/", "G01/G01.A/G01.H/"]
    circle = "parent and successor go round in a circle:"
    assert told.getvalue().splitlines() == [
        f"left out: G01.B: {circle} G01.B → G01.C → G01.B",
        f"left out: G01.C: {circle} G01.C → G01.B → G01.C",
        f"left out: G01.D: {circle} G01.B → G01.C → G01.B",
        f"left out: G01.E: {circle} G01.E → G01.E",
        f"left out: G01.F: {circle} G01.F → G01.F",
        "left out: G01.G: the parent G99 of G01.G is not listed",
    ]


def test_an_agency_left_out_keeps_the_row_it_has(monkeypatch):
    known = Agency.objects.create(code="G01.B", name="Cục", level=AgencyLevel.MINISTRY, path="G01.B/")
    rows = [reference_rows.AgencyRow({"code": "G01.B", "name": "Khác"}, parent="G01.B", desk="Quầy")]
    monkeypatch.setattr(loading, "units", list)
    monkeypatch.setattr(loading, "agencies", lambda _territory, **_how: rows)
    assert loading.load(with_demo_accounts=False)["agencies"].left_out
    known.refresh_from_db()
    assert (known.name, known.path) == ("Cục", "G01.B/") and not OneStopDesk.objects.exists()
