"""The page of a question: what nobody touched stays to the letter, for every question of our own forms."""

import json

import pytest
from django.utils import translation

from portal.backoffice.builder_questions import beside, part_beside
from portal.backoffice.field_editing import FieldForm
from procedures.eforms.reading import _FIELD_KEYS, read_form
from procedures.packs import REFERENCE, own_reference
from procedures.packs.expansion import expand_form
from procedures.packs.reference import read_yaml
from tests.backoffice.conftest import as_posted
from tests.backoffice.question_controls import ELSEWHERE, NAMED

CODES = sorted(path.stem for path in (REFERENCE / "procedures").glob("*.yaml"))


def forms():
    reference = own_reference()
    for code in CODES:
        data = read_yaml(REFERENCE / "procedures" / f"{code}.yaml")
        yield expand_form(data["form"], reference.groups, reference.lists)


def questions():
    """(place, question beside others) of every kind of question that our forms have, parts and columns too."""
    seen = set()
    for form in forms():
        for row in (row for page in form["pages"] for group in page["groups"] for row in group["fields"]):
            found = [(row, "")] + [(part, part["key"]) for part in row.get("fields") or ()]
            for said, part in found:
                shape = (said["type"], bool(part), *sorted(said), json.dumps(said.get("visible_if")))
                if shape not in seen:
                    seen.add(shape)
                    yield said, part_beside(form, row["key"], part) if part else beside(form, row["key"])


def test_a_question_that_nobody_touched_stays_as_it_is():
    tried = 0
    for row, here in questions():
        form = FieldForm(as_posted(FieldForm(beside=here)), beside=here)
        assert form.is_valid(), (row, form.errors)
        assert form.row(dict(row)) == row
        assert (form.answers() or []) == here.options
        tried += 1
    assert tried > 100


def test_every_attribute_of_a_question_has_a_control_or_a_reason():
    shown = set()
    for _row, here in questions():
        shown |= set(FieldForm(beside=here).fields)
    kinds = [
        {"key": "mau", "label": {"vi": "Mẫu"}, "type": kind, **more}
        for kind, more in (
            ("file", {}),
            ("co_signature", {}),
            ("agency", {}),
            ("address", {}),
            ("repeat", {"fields": [{"key": "muc", "label": {"vi": "Mục"}, "type": "text"}]}),
        )
    ]
    for row in kinds:
        form = {"pages": [{"key": "p", "title": {"vi": "P"}, "groups": [{"key": "g", "fields": [row]}]}], "lists": {}}
        shown |= set(FieldForm(beside=beside(form, "mau")).fields)
    controls = {name: NAMED.get(name, name) for name in _FIELD_KEYS - ELSEWHERE.keys()}
    without = {
        name
        for name, control in controls.items()
        if not {control, f"{control}_vi", "options" if name == "choices" else control} & shown
    }
    assert without == set()
    assert set(ELSEWHERE) <= _FIELD_KEYS


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("integer", {"default": "3", "min": "0", "max": "9"}, {"default": 3, "min": 0, "max": 9}),
        ("boolean", {"default": "false"}, {"default": False}),
        ("date", {"min": "today-30", "before": "ngay"}, {"min": "today-30", "before": "ngay"}),
        ("address", {"detail": "none", "with_old_unit": "on"}, {"detail": "none", "with_old_unit": True}),
        (
            "agency",
            {"routing_level": "commune", "routing_branch": "police"},
            {"routing": {"level": "commune", "branch": "police"}},
        ),
        ("co_signature", {"signer_vi": "Chủ hộ"}, {"signer": {"vi": "Chủ hộ"}}),
        (
            "text",
            {"message_invalid_vi": "Sai rồi", "message_invalid_en": "Wrong"},
            {"messages": {"invalid": {"vi": "Sai rồi", "en": "Wrong"}}},
        ),
    ],
)
def test_what_is_typed_becomes_the_attribute(kind, typed, said):
    row = {"key": "mau", "label": {"vi": "Mẫu"}, "type": kind}
    other = {"key": "ngay", "label": {"vi": "Ngày"}, "type": "date"}
    group = {"key": "g", "fields": [row, other]}
    data = {"pages": [{"key": "p", "title": {"vi": "P"}, "groups": [group]}], "lists": {}}
    here = beside(data, "mau")
    form = FieldForm(as_posted(FieldForm(beside=here)) | typed, beside=here)
    assert form.is_valid(), form.errors
    made = form.row(row)
    assert {name: made[name] for name in said} == said
    group["fields"][0] = made
    assert read_form(data)


def test_of_another_type_only_what_fits_it_stays():
    row = {"key": "mau", "label": {"vi": "Mẫu"}, "type": "integer", "min": 1, "required": True, "help": {"vi": "H"}}
    data = {"pages": [{"key": "p", "title": {"vi": "P"}, "groups": [{"key": "g", "fields": [row]}]}], "lists": {}}
    here = beside(data, "mau")
    form = FieldForm(as_posted(FieldForm(beside=here)) | {"type": "choice"}, beside=here)
    assert form.is_valid() and form.is_of_new_type
    assert form.row(row) == {
        "key": "mau",
        "label": {"vi": "Mẫu"},
        "type": "choice",
        "required": True,
        "help": {"vi": "H"},
    }
    with translation.override("en"):
        assert [item["vi"] for item in form.answers()] == ["Có", "Không"]
