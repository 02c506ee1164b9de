"""The carried procedure packs keep to docs/procedure-pack.md: shape, references, both languages."""

import re
from datetime import date

import pytest

from portal.core.durations import Duration
from procedures import eforms
from procedures.eforms.conditions import Scope, holds
from procedures.packs import REFERENCE, read_pack
from tests.procedures.pack_rules import (
    APPLICANTS,
    BRANCHES,
    DOCUMENT_TYPES,
    FIELD_KEYS,
    GROUPS,
    LIFE_EVENTS,
    LISTS,
    PACKS,
    TOP,
    check_condition,
    check_fields,
    conditions,
    form_fields,
    form_groups,
    texts,
)


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


@pytest.mark.parametrize("code", PACKS)
def test_a_hint_is_of_its_own_procedure_and_field(code, reference):
    """None sends a person to where she is, tells of another procedure, or lets a needed number be left out."""
    for field in eforms.form_of(read_pack(REFERENCE / "procedures" / f"{code}.yaml", reference).form).fields():
        hint = field.help.vi
        assert code not in hint, field.key
        assert "Ví dụ: đăng ký thường trú" not in hint or code == "1.004222", field.key
        assert not (field.required and field.type == "personal_id" and "bỏ trống" in hint), field.key


def test_who_files_for_herself_is_not_asked_for_her_identity_card():
    """She signed in with her electronic identity, or her card was looked at."""
    asked = [
        (code, part) for code, pack in PACKS.items() for part in pack["components"] if part["key"] == "identity_copy"
    ]
    assert len(asked) == 4
    herself = {"filed_by": "owner", "filed_as": "self", "customer_kind": "person"}
    for code, part in asked:
        assert part.get("condition"), f"{code}: {part['key']} is asked of everybody"
        assert not holds(part["condition"], Scope(herself, date(2026, 11, 29), {})), f"{code}: {part['key']}"


def test_notes_do_not_tell_citizens_which_forms_officials_fill_in():
    notes = [text["vi"] for pack in PACKS.values() for text in pack.get("notes", ())]
    assert notes and not [text for text in notes if "tiếp nhận) và" in text or "thay cho mẫu" in text]


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


def test_what_a_form_takes_out_of_a_paper_stands_in_the_form_that_led_to_it():
    told: dict[str, set[str]] = {}
    for pack in PACKS.values():
        for result in pack["results"]:
            told.setdefault(result.get("document_type", ""), {"personal_id"}).update(
                f["key"] for f in form_fields(pack)
            )
    own = {"number", "issued_on", "issuer_name", "valid_until", "title"}
    for code, pack in PACKS.items():
        for field in form_fields(pack):
            for source in filter(None, map(str.strip, field.get("prefill", "").split("|"))):
                if source.startswith("store."):
                    kind, _mark, item = source.removeprefix("store.").partition("#")
                    assert item in own | told[kind], (code, field["key"], source)


@pytest.mark.parametrize("code", ["1.001193", "1.004884"])
def test_sheet_and_form_say_alike_that_the_paper_original_is_for_who_chooses_it(code):
    pack = PACKS[code]
    groups = [group for page in pack["form"]["pages"] for group in page["groups"]]
    asked = next(group for group in groups if group.get("use_group") == "delivery")["override"]["result_method"]
    assert "bản chính bằng giấy chỉ được trả khi bạn chọn nơi nhận" in asked["help"]["vi"].lower()
    told = [pack["service_level_reason"]["text"], *pack["steps"]]
    papers = [text["vi"] for text in told if "bản chính bằng giấy" in text["vi"].lower()]
    assert papers and all("chọn" in text for text in papers), papers


def test_paper_and_things_are_never_received_electronically():
    used = {
        code: {group.get("use_group") for page in pack["form"]["pages"] for group in page["groups"]}
        for code, pack in PACKS.items()
        if "form" in pack
    }
    things = {"1.001456", "1.013080", "1.014061", "1.014062", "1.014063", "3.000347", "3.000348"}
    assert {code for code, groups in used.items() if "delivery_physical" in groups} == things
    assert {item["value"] for item in LISTS["paper_method"]["items"]} == {"desk", "post"}
    assert not {
        code for code, groups in used.items() if {"copies", "delivery"} <= groups and "copies_delivery" not in groups
    }
