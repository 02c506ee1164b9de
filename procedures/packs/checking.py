"""Judging a pack key by key: every problem at once, each with its key and the cure (docs/procedure-pack.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from django.utils.translation import gettext_lazy

from portal.agencies.models import AgencyLevel, Branch
from portal.core.durations import DurationUnit
from portal.core.text import has_control_characters
from procedures.eforms.conditions import check as check_condition
from procedures.eforms.definition import DefinitionError, Form
from procedures.models import ComponentKind, FeeKind, Place, ResultKind, ServiceLevel
from procedures.packs.reference import Reference
from procedures.packs.yaml_text import Problem

CODE = re.compile(r"\d\.\d{6}", re.ASCII)
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
CHANNELS = ("online", "direct", "postal", "phone", "email", "agent", "booking")
FEE_CHANNELS = ("all", "online", "direct")
PAYABLE_ON = ("filing", "acceptance", "result")
REASONS = ("presence_required", "on_site_verification", "technical_incident", "technical_obstacle")
EFFECTS = ("restart", "pause", "not_allowed")
LETTERS = ("01", "02", "03", "05")
"""Numbers of the letters that a procedure may add its own words to (NĐ 61/2018/NĐ-CP, appendix)."""
LETTER_FORMS = {"01": ("CT04",), "03": ("CT06",)}
"""Forms of a branch that a procedure may have in the place of the one-stop form of that number (dossiers.models)."""

_TOP = frozenset(
    {
        "code", "name", "short_name", "summary", "field", "issued_by", "decision", "updated_on", "life_events",
        "keywords", "featured_rank", "competent", "service_level", "service_level_reason", "channels",
        "applicants", "processing", "subcases", "fees", "supplement_rule", "components", "steps", "results",
        "requirements", "notes", "legal_basis", "replaces", "linked", "form", "marks", "waivers", "letters",
        "letter_forms",
        "policies", "origin", "draft_confirmation",
        "assigns_personal_id", "persons_only", "published",
    }
)  # fmt: skip
_FEE = frozenset(
    {
        "key", "charge", "kind", "name", "amount_vnd", "currency", "amount", "channel", "unit",
        "quantity_field", "default", "condition", "when", "payable_on", "valid_from", "valid_to",
        "decided_by", "legal", "mark",
    }
)  # fmt: skip
_COMPONENT = frozenset(
    {
        "key", "code", "name", "kind", "originals", "copies", "channels", "required", "condition", "when",
        "document_types", "least_trust", "reuse_from", "note",
    }
)  # fmt: skip
DESK = "desk"
"""Origin of a pack that officials wrote in the back office: its English and its summary may still be missing."""
PUBLISHED = frozenset({"agencies", "receiving_address", "search_topics", "source_url"})
"""What a sheet keeps of the national record it was written from (procedures.national.deriving)."""
_TRUST = ("A", "B", "C")
"""What a component may ask for at least; the lowest level, D, is any paper."""


class Check:
    """Goes through a pack and gathers problems as ``key: what is wrong; the cure``."""

    def __init__(self, data: dict[str, Any], reference: Reference) -> None:
        self.data = data
        self.reference = reference
        self.problems: list[str] = []
        self.is_from_desk = data.get("origin") == DESK

    def wrong(self, place: str, message: str) -> None:
        self.problems.append(f"{place}: {message}")

    def words(self, value: Any, place: str, *, needed: bool = True) -> None:
        if value is None and not needed:
            return
        keys = ("vi",) if self.is_from_desk else ("vi", "en")
        if not isinstance(value, Mapping) or not all(isinstance(value.get(key), str) and value[key] for key in keys):
            self.wrong(place, "write a pair {vi: …, en: …} with both texts")
        elif not all(isinstance(text, str) for text in value.values()):
            self.wrong(place, "both texts are texts in quotes")
        elif any(has_control_characters(text) for text in value.values()):
            self.wrong(place, "has control characters; retype it")

    def one_of(self, value: Any, allowed: Any, place: str, *, needed: bool = True) -> None:
        if value is None and not needed:
            return
        if value not in allowed:
            self.wrong(place, f"{value!r} is not one of {', '.join(map(str, allowed))}")

    def day(self, value: Any, place: str) -> None:
        if value is None:
            return
        try:
            date.fromisoformat(str(value))
        except ValueError:
            self.wrong(place, f"{value!r} is no date; write YYYY-MM-DD")

    def whole_number(self, value: Any, place: str, *, least: int = 0) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(place, f"{value!r} is no whole number of at least {least}")

    def one_day(self, row: Mapping[str, Any], place: str) -> None:
        """Nothing that is no Duration is published: the sheet could not be shown."""
        if row.get("unit") == DurationUnit.SAME_WORKING_DAY and row.get("value") and row["value"] != 1:
            self.wrong(f"{place}.value", "the same working day is one day; write 1, or the unit working_day")

    def known(self, keys: Mapping[str, Any], allowed: frozenset[str], place: str) -> None:
        for key in sorted(set(keys) - allowed):
            self.wrong(f"{place}{key}", "unknown key; see docs/procedure-pack.md")

    def rows(self, name: str, *, keyed: bool = True) -> Iterator[tuple[str, dict[str, Any]]]:
        rows = self.data.get(name) or []
        if not isinstance(rows, list):
            self.wrong(name, "write a list")
            return
        seen: set[str] = set()
        for number, row in enumerate(rows):
            if not isinstance(row, dict):
                self.wrong(f"{name}[{number}]", "write a mapping")
                continue
            key = row.get("key")
            place = f"{name}.{key}" if keyed else f"{name}[{number}]"
            if keyed and (not isinstance(key, str) or not KEY.fullmatch(key)):
                self.wrong(f"{name}[{number}].key", "write a key of small letters, figures and underscores")
                continue
            if keyed and key in seen:
                self.wrong(place, "this key is used twice; every key is unique in the pack")
            seen.add(str(key))
            yield place, row

    def whole(self) -> None:
        data = self.data
        self.known(data, _TOP, "")
        if not isinstance(data.get("code"), str) or not CODE.fullmatch(data["code"]):
            self.wrong("code", "write the national code in quotes, such as '1.001193'")
        for name in ("name", "short_name", "summary"):
            self.words(data.get(name), name, needed=name != "summary" or not self.is_from_desk)
        in_field = data.get("field")
        if not isinstance(in_field, Mapping) or not isinstance(in_field.get("code"), str):
            self.wrong("field", "write {code: …, name: {vi: …, en: …}}")
        else:
            self.words(in_field.get("name"), "field.name")
        if not isinstance(data.get("issued_by"), str):
            self.wrong("issued_by", "write the code of the agency that published the procedure")
        self.day((data.get("decision") or {}).get("date"), "decision.date")
        self.day(data.get("updated_on"), "updated_on")
        slugs = {event["slug"] for event in self.reference.life_events}
        for slug in data.get("life_events") or ():
            self.one_of(slug, sorted(slugs), "life_events")
        for code in data.get("applicants") or ():
            if code not in self.reference.applicant_types:
                self.wrong("applicants", f"{code!r} is not in applicant_types.yaml")
        for name in ("channels", "applicants"):
            if not data.get(name):
                self.wrong(name, "name at least one")
        for channel in data.get("channels") or ():
            self.one_of(channel, CHANNELS, "channels")
        self.competence()
        self.processing()
        self.fees()
        self.components()
        self.results()
        for name in ("steps", "requirements", "notes"):
            for number, text in enumerate(data.get(name) or ()):
                self.words(text, f"{name}[{number}]")
        self.words(data.get("persons_only"), "persons_only", needed=False)
        published = data.get("published") or {}
        if not isinstance(published, Mapping):
            self.wrong("published", "write a mapping")
        else:
            self.known(published, PUBLISHED, "published.")
        self.letters()
        self.waivers()
        self.supplement_rule(data.get("supplement_rule") or {})
        self.draft_confirmation()
        self.assigned_number()

    def supplement_rule(self, rule: Mapping[str, Any]) -> None:
        self.one_of(rule.get("effect"), EFFECTS, "supplement_rule.effect", needed=False)
        self.one_of(rule.get("closes"), (True, False), "supplement_rule.closes", needed=False)
        if rule.get("rounds") is not None:
            self.whole_number(rule["rounds"], "supplement_rule.rounds", least=1)

    def draft_confirmation(self) -> None:
        rule = self.data.get("draft_confirmation")
        if rule is None:
            return
        if not isinstance(rule, Mapping):
            self.wrong("draft_confirmation", "write {days: …, legal: …}")
            return
        self.known(rule, frozenset({"days", "legal", "mark"}), "draft_confirmation.")
        self.whole_number(rule.get("days"), "draft_confirmation.days", least=1)
        if not isinstance(rule.get("legal"), str) or not rule["legal"].strip():
            self.wrong("draft_confirmation.legal", "name the act that asks for the confirmation")

    def assigned_number(self) -> None:
        named = self.data.get("assigns_personal_id")
        if named is None:
            return
        parts = frozenset({"full_name", "date_of_birth", "gender"})
        if (
            not isinstance(named, Mapping)
            or set(named) != parts
            or not all(isinstance(key, str) for key in named.values())
        ):
            self.wrong("assigns_personal_id", f"name the answers by {', '.join(sorted(parts))}")

    def letters(self) -> None:
        letters = self.data.get("letters") or {}
        if not isinstance(letters, Mapping):
            self.wrong("letters", "write a mapping of the number of a letter and its words")
            return
        for number, text in letters.items():
            self.one_of(number, LETTERS, "letters")
            self.words(text, f"letters.{number}")
        forms = self.data.get("letter_forms") or {}
        if not isinstance(forms, Mapping):
            self.wrong("letter_forms", "write a mapping of the number of a letter and the form in its place")
            return
        for number, form in forms.items():
            self.one_of(number, LETTER_FORMS, "letter_forms")
            self.one_of(form, LETTER_FORMS.get(number, ()), f"letter_forms.{number}")

    def waivers(self) -> None:
        for place, row in self.rows("waivers", keyed=False):
            self.known(row, frozenset({"rule", "place", "reason"}), f"{place}.")
            for name in ("rule", "reason"):
                if not isinstance(row.get(name), str) or not row[name].strip():
                    self.wrong(f"{place}.{name}", "a waiver names its rule and gives its reason")

    def competence(self) -> None:
        competent = self.data.get("competent") or {}
        self.words(competent.get("text"), "competent.text")
        for level in competent.get("levels") or ():
            self.one_of(level, AgencyLevel.values, "competent.levels")
        routing = competent.get("routing") or {}
        self.one_of(routing.get("level"), AgencyLevel.values, "competent.routing.level")
        self.one_of(routing.get("branch"), Branch.values, "competent.routing.branch")
        self.one_of(routing.get("place"), Place.values, "competent.routing.place")
        self.one_of(self.data.get("service_level"), ServiceLevel.values, "service_level")
        reason = self.data.get("service_level_reason")
        if self.data.get("service_level") != ServiceLevel.FULL:
            if not isinstance(reason, Mapping):
                self.wrong("service_level_reason", "compulsory unless toan_trinh (NĐ 224/2026); write {kind, text}")
                return
            self.one_of(reason.get("kind"), REASONS, "service_level_reason.kind")
            self.words(reason.get("text"), "service_level_reason.text")

    def processing(self) -> None:
        processing = self.data.get("processing")
        if not isinstance(processing, Mapping):
            self.wrong("processing", "write {value, unit, text}")
            return
        has_time = processing.get("value") is not None
        self.words(processing.get("text"), "processing.text", needed=not (self.is_from_desk and has_time))
        for part, place in ((processing, "processing"), (processing.get("extended"), "processing.extended")):
            if part and (part.get("value") is not None or part.get("unit") is not None):
                self.whole_number(part.get("value"), f"{place}.value", least=1)
                self.one_of(part.get("unit"), list(DurationUnit), f"{place}.unit")
                self.one_day(part, place)
        if cutoff := processing.get("cutoff"):
            try:
                time.fromisoformat(str(cutoff))
            except ValueError:
                self.wrong("processing.cutoff", 'write a clock time in quotes, such as "15:00"')
        for place, row in self.rows("subcases", keyed=False):
            self.words(row.get("name"), f"{place}.name")
            self.one_day(row, place)

    def fees(self) -> None:
        for place, row in self.rows("fees"):
            self.known(row, _FEE, f"{place}.")
            self.words(row.get("name"), f"{place}.name")
            self.one_of(row.get("kind"), FeeKind.values, f"{place}.kind")
            self.one_of(row.get("channel", "all"), FEE_CHANNELS, f"{place}.channel")
            self.one_of(row.get("payable_on", "filing"), PAYABLE_ON, f"{place}.payable_on")
            if not row.get("charge"):
                self.wrong(f"{place}.charge", "name the charge: rules of one charge compete")
            if "amount_vnd" in row:
                self.whole_number(row["amount_vnd"], f"{place}.amount_vnd")
            self.words(row.get("when"), f"{place}.when", needed=False)
            self.words(row.get("unit"), f"{place}.unit", needed=False)
            self.day(row.get("valid_from"), f"{place}.valid_from")
            self.day(row.get("valid_to"), f"{place}.valid_to")

    def components(self) -> None:
        for place, row in self.rows("components"):
            self.known(row, _COMPONENT, f"{place}.")
            self.words(row.get("name"), f"{place}.name")
            self.one_of(row.get("kind"), ComponentKind.values, f"{place}.kind")
            self.one_of(row.get("least_trust"), _TRUST, f"{place}.least_trust", needed=False)
            self.words(row.get("when"), f"{place}.when", needed=False)
            self.words(row.get("note"), f"{place}.note", needed=False)
            for name in ("originals", "copies"):
                self.whole_number(row.get(name, 0), f"{place}.{name}")

    def results(self) -> None:
        defaults = 0
        for place, row in self.rows("results"):
            self.words(row.get("name"), f"{place}.name")
            self.one_of(row.get("kind", "document"), ResultKind.values, f"{place}.kind")
            defaults += bool(row.get("default"))
        if defaults != 1:
            self.wrong("results", "exactly one result has `default: true`: what an approval issues")

    def against_form(self, form: Form) -> None:
        """Conditions of components and fees look at fields of the form."""
        fields = form.by_key()
        for row in self.data.get("components") or ():
            if row.get("key") in fields and fields[row["key"]].type == "file":
                words = gettext_lazy("Một tệp của biểu mẫu có cùng mã này. Hãy đổi mã của câu hỏi tệp.")
                self.problems.append(Problem.of(DefinitionError(f"components.{row['key']}", words)))
        for name in ("components", "fees"):
            for row in self.data.get(name) or ():
                try:
                    check_condition(row.get("condition"), fields, f"{name}.{row.get('key')}.condition")
                except DefinitionError as error:
                    self.problems.append(Problem.of(error))
                quantity = row.get("quantity_field")
                if quantity and (quantity not in fields or fields[quantity].type not in {"integer", "repeat"}):
                    place = f"{name}.{row.get('key')}.quantity_field"
                    words = gettext_lazy(
                        "Biểu mẫu không có câu hỏi số lượng %(name)s. Hãy giữ câu hỏi này, loại số nguyên."
                    )
                    self.problems.append(Problem.of(DefinitionError(place, words, name=repr(quantity))))
