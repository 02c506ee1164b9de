"""The carried procedure packs keep to docs/procedure-pack.md: shape, references, both languages."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from portal.core.durations import Duration

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "procedures" / "reference"


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


PACKS = {path.stem: load(path) for path in sorted((REFERENCE / "procedures").glob("*.yaml"))}
GROUPS = load(REFERENCE / "field_groups.yaml")
LISTS = load(REFERENCE / "value_lists.yaml")
LIFE_EVENTS = load(REFERENCE / "life_events.yaml")
APPLICANTS = load(REFERENCE / "applicant_types.yaml")
DOCUMENT_TYPES = {row["code"]: row for row in load(ROOT / "datastore" / "reference" / "document_types.yaml")}

TOP = {
    *(
        "code",
        "name",
        "short_name",
        "summary",
        "field",
        "issued_by",
        "decision",
        "updated_on",
        "life_events",
        "keywords",
        "featured_rank",
    ),
    *(
        "competent",
        "service_level",
        "service_level_reason",
        "channels",
        "applicants",
        "processing",
        "subcases",
        "fees",
        "supplement_rule",
    ),
    *(
        "components",
        "steps",
        "results",
        "requirements",
        "notes",
        "legal_basis",
        "replaces",
        "linked",
        "form",
        "marks",
        "waivers",
    ),
}
FIELD_KEYS = {
    *(
        "key",
        "label",
        "help",
        "type",
        "choices",
        "required",
        "required_if",
        "visible_if",
        "prefill",
        "locked",
        "default",
        "with_old_unit",
    ),
    *(
        "max_length",
        "pattern",
        "pattern_help",
        "min",
        "max",
        "not_before",
        "compute",
        "signer",
        "routing",
        "only",
        "min_items",
        "max_items",
        "fields",
    ),
}
TYPES = {
    *(
        "text",
        "long_text",
        "integer",
        "decimal",
        "money",
        "date",
        "month",
        "datetime",
        "boolean",
        "choice",
        "multi_choice",
        "personal_id",
    ),
    *(
        "tax_code",
        "phone",
        "email",
        "address",
        "person",
        "organisation",
        "agency",
        "bank_account",
        "file",
        "repeat",
        "computed",
        "readonly",
    ),
    *("co_signature", "consent"),
}
SOURCES = {
    *(
        "identity",
        "organisation",
        "population",
        "civil_status",
        "health",
        "licence",
        "vehicle",
        "business",
        "land",
        "social_insurance",
        "tax",
    ),
    *("poverty", "residence"),
}
BRANCHES = {
    *(
        "peoples_committee",
        "police",
        "insurance",
        "justice",
        "finance",
        "industry_trade",
        "home_affairs",
        "health",
        "construction",
    ),
    *("electricity", "other"),
}
COMPARISONS = {"equals", "not_equals", "in", "filled", "at_least", "at_most", "age_below"}


def expand(group_use):
    """The fields of a group in a form, with keys prefixed and overrides applied, as the loader does it."""
    if "use_group" not in group_use:
        return [dict(field) for field in group_use["fields"]]
    group = GROUPS[group_use["use_group"]]
    own = {field["key"] for field in group["fields"]}
    omitted = set(group_use.get("omit", ()))
    overrides = group_use.get("override", {})
    assert omitted | set(overrides) <= own
    prefix = f"{group_use['prefix']}_" if "prefix" in group_use else ""

    def renamed(condition):
        if isinstance(condition, list):
            return [renamed(part) for part in condition]
        if isinstance(condition, dict):
            return {
                key: prefix + value
                if key in {"field", "of"} and value in own
                else renamed(value)
                if isinstance(value, dict | list)
                else value
                for key, value in condition.items()
            }
        return condition

    fields = []
    for field in group["fields"]:
        if field["key"] in omitted:
            continue
        field = {**field, **overrides.get(field["key"], {})}
        field["key"] = prefix + field["key"]
        for key in ("required_if", "visible_if", "compute"):
            if key in field:
                field[key] = renamed(field[key])
        if "not_before" in field:
            field["not_before"] = prefix + field["not_before"]
        fields.append(field)
    return fields


def form_groups(pack):
    return [group for page in pack["form"]["pages"] for group in page["groups"]]


def form_fields(pack):
    return [field for group in form_groups(pack) for field in expand(group)]


def conditions(node):
    """Every condition under a node, by the keys that carry one."""
    if isinstance(node, list):
        for part in node:
            yield from conditions(part)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in {"required_if", "visible_if", "condition"}:
                yield value
            else:
                yield from conditions(value)


def comparisons(condition):
    for key in ("all", "any"):
        for part in condition.get(key, ()):
            yield from comparisons(part)
    if "not" in condition:
        yield from comparisons(condition["not"])
    if {"all", "any", "not"} & set(condition):
        assert len(condition) == 1, condition
    else:
        yield condition


def check_condition(condition, fields):
    for part in comparisons(condition):
        if "fact" in part:
            assert part == {"fact": part["fact"]}
            assert part["fact"] in {"digital_citizen", "acting_for_organisation"}
            continue
        (operator,) = set(part) - {"field"}
        assert operator in COMPARISONS, part
        field = fields[part["field"]]
        if field["type"] in {"choice", "multi_choice"} and operator in {"equals", "not_equals", "in"}:
            wanted = part[operator] if operator == "in" else [part[operator]]
            assert set(wanted) <= {item["value"] for item in LISTS[field["choices"]]["items"]}, part
        if field["type"] in {"boolean", "consent"}:
            assert isinstance(part[operator], bool), part
        if operator == "age_below":
            assert field["type"] == "date", part


def texts(node):
    """Every pair of texts, and a failure for what looks like half of one."""
    if isinstance(node, list):
        for part in node:
            yield from texts(part)
    elif isinstance(node, dict):
        if "vi" in node or "en" in node:
            yield node
        for key, value in node.items():
            if key in {
                "name",
                "short_name",
                "summary",
                "title",
                "label",
                "help",
                "text",
                "when",
                "note",
                "intro",
                "signer",
                "unit",
            }:
                bare = key == "unit" and isinstance(value, str)
                assert bare or set(value) == {"vi", "en"}, (key, value)
            yield from texts(value)


def check_fields(fields, *, inside_repeat=False):
    keys = [field["key"] for field in fields]
    assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)
    by_key = {field["key"]: field for field in fields}
    for field in fields:
        where = field["key"]
        assert set(field) <= FIELD_KEYS, (where, set(field) - FIELD_KEYS)
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,49}", where), where
        assert field["type"] in TYPES, where
        assert ("choices" in field) == (field["type"] in {"choice", "multi_choice"}), where
        if "choices" in field:
            values = {item["value"] for item in LISTS[field["choices"]]["items"]}
            assert field.get("default") in values | {None}, where
        assert ("compute" in field) == (field["type"] == "computed"), where
        if "compute" in field:
            assert field["compute"]["function"] in {"date_in_words", "percent", "count"}, where
            assert field["compute"]["of"] in by_key, where
        assert ("fields" in field) == (field["type"] == "repeat"), where
        if "fields" in field:
            assert not inside_repeat, where
            check_fields(field["fields"], inside_repeat=True)
        if "pattern" in field:
            re.compile(field["pattern"])
            assert set(field["pattern_help"]) == {"vi", "en"}, where
        if "prefill" in field:
            assert field["prefill"].split(".")[0] in SOURCES, where
            assert not inside_repeat, where
        if "not_before" in field:
            assert by_key[field["not_before"]]["type"] == field["type"], where
        if field["type"] == "co_signature":
            assert "signer" in field, where
        for condition in conditions({key: value for key, value in field.items() if key != "fields"}):
            check_condition(condition, by_key)


def test_the_forty_five_are_here():
    assert len(PACKS) == 45
    assert all(re.fullmatch(r"\d\.\d{6}", code) and code == pack["code"] for code, pack in PACKS.items())


def test_the_home_page_has_its_six():
    assert sorted(pack["featured_rank"] for pack in PACKS.values() if "featured_rank" in pack) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS.keys())
def test_every_text_is_in_both_languages(pack):
    pairs = list(texts(pack))
    assert pairs
    for pair in pairs:
        assert set(pair) == {"vi", "en"}, pair
        assert all(isinstance(value, str) and value.strip() == value and value for value in pair.values()), pair
        assert not re.search(r"\s[|]\s|\(K\)|\(F\)", " ".join(pair.values())), pair


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS.keys())
def test_the_sheet_is_complete(pack):
    assert set(pack) <= TOP, set(pack) - TOP
    assert re.fullmatch(r"[A-Z0-9]+(?:[._-][A-Z0-9]+)*", pack["issued_by"])
    assert isinstance(pack["decision"]["date"], date)
    assert set(pack["life_events"]) <= {row["slug"] for row in LIFE_EVENTS}
    assert pack["life_events"]
    assert pack["keywords"]
    assert set(pack["applicants"]) <= {row["code"] for row in APPLICANTS}
    routing = pack["competent"]["routing"]
    assert routing["level"] in {"commune", "province", "ministry", "other"}
    assert routing["branch"] in BRANCHES
    assert routing["place"] in {"residence", "any_in_province", "any"}
    assert pack["service_level"] in {"toan_trinh", "mot_phan", "truc_tiep"}
    # NĐ 224/2026: a service that is not fully online has to publish why.
    assert ("service_level_reason" in pack) == (pack["service_level"] != "toan_trinh")
    if "service_level_reason" in pack:
        kinds = {"presence_required", "on_site_verification", "technical_incident", "technical_obstacle"}
        assert pack["service_level_reason"]["kind"] in kinds
    assert set(pack["channels"]) <= {"online", "direct", "postal", "phone", "email", "agent", "booking"}
    assert pack["supplement_rule"]["effect"] in {"restart", "pause", "not_allowed"}
    processing = pack["processing"]
    if "unit" in processing:
        assert Duration(processing["value"], processing["unit"]).label()
    if "cutoff" in processing:
        assert re.fullmatch(r"\d\d:\d\d", processing["cutoff"])
    assert pack["steps"]
    assert pack["legal_basis"]
    assert all(code in PACKS for code in pack.get("linked", ()))


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS.keys())
def test_the_form_holds_together(pack):
    fields = form_fields(pack)
    check_fields(fields)
    by_key = {field["key"]: field for field in fields}
    for group in form_groups(pack):
        if "visible_if" in group:
            check_condition(group["visible_if"], by_key)
    pages = [page["key"] for page in pack["form"]["pages"]]
    assert len(pages) == len(set(pages))


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS.keys())
def test_components_fees_and_results_refer_to_what_exists(pack):
    by_key = {field["key"]: field for field in form_fields(pack)}
    for condition in conditions([pack["components"], pack["fees"]]):
        check_condition(condition, by_key)
    for name in ("key", "code"):
        values = [component[name] for component in pack["components"]]
        assert len(values) == len(set(values)), values
    for component in pack["components"]:
        assert component["kind"] in {"eform", "document", "photo", "present_only", "co_signature", "data"}
        assert set(component.get("document_types", ())) <= set(DOCUMENT_TYPES), component["key"]
        assert bool(component.get("document_types")) == (component["kind"] in {"document", "photo"}), component["key"]
    assert len({fee["key"] for fee in pack["fees"]}) == len(pack["fees"])
    for fee in pack["fees"]:
        assert fee["kind"] in {"phi", "le_phi", "gia", "nghia_vu"}
        assert fee["channel"] in {"all", "online", "direct"}
        assert fee["payable_on"] in {"filing", "acceptance", "result"}
        assert isinstance(fee.get("amount_vnd", 0), int)
        if "quantity_field" in fee:
            assert by_key[fee["quantity_field"]]["type"] == "integer"
    assert sum(result.get("default", False) for result in pack["results"]) == 1
    for result in pack["results"]:
        assert result["document_type"] in DOCUMENT_TYPES
        assert result["kind"] in {"document", "database_update", "notice", "refusal", "money", "none"}


def test_shared_files_are_in_both_languages():
    for node in (GROUPS, LIFE_EVENTS, APPLICANTS, list(DOCUMENT_TYPES.values())):
        assert all(set(pair) == {"vi", "en"} and all(pair.values()) for pair in texts(node))
    for name, entry in LISTS.items():
        values = [item["value"] for item in entry["items"]]
        assert set(entry["title"]) == {"vi", "en"}
        assert len(values) == len(set(values)), name
        assert all(
            set(item) == {"value", "vi", "en"} and all(isinstance(part, str) and part for part in item.values())
            for item in entry["items"]
        ), name


def test_groups_hold_together():
    for group in GROUPS.values():
        keys = {field["key"]: field for field in group["fields"]}
        assert all(set(field) <= FIELD_KEYS for field in group["fields"])
        assert len(keys) == len(group["fields"])


def test_nothing_carried_is_unused():
    used_groups = {group["use_group"] for pack in PACKS.values() for group in form_groups(pack) if "use_group" in group}
    assert set(GROUPS) == used_groups
    fields = [field for pack in PACKS.values() for field in form_fields(pack)]
    fields += [row for field in fields for row in field.get("fields", ())]
    fields += [field for group in GROUPS.values() for field in group["fields"]]
    assert set(LISTS) == {field["choices"] for field in fields if "choices" in field}


def test_document_type_codes_fit_the_store():
    assert all(len(code) <= 60 for code in DOCUMENT_TYPES)
    assert all(row["group"] in {"result", "letter", "upload"} for row in DOCUMENT_TYPES.values())
