"""Every rule speaks about its broken pack and keeps silent about the sound one; our own forty-five are clean."""

import json
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command
from jsonschema import Draft202012Validator

from procedures.eforms.reading import read_form
from procedures.linting import UNREADABLE_FORM, Severity, lint, rules, told, worst
from procedures.linting.running import UNUSED_WAIVER, results_in_store, subject_of
from procedures.packs import REFERENCE, yaml_text
from procedures.packs.expansion import expand_form
from tests import factories
from tests.procedures.broken_packs import BROKEN, sound_pack
from tests.procedures.conftest import BIRTH
from tests.procedures.national_records import record

STORE = {"giay khai sinh": "KQ.G15.000031", "mot cau": "KQ.TEST"}


def findings(data):
    form = expand_form(data["form"], {}, {})
    return lint(subject_of(data, read_form(form), STORE))


def test_the_sound_pack_is_sound():
    assert findings(sound_pack()) == []


def test_every_rule_has_its_broken_pack():
    assert set(BROKEN) == {each.name for each in rules()} | {UNUSED_WAIVER}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_rule_finds_its_broken_pack(name):
    data = sound_pack()
    BROKEN[name](data)
    found = findings(data)
    assert name in {finding.rule for finding in found}, found
    assert all(finding.place and finding.message and finding.code == "1.000001" for finding in found)
    if name in {"no-pledge", "reading-difficulty", "message-missing", "online-yet-visit", "fee-without-basis"}:
        assert {finding.rule for finding in found} == {name}, "this break is of one kind only"


def test_a_waiver_with_its_reason_takes_a_finding_out_of_account():
    data = sound_pack()
    BROKEN["no-pledge"](data)
    assert worst(findings(data)) == Severity.WARNING
    data["waivers"] = [{"rule": "no-pledge", "place": "form", "reason": "Chỉ đặt lịch"}]
    (finding,) = findings(data)
    assert finding.waived == "Chỉ đặt lịch" and worst([finding]) is None


def test_numbers_dates_and_facts_are_tried_on_both_sides_of_their_limits():
    data = sound_pack()
    fields = data["form"]["pages"][0]["groups"][0]["fields"]
    label = {"vi": "Câu thử", "en": "x"}
    fields += [
        {"key": "n", "label": {"vi": "Số người", "en": "n"}, "type": "integer", "required": True, "max": 5, "min": 1},
        {"key": "born", "label": {"vi": "Ngày sinh", "en": "born"}, "type": "date"},
        {"key": "far", "label": label, "type": "text", "visible_if": {"field": "n", "at_least": 6}},
        {"key": "near", "label": label, "type": "text", "visible_if": {"field": "n", "at_least": 1}},
        {"key": "half", "label": label, "type": "text", "visible_if": {"field": "n", "at_most": 3}},
        {"key": "child", "label": label, "type": "text", "visible_if": {"field": "born", "age_below": 18}},
        {"key": "fact", "label": label, "type": "text", "visible_if": {"fact": "digital_citizen"}},
    ]
    by_place = {(finding.rule, finding.place.split(".")[3]) for finding in findings(data)}
    assert ("unreachable-field", "far") in by_place and ("dead-condition", "near") in by_place
    assert not {key for _rule, key in by_place} & {"half", "child", "fact"} - {
        key for rule, key in by_place if rule == "duplicate-label"
    }


def test_our_own_procedures_are_clean():
    said = StringIO()
    call_command("lint_procedures", "--files", stdout=said)
    assert "45 procedures: 0 errors, 0 warnings" in said.getvalue(), said.getvalue()


@pytest.fixture
def broken_file(tmp_path):
    data = sound_pack()
    for name in ("no-pledge", "fee-without-basis", "long-page"):
        BROKEN[name](data)
    file = tmp_path / "1.000001.yaml"
    file.write_text(yaml_text.dump(data), "utf-8")
    return file


@pytest.mark.parametrize(
    ("fail_on", "code"), [("warning", 2), ("error", 2), ("never", 0)], ids=["warning", "error", "never"]
)
def test_the_exit_code_follows_the_worst_finding(broken_file, fail_on, code):
    try:
        call_command("lint_procedures", "--files", str(broken_file), "--fail-on", fail_on, stdout=StringIO())
        ended = 0
    except SystemExit as end:
        ended = end.code
    assert ended == code


def run(file, form):
    said = StringIO()
    call_command("lint_procedures", "--files", str(file), "--format", form, "--fail-on", "never", stdout=said)
    return said.getvalue()


def test_a_table_for_people(broken_file):
    table = run(broken_file, "table")
    assert table.splitlines()[0].split() == ["procedure", "severity", "rule", "place", "finding"]
    assert "1.000001" in table and "fee-without-basis" in table and "1 errors, 1 warnings, 1 notes" in table


def test_json_and_sarif_for_programs(broken_file):
    found = json.loads(run(broken_file, "json"))["findings"]
    assert {finding["rule"] for finding in found} == {"no-pledge", "fee-without-basis", "long-page"}
    sarif = json.loads(run(broken_file, "sarif"))
    assert sarif["version"] == "2.1.0"
    (done,) = sarif["runs"]
    named = {each["id"] for each in done["tool"]["driver"]["rules"]}
    assert named == {each.name for each in told()}
    for result in done["results"]:
        assert result["ruleId"] in named and result["level"] in {"error", "warning", "note"}
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"].endswith("1.000001.yaml")
    fee = next(result for result in done["results"] if result["ruleId"] == "fee-without-basis")
    line = fee["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert broken_file.read_text("utf-8").splitlines()[line - 1].strip() == "- key: fee"


@pytest.mark.django_db
def test_what_is_published_is_looked_over_too(publish):
    publish(BIRTH)
    said = StringIO()
    call_command("lint_procedures", BIRTH, stdout=said)
    assert "1 procedures: 0 errors, 0 warnings" in said.getvalue()
    with pytest.raises(CommandError, match=r"9\.999999: no procedure"):
        call_command("lint_procedures", "9.999999")


@pytest.mark.django_db
def test_the_imported_catalogue_is_looked_over_without_a_crash():
    version = factories.make_version(form={}, origin="national", sheet={"legal_basis": []})
    said = StringIO()
    call_command("lint_procedures", version.procedure.code, "--fail-on", "never", stdout=said)
    assert "legal-basis-missing" in said.getvalue() and "english-missing" not in said.getvalue()


@pytest.mark.django_db
def test_an_imported_record_is_told_of_in_sarif_by_its_code(import_records):
    import_records(record(), record("1.900002", legal_basis=[], components=[]))
    said = StringIO()
    call_command("lint_procedures", "--format", "sarif", "--fail-on", "never", stdout=said)
    (done,) = json.loads(said.getvalue())["runs"]
    named = {each["id"] for each in done["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in done["results"]} <= named
    places = [result["locations"][0]["logicalLocations"][0] for result in done["results"]]
    assert {place["name"] for place in places} == {"1.900001", "1.900002"}
    assert all(place["fullyQualifiedName"].startswith(place["name"]) for place in places)


TEXT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "minLength": 1}},
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def _closed(required, **properties):
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


def _several(item):
    return {"type": "array", "minItems": 1, "items": item}


SARIF = _closed(
    ["version", "runs"],
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs=_several(
        _closed(
            ["tool", "results"],
            tool=_closed(
                ["driver"],
                driver=_closed(
                    ["name", "rules"],
                    name={"type": "string", "minLength": 1},
                    rules={
                        **_several(
                            _closed(
                                ["id"],
                                id={"type": "string", "minLength": 1},
                                shortDescription=TEXT,
                                defaultConfiguration=_closed([], level=LEVEL),
                            )
                        ),
                        "uniqueItems": True,
                    },
                ),
            ),
            results={
                "type": "array",
                "items": _closed(
                    ["message"],
                    ruleId={"type": "string"},
                    level=LEVEL,
                    message=TEXT,
                    locations=_several(
                        _closed(
                            [],
                            logicalLocations=_several(
                                _closed([], name={"type": "string"}, fullyQualifiedName={"type": "string"})
                            ),
                            physicalLocation=_closed(
                                ["artifactLocation"],
                                artifactLocation=_closed(["uri"], uri={"type": "string", "pattern": r"^[!-~]+$"}),
                                region=_closed(["startLine"], startLine={"type": "integer", "minimum": 1}),
                            ),
                        )
                    ),
                    suppressions=_several(
                        _closed(
                            ["kind"],
                            kind={"enum": ["inSource", "external"]},
                            justification={"type": "string", "minLength": 1},
                        )
                    ),
                ),
            },
        )
    ),
)
"""Of the schema of SARIF 2.1.0 (OASIS) what concerns the objects that are written here."""


@pytest.mark.django_db
def test_sarif_keeps_to_its_schema_and_every_result_names_a_rule_that_is_listed(tmp_path):
    """With a form that cannot be read, a waiver that excuses nothing, and a file whose name is no address."""
    folder = tmp_path / "các gói"
    folder.mkdir()
    waived = sound_pack() | {"waivers": [{"rule": "fee-dates", "reason": "Không còn"}]}
    BROKEN["fee-without-basis"](waived)
    waived["waivers"].append({"rule": "fee-without-basis", "reason": "Chờ nghị quyết"})
    (folder / "1.000001.yaml").write_text(json.dumps(waived, ensure_ascii=False), encoding="utf-8")
    factories.make_version(form={"pages": [{"key": "x"}]}, sheet={"legal_basis": []})
    for options in ({"files": [folder]}, {}):
        said = StringIO()
        call_command("lint_procedures", format="sarif", fail_on="never", stdout=said, **options)
        found = json.loads(said.getvalue())
        Draft202012Validator(SARIF).validate(found)
        (done,) = found["runs"]
        listed = [each["id"] for each in done["tool"]["driver"]["rules"]]
        named = {result["ruleId"] for result in done["results"]}
        assert named <= set(listed) and len(listed) == len(set(listed))
        assert {UNUSED_WAIVER, "fee-without-basis"} <= named if options else UNREADABLE_FORM in named, named


def test_the_rules_are_listed():
    said = StringIO()
    call_command("lint_procedures", "--rules", stdout=said)
    named = {line.split()[0] for line in said.getvalue().splitlines()}
    assert named == {each.name for each in rules()} | {UNUSED_WAIVER, UNREADABLE_FORM} and len(named) >= 22


def test_results_of_procedures_are_papers_of_the_store():
    data = yaml.safe_load((REFERENCE / "procedures" / f"{BIRTH}.yaml").read_text("utf-8"))
    assert results_in_store([data]) == {"giay khai sinh": "KQ.G15.000031"}
