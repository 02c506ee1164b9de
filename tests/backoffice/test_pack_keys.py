"""Every key of a pack (docs/procedure-pack.md) is on a page of the back office, or stands here with its reason."""

import re

import pytest
from django.conf import settings

from portal.backoffice.form_editing import GroupForm, NewFieldForm, NewPartForm, TitleForm
from portal.backoffice.forms_sheet import SECTIONS, SheetForm
from portal.backoffice.forms_sheet_parts import PARTS
from portal.backoffice.forms_sheet_start import StartForm
from procedures.packs.checking import _COMPONENT, _FEE, _TOP, LETTERS
from tests.backoffice.question_controls import ELSEWHERE as OF_A_QUESTION

PAGE = (settings.BASE_DIR / "docs" / "procedure-pack.md").read_text(encoding="utf-8")
ON_THE_SHEET = {
    "code": "code",
    "decision": "decision_number",
    "competent": "competent_vi",
    "service_level_reason": "reason_vi",
    "processing": "time_value",
    "supplement_rule": "supplement_effect",
    "draft_confirmation": "draft_days",
    "assigns_personal_id": "assigns_full_name",
    "letters": "letter_01",
    "subcases": "subcases",
    "fees": "fees",
    "components": "components",
    "results": "results",
}
"""A control of each key of the pack that has none of its own name."""
ELSEWHERE = {
    "form": "the form builder",
    "updated_on": "the day in the national catalogue, which an import brings",
    "featured_rank": "the home page is the portal's, not of who publishes one procedure",
    "policies": "pages of their own, for the administrators of provinces (procedures.admin_policies)",
    "letter_forms": "a form of a branch in place of a letter is a template of the portal's, named by law",
    "waivers": "of who keeps packs under the linter; officials publish with its reminders in sight",
    "marks": "how sure the authors of shipped packs were (docs/assumptions.md)",
    "origin": "what the portal itself notes of who wrote it",
    "published": "what the portal keeps of a national record it was written from",
}
"""Keys of a pack without a control, and why."""
OF_FEES = {
    "key": "given by the portal when a row is new, kept ever after",
    "amount": "foreign_amount, beside its currency",
    "mark": ELSEWHERE["marks"],
}
OF_COMPONENTS = {"key": OF_FEES["key"]}
INSIDE = {
    "routing": ("level", "branch", "place", "levels"),
    "processing": ("time_value", "time_unit", "cutoff", "time_vi", "extended_value", "extended_unit", "extended_vi"),
    "supplement_rule": ("supplement_effect", "supplement_days", "supplement_closes", "supplement_rounds"),
    "draft_confirmation": ("draft_days", "draft_legal"),
    "assigns_personal_id": ("assigns_full_name", "assigns_date_of_birth", "assigns_gender"),
    "service_level_reason": ("reason_kind", "reason_vi", "reason_en"),
}
"""The controls of keys that have keys of their own."""
OF_A_FORM = {
    "use_group": "written out where the form stands alone: its questions are edited one by one",
    "prefix": "as use_group",
    "omit": "as use_group",
    "override": "as use_group",
    "self_if": "written out as prefill and prefill_if of each question",
}


def top_level():
    table = PAGE.partition("## Top level")[2].partition("## Fees")[0]
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", table, re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


def keys_of(heading):
    """Keys of the YAML example below a heading."""
    example = PAGE.partition(f"## {heading}\n")[2].partition("```yaml")[2].partition("```")[0]
    return set(re.findall(r"^(?:- |  )(\w+):", example, re.MULTILINE)) | set(re.findall(r", (\w+): \"", example))


def sheet_controls():
    found = {name for _title, names in SECTIONS for name in names}
    return found | set(SheetForm.base_fields) | set(StartForm.base_fields) | {name for name, _rows, _title in PARTS}


def row_controls(part):
    [form] = [rows.form for name, rows, _title in PARTS if name == part]
    return set(form.base_fields) | ({"condition"} if form.condition_label else set())


def named(key, controls):
    return bool({key, f"{key}_vi"} & controls)


def test_the_page_tells_every_key_that_a_pack_may_have():
    assert top_level() == set(_TOP) - {"agencies"}
    assert keys_of("Fees") == set(_FEE)
    assert keys_of("Components") == set(_COMPONENT)


def test_every_key_of_a_sheet_has_a_control_or_a_reason():
    controls = sheet_controls()
    assert not {key for key in top_level() - ELSEWHERE.keys() if not named(ON_THE_SHEET.get(key, key), controls)}
    assert not {key for key in ELSEWHERE if named(key, controls)}, "it has a control now"
    assert set(ELSEWHERE) <= top_level()
    assert not {name for names in INSIDE.values() for name in names if name not in controls}
    assert {f"letter_{number}" for number in LETTERS} <= controls


@pytest.mark.parametrize(
    ("part", "keys", "reasons"), [("fees", _FEE, OF_FEES), ("components", _COMPONENT, OF_COMPONENTS)]
)
def test_every_key_of_a_row_has_a_control_or_a_reason(part, keys, reasons):
    controls = row_controls(part)
    assert not {key for key in keys - reasons.keys() if not named(key, controls)}
    assert "foreign_amount" in row_controls("fees")


def test_results_and_cases_have_all_of_theirs():
    assert {"name_vi", "document_type", "kind", "default"} <= row_controls("results")
    assert {"code", "name_vi", "value", "unit"} <= row_controls("subcases")


def test_what_a_form_says_of_pages_and_groups_has_a_control_or_a_reason():
    example = PAGE.partition("## Form\n")[2].partition("```yaml")[2].partition("```")[0]
    keys = set(re.findall(r"(\w+):", example)) - {"form", "pages", "groups", "fields", "field", "equals", "not_equals"}
    controls = {*TitleForm.base_fields, *GroupForm.base_fields, *NewPartForm.base_fields, *NewFieldForm.base_fields}
    controls |= {"visible_if"}  # ConditionMixin draws its rows
    said = keys - OF_A_FORM.keys() - {"vi", "en", "personal_id", "required"}  # an override's example
    assert not {key for key in said if not named(key, controls)}
    assert set(OF_A_FORM) <= keys and "key" in OF_A_QUESTION
