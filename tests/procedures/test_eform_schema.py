"""The published schema and the form's rules accept exactly the same answers, whatever form and whatever answers."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from portal.site.demo.answers import sample_answers
from procedures import eforms
from procedures.eforms import types, validation
from procedures.eforms.checking import check_form
from procedures.eforms.definition import DefinitionError
from procedures.eforms.reading import read_form
from procedures.eforms.schema import form_schema
from procedures.eforms.schema_validation import schema_errors
from procedures.packs import REFERENCE, read_pack
from procedures.territory import Unit
from tests.procedures.form_filling import FACTS

DAY = date(2026, 11, 20)
COMMUNES = {"01": ["00073", "00100"], "48": ["20242"]}


class SmallCountry:
    """Two provinces and one agency, without a database."""

    def __init__(self, on=None):
        self.on = on

    def provinces(self):
        return [Unit(code, code, code) for code in COMMUNES]

    def communes_by_province(self):
        return COMMUNES

    def is_province(self, code):
        return code in COMMUNES

    def is_commune_of(self, code, province_code):
        return code in COMMUNES.get(province_code, [])

    def agency_codes(self, routing):
        return ["H26.00073"]

    def find_agencies(self, typed, routing):
        return [("H26.00073", "UBND")] if typed == "H26.00073" else []


@pytest.fixture(autouse=True)
def _small_country(monkeypatch):
    monkeypatch.setattr(validation, "Territory", SmallCountry)


def schema_of(form, on=DAY):
    return form_schema(read_form(form), on=on, territory=SmallCountry())


LISTS = {"abc": [{"value": value, "vi": value.upper()} for value in "abc"]}
RIGHT = {
    "text": st.sampled_from(["A", "Nguyễn Văn An", "x" * 12, "ab\ncd"]),
    "long_text": st.sampled_from(["Một\nhai", "😀"]),
    "integer": st.integers(-3, 12),
    "money": st.integers(0, 200_000),
    "decimal": st.sampled_from(["0", "-0", "5", "5.5", "10.000001", "007", "-2"]),
    "date": st.dates(DAY - timedelta(days=40), DAY + timedelta(days=40)).map(date.isoformat),
    "month": st.sampled_from(["2026-10", "2026-11", "2027-01", "1800-01", "2026-13"]),
    "datetime": st.sampled_from(["2026-11-20T08:00:00+07:00", "2026-11-21T00:00+07:00", "2026-11-20T08:00:00Z"]),
    "boolean": st.booleans(),
    "consent": st.booleans(),
    "choice": st.sampled_from("abcd"),
    "multi_choice": st.lists(st.sampled_from("abcd"), max_size=3),
    "personal_id": st.sampled_from(["001199000123", "001 199 000 123", "12345678901", "00119900012٣"]),
    "tax_code": st.sampled_from(["0100109106", "0100109107", "0100109106-001", "0100109106-000", "001199000123"]),
    "phone": st.sampled_from(["0912345678", "+84912345678", "+12025550123", "02412345678", "1"]),
    "email": st.sampled_from(["a@example.vn", "a b@example.vn", "a@b", "á@example.vn", "a@example.vn\n", "a..b@c.vn"]),
    "province": st.sampled_from(["01", "48", "02"]),
    "agency": st.sampled_from(["H26.00073", "h26.00073", "H26"]),
    "file": st.fixed_dictionaries({"name": st.just("a.pdf"), "content_sha256": st.sampled_from(["0" * 64, "0"])}),
}  # fmt: skip
PLACE = st.fixed_dictionaries(
    {},
    optional={
        "province_code": st.sampled_from(["01", "48", "99"]),
        "commune_code": st.sampled_from(["00073", "20242"]),
        "line": st.sampled_from(["Số 1", "", "x" * 251]),
    },
)
ODD = st.none() | st.just("") | st.just([]) | st.just({}) | st.booleans() | st.integers(0, 3) | st.text(max_size=3)
LIMITS = {
    "integer": st.fixed_dictionaries({}, optional={"min": st.integers(-5, 3), "max": st.integers(3, 10)}),
    "money": st.fixed_dictionaries({}, optional={"min": st.just(1), "max": st.just(100_000)}),
    "decimal": st.fixed_dictionaries({}, optional={"min": st.sampled_from([-5, 0, 1]), "max": st.just(5)}),
    "date": st.fixed_dictionaries({}, optional={"min": st.just("today-9"), "max": st.just("today+9")}),
    "month": st.fixed_dictionaries({}, optional={"max": st.just("today")}),
    "datetime": st.fixed_dictionaries({}, optional={"max": st.just("today")}),
    "text": st.fixed_dictionaries({}, optional={"max_length": st.just(9), "pattern": st.just("[A-Za-z ]{1,12}")}),
}  # fmt: skip
LEAVES = st.sampled_from(sorted(RIGHT))
INNER = st.sampled_from(sorted(set(RIGHT) - {"file"}))


@st.composite
def conditions(draw, known):
    field = draw(st.sampled_from(known))
    key, kind = field["key"], field["type"]
    tests = [{"filled": draw(st.booleans())}]
    if kind in {"choice", "multi_choice", "text"}:
        tests += [{"equals": "a"}, {"not_equals": "a"}, {"in": ["a", "b"]}]
    if kind in {"boolean", "consent"}:
        tests += [{"equals": True}, {"equals": False}, {"not_equals": True}]
    if kind in {"integer", "money"}:
        tests += [{"at_least": 2}, {"at_most": 2}, {"equals": 2}, {"in": [1, "3"]}]
    if kind == "decimal":
        tests += [{"at_least": 5}, {"at_most": 5}]
    if kind in {"repeat", "multi_choice"}:
        tests += [{"at_least": 2}, {"at_most": 1}]
    if kind == "date":
        tests += [{"age_below": 0}, {"age_below": 1}, {"within_days": 60}]
    condition = {"field": key, **draw(st.sampled_from(tests))}
    return draw(
        st.sampled_from(
            [condition, condition, {"not": condition}, {"all": [condition, {"not": {"fact": "digital_citizen"}}]},
             {"any": [condition, {"fact": "digital_citizen"}]}, {"fact": "digital_citizen"}]
        )
    )  # fmt: skip


@st.composite
def said_of_all_rows(draw, parts, known):
    """That one row is marked, that no month is left out: where the rows and the form have what that takes."""
    said = {}
    marks = [part["key"] for part in parts if part["type"] == "boolean"]
    months = [part["key"] for part in parts if part["type"] == "month"]
    born = [other["key"] for other in known if other["type"] == "date"]
    if marks and draw(st.booleans()):
        said["exactly_one"] = draw(st.sampled_from(marks))
    if months and born and draw(st.booleans()):
        age = draw(st.integers(0, 1))
        said["without_gap"] = {"from": months[0], "to": months[-1], "since_age": age, "born": born}
    return said


@st.composite
def fields(draw, key, known, inner=False):
    kinds = INNER if inner else LEAVES | st.sampled_from(["address", "place", "person", "repeat", "organisation"])
    kind = draw(kinds)
    field = {"key": key, "label": {"vi": key}, "type": kind, "required": draw(st.booleans())}
    field |= draw(LIMITS.get(kind, st.just({})))
    if kind in {"choice", "multi_choice"}:
        field["choices"] = "abc"
    if kind in {"person", "repeat"}:
        parts = []
        for number in range(draw(st.integers(1, 3))):
            parts.append(draw(fields(f"part{number}", parts, inner=True)))
        field["fields"] = parts
        if kind == "repeat":
            field |= {"min_items": draw(st.integers(0, 2)), "max_items": 2}
            field |= draw(said_of_all_rows(parts, known))
    if known and draw(st.booleans()):
        field["visible_if"] = draw(conditions(known))
    if known and not field["required"] and draw(st.booleans()):
        field["required_if"] = draw(conditions(known))
    dates = [other["key"] for other in known if other["type"] in {"date", "month", "datetime"}]
    if kind in {"date", "month", "datetime"} and dates:
        field[draw(st.sampled_from(["not_before", "before"]))] = draw(st.sampled_from(dates))
    return field


@st.composite
def forms(draw):
    made = []
    for number in range(draw(st.integers(1, 4))):
        made.append(draw(fields(f"field{number}", made)))
    return {"lists": LISTS, "pages": [{"key": "p", "title": {"vi": "P"}, "groups": [{"key": "g", "fields": made}]}]}


@st.composite
def values(draw, field):
    if draw(st.integers(0, 19)) == 0:
        return draw(ODD)
    kind = field["type"]
    if kind in {"person", "repeat"}:
        parts = {part["key"]: values(part) for part in field["fields"]}
        row = st.fixed_dictionaries({}, optional=parts) | st.fixed_dictionaries(parts)
        return draw(st.lists(row, max_size=3) if kind == "repeat" else row)
    if kind == "organisation":
        return {"name": "A", "tax_code": draw(RIGHT["tax_code"])}
    if kind in {"address", "place"}:
        place = {"province_code": "01", "commune_code": "00073"} | ({"line": "Số 1"} if kind == "address" else {})
        return draw(st.just(place) | PLACE)
    return draw(RIGHT[kind])


@st.composite
def forms_with_answers(draw):
    form = draw(forms())
    made = form["pages"][0]["groups"][0]["fields"]
    answers = {field["key"]: draw(values(field)) for field in made if draw(st.integers(0, 3))}
    if draw(st.integers(0, 19)) == 0:
        answers["unknown"] = 1
    return form, answers


@given(forms_with_answers())
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_form_and_schema_accept_the_same(pair):
    form, answers = pair
    schema = schema_of(form)
    Draft202012Validator.check_schema(schema)
    errors = schema_errors(schema, answers)
    event("accepted" if not errors else "refused")
    assert (not errors) == eforms.is_whole_and_right(form, answers, on=DAY), errors


@given(forms_with_answers())
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_right_at_once_has_no_problems(pair):
    form, answers = pair
    context = validation.context_for(answers, on=DAY, facts=FACTS)
    for field in eforms.form_of(form).fields():
        kind = types.of(field)
        for value in (answers.get(field.key), *WRONG):
            if value and kind.is_right(field, value):
                event(f"right at once: {field.type}")
                assert list(kind.problems(field, value, context)) == []


@given(forms_with_answers())
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_kept_at_filing_is_right_for_the_schema(pair):
    form, answers = pair
    if not eforms.validate(form, answers, on=DAY):
        kept = eforms.complete(form, answers, on=DAY)
        if not eforms.validate(form, kept, on=DAY):
            assert schema_errors(schema_of(form), kept) == []


WRONG = [None, "", "\x07", -1, {"line": "x"}, [], [{}], True, "9999-99-99", "2999-01-01", "x" * 5000]


@pytest.mark.parametrize("path", sorted((REFERENCE / "procedures").glob("*.yaml")), ids=lambda path: path.stem)
def test_our_own_forms_and_their_schemas_agree(path, reference, territory, monkeypatch):
    monkeypatch.undo()
    form = eforms.form_of(read_pack(path, reference).form)
    schema = eforms.json_schema(form, on=DAY)
    answers = eforms.complete(form, sample_answers(form, FACTS), on=DAY)
    keys = [field.key for field in form.fields() if field.is_typed]
    changed = [answers] + [{key: value for key, value in answers.items() if key != gone} for gone in keys[::4]]
    changed += [
        answers | {key: WRONG[(number + shift) % len(WRONG)]}
        for shift in (0, 5)
        for number, key in enumerate(keys[::3])
    ]
    for each in changed:
        errors = schema_errors(schema, each)
        assert (not errors) == eforms.is_whole_and_right(form, each, on=DAY), errors


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pattern": r"\d{3}"}, "write [0-9]"),
        ({"type": "decimal", "min": 0.5}, "limits of a field of type decimal are whole numbers"),
        ({"type": "commune"}, "use the type `place`"),
        ({"type": "repeat", "fields": [{"key": "f", "label": {"vi": "F"}, "type": "file"}]}, "a file stands by itself"),
        ({"messages": {"wrong": {"vi": "x"}}}, "own messages are pairs under"),
        ({"visible_if": {"field": "other", "age_below": 3}}, "`age_below` looks at a date"),
        ({"visible_if": {"field": "other", "at_least": 3}}, "look at a number"),
    ],
)
def test_what_a_schema_could_not_say_is_refused(change, message):
    made = [
        {"key": "other", "label": {"vi": "O"}, "type": "text"},
        {"key": "one", "label": {"vi": "M"}, "type": "text", **change},
    ]
    form = {"lists": LISTS, "pages": [{"key": "p", "title": {"vi": "P"}, "groups": [{"key": "g", "fields": made}]}]}
    with pytest.raises(DefinitionError) as caught:
        check_form(read_form(form))
    assert message in str(caught.value)


def test_a_form_may_say_it_in_its_own_words():
    field = {"key": "n", "label": {"vi": "Số con"}, "type": "integer", "required": True, "min": 1, "max": 3}
    field["messages"] = {
        "required": {"vi": "Hãy cho biết bạn có mấy con."},
        "min": {"vi": "Phải có ít nhất một con."},
        "invalid": {"vi": "Số con viết bằng chữ số."},
    }
    form = {"pages": [{"key": "p", "title": {"vi": "P"}, "groups": [{"key": "g", "fields": [field]}]}]}
    assert eforms.validate(form, {}, on=DAY) == {"n": ["Hãy cho biết bạn có mấy con."]}
    assert eforms.validate(form, {"n": 0}, on=DAY) == {"n": ["Phải có ít nhất một con."]}
    assert eforms.validate(form, {"n": 4}, on=DAY) == {"n": ["“Số con” nhiều nhất là 3."]}
