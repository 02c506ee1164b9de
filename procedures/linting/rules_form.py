"""Rules on how a form speaks: labels, languages, messages, length, repetition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from portal.core.text import fold
from procedures.eforms.definition import Field
from procedures.eforms.prefilling import sources_of
from procedures.linting.findings import Found, Placed, Severity, Subject, rule

MOST_FIELDS = 20
"""Questions on one page; beyond it people on a phone lose their way (assumption, docs/assumptions.md)."""
MOST_SYLLABLES = {"label": 25, "sentence": 45}
"""Vietnamese writes syllables apart; sentences beyond this are hard to follow (assumption, docs/assumptions.md)."""
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
_KNOWN = {"personal_id": "identity.personal_id", "email": "identity.email", "phone": "identity.phone"}


def _texts(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every pair of texts in the pack that people read, with its place."""

    def walk(value: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if isinstance(value, Mapping):
            if isinstance(value.get("vi"), str):
                yield place, value
                return
            for key, part in value.items():
                yield from walk(part, f"{place}.{key}" if place else str(key))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                key = item.get("key") if isinstance(item, Mapping) else None
                yield from walk(item, f"{place}.{key}" if key else f"{place}[{number}]")

    yield from walk({key: value for key, value in subject.data.items() if key not in {"form", "policies"}}, "")
    for page in subject.form.pages if subject.form else ():
        yield from _words(f"form.{page.key}", title=page.title, intro=page.intro)
        for group in page.groups:
            yield from _words(f"form.{page.key}.{group.key}", title=group.title)
    for place, field in subject.every_field():
        yield from _words(place, label=field.label, help=field.help, pattern_help=field.pattern_help)
        yield from _words(f"{place}.messages", **field.messages)
        for choice in field.choices:
            yield from _words(f"{place}.choices", **{choice.value: choice.label})


def _words(place: str, **texts: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, words in texts.items():
        if words:
            yield f"{place}.{name}", {"vi": words.vi, "en": words.en}


@rule("unlabelled-input", Severity.ERROR)
def unlabelled_input(subject: Subject) -> Found:
    """A field or an option has no words to read out."""
    for place, field in subject.every_field():
        if not re.search(r"[^\W\d_]{2}", field.label.vi):
            yield place, f"“{field.label.vi}” names nothing; write what is asked"
        for choice in field.choices:
            if not re.search(r"\w", choice.label.vi):
                yield place, f"option {choice.value!r} has no words"


@rule("english-missing", Severity.WARNING)
def english_missing(subject: Subject) -> Found:
    """A text has no English, or Vietnamese stands in its place."""
    if subject.data.get("origin") == "national":
        return  # the national catalogue is Vietnamese only
    for place, text in _texts(subject):
        english = text.get("en") or ""
        if not english.strip():
            yield place, "has no English"
        elif english == text["vi"] and _VIETNAMESE.search(english) and len(english.split()) > 3:
            yield place, "the English is the Vietnamese text"


@rule("duplicate-label", Severity.WARNING)
def duplicate_label(subject: Subject) -> Found:
    """Two questions of one group read the same and may stand there together."""
    for page in subject.form.pages if subject.form else ():
        for group in page.groups:
            seen: dict[str, Field] = {}
            for field in group.fields:
                label = fold(field.label.vi)
                other = seen.setdefault(label, field)
                apart = field.visible_if is not None and other.visible_if is not None
                if other is not field and not (apart and field.visible_if != other.visible_if):
                    place = f"form.{page.key}.{group.key}.{field.key}"
                    yield place, f"reads as {other.key} does: “{field.label.vi}”"


@rule("repeated-question", Severity.WARNING)
def repeated_question(subject: Subject) -> Found:
    """The same thing is asked, or taken from the same source, twice."""
    by_source: dict[str, Placed] = {}
    for placed in subject.fields.values():
        if placed.field.prefill_if is not None:
            continue  # somebody of the form is who files: asked of the form, taken from the account
        for source, item in sources_of(placed.field)[:1]:
            if source == "residence" or item == "residence":
                continue  # an address to write to may differ from the one of residence
            other = by_source.setdefault(f"{source}.{item}", placed)
            if other is not placed and placed.condition is None and other.condition is None:
                yield placed.place, f"{source}.{item} is asked already by {other.field.key}"
    seen: dict[tuple[str, str, str], Placed] = {}
    for placed in subject.fields.values():
        if not placed.field.is_typed or placed.condition is not None:
            continue
        asked = (fold(placed.field.label.vi), fold(placed.group.title.vi), placed.field.type)
        other = seen.setdefault(asked, placed)
        if other is not placed and other.page.key != placed.page.key:
            yield placed.place, f"the same question as {other.field.key} on page {other.page.key}"


@rule("asks-what-is-known", Severity.WARNING)
def asks_what_is_known(subject: Subject) -> Found:
    """The applicant's own number, telephone or address is typed though the account knows it."""
    first = subject.form.pages[0] if subject.form else None
    for placed in subject.fields.values():
        if placed.page is first and placed.field.key in _KNOWN and not placed.field.prefill:
            yield placed.place, f"take it from {_KNOWN[placed.field.key]} (prefill)"


@rule("unbounded-repeat", Severity.WARNING)
def unbounded_repeat(subject: Subject) -> Found:
    """Rows may be added without a limit of the form's own."""
    for place, field in subject.every_field():
        if field.type == "repeat" and not field.has_own_limit:
            yield place, "say max_items: how many rows make sense"


@rule("message-missing", Severity.WARNING)
def message_missing(subject: Subject) -> Found:
    """A pattern refuses without saying how to write it."""
    for place, field in subject.every_field():
        if field.pattern and not (field.pattern_help or "invalid" in field.messages or field.help):
            yield place, "add pattern_help or messages.invalid: what is refused must be told how to be right"


@rule("limits-leave-nothing", Severity.ERROR)
def limits_leave_nothing(subject: Subject) -> Found:
    """Smallest and largest leave no value between them."""
    for place, field in subject.every_field():
        if isinstance(field.min, int) and isinstance(field.max, int) and field.min > field.max:
            yield place, f"min {field.min} is above max {field.max}"
        if field.type == "repeat" and field.min_items > field.max_items:
            yield place, f"min_items {field.min_items} is above max_items {field.max_items}"


@rule("long-page", Severity.NOTE)
def long_page(subject: Subject) -> Found:
    """A page asks more than fits in one head."""
    for page in subject.form.pages if subject.form else ():
        number = sum(field.is_typed for field in page.fields())
        if number > MOST_FIELDS:
            yield f"form.{page.key}", f"{number} questions on one page, at most {MOST_FIELDS} read well; split it"


@rule("no-pledge", Severity.WARNING)
def no_pledge(subject: Subject) -> Found:
    """Nobody declares that the answers are true."""
    if subject.form and not any(
        placed.field.type == "consent" and placed.field.required for placed in subject.fields.values()
    ):
        yield "form", "add a required consent: the applicant answers for what she declares"


@rule("reading-difficulty", Severity.WARNING)
def reading_difficulty(subject: Subject) -> Found:
    """A label or a sentence of our own is too long to follow."""
    if subject.data.get("origin") == "national":
        return  # published wording is the ministry's, and is shown as it came
    for place, field in subject.every_field():
        if field.type != "consent":
            yield from _too_long(f"{place}.label", field.label.vi, MOST_SYLLABLES["label"])
        yield from _too_long(f"{place}.help", field.help.vi, MOST_SYLLABLES["sentence"])
    for name in ("steps", "notes", "requirements"):
        for number, text in enumerate(subject.data.get(name) or ()):
            yield from _too_long(f"{name}[{number}]", text.get("vi", ""), MOST_SYLLABLES["sentence"])
    yield from _too_long("summary", (subject.data.get("summary") or {}).get("vi", ""), MOST_SYLLABLES["sentence"])


def _too_long(place: str, text: str, most: int) -> Found:
    for sentence in re.split(r"(?<=[.;:?!])\s+|\n", text):
        syllables = len(re.findall(r"\w+", sentence))
        if syllables > most:
            yield place, f"{syllables} syllables in one go, at most {most} read well: “{sentence[:60]}…”"
