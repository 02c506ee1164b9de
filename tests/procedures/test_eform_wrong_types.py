"""Answers of another JSON type than asked, which a program or an editor who tries may send: refused, never an error."""

from datetime import date

import pytest

from procedures import eforms
from procedures.eforms.definition import COMPOSITE_TYPES, LARGEST_REPEAT, LEAF_TYPES
from procedures.eforms.parts import FIXED_PARTS, address_parts

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
WRONG = ["x", "", 7, -1, 2.5, True, False, {"a": 1}, {"a": []}, ["x"], [1], [[]], [{}], [{"a": [1]}], 10**40]


def row_of(kind):
    row = {"key": f"f_{kind}", "label": {"vi": "Ô"}, "type": kind}
    if kind in {"choice", "multi_choice"}:
        row["choices"] = "l"
    if kind == "computed":
        row["compute"] = {"function": "date_in_words", "of": "f_date"}
    if kind == "person":
        row["fields"] = [row_of("integer") | {"key": "part"}, row_of("address") | {"key": "home"}]
    return row


KINDS = sorted((LEAF_TYPES | COMPOSITE_TYPES) - {"commune", "computed"})
INSIDE = [kind for kind in KINDS if kind not in {"file", "person"}]
FORM = {
    "lists": {"l": [{"value": "a", "vi": "A"}]},
    "pages": [
        {
            "key": "p",
            "title": {"vi": "Trang"},
            "groups": [
                {
                    "key": "g",
                    "fields": [
                        *(row_of(kind) for kind in KINDS),
                        {
                            "key": "rows",
                            "label": {"vi": "Dòng"},
                            "type": "repeat",
                            "max_items": LARGEST_REPEAT,
                            "fields": [row_of(kind) for kind in INSIDE],
                        },
                        {
                            "key": "months",
                            "label": {"vi": "Quá trình"},
                            "type": "repeat",
                            "max_items": LARGEST_REPEAT,
                            "exactly_one": "f_boolean",
                            "without_gap": {"from": "f_month", "to": "upto", "since_age": 14, "born": ["f_date"]},
                            "fields": [row_of("month"), row_of("month") | {"key": "upto"}, row_of("boolean")],
                        },
                        {
                            "key": "words",
                            "label": {"vi": "Bằng chữ"},
                            "type": "computed",
                            "compute": {"function": "date_in_words", "of": "f_date"},
                        },
                        {
                            "key": "share",
                            "label": {"vi": "Phần"},
                            "type": "computed",
                            "compute": {"function": "percent", "of": "f_money", "percent": 5},
                        },
                        {
                            "key": "many",
                            "label": {"vi": "Số dòng"},
                            "type": "computed",
                            "compute": {"function": "count", "of": "rows"},
                        },
                    ],
                }
            ],
        }
    ],
}


def looked_at(answers):
    """What a draft's pages and a trial ask of answers."""
    form = eforms.form_of(FORM)
    kept = eforms.complete(form, answers, on=DAY)
    for sent in (answers, kept):
        eforms.validate(form, sent, on=DAY)
        eforms.warnings(form, sent, on=DAY)
        eforms.summary(form, sent, on=DAY, filled_only=True)
    assert list(eforms.build_form(form.pages[0], answers=kept))


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_type_at_the_top_is_no_error(kind):
    for value in WRONG:
        looked_at({f"f_{kind}": value})


@pytest.mark.parametrize("kind", INSIDE)
def test_a_wrong_type_in_a_row_is_no_error(kind):
    rows = [{f"f_{kind}": value} for value in WRONG]
    looked_at({"rows": rows, "months": rows})


@pytest.mark.parametrize("kind", sorted(FIXED_PARTS) + ["address"])
def test_a_wrong_type_in_a_part_is_no_error(kind):
    for part in FIXED_PARTS.get(kind, address_parts("needed")):
        looked_at({f"f_{kind}": {part.key: []}, "rows": [{f"f_{kind}": {part.key: value}} for value in WRONG]})


def test_a_wrong_type_in_a_person_is_no_error():
    for value in WRONG:
        looked_at({"f_person": {"part": value, "home": value}, "rows": value, "months": value})


def test_what_cannot_be_shown_as_its_type_is_shown_as_it_was_sent():
    answers = {"rows": [{"f_integer": "x"}]}
    [section] = eforms.summary(eforms.form_of(FORM), answers, on=DAY, filled_only=True)
    assert "1. Ô: x" in [row.value for row in section.rows]
    assert "rows.0.f_integer" in eforms.validate(eforms.form_of(FORM), answers, on=DAY)
