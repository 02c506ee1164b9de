"""docs/procedure-pack.md said once more, apart from the code that loads packs: shapes, references, conditions."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "procedures" / "reference"


def load(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 a safe loader


PACKS = {path.stem: load(path) for path in sorted((REFERENCE / "procedures").glob("*.yaml"))}
GROUPS = load(REFERENCE / "field_groups.yaml")
LISTS = load(REFERENCE / "value_lists.yaml")
LIFE_EVENTS = load(REFERENCE / "life_events.yaml")
APPLICANTS = load(REFERENCE / "applicant_types.yaml")
DOCUMENT_TYPES = {row["code"]: row for row in load(ROOT / "datastore" / "reference" / "document_types.yaml")}

TOP = {
    "code", "name", "short_name", "summary", "field", "issued_by", "decision", "updated_on", "life_events",
    "keywords", "featured_rank", "competent", "service_level", "service_level_reason", "channels", "applicants",
    "processing", "subcases", "fees", "supplement_rule", "components", "steps", "results", "requirements", "notes",
    "legal_basis", "replaces", "linked", "form", "marks", "waivers", "draft_confirmation", "assigns_personal_id",
    "persons_only", "letter_forms",
}  # fmt: skip
FIELD_KEYS = {
    "key", "label", "help", "type", "choices", "required", "required_if", "visible_if", "prefill", "prefill_if",
    "locked", "default", "with_old_unit", "detail", "max_length", "pattern",
    "pattern_help", "min", "max", "not_before", "before", "compute",
    "signer", "routing", "only", "min_items", "max_items", "fields", "messages",
    "same_as", "same_as_label", "in_place_of_filing", "exactly_one", "without_gap",
}  # fmt: skip
TYPES = {
    "text", "long_text", "integer", "decimal", "money", "date", "month", "datetime", "boolean", "choice",
    "multi_choice", "personal_id", "tax_code", "phone", "email", "address", "person", "organisation", "agency",
    "bank_account", "file", "repeat", "computed", "readonly", "co_signature", "consent",
}  # fmt: skip
SOURCES = {
    "identity", "guardian", "ward",
    "organisation", "population", "civil_status", "health", "licence", "vehicle", "business", "land",
    "social_insurance", "tax", "poverty", "residence", "store", "earlier", "answer", "filing",
}  # fmt: skip
BRANCHES = {
    "peoples_committee", "police", "insurance", "justice", "finance", "industry_trade", "home_affairs", "health",
    "construction", "electricity", "other",
}  # fmt: skip
OF_AN_ACCOUNT = {
    "full_name", "personal_id", "date_of_birth", "gender", "ethnicity", "nationality", "residence", "phone", "email",
}  # fmt: skip
COMPARISONS = {"equals", "not_equals", "in", "filled", "at_least", "at_most", "age_below", "within_days"}


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
        for key in {"not_before", "before"} & set(field):
            field[key] = prefix + field[key] if field[key] in own else field[key]
        bare = field["key"].removeprefix(prefix)
        if "self_if" in group_use and bare in OF_AN_ACCOUNT:
            field |= {"prefill": f"identity.{bare}", "prefill_if": group_use["self_if"]}
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
            if key in {"required_if", "visible_if", "prefill_if", "condition"}:
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
        if operator == "within_days":
            assert field["type"] in {"date", "datetime"}, part


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
            assert {part.strip().split(".")[0] for part in field["prefill"].split("|")} <= SOURCES, where
            assert not inside_repeat, where
        for key in {"not_before", "before"} & set(field):
            assert by_key[field[key]]["type"] == field["type"], where
        if field["type"] == "co_signature":
            assert "signer" in field, where
        for condition in conditions({key: value for key, value in field.items() if key != "fields"}):
            check_condition(condition, by_key)
