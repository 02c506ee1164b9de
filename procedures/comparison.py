"""Two versions of a sheet as a reader sees them: part by part, the lines that went and the lines that came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.agencies.models import AgencyLevel, Branch
from portal.core.language import column_text, pair_text
from procedures import sheet_papers, sheets
from procedures.eforms.conditions import condition_words
from procedures.eforms.definition import Field
from procedures.form_comparing import compare, fields_of
from procedures.form_words import PROPERTIES
from procedures.models import ProcedureVersion

_CHANNELS = {"online": gettext_lazy("nộp trực tuyến"), "direct": gettext_lazy("nộp trực tiếp, bưu chính")}
"""Of a fee, which way of filing it is for; one for every way says nothing."""
MOST_LINES = 400
"""Changed lines of one part that are written out; a part that was rewritten whole says how many more there are."""


class Change(NamedTuple):
    """One thing that reads otherwise; what has no word before or after only moved."""

    place: str
    before: str
    after: str


@dataclass(slots=True)
class Part:
    """What changed in one part."""

    title: str
    gone: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    more: int = 0
    """Changed lines beyond those written out."""
    changed: list[Change] = field(default_factory=list)


def of(older: ProcedureVersion | None, newer: ProcedureVersion) -> list[Part]:
    """The parts that differ, in the order of the sheet and the active language; beside no version, all there is."""
    after = _lines(newer)
    before = _lines(older) if older is not None else dict.fromkeys(after, [])
    found: list[Part] = []
    form_title = _("Câu hỏi trong biểu mẫu")
    for title in after:
        if title == form_title and older is not None:
            found += _questions_changed(title, older.form, newer.form)
            continue
        old, new = before[title], after[title]
        gone = list((Counter(old) - Counter(new)).elements())  # of two equal lines, one may go
        came = list((Counter(new) - Counter(old)).elements())
        if gone or came:
            more = max(0, len(gone) - MOST_LINES) + max(0, len(came) - MOST_LINES)
            found.append(Part(title, gone[:MOST_LINES], came[:MOST_LINES], more))
        elif old != new:
            found.append(Part(title, [], [_("Chỉ đổi thứ tự")]))
    return found


def _questions_changed(title: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Part]:
    """What whoever fills in the form finds otherwise: a question put in other words is the same question still."""
    part = Part(title)
    for each in compare(before, after, is_for_applicants=True):
        if each.kind == "removed":
            part.gone.append(each.place)
        elif each.kind == "added":
            part.new.append(" · ".join([each.place, *each.after.splitlines()]))
        else:
            part.changed.append(Change(each.place, each.before, each.after))
    part.more = sum(max(0, len(lines) - MOST_LINES) for lines in (part.gone, part.new, part.changed))
    del part.gone[MOST_LINES:], part.new[MOST_LINES:], part.changed[MOST_LINES:]
    if part.gone or part.new or part.changed:
        yield part


def _lines(version: ProcedureVersion) -> dict[str, list[str]]:
    texts = sheets.contents(version)
    return {
        _("Tên"): [texts["name"]],
        _("Quyết định"): _present(
            [version.decision_number, f"{version.decision_on:%d/%m/%Y}" if version.decision_on else ""]
        ),
        _("Làm trên mạng"): _present([texts["level"], texts["reason"]]),
        _("Các bước"): _split(texts["steps"]),
        _("Câu hỏi trong biểu mẫu"): _present(_questions(version.form)),
        _("Giấy tờ cần nộp"): [_component(row) for rows in sheet_papers.component_rows(version) for row in rows],
        _("Phí, lệ phí"): [
            " · ".join(
                _present(
                    [
                        column_text(rule, "name"),
                        sheets.amount_words(rule),
                        str(_CHANNELS.get(rule.channel, "")),
                        column_text(rule, "when_text"),
                        rule.legal_basis,
                        sheets.validity_words(rule),
                    ]
                )
            )
            for rule in version.fees.all()
        ],
        _("Thời hạn giải quyết"): _split([texts["processing_short"], texts["processing"], texts["extended"]]),
        _("Trường hợp giải quyết"): [" · ".join(_present(case)) for case in texts["cases"]],
        _("Nơi nộp"): _present([*_competence(version), texts["place"]]),
        _("Cách nộp"): [text for _channel, text in texts["channels"]],
        _("Kết quả bạn nhận"): texts["results"],
        _("Ai được làm"): texts["applicants"],
        _("Cơ quan giải quyết"): _split([texts["competent"], *(f"{role}: {names}" for role, names in texts["roles"])]),
        _("Cơ quan công bố"): _present([texts["issuer"]]),
        _("Nguồn"): _present([texts["updated"], texts["source_url"]]),
        _("Yêu cầu, điều kiện"): _split([*texts["requirements"], *texts["notes"]]),
        _("Căn cứ pháp lý"): [str(act) for act in texts["legal_basis"]],
    }


def _questions(form: Mapping[str, Any]) -> Iterator[str]:
    """What the form says to who fills it in: titles, questions with all said of them, answers to choose from."""
    asked = fields_of(form)
    for page in form.get("pages") or ():
        yield " · ".join(_present([pair_text(page.get("title")), pair_text(page.get("intro"))]))
        for group in page.get("groups") or ():
            yield " · ".join(_present([pair_text(group.get("title")), *_conditions(group, asked)]))
            for question in group.get("fields") or ():
                yield from _question(question, form.get("lists") or {}, asked)


def _question(asked: Mapping[str, Any], lists: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[str]:
    label = pair_text(asked.get("label"))
    known = fields.get(str(asked.get("key")))
    columns = {**fields, **{part.key: part for part in known.fields}} if known else fields
    yield " · ".join(_present([label, pair_text(asked.get("help")), *_must(asked), *_conditions(asked, fields)]))
    yield from (f"{label}: {pair_text(row)}" for row in lists.get(asked.get("choices", "")) or ())
    for inner in asked.get("fields") or ():  # of a group that repeats
        yield from _question(inner, lists, columns)


def _must(asked: Mapping[str, Any]) -> list[str]:
    return [str(PROPERTIES["required"])] if asked.get("required") else []


def _conditions(said: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[str]:
    """When it is asked, and when it must be answered, in words."""
    for name in ("visible_if", "required_if"):
        if said.get(name) and (words := condition_words(said[name], fields)):
            yield f"{PROPERTIES[name]}: {words}"


def _competence(version: ProcedureVersion) -> list[str]:
    levels = [str(AgencyLevel(level).label) for level in version.levels or [version.competent_level]]
    return [", ".join(levels), str(Branch(version.competent_branch).label)]


def _component(row: sheet_papers.ComponentRow) -> str:
    return " · ".join(_present([row.name, row.copies, row.how, row.when, row.note]))


def _split(texts: Iterable[str]) -> list[str]:
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]


def _present(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if text]
