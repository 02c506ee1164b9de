"""What an e-form (biểu mẫu điện tử) is made of, read from the JSON that a procedure version keeps.

The shape is that of ``docs/procedure-pack.md`` with field groups expanded and the used value lists beside the pages.
Reading is strict: a form that says something this module does not know is refused when it is published, with the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import get_language

KEY = re.compile(r"[a-z][a-z0-9_]{0,49}", re.ASCII)

LEAF_TYPES = frozenset(
    {
        "text", "long_text", "integer", "decimal", "money", "date", "month", "datetime", "boolean", "consent",
        "choice", "multi_choice", "personal_id", "tax_code", "phone", "email", "agency", "province", "commune",
        "readonly", "computed",
    }
)  # fmt: skip
COMPOSITE_TYPES = frozenset({"address", "person", "organisation", "bank_account", "co_signature"})
REPEAT = "repeat"
NOT_TYPED = frozenset({"readonly", "computed"})
COMPUTATIONS = frozenset({"date_in_words", "percent", "count"})
TEXT_LIMITS = {"text": 200, "long_text": 2000}
LARGEST_REPEAT = 50


class DefinitionError(ValueError):
    """An e-form is not well formed; the message says where and how to mend it."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Vietnamese and English; as a string it is the one of the active language."""

    vi: str = ""
    en: str = ""

    def in_language(self, language: str | None) -> str:
        """The text in a language; Vietnamese where English is missing."""
        return self.en or self.vi if (language or "vi").startswith("en") else self.vi

    def __str__(self) -> str:
        return self.in_language(get_language())

    def __bool__(self) -> bool:
        return bool(self.vi)

    @classmethod
    def read(cls, value: Any, place: str) -> Self:
        """Read ``{vi, en}``; a missing text is empty."""
        if value is None:
            return cls()
        if not isinstance(value, Mapping) or not isinstance(value.get("vi"), str) or not value["vi"].strip():
            raise DefinitionError(place, "a text is a pair {vi: …, en: …} with at least the Vietnamese")
        english = value.get("en", "")
        if not isinstance(english, str):
            raise DefinitionError(place, "the English text must be text")
        return cls(value["vi"], english)


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a value list."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Computation:
    """How a computed field gets its value."""

    function: str
    of: str
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """One field; ``fields`` holds the parts of a composite or the columns of a repeat."""

    key: str
    label: Words
    type: str
    help: Words = Words()
    required: bool = False
    required_if: Mapping[str, Any] | None = None
    visible_if: Mapping[str, Any] | None = None
    prefill: str = ""
    locked: bool = False
    default: Any = None
    max_length: int | None = None
    pattern: str = ""
    pattern_help: Words = Words()
    min: Any = None
    max: Any = None
    not_before: str = ""
    choices: tuple[Choice, ...] = ()
    fields: tuple[Field, ...] = ()
    min_items: int = 0
    max_items: int = LARGEST_REPEAT
    compute: Computation | None = None
    signer: Words = Words()
    routing: Mapping[str, str] | None = None
    with_old_unit: bool = False

    @property
    def is_composite(self) -> bool:
        """Whether the value is an object with parts."""
        return self.type in COMPOSITE_TYPES

    @property
    def is_typed(self) -> bool:
        """Whether a person gives the value."""
        return self.type not in NOT_TYPED

    def choice(self, value: Any) -> Choice | None:
        """The entry of the list with this value."""
        return next((choice for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading."""

    key: str
    title: Words
    fields: tuple[Field, ...]
    visible_if: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One step of filing: a small group of questions."""

    key: str
    title: Words
    groups: tuple[Group, ...]
    intro: Words = Words()
    position: int = 0

    def fields(self) -> Iterator[Field]:
        """The page's own fields in order."""
        for group in self.groups:
            yield from group.fields


@dataclass(frozen=True, slots=True)
class Form:
    """A whole e-form."""

    pages: tuple[Page, ...]

    def fields(self) -> Iterator[Field]:
        """Every top-level field in order."""
        for page in self.pages:
            yield from page.fields()

    def by_key(self) -> dict[str, Field]:
        """Top-level fields by key."""
        return {field.key: field for field in self.fields()}

    def page(self, key: str) -> Page | None:
        """The page with a key."""
        return next((page for page in self.pages if page.key == key), None)

    def page_of(self, field_key: str) -> Page | None:
        """The page that asks for a field; a path such as ``members.0.name`` counts as its first part."""
        top = field_key.partition(".")[0]
        return next((page for page in self.pages if any(field.key == top for field in page.fields())), None)


def both(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A condition that holds when both do; None holds always."""
    if first is None or second is None or first == second:
        return first if first is not None else second
    return {"all": [first, second]}


_FIELD_KEYS = frozenset(
    {
        "key", "label", "type", "help", "required", "required_if", "visible_if", "prefill", "locked", "default",
        "max_length", "pattern", "pattern_help", "min", "max", "not_before", "choices", "fields", "min_items",
        "max_items", "only", "compute", "signer", "routing", "with_old_unit",
    }
)  # fmt: skip


class _Reader:
    def __init__(self, lists: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
        self.lists = lists

    def field(self, data: Mapping[str, Any], place: str, *, inside: str = "") -> Field:
        if not isinstance(data, Mapping):
            raise DefinitionError(place, "a field is a mapping with key, label and type")
        key = data.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise DefinitionError(place, "the key of a field has small letters, figures and underscores, at most 50")
        place = f"{place}.{key}"
        if unknown := sorted(set(data) - _FIELD_KEYS):
            raise DefinitionError(place, f"unknown key {unknown[0]!r}; see docs/procedure-pack.md")
        kind = data.get("type")
        if kind not in LEAF_TYPES | COMPOSITE_TYPES | {REPEAT}:
            raise DefinitionError(place, f"unknown type {kind!r}; see the table of types in docs/procedure-pack.md")
        if kind == REPEAT and inside == REPEAT:
            raise DefinitionError(place, "a repeat cannot hold another repeat")
        label = Words.read(data.get("label"), f"{place}.label")
        if not label:
            raise DefinitionError(place, "a field needs a label")
        return Field(
            key=key,
            label=label,
            type=kind,
            help=Words.read(data.get("help"), f"{place}.help"),
            required=bool(data.get("required", False)),
            required_if=data.get("required_if"),
            visible_if=data.get("visible_if"),
            prefill=data.get("prefill", ""),
            locked=bool(data.get("locked", False)),
            default=data.get("default"),
            max_length=data.get("max_length") or TEXT_LIMITS.get(kind),
            pattern=self.pattern(data.get("pattern", ""), place),
            pattern_help=Words.read(data.get("pattern_help"), f"{place}.pattern_help"),
            min=data.get("min"),
            max=data.get("max"),
            not_before=data.get("not_before", ""),
            choices=self.choices(data.get("choices"), place) if kind in {"choice", "multi_choice"} else (),
            fields=self.parts(kind, data, place),
            min_items=int(data.get("min_items", 0)),
            max_items=min(int(data.get("max_items", LARGEST_REPEAT)), LARGEST_REPEAT),
            compute=self.computation(data.get("compute"), place) if kind == "computed" else None,
            signer=Words.read(data.get("signer"), f"{place}.signer"),
            routing=data.get("routing"),
            with_old_unit=bool(data.get("with_old_unit", False)),
        )

    def pattern(self, pattern: Any, place: str) -> str:
        if not isinstance(pattern, str):
            raise DefinitionError(place, "a pattern is a regular expression in quotes")
        try:
            re.compile(pattern)
        except re.error as error:
            raise DefinitionError(place, f"the pattern is no regular expression ({error})") from None
        return pattern

    def choices(self, name: Any, place: str) -> tuple[Choice, ...]:
        items = self.lists.get(name) if isinstance(name, str) else None
        if not items:
            raise DefinitionError(place, f"the value list {name!r} is not in value_lists.yaml")
        return tuple(Choice(str(item["value"]), Words(item["vi"], item.get("en", ""))) for item in items)

    def parts(self, kind: str, data: Mapping[str, Any], place: str) -> tuple[Field, ...]:
        if kind == "address":
            return (*ADDRESS_PARTS, OLD_UNIT) if data.get("with_old_unit") else ADDRESS_PARTS
        if kind in FIXED_PARTS:
            return FIXED_PARTS[kind]
        if kind not in {REPEAT, "person"}:
            return ()
        fields = data.get("fields")
        if not isinstance(fields, Sequence) or not fields:
            raise DefinitionError(place, f"a {kind} lists its fields under `fields`")
        parts = tuple(self.field(item, place, inside=kind) for item in fields)
        once(parts, place)
        return parts

    def computation(self, data: Any, place: str) -> Computation:
        if (
            not isinstance(data, Mapping)
            or data.get("function") not in COMPUTATIONS
            or not isinstance(data.get("of"), str)
        ):
            raise DefinitionError(
                place, f"`compute` names a function ({', '.join(sorted(COMPUTATIONS))}) and the field it is `of`"
            )
        return Computation(data["function"], data["of"], int(data.get("percent", 0)))

    def group(self, data: Mapping[str, Any], place: str) -> Group:
        key = data.get("key")
        if not isinstance(key, str) or not key:
            raise DefinitionError(place, "a group needs a key")
        place = f"{place}.{key}"
        fields = tuple(self.field(item, place) for item in data.get("fields") or ())
        return Group(key, Words.read(data.get("title"), f"{place}.title"), fields, data.get("visible_if"))

    def page(self, data: Mapping[str, Any], position: int) -> Page:
        key = data.get("key")
        if not isinstance(key, str) or not re.fullmatch(r"[a-z][a-z0-9_-]{0,49}", key):
            raise DefinitionError(f"form.pages[{position}]", "a page needs a key of small letters, such as `child`")
        place = f"form.{key}"
        groups = tuple(self.group(item, place) for item in data.get("groups") or ())
        if not any(group.fields for group in groups):
            raise DefinitionError(place, "a page needs at least one group with a field")
        title = Words.read(data.get("title"), f"{place}.title")
        if not title:
            raise DefinitionError(place, "a page needs a title")
        return Page(key, title, groups, Words.read(data.get("intro"), f"{place}.intro"), position)


def once(fields: Sequence[Field], place: str) -> None:
    """Raise DefinitionError when two fields share a key."""
    seen: set[str] = set()
    for field in fields:
        if field.key in seen:
            raise DefinitionError(place, f"the key {field.key!r} is used twice; give the group a prefix")
        seen.add(field.key)


def read_form(data: Mapping[str, Any]) -> Form:
    """Read an e-form from its JSON. Raises DefinitionError that names the place and the cure."""
    pages = data.get("pages")
    if not isinstance(pages, Sequence) or not pages:
        raise DefinitionError("form", "a form lists its pages under `pages`")
    reader = _Reader(data.get("lists") or {})
    form = Form(tuple(reader.page(page, position) for position, page in enumerate(pages)))
    once(list(form.fields()), "form")
    if len({page.key for page in form.pages}) != len(form.pages):
        raise DefinitionError("form", "two pages share a key")
    return form


ADDRESS_PARTS = (
    Field("province_code", Words("Tỉnh, thành phố", "Province or city"), "province", required=True),
    Field("commune_code", Words("Xã, phường, đặc khu", "Commune or ward"), "commune", required=True),
    Field(
        "line",
        Words("Số nhà, đường, thôn, tổ dân phố", "House number, street, village"),
        "text",
        required=True,
        max_length=250,
    ),
)
OLD_UNIT = Field(
    "old_unit_text",
    Words("Tên đơn vị cũ ghi trên giấy tờ", "Former unit named in the papers"),
    "text",
    help=Words(
        "Chỉ điền khi giấy tờ ghi tên xã, huyện, tỉnh trước 1/7/2025",
        "Only when the papers name units of before 1 July 2025",
    ),
    max_length=200,
)
FIXED_PARTS: dict[str, tuple[Field, ...]] = {
    "organisation": (
        Field("name", Words("Tên tổ chức", "Name of the organisation"), "text", required=True, max_length=300),
        Field("tax_code", Words("Mã số thuế", "Tax code"), "tax_code", required=True),
    ),
    "bank_account": (
        Field("bank", Words("Ngân hàng", "Bank"), "text", required=True, max_length=150),
        Field(
            "account_number",
            Words("Số tài khoản", "Account number"),
            "text",
            required=True,
            max_length=30,
            pattern=r"[0-9A-Za-z]{6,30}",
            pattern_help=Words(
                "Số tài khoản có 6 đến 30 chữ số, viết liền", "An account number has 6 to 30 figures without blanks"
            ),
        ),
        Field("account_name", Words("Tên chủ tài khoản", "Account holder"), "text", required=True, max_length=120),
    ),
    "co_signature": (
        Field("full_name", Words("Họ, chữ đệm, tên", "Full name"), "text", required=True, max_length=120),
        Field(
            "personal_id", Words("Số định danh cá nhân", "Personal identification number"), "personal_id", required=True
        ),
    ),
}
