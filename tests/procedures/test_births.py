"""Births as our packs ask for them: parents are born before the child, and no newborn heads a household."""

from datetime import date

import pytest
from django.utils.translation import override

from procedures import eforms
from procedures.packs import REFERENCE, read_pack

CHILDREN = {"1.001193": "child", "1.000689": "child", "3.000722": "child", "1.004884": "subject"}


def form_of(code, reference):
    return read_pack(REFERENCE / "procedures" / f"{code}.yaml", reference).form


@pytest.mark.parametrize(("code", "child"), CHILDREN.items())
@pytest.mark.parametrize(
    ("parent", "vi", "en"),
    [
        ("mother", "Ngày sinh của mẹ phải trước", "The mother must"),
        ("father", "Ngày sinh của cha phải trước", "The father"),
    ],
)
def test_a_parent_is_born_before_the_child(code, child, parent, vi, en, reference):
    form, asked = form_of(code, reference), f"{parent}_date_of_birth"
    for day, is_wrong in (("2026-01-01", False), ("2026-01-02", True), ("2026-01-03", True)):
        answers = {f"{child}_date_of_birth": "2026-01-02", asked: day, "father_declared": True}
        problems = eforms.validate(form, answers).get(asked, [])
        assert [vi in words for words in problems] == [True] * is_wrong, (day, problems)
        with override("en"):
            problems = eforms.validate(form, answers).get(asked, [])
        assert [en in words for words in problems] == [True] * is_wrong, (day, problems)


def test_a_newborn_is_child_or_kin_of_the_head_of_the_household(reference):
    form = form_of("3.000722", reference)
    offered = [choice.value for choice in eforms.form_of(form).by_key()["child_relation_to_head"].choices]
    assert offered == ["child", "grandchild", "sibling", "relative", "staying"]
    residence = eforms.form_of(form_of("1.004222", reference)).by_key()["members"].fields
    known = next(field for field in residence if field.key == "member_relation")
    assert all(known.choice(value) for value in offered), "the residence dossier of the bundle takes each"


@pytest.mark.parametrize(
    ("born", "on", "is_right"),
    [
        (date(2019, 1, 11), date(2025, 1, 10), True),  # five years old for one more day, two leap days in between
        (date(2026, 11, 1), date(2026, 11, 30), True),
        (date(2020, 11, 29), date(2026, 11, 30), False),
        (date(2007, 10, 1), date(2026, 11, 30), False),
    ],
)
def test_the_linked_procedure_for_children_under_6_takes_no_older_child(born, on, is_right, reference):
    problems = eforms.validate(form_of("3.000722", reference), {"child_date_of_birth": born.isoformat()}, on=on)
    assert ["dưới 6 tuổi" in words for words in problems.get("child_date_of_birth", [])] == [True] * (not is_right)
