"""What the page's script hides is what the server does not ask: every kind of question with every test, on one page.

The page is the builder's preview of a form; the server judges what that page would send just then.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.agencies.models import Agency, AgencyLevel, Branch, MembershipRole
from procedures import drafting, eforms
from procedures.eforms import types
from procedures.eforms.conditions import COUNTED, renamed
from procedures.eforms.definition import COMPOSITE_TYPES, LEAF_TYPES, NOT_TYPED, REPEAT, fields_in
from procedures.eforms.shown import Reader, asked_among
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.browser.conftest import NARROW
from tests.dossiers.filing_pages import signed_in
from tests.dossiers.form_fields import field
from tests.procedures.condition_cases import CASES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "1.000001"
XY = [{"value": value, "vi": value, "en": value} for value in "xy"]
LONG = [{"value": f"v{number}", "vi": f"v{number}", "en": f"v{number}"} for number in range(9)]
HOME = {"__province_code": "01", "__commune_code": "cua nam", "__line": "Số 1"}
ROWS = [{"__0__name": "Lan"}, {"__0__name": "Lan", "__1__name": "Mai"}]

# By kind: what else it needs, what is typed round by round (ending of the control's name → text), what conditions name.
KINDS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[Any]]] = {
    "text": ({}, [{"": "Đi  học "}, {"": " \u200b "}, {"": "1.200"}], ["Đi học", "1.200", True, False]),
    "long_text": ({}, [{"": "Một\r\n\r\n\r\n\r\nhai"}, {"": "\u00ad"}], ["Một\n\nhai", False]),
    "integer": ({}, [{"": "1.200"}, {"": "02"}, {"": "hai"}, {"": "-"}], [1200, "1200", "1.200", 2, False]),
    "money": ({}, [{"": "1.200 đ"}, {"": "1200"}, {"": "nhiều"}, {"": "VND 1,200"}], [1200, "1.200"]),
    "decimal": ({}, [{"": "12,5"}, {"": "12.50"}, {"": "1.200,5"}], ["12.5", 12.5, "12,5"]),
    "date": (
        {},
        [{"": "27032026"}, {"": "27/3/26"}, {"": "2.11.2026"}, {"": "2026-11-02"}, {"": "31/2/2020"}, {"": "3 4 1990"}],
        ["2026-03-27", "27/3/2026", False],
    ),
    "month": ({}, [{"": "3/2026"}, {"": "032026"}, {"": "13/2026"}], ["2026-03", "3/2026"]),
    "datetime": (
        {},
        [{"": "14:30 27/3/2026"}, {"": "27112026 9h"}, {"": "27/3/2026"}, {"": "25:00 1/1/2026"}],
        ["2026-03-27T14:30:00+07:00"],
    ),
    "boolean": ({}, [{"": ["on"]}, {"": []}], [True, False, "on", "True"]),
    "consent": ({}, [{"": ["on"]}, {"": []}], [True, False]),
    "choice": ({"choices": "xy"}, [{"": ["x"]}, {"": ["y"]}, {"": []}], ["x", "z", True, False]),
    "multi_choice": (
        {"choices": "xy"},
        [{"": ["x", "y"]}, {"": ["y"]}, {"": []}],
        ["x", "['x', 'y']", 1, True, False],
    ),
    "personal_id": ({}, [{"": "001 090 000 123"}, {"": "123"}, {"": "001.090.000.123"}], ["001090000123"]),
    "tax_code": ({}, [{"": "0100109106"}, {"": "010 010 9106"}, {"": "1"}], ["0100109106"]),
    "phone": ({}, [{"": "0912.345.678"}, {"": "+84 912345678"}, {"": "12"}], ["0912345678"]),
    "email": ({}, [{"": " an@example.vn "}, {"": "an@"}], ["an@example.vn"]),
    "agency": ({}, [{"": "UBND H26"}, {"": "không có"}], ["H26", "UBND H26"]),
    "province": ({}, [{"": "01"}, {"": ""}], ["01", "1", 1]),
    "file": ({}, [{}, {}], ["x", False]),
    "address": ({}, [HOME, {"__commune_code": "cua nam"}, {"__line": "  "}, {"__province_code": "01"}], ["01", False]),
    "place": ({}, [{**HOME, "__line": []}, {"__commune_code": "xyz"}], ["01"]),
    "person": ({"fields": [field("name"), field("born", "date")]}, [{"__born": "1/"}, {"__name": "Lan"}], [False]),
    "organisation": ({}, [{"__tax_code": "1"}, {"__name": "Công ty"}], ["Công ty"]),
    "bank_account": ({}, [{"__bank": " "}, {"__account_number": "123456"}], ["123456"]),
    "co_signature": ({}, [{"__personal_id": "1"}, {"__full_name": "Lan"}], ["Lan"]),
    "repeat": (
        {"fields": [field("name"), field("born", "date")], "min_items": 2},
        [*ROWS, {"__1__born": "1/"}],
        ["x", 1],
    ),
}
ROUNDS = max(len(samples) for _more, samples, _wanted in KINDS.values())


def every_test(kind: str, wanted: list[Any]) -> Iterator[dict[str, Any]]:
    """Every test that a condition may make of a kind."""
    for value in wanted:
        yield {"equals": value}
        yield {"not_equals": value}
    yield {"in": wanted}
    yield {"in": [value for value in wanted if value is not False] or ["?"]}
    yield from ({"filled": True}, {"filled": False})
    if kind in COUNTED:
        yield from ({"at_least": 2}, {"at_most": 1}, {"at_most": 1200})
    if kind == "date":
        yield from ({"age_below": 18}, {"within_days": 400})
    if kind == "datetime":
        yield {"within_days": 400}


def kind_for(condition: dict[str, Any], value: Any) -> str:
    """The kind of question whose answer a case of the server's own tests has."""
    if isinstance(value, list):
        return "repeat" if value and isinstance(value[0], dict) else "multi_choice"
    if {"age_below", "within_days"} & set(condition):
        return "datetime" if "T" in str(value) else "date"
    by_type: dict[type, str] = {bool: "boolean", int: "integer", dict: "address"}
    return by_type.get(type(value)) or ("decimal" if {"at_least", "at_most"} & set(condition) else "text")


def cases() -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """The server's own cases, each with questions of its own: those, what hangs on them, and what is answered."""
    asked, hanging, said = [], [], {}
    for number, (condition, answers, _expected) in enumerate(CASES):
        if condition is None:
            continue
        for key in sorted({*answers, *fields_in(condition)}):
            made = field(f"{key}{number}", kind_for(condition, answers.get(key)))
            made |= {"choices": "xy"} if made["type"] == "multi_choice" else {}
            made |= {"fields": [field("name")], "min_items": 1} if made["type"] == "repeat" else {}
            asked.append(made)
            said[made["key"]] = answers.get(key)
        names = {key: f"{key}{number}" for key in "ab"}
        hanging.append(field(f"case{number}", visible_if=renamed(condition, names)))
    return asked, hanging, said


IN_ROW = [
    field("kind", "choice", choices="xy"),
    field("born", "date", visible_if={"field": "kind", "equals": "x"}),
    field("young", visible_if={"field": "born", "age_below": 18}),
    field("silent", visible_if={"field": "born", "filled": False}),
]
"""In a row and in a person: a question under another one, which hangs on a third; hidden, it has no answer."""


def whole_form() -> tuple[dict[str, Any], dict[str, Any]]:
    """The form with everything on one page, and what the server's own cases answer."""
    fields, hanging = [], []
    for kind, (more, _samples, wanted) in KINDS.items():
        fields.append(field(f"q_{kind}", kind, **more))
        for number, test in enumerate(every_test(kind, wanted)):
            hanging.append(field(f"d_{kind}_{number}", visible_if={"field": f"q_{kind}", **test}))
    asked, from_cases, said = cases()
    chained = [part | {"key": f"chain_{part['key']}", **_top(part)} for part in IN_ROW]
    nested = [field("row", "repeat", fields=IN_ROW, min_items=2), field("who", "person", fields=IN_ROW)]
    fields += [
        field("q_long", "choice", choices="long"),
        field("d_long", visible_if={"field": "q_long", "equals": "v3"}),
    ]
    page = {
        "key": "noi-dung",
        "title": {"vi": "Mọi loại", "en": "All"},
        "groups": [
            {"key": "asked", "title": {"vi": "Hỏi", "en": "Asked"}, "fields": [*fields, *asked, *nested]},
            {
                "key": "hanging",
                "title": {"vi": "Phụ thuộc", "en": "Hanging"},
                "fields": [*hanging, *from_cases, *chained],
            },
            {
                "key": "group",
                "title": {"vi": "Cả mục", "en": "Group"},
                "visible_if": {"field": "q_date", "filled": True},
                "fields": [field("in_group"), field("twice", visible_if={"field": "q_choice", "equals": "x"})],
            },
        ],
    }
    return {"pages": [page], "lists": {"xy": XY, "long": LONG}}, said


def _top(part: dict[str, Any]) -> dict[str, Any]:
    condition = part.get("visible_if")
    return {"visible_if": condition | {"field": f"chain_{condition['field']}"}} if condition else {}


FILL = """values => {
  for (const [name, value] of Object.entries(values)) for (const control of document.getElementsByName(name)) {
    const said = [value].flat();
    if (["radio", "checkbox"].includes(control.type)) control.checked = said.includes(control.value);
    else if (control.type !== "file") control.value = said[0] ?? "";
  }
  document.querySelector("main form").dispatchEvent(new Event("change"));
}"""
SENT = """() => new URLSearchParams([...new FormData(document.querySelector("main form"))]
  .filter(([, value]) => typeof value === "string")).toString()"""
HIDDEN = """names => names.filter(name => document.getElementsByName(name)[0].closest("[hidden]"))"""
SETTLED = """() => !document.querySelector("form[data-asking]")"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=NARROW, locale="vi-VN")  # type: ignore[arg-type]  # a plain dict, as in test_autosave
    yield made
    made.close()


@pytest.fixture
def preview(context: BrowserContext, live_server: Any) -> Any:
    """Opens the preview of a form as its editor sees it."""

    def open_it(form: dict[str, Any]) -> Page:
        version = factories.make_version(CODE)
        factories.make_agency()
        agency = Agency.objects.create(
            code="G15", name="Bộ Tư pháp", level=AgencyLevel.MINISTRY, branch=Branch.JUSTICE, path="G15/"
        )
        official = with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR))
        draft = drafting.begin(version.procedure.code, user=official)

        def edit(written: dict[str, Any]) -> None:
            written.clear()
            written.update(form)

        drafting.change(CODE, seen=draft.revision, user=official, words="Thử", edit=edit)
        value = signed_in(official).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}/quan-tri/bieu-mau/{CODE}/xem-truoc/{form['pages'][0]['key']}/")
        return page

    return open_it


def server_hides(page: eforms.Page, sent: str, has_file: bool) -> set[str]:
    """The controls that are not asked with what the browser would send, by the code that judges a page that is sent."""
    files = MultiValueDict({"q_file": [SimpleUploadedFile("a.png", b"x")]} if has_file else {})
    made = eforms.build_form(page, answers={}, data=QueryDict(sent), files=files)
    made.is_valid()
    hidden = {key for key in made.unasked if key in made.fields}
    reader = Reader(made)
    for definition in page.fields():
        if definition.key not in {"row", "who"}:
            continue
        for path in [("row", 0), ("row", 1)] if definition.key == "row" else [("who",)]:
            parts = {part.key: reader.answer(part, (*path, part.key)) for part in definition.fields}
            said = {key: value for key, value in parts.items() if value is not None}
            asked = asked_among([(part.key, part.visible_if) for part in definition.fields], said, made.context)
            hidden |= {"__".join(map(str, (*path, key))) for key in parts.keys() - asked}
    return hidden


def test_every_kind_of_question_is_in_the_table() -> None:
    assert set(KINDS) == (LEAF_TYPES | COMPOSITE_TYPES | {REPEAT}) - NOT_TYPED - {"commune"}


def test_the_script_hides_what_the_server_does_not_ask(preview: Any) -> None:
    written, said = whole_form()
    page = preview(written)
    form = eforms.form_of(written)
    definition = form.pages[0]
    blank = eforms.build_form(definition, answers={})
    names = [name for name in blank.fields if name.partition("_")[0] not in {"q"} and not name.endswith("__count")]
    answered: dict[str, Any] = {}
    for item in definition.fields():
        if item.key in said and said[item.key] is not None and item.type != "repeat" and not item.is_composite:
            shown = types.of(item).to_input(item, said[item.key], blank.context)
            answered[item.key] = ["on"] if shown is True else [] if shown is False else shown
        elif item.type == "repeat" and said.get(item.key):
            answered[f"{item.key}__0__name"] = "Một"
    seen: set[str] = set()
    empty = {name: [] for name in blank.fields if not name.endswith("__count")}
    for number in range(ROUNDS):
        typed = {
            f"q_{kind}{ending}": value
            for kind, (_more, samples, _wanted) in KINDS.items()
            for ending, value in samples[number % len(samples)].items()
        }
        born = ["1/1/2020", "1/1/1970", "khong"][number % 3]
        for path in ("chain_", "row__0__", "row__1__", "who__"):
            typed |= {f"{path}kind": ["x" if number != 3 else "y"], f"{path}born": born}
        has_file = number % 2 == 1
        page.set_input_files("[name=q_file]", "pyproject.toml" if has_file else [])
        page.evaluate(FILL, empty | (answered if number else {}) | typed | {"q_long": f"v{number}"})
        page.wait_for_function(SETTLED)
        hidden = set(page.evaluate(HIDDEN, names))
        expected = server_hides(definition, page.evaluate(SENT), has_file) & set(names)
        assert hidden == expected, (number, sorted(hidden - expected), sorted(expected - hidden))
        seen |= {f"{name} hidden" for name in hidden} | {f"{name} shown" for name in set(names) - hidden}
    both = {name for name in names if f"{name} hidden" in seen and f"{name} shown" in seen}
    assert {"chain_born", "chain_young", "chain_silent", "row__1__young", "who__silent", "in_group", "twice"} <= both
    for kind in KINDS:
        turning = {name for name in both if name.startswith(f"d_{kind}_")}
        assert turning, f"nothing that hangs on {kind} ever changed"


def test_typing_asks_the_server_and_without_it_the_part_opens_by_hand(preview: Any, context: BrowserContext) -> None:
    written = {
        "pages": [
            {
                "key": "noi-dung",
                "title": {"vi": "Trang", "en": "Page"},
                "groups": [
                    {
                        "key": "g",
                        "title": {"vi": "Nhóm", "en": "Group"},
                        "fields": [
                            field("born", "date", "Ngày sinh"),
                            field("guardian", label="Người giám hộ", visible_if={"field": "born", "age_below": 18}),
                            field("other", label="Khác", visible_if={"field": "born", "age_below": 6}),
                        ],
                    }
                ],
            }
        ],
        "lists": {},
    }
    page = preview(written)
    born, guardian = page.get_by_label("Ngày sinh"), page.get_by_label("Người giám hộ")
    expect(guardian).to_be_hidden()
    born.press_sequentially("01012015")
    expect(guardian).to_be_visible()
    expect(page.get_by_label("Khác")).to_be_hidden()
    expect(born).to_be_focused()
    born.fill("1/1/1990")
    expect(guardian).to_be_hidden()
    context.set_offline(True)
    born.fill("1/1/2016")
    words = page.get_by_text("Chỉ điền khi người có “Ngày sinh” chưa đủ 18 tuổi")
    expect(words).to_be_visible()
    words.click()
    expect(guardian).to_be_visible()
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(words).to_be_hidden()
    expect(guardian).to_be_visible()
