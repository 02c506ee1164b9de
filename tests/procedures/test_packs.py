"""A pack that cannot be published says which file, which key, and what to do."""

from pathlib import Path

import pytest

from procedures.packs import REFERENCE, PackError, read_pack, read_pack_text, yaml_text
from tests.procedures.conftest import BIRTH

PACKS = sorted((REFERENCE / "procedures").glob("*.yaml"))


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_our_own_packs_can_be_published(path, reference):
    pack = read_pack(path, reference)
    assert pack.code == path.stem
    assert pack.form["pages"]


def problems_of(data, reference):
    with pytest.raises(PackError) as caught:
        read_pack(data, reference)
    return caught.value.problems


def change(data, path, value):
    """Set ``a.b.0.c`` in nested data; ``None`` removes the key."""
    *parents, last = path.split(".")
    for part in parents:
        data = data[int(part)] if part.isdigit() else data[part]
    if value is None:
        del data[last]
    else:
        data[last] = value


BROKEN = [
    (
        "form.lists",
        {"l": {"title": {"vi": "L"}, "items": []}},
        "form.lists.l: a value list is a list of {value, vi, en}",
    ),
    ("form.lists", {"l": [{"value": "a"}]}, "form.lists.l[0]: a choice is"),
    ("form.lists", {"l": ["a"]}, "form.lists.l[0]: a choice is"),
    ("form.lists", ["l"], "form.lists: value lists are a mapping"),
    ("form.pages", "trang", "form.pages: write a list of mappings"),
    ("form.pages.0.groups", ["x"], "write a list of mappings"),
    ("code", "1001193", "code: write the national code"),
    ("name", {"vi": "Chỉ tiếng Việt"}, "name: write a pair"),
    ("name", {"vi": "Tên\x00", "en": "Name"}, "name: has control characters"),
    ("field", "G15", "field: write {code"),
    ("life_events", ["khong-co"], "life_events: 'khong-co' is not one of"),
    ("channels", ["fax"], "channels: 'fax' is not one of"),
    ("applicants", ["ĐT99"], "applicants: 'ĐT99' is not in applicant_types.yaml"),
    ("service_level", "nua_voi", "service_level: 'nua_voi' is not one of"),
    ("service_level_reason", None, "service_level_reason: compulsory unless toan_trinh"),
    ("competent.routing.level", "district", "competent.routing.level: 'district' is not one of"),
    ("competent.routing.place", "moon", "competent.routing.place: 'moon' is not one of"),
    ("processing.unit", "fortnight", "processing.unit: 'fortnight' is not one of"),
    ("processing.value", -1, "processing.value: -1 is no whole number"),
    ("processing.value", 2, "processing.value: the same working day is one day; write 1"),
    ("processing.extended.unit", "same_working_day", "processing.extended.value: the same working day is one day"),
    (
        "subcases",
        [{"name": {"vi": "Thường", "en": "Usual"}, "value": 2, "unit": "same_working_day"}],
        "subcases[0].value: the same working day is one day",
    ),
    ("processing.cutoff", "25:00", "processing.cutoff: write a clock time"),
    ("supplement_rule.rounds", 0, "supplement_rule.rounds: 0 is no whole number of at least 1"),
    ("supplement_rule.closes", "no", "supplement_rule.closes: 'no' is not one of"),
    ("updated_on", "15/04/2026", "updated_on: '15/04/2026' is no date"),
    ("fees.0.kind", "thue", "fees.registration.kind: 'thue' is not one of"),
    ("fees.0.amount_vnd", "8.000", "fees.registration.amount_vnd: '8.000' is no whole number"),
    ("fees.0.price", 5, "fees.registration.price: unknown key"),
    ("fees.1.key", "registration", "fees.registration: this key is used twice"),
    ("fees.2.quantity_field", "no_such", "fees.copies.quantity_field: 'no_such' is no number field"),
    ("fees.2.condition", {"field": "no_such", "equals": 1}, "fees.copies.condition: the condition looks at 'no_such'"),
    ("components.2.condition", {"field": "birth_proof"}, "components.birth_notice.condition: a condition has one test"),
    ("components.2.kind", "scroll", "components.birth_notice.kind: 'scroll' is not one of"),
    ("results.0.default", False, "results: exactly one result has `default: true`"),
    ("colour", "red", "colour: unknown key"),
    ("form.pages.0.groups.0.use_group", "nobody", "form.requester: the field group 'nobody' is not in"),
    ("form.pages.0.groups.1.fields.0.choices", "no_list", "the value list 'no_list' is not in value_lists.yaml"),
    ("form.pages.0.groups.1.fields.0.type", "hologram", "unknown type 'hologram'"),
    ("form.pages.0.groups.1.fields.0.key", "Quan hệ", "the key of a field has small letters"),
    ("form.pages.0.groups.1.fields.0.label", None, "a field needs a label"),
    ("form.pages.1.groups.0.fields.0.default", "twins", "'twins' is not in the value list"),
    (
        "form.pages.1.groups.0.fields.1.visible_if",
        {"field": "birth_proof", "equals": "paper"},
        "conditions go in a circle",
    ),
    ("form.pages.1.groups.1.fields.1.max", "yesterday", "a limit is a day"),
    ("form.pages.1.groups.1.fields.1.prefill", "gossip.birth_date", "unknown source"),
    ("form.pages.1.groups.1.fields.2.compute", {"function": "guess", "of": "x"}, "`compute` names a function"),
    ("form.pages.2.groups.0.omit", ["shoe_size"], "`omit` names 'shoe_size'"),
    ("form.pages.2.key", "child", "two pages share a key"),
]


@pytest.mark.parametrize(
    ("path", "value", "message"), BROKEN, ids=[f"{path}={value}"[:60] for path, value, _m in BROKEN]
)
def test_a_broken_pack_names_the_key_and_the_cure(path, value, message, pack_data, reference):
    data = pack_data(BIRTH)
    change(data, path, value)
    problems = problems_of(data, reference)
    assert any(message in problem for problem in problems), problems


def test_everything_wrong_is_told_at_once(pack_data, reference):
    data = pack_data(BIRTH)
    change(data, "code", "x")
    change(data, "channels", ["fax"])
    change(data, "form.pages.0.groups.0.use_group", "nobody")
    assert len(problems_of(data, reference)) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: b: c", "line 1, column 5: not YAML"),
        ("code: 'Đ'".encode("utf-16"), "the file is not UTF-8"),
        (b"- a list", "a pack is a mapping"),
        (b"", "a pack is a mapping"),
    ],
)
def test_a_file_that_is_no_pack_is_named(content, message, tmp_path, reference):
    path: Path = tmp_path / "1.000001.yaml"
    path.write_bytes(content)
    with pytest.raises(PackError, match=r"^1\.000001\.yaml: ") as caught:
        read_pack(path, reference)
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path, reference):
    with pytest.raises(PackError, match=r"gone\.yaml: cannot be read"):
        read_pack(tmp_path / "gone.yaml", reference)


def test_a_limit_set_by_another_date_names_one_that_is_there(pack_data, reference):
    data = pack_data(BIRTH)
    mother = next(page for page in data["form"]["pages"] if page["key"] == "parents")["groups"][0]
    mother["override"]["date_of_birth"]["before"] = "no_such"
    assert any(
        "mother_date_of_birth.before: 'no_such' is no field beside this one" in each
        for each in problems_of(data, reference)
    )


def test_a_prefixed_group_takes_its_conditions_along(pack_data, reference):
    pack = read_pack(pack_data(BIRTH), reference)
    parents = next(page for page in pack.form["pages"] if page["key"] == "parents")
    mother = next(group for group in parents["groups"] if group["key"] == "mother")
    keys = [field["key"] for field in mother["fields"]]
    assert "mother_full_name" in keys
    assert "mother_gender" not in keys
    assert mother["visible_if"] == {"field": "birth_case", "not_equals": "abandoned"}
    assert set(pack.form["lists"]) >= {"ethnicity", "nationality", "birth_case"}


def test_a_wrongly_shaped_list_is_told_with_its_line_beside_what_else_is_wrong(pack_data, reference):
    data = pack_data(BIRTH)
    data["channels"] = ["fax"]
    data["form"]["lists"] = {"own": {"title": {"vi": "Riêng"}, "items": [{"value": "a", "vi": "A"}]}}
    text = yaml_text.dump(data)
    line = text[: text.index("    own:")].count("\n") + 1
    with pytest.raises(PackError) as caught:
        read_pack_text(text, file="mine.yaml", reference=reference)
    assert f"line {line}: form.lists.own: a value list is a list" in str(caught.value)
    assert str(caught.value).startswith("mine.yaml") and "'fax' is not one of" in str(caught.value)
