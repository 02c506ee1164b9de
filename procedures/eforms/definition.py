"""What an e-form (biểu mẫu điện tử) is made of, read from the JSON that a procedure version keeps.

The shape is that of ``docs/procedure-pack.md`` with field groups expanded and the used value lists beside the pages.
``reading`` reads it, strictly: a form that says something it does not know is refused when it is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Self

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.language import in_language

KEY = re.compile(r"[a-z][a-z0-9_]{0,49}", re.ASCII)

LEAF_TYPES = frozenset(
    {
        "text", "long_text", "integer", "decimal", "money", "date", "month", "datetime", "boolean", "consent",
        "choice", "multi_choice", "personal_id", "tax_code", "phone", "email", "agency", "province", "commune",
        "readonly", "computed", "file",
    }
)  # fmt: skip
COMPOSITE_TYPES = frozenset({"address", "place", "person", "organisation", "bank_account", "co_signature"})
REPEAT = "repeat"
NOT_TYPED = frozenset({"readonly", "computed"})
COMPUTATIONS = frozenset({"date_in_words", "percent", "count"})
TEXT_LIMITS = {"text": 200, "long_text": 2000}
LARGEST_REPEAT = 50
NEEDED, OPTIONAL, NONE = "needed", "optional", "none"
DETAILS = frozenset({NEEDED, OPTIONAL, NONE})
PERSON_NAME_ENDINGS = (
    "full_name", "person_name", "member_name", "spouse_name", "mother_name", "father_name", "witness_name",
    "relative_name", "guest_name", "notifier_name",
)  # fmt: skip
"""How the keys of texts end that are the name of a person."""
MESSAGES = frozenset({"required", "invalid", "min", "max", "not_before", "before"})
"""When a form's own words replace the general ones: nothing given, not of the right kind, too small, too large,
not before the date it has to be before."""


class DefinitionError(ValueError):
    """An e-form is not well formed; the message says where and how to mend it.

    As text it is English with the place as a pack has it, for who writes packs; `words` are for who edits on pages.
    """

    def __init__(self, place: str, message: str | Promise, **values: str) -> None:
        self.place = place
        self._message, self._values = message, values
        with translation.override("en"):
            super().__init__(f"{place}: {self.words}")

    @property
    def words(self) -> str:
        """What is wrong and the cure in the active language, without the place."""
        return str(self._message) % self._values if self._values else str(self._message)


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Vietnamese and English; as a string it is the one of the active language."""

    vi: str = ""
    en: str = ""

    def __str__(self) -> str:
        return in_language(self.vi, self.en)

    def __bool__(self) -> bool:
        return bool(self.vi)

    @classmethod
    def read(cls, value: Any, place: str) -> Self:
        """Read ``{vi, en}``; a missing text is empty."""
        if value is None:
            return cls()
        if not isinstance(value, Mapping) or not isinstance(value.get("vi"), str) or not value["vi"].strip():
            raise DefinitionError(
                place, _("Chữ viết cần có tiếng Việt. Hãy ghi tiếng Việt; trong JSON là {vi: …, en: …}.")
            )
        english = value.get("en", "")
        if not isinstance(english, str):
            raise DefinitionError(place, _("Phần tiếng Anh phải là chữ. Hãy viết lại, hoặc bỏ đi."))
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
class WithoutGap:
    """That the rows of a repeat leave out no month from an age of a person until the day of filing."""

    first: str
    """Column of the first month of a row."""
    last: str
    """Column of its last month; a row without one lasts until the day of filing."""
    since_age: int
    """Completed years."""
    born: tuple[str, ...]
    """Fields of the form with a date of birth; the first one that is answered counts."""


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
    prefill_if: Mapping[str, Any] | None = None
    """Only then is it what the source says: the mother is who files when she said so on an earlier page."""
    locked: bool = False
    default: Any = None
    max_length: int | None = None
    pattern: str = ""
    pattern_help: Words = Words()
    min: Any = None
    max: Any = None
    not_before: str = ""
    before: str = ""
    """Key of the date beside it that it lies strictly before."""
    choices: tuple[Choice, ...] = ()
    fields: tuple[Field, ...] = ()
    min_items: int = 0
    max_items: int = LARGEST_REPEAT
    compute: Computation | None = None
    signer: Words = Words()
    routing: Mapping[str, str] | None = None
    with_old_unit: bool = False
    detail: str = NEEDED
    """Of an address: whether house, street or hamlet must be told, may be, or is not asked (`DETAILS`)."""
    same_as: str = ""
    """Of an address: the key of another one on its page that is taken over by one press, with `same_as_label` on it."""
    same_as_label: Words = Words()
    in_place_of_filing: bool = False
    """Of an address: the agency there decides, so a dossier filed for another place is refused before it is sent."""
    exactly_one: str = ""
    """Of a repeat: the column of yes or no that exactly one row says yes to."""
    without_gap: WithoutGap | None = None
    """Of a repeat: its rows tell a time month by month."""
    has_own_limit: bool = False
    """Of a repeat: the form itself says how many rows there may be."""
    messages: Mapping[str, Words] = dataclass_field(default_factory=dict)
    document_type: str = ""
    """Of a file: the kind of paper it becomes in the document store."""

    def own_words(self, about: str) -> str:
        """The form's own message in the active language, empty where it has none."""
        return str(self.messages.get(about, ""))

    @property
    def names_person(self) -> bool:
        """Whether it is the name of a person, by its key (docs/procedure-pack.md)."""
        return self.type == "text" and self.key.endswith(PERSON_NAME_ENDINGS)

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
        for choice in self.choices:  # asked of every answer; a generator takes longer than the answer
            if choice.value == value:
                return choice
        return None


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
    called_for: frozenset[str] = frozenset()
    """Keys of answers that an agency asks for: they may be empty, and are not said to be optional."""

    def fields(self) -> Iterator[Field]:
        """The page's own fields in order."""
        for group in self.groups:
            yield from group.fields

    @property
    def is_declaration(self) -> bool:
        """Whether all it asks is that somebody declares or agrees to something (cam đoan)."""
        return all(field.type == "consent" for field in self.fields())


def fields_in(condition: Mapping[str, Any] | None) -> Iterator[str]:
    """Keys of the fields a condition looks at."""
    if condition is None:
        return
    for name in ("all", "any"):
        for part in condition.get(name, ()):
            yield from fields_in(part)
    if "not" in condition:
        yield from fields_in(condition["not"])
    if "field" in condition:
        yield condition["field"]


Placed = tuple[Field, Mapping[str, Any] | None]
"""A top-level field with its full condition: its group's and its own."""


@dataclass(frozen=True, slots=True)
class Form:
    """A whole e-form; what every filing asks of it is worked out once."""

    pages: tuple[Page, ...]
    placed: tuple[Placed, ...] = dataclass_field(init=False, repr=False, compare=False)
    looking_at: dict[str, set[int]] = dataclass_field(init=False, repr=False, compare=False)
    """By field, the conditions of `placed` that look at it (their `id`)."""
    _by_key: dict[str, Field] = dataclass_field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        same: dict[str, Mapping[str, Any] | None] = {}  # equal conditions are one object, so that each is judged once
        placed = [
            (field, same.setdefault(repr(condition), condition))
            for page in self.pages
            for group in page.groups
            for field in group.fields
            for condition in [both(group.visible_if, field.visible_if)]
        ]
        looking_at: dict[str, set[int]] = {}
        for condition in same.values():
            for key in fields_in(condition):
                looking_at.setdefault(key, set()).add(id(condition))
        object.__setattr__(self, "placed", tuple(placed))
        object.__setattr__(self, "looking_at", looking_at)
        object.__setattr__(self, "_by_key", {field.key: field for field, _condition in placed})

    def fields(self) -> Iterator[Field]:
        """Every top-level field in order."""
        for page in self.pages:
            yield from page.fields()

    def by_key(self) -> dict[str, Field]:
        """Top-level fields by key."""
        return self._by_key

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
