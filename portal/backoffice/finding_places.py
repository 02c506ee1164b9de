"""What the linter found, as who publishes reads it: which page, question or text it is about, with the way to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.backoffice.lint_words import TITLES
from portal.core.language import pair_text
from procedures.eforms.definition import NOT_TYPED
from procedures.form_words import MESSAGE_WORDS, PROPERTIES
from procedures.linting import Finding
from procedures.linting.rules_form import MOST_FIELDS
from procedures.sheet_words import LABELS, PLACES

MOST_NAMED = 5
"""Places of one kind of finding that stand in sight; the others are folded."""
ROWS = frozenset({"components", "fees", "results", "subcases"})
"""Parts of a sheet whose rows have a place of their own on its page."""
CONTROLS = {
    "name": "name", "short_name": "short_name", "summary": "summary", "steps": "steps", "notes": "notes",
    "requirements": "requirements", "competent": "competent", "service_level_reason": "reason", "processing": "time",
}  # fmt: skip
"""The controls of the texts of a sheet, by their part; each has one for either language."""

Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spot:
    """One place that a finding is about; ``words`` may be empty where it is about the whole."""

    words: str
    url: str
    more: str = ""
    """What there is to know of it, such as how many questions a page has."""


@dataclass(slots=True)
class Listed:
    """One kind of finding, and where it was found."""

    title: str
    spots: list[Spot] = field(default_factory=list)

    def named(self) -> list[Spot]:
        """Those in sight."""
        return self.spots[:MOST_NAMED]

    def folded(self) -> list[Spot]:
        """The others."""
        return self.spots[MOST_NAMED:]


@dataclass(frozen=True, slots=True)
class Places:
    """A procedure whose parts have names and pages: its form, the facts of its sheet, its code."""

    code: str
    form: Form
    facts: Mapping[str, Any]
    has_form_draft: bool = True
    """Whether questions can be opened: their pages are those of a draft."""

    def listed(self, findings: Iterable[Finding]) -> list[Listed]:
        """The findings by kind, in their order, each place once."""
        found: dict[str, dict[Spot, None]] = defaultdict(dict)
        for finding in findings:
            found[finding.rule][self.spot(finding.place, finding.rule)] = None
        return [Listed(str(TITLES.get(rule, rule)), list(spots)) for rule, spots in found.items()]

    def spot(self, place: str, rule: str = "") -> Spot:
        """A place of a pack by what it is called, with the page on which it is mended."""
        top, _dot, rest = place.partition(".")
        if top == "form":
            return self._in_form(rest.split(".") if rest else [], rule)
        return self._in_sheet(place, rule)

    def _in_form(self, parts: list[str], rule: str) -> Spot:
        outline = reverse("admin:form_outline", args=[self.code])
        page = _of(self.form.get("pages"), parts[0]) if parts else None
        if page is None:
            return Spot("", outline)
        title = _("Trang “%(title)s”") % {"title": _title(page, "title")}
        if len(parts) == 1:
            more = _too_many(page) if rule == "long-page" else ""
            return Spot(title, f"{outline}#page-{page['key']}", more)
        group = _of(page.get("groups"), parts[1])
        if group is None:
            return Spot(_text(title, parts[1:]), self._page("form_page", page["key"]))
        asked = _of(group.get("fields"), parts[2]) if len(parts) > 2 else None
        if asked is None:
            named = pair_text(group.get("title") or {})
            words = _("%(page)s, mục “%(title)s”") % {"page": title, "title": named} if named else title
            return Spot(_text(words, parts[2:]), self._page("form_group", page["key"], group["key"]))
        return self._question(asked, parts[3:])

    def _question(self, asked: Form, rest: list[str]) -> Spot:
        words, address = f"“{_title(asked, 'label')}”", self._page("form_field", asked["key"])
        part = _of(asked.get("fields"), rest[0]) if rest else None
        if part is not None:
            words = f"{words}, “{_title(part, 'label')}”"
            address = self._page("form_column", asked["key"], part["key"])
            asked, rest = part, rest[1:]
        if rest[:1] == ["choices"]:
            options = (self.form.get("lists") or {}).get(asked.get("choices")) or ()
            said = next((row for row in options if str(row.get("value")) == ".".join(rest[1:])), None)
            return Spot(f"{words}: “{pair_text(said)}”" if said else words, address)
        if rest[:1] == ["messages"]:
            return Spot(_joined(words, MESSAGE_WORDS.get(rest[1] if len(rest) > 1 else "")), address)
        return Spot(_text(words, rest), address)

    def _page(self, name: str, *keys: str) -> str:
        if not self.has_form_draft:
            return reverse("admin:form_outline", args=[self.code])
        return reverse(f"admin:{name}", args=[self.code, *keys])

    def _in_sheet(self, place: str, rule: str) -> Spot:
        sheet = reverse("admin:sheet", args=[self.code])
        top, _dot, rest = place.partition(".")
        top, number = top.partition("[")[0], top.partition("[")[2].rstrip("]")
        title = str(PLACES.get(top, ""))
        if top in ROWS:
            key, _dot, of = rest.partition(".")
            row = next((each for each in self.facts.get(top) or () if each.get("key") == key), None)
            if row is None:
                return Spot(title, f"{sheet}#{top}")
            when = pair_text(row.get("when") or {}) if top == "fees" else ""
            named = ": ".join(filter(None, (pair_text(row.get("name") or {}), when)))
            label = LABELS.get(f"{top}.{of}.vi") or LABELS.get(f"{top}.{of}")
            return Spot(_joined(named, label if of != "name" else None), f"{sheet}#dong-{top}.{key}")
        more = _("đoạn %(number)d") % {"number": int(number) + 1} if number.isdecimal() else ""
        language = "en" if rule == "english-missing" else "vi"
        anchor = (
            f"#id_{CONTROLS[top]}_{language}" if top in CONTROLS else "#id_legal_basis" if top == "legal_basis" else ""
        )
        return Spot(title, f"{sheet}{anchor}", more)


def _of(rows: Any, key: str) -> Form | None:
    return next((row for row in rows or () if row.get("key") == key), None)


def _title(row: Form, name: str) -> str:
    return pair_text(row.get(name) or {}) or str(row["key"])


def _text(words: str, rest: list[str]) -> str:
    """The words of a part with the name of one of its texts."""
    return _joined(words, PROPERTIES.get(rest[0]) if rest and rest[0] != "label" else None)


def _joined(words: str, label: Any) -> str:
    return f"{words}: {str(label)[:1].lower()}{str(label)[1:]}" if label else words


def _too_many(page: Form) -> str:
    fields = [each for group in page.get("groups") or () for each in group.get("fields") or ()]
    number = sum(each.get("type") not in NOT_TYPED for each in fields)
    return _("%(number)d câu hỏi, nên có nhiều nhất %(most)d") % {"number": number, "most": MOST_FIELDS}
