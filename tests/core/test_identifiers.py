"""Identification numbers, tax codes, telephone numbers and codes: what is refused, and what is only warned of."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import identifiers
from portal.core.identifiers import IdentifierError


def refused(call, *args):
    with pytest.raises(IdentifierError) as caught:
        call(*args)
    assert str(caught.value.message)
    return caught.value.code


def test_blanks_and_dots_in_a_personal_id_do_not_matter():
    assert identifiers.clean_personal_id(" 048 203.001-234 ") == "048203001234"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "personal_id.not_digits"),
        ("04820300123a", "personal_id.not_digits"),
        ("٠٤٨٢٠٣٠٠١٢٣٤", "personal_id.not_digits"),
        ("123456789", "personal_id.former_number"),
        ("04820300123", "personal_id.length"),
        ("0482030012345", "personal_id.length"),
    ],
)
def test_a_wrong_personal_id_is_refused(typed, code):
    assert refused(identifiers.clean_personal_id, typed) == code


def test_an_error_never_repeats_the_number():
    with pytest.raises(IdentifierError) as caught:
        identifiers.clean_personal_id("0482030012345")
    assert "048203" not in str(caught.value)
    assert "048203" not in str(caught.value.message)


@pytest.mark.parametrize(
    ("number", "born", "gender", "warned"),
    [
        ("048203001234", date(2003, 5, 1), "1", []),
        ("048303001234", date(2003, 5, 1), "2", []),
        ("048085001234", date(1985, 5, 1), "1", []),
        ("048185001234", date(1985, 5, 1), "1", ["personal_id.gender"]),
        ("048203001234", date(1903, 5, 1), "1", ["personal_id.birth_year"]),
        ("048203001234", date(2004, 5, 1), "2", ["personal_id.birth_year", "personal_id.gender"]),
        ("048203001234", None, None, []),
        ("048203001234", date(2003, 5, 1), "3", []),
    ],
)
def test_a_contradiction_is_only_a_warning(number, born, gender, warned):
    found = identifiers.personal_id_warnings(number, date_of_birth=born, gender=gender)
    assert [warning.code for warning in found] == warned
    assert all(str(warning.message) for warning in found)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("0100100079", "0100100079"),
        ("0100100079-001", "0100100079-001"),
        ("0100100079 001", "0100100079-001"),
        ("0100100079001", "0100100079-001"),
        ("048203001234", "048203001234"),
    ],
)
def test_the_three_forms_of_a_tax_code(typed, normal):
    assert identifiers.clean_tax_code(typed) == normal


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0100100078", "tax_code.check_digit"),
        ("0100100078-001", "tax_code.check_digit"),
        ("0100100079-000", "tax_code.branch"),
        ("01001000", "tax_code.length"),
        ("01001000791", "tax_code.length"),
        ("MST0100100079", "tax_code.not_digits"),
    ],
)
def test_a_wrong_tax_code_is_refused(typed, code):
    assert refused(identifiers.clean_tax_code, typed) == code


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_one_last_figure_at_most_makes_a_tax_code(first_nine):
    valid = []
    for figure in "0123456789":
        try:
            valid.append(identifiers.clean_tax_code(first_nine + figure))
        except IdentifierError:
            continue
    digit = identifiers.tax_check_digit(first_nine)
    assert valid == ([] if digit is None else [f"{first_nine}{digit}"])


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("0912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("0236.3821.888", "02363821888"),
        ("(024) 3946 0000", "02439460000"),
        ("+81 3-1234-5678", "+81312345678"),
    ],
)
def test_telephone_numbers(typed, normal):
    assert identifiers.clean_phone(typed) == normal


@pytest.mark.parametrize(
    "typed", ["", "0112345678", "091234567", "09123456789", "+84123", "gọi tôi", "+", "٠٩١٢٣٤٥٦٧٨"]
)
def test_a_wrong_telephone_number_is_refused(typed):
    assert refused(identifiers.clean_phone, typed) == "phone.format"


def test_a_dossier_code_of_the_official_shape():
    assert identifiers.format_dossier_code("H15.50.05.13", date(2026, 10, 8), 975) == "H15.50.05.13-261008-0975"
    assert identifiers.format_dossier_code("H17", date(2026, 10, 8), 12_345) == "H17-261008-12345"


@given(
    st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{2,5}){0,3}", fullmatch=True),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 10**6),
)
def test_a_dossier_code_reads_back(agency, day, number):
    code = identifiers.format_dossier_code(agency, day, number)
    assert identifiers.clean_dossier_code(f" {code.lower()} ") == code


@pytest.mark.parametrize(("agency", "number"), [("H17", 0), ("", 1), ("H 17", 1), ("H" * 40, 1)])
def test_a_dossier_code_needs_its_parts(agency, number):
    with pytest.raises(ValueError, match="dossier"):
        identifiers.format_dossier_code(agency, date(2026, 10, 8), number)


@pytest.mark.parametrize(
    "code", ["BHXH/2026/123", "H17-261332-0001", "H17-261008-1", "KM_00012", "000.00.00.H29-250102-0017"]
)
def test_codes_of_other_systems_are_opaque(code):
    assert identifiers.clean_dossier_code(code) == code


@pytest.mark.parametrize("typed", ["", "   ", "x" * 51])
def test_a_dossier_code_has_a_length(typed):
    assert refused(identifiers.clean_dossier_code, typed) == "dossier_code.format"
