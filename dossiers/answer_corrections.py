"""Answers that the agency marked as wrong (mục kê khai cần sửa): asked anew at a supplement, put right in place.

The filing is frozen; what changes is what the agency named, by who filed it, and the event keeps the words before and
after. NĐ 118/2025/NĐ-CP art. 17: what is to be supplemented is named wholly and once. A right answer may ask for more:
that is asked with it, by the rules of the day of filing, and a form that would lack something is not taken.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dossiers import local_terms, place_of_filing
from dossiers.event_names import ANEW, CHANGES
from dossiers.freezing import digest_of
from dossiers.models import Dossier, SupplementRequest
from portal.core.durations import Duration
from portal.core.errors import InvalidInputError
from portal.core.language import is_english
from portal.core.money import format_vnd
from procedures import eforms, fees
from procedures.eforms.conditions import is_empty
from procedures.eforms.definition import Field, Form, Page, Words, fields_in
from procedures.eforms.refilling import said_again

FIELD = "field"
"""In an item of a request: the key of the answer that is to be put right."""
NOT_IN_PLACE = frozenset({"file", "consent", "readonly", "computed"})
"""What is not written anew: a paper, which is asked for as one, a declaration, and what follows from other answers."""
ASKED_WITH = frozenset({"repeat", "consent"})
"""What the page draws all the same where it has no answer yet and a right one asks for it."""
LEFT_EMPTY = re.compile(r"Không nhớ thì (?:bỏ|để) trống")
"""In a question's hint: the way out for who does not know it. What empty means otherwise ("no limit") stays."""
PAGE = "corrections"
PAPERS, COST, TIME, STAYS = "papers", "cost_vnd", "time", "appointment_stays"
"""Under ANEW: names of papers that must be there now and are not; the sum of all charges before and after; the
processing time before and after, each as value and unit; and whether the appointment is not moved by that."""


def markable(dossier: Dossier) -> list[eforms.Section]:
    """The answers that may be marked, filled in or left empty, group by group, in Vietnamese as officials read them.

    Not what the State's own data said and nobody may overrule, nor what decides whose data that is or asks for
    something that cannot be given in place. The address that found the agency may change within its place.
    """
    form = _form(dossier)
    if form is None or dossier.handled_by_id is not None:
        return []
    fields = form.by_key()
    found = []
    for section in eforms.summary(form, dossier.answers, "vi"):
        rows = [row for row in section.rows if _is_markable(fields[row.key], form, dossier)]
        if rows:
            found.append(replace(section, rows=rows))
    return found


def _is_markable(field: Field, form: Form, dossier: Dossier) -> bool:
    if not _is_open(field, dossier):
        return False
    if any(_is_fixed(other, dossier) and field.key in fields_in(other.prefill_if) for other in form.fields()):
        return False
    return not any(_may_lack(other, dossier) for other in _hanging(form, {field.key}, dossier))


def _may_lack(field: Field, dossier: Dossier) -> bool:
    """Whether it may have to be answered and cannot be in place."""
    may_be_needed = field.required or field.required_if is not None or field.min_items
    is_there = not is_empty(dossier.answers.get(field.key))
    return bool(may_be_needed) and field.is_typed and not is_there and not _is_asked_with(field, dossier)


def _is_fixed(field: Field, dossier: Dossier) -> bool:
    is_known = field.key in dossier.answer_sources and not is_empty(dossier.answers.get(field.key))
    return field.locked and is_known


def _is_open(field: Field, dossier: Dossier) -> bool:
    return field.type not in NOT_IN_PLACE and not _is_fixed(field, dossier)


def _is_asked_with(field: Field, dossier: Dossier) -> bool:
    """Whether what hangs on a marked answer is asked with it; a list that has rows and no mark stays as frozen."""
    if field.type in ASKED_WITH:
        return is_empty(dossier.answers.get(field.key))
    return _is_open(field, dossier)


def form_for(
    dossier: Dossier, asked: SupplementRequest | None, data: QueryDict | None = None
) -> eforms.PageForm | None:
    """The marked answers as a form, with what is asked only because of them; None where none was marked."""
    form, keys = _form(dossier), _marked(asked)
    if form is None or not keys:
        return None
    page = _page(form, keys, dossier)
    if not page.groups:
        return None
    return eforms.build_form(page, answers=dossier.answers, data=data, on=_day(dossier))


def may_be_dropped(dossier: Dossier, asked: SupplementRequest | None) -> list[str]:
    """Labels of answers that are not on the page and go where a right answer no longer asks for them."""
    form, keys = _form(dossier), _marked(asked)
    if form is None or not keys:
        return []
    shown = {field.key for field in _page(form, keys, dossier).fields()}
    hanging = _hanging(form, keys, dossier)
    return [
        str(field.label) for field in hanging if field.key not in shown and not is_empty(dossier.answers.get(field.key))
    ]


def put_right(dossier: Dossier, asked: SupplementRequest | None, corrections: Mapping[str, Any]) -> dict[str, Any]:
    """Write the right answers into a locked dossier; returns what the event keeps, empty where nothing changed.

    CHANGES has each change in words, before and after; ANEW what the right answers ask for beyond them. What was not
    marked, and does not hang on what was, stays as it was frozen, whatever is given for it. The processing time follows
    her case (local_terms.correct_time). The caller saves answers, digest, sources and local terms. Raises
    InvalidInputError where the whole form has something wrong that it had not before, or an address leaves the place
    of the agency.
    """
    form, keys = _form(dossier), _marked(asked)
    if form is None or not keys or not corrections:
        return {}
    open_keys = {field.key for field in _page(form, keys, dossier).fields()}
    given = {key: value for key, value in corrections.items() if key in open_keys}
    merged = {key: value for key, value in (dossier.answers | given).items() if value is not None}
    with translation.override("vi"):
        merged = said_again(form, merged, dossier.answer_sources, before=dossier.answers)
        answers = eforms.complete(form, merged, on=_day(dossier))
        changes = _changes(form, dossier.answers, answers)
    if not changes:
        return {}
    before = eforms.validate(form, dossier.answers, on=_day(dossier))
    after = eforms.validate(form, answers, on=_day(dossier))
    if wrong := {path: _named(form, path, texts) for path, texts in after.items() if path not in before}:
        raise InvalidInputError(fields=wrong)
    if elsewhere := place_of_filing.moved(dossier, eforms.asked(form, answers, on=_day(dossier))):
        raise InvalidInputError(fields=elsewhere)
    had = _papers(dossier).keys() | set(dossier.components.values_list("component_code", flat=True))
    cost = _cost(dossier)
    said_by_her = {change["key"] for change in changes} - {key for key in answers if form.by_key()[key].locked}
    time = local_terms.correct_time(dossier, answers, on=_day(dossier))
    dossier.answers, dossier.answers_sha256 = answers, digest_of(answers)
    dossier.answer_sources = {key: told for key, told in dossier.answer_sources.items() if key not in said_by_her}
    more = [name for code, name in _papers(dossier).items() if code not in had]
    now = _cost(dossier)
    anew = ({PAPERS: more} if more else {}) | ({COST: [cost, now]} if cost != now else {}) | _told(time)
    return {CHANGES: changes} | ({ANEW: anew} if anew else {})


def _told(time: local_terms.Corrected | None) -> dict[str, Any]:
    if time is None:
        return {}
    limits = [[limit.value, str(limit.unit)] if limit else None for limit in (time.before, time.after)]
    return {TIME: limits, STAYS: not time.holds}


def _named(form: Form, path: str, texts: Iterable[str]) -> list[str | Promise]:
    """The field's words, with its label where they lack it: it may not be on the page."""
    label = str(form.by_key()[path.partition(".")[0]].label)
    return [text if label in text else f"{label}: {text}" for text in texts]


def anew_words(told: Mapping[str, Any]) -> list[str]:
    """For officials: what the right answers ask for that the filing was not judged by. Nothing is charged by itself."""
    anew, lines = told.get(ANEW) or {}, []
    if papers := anew.get(PAPERS):
        lines.append(_("Theo nội dung đã sửa, hồ sơ cần thêm: %(names)s.") % {"names": ", ".join(papers)})
    if costs := anew.get(COST):
        amounts = {"before": format_vnd(costs[0]), "after": format_vnd(costs[1])}
        lines.append(
            _("Phí, lệ phí theo nội dung đã sửa: %(before)s → %(after)s. Cổng không tự thu thêm hay hoàn lại.")
            % amounts
        )
    if limits := anew.get(TIME):
        before, after = (Duration(*limit).label() if limit else _("không quy định thời hạn") for limit in limits)
        lines.append(_("Thời hạn theo nội dung đã sửa: %(before)s → %(after)s.") % {"before": before, "after": after})
        if anew.get(STAYS):
            lines.append(_("Ngày đã hẹn trả giữ nguyên."))
    return lines


def _papers(dossier: Dossier) -> dict[str, str]:
    """Names by code of the papers that must be there by the answers."""
    asked = eforms.required_components(dossier.procedure_version, dossier.answers, on=_day(dossier))
    return {component.code: component.name for component, is_required in asked if is_required}


def _cost(dossier: Dossier) -> int:
    """What it costs by the answers, in đồng."""
    version = dossier.procedure_version
    return 0 if version is None else fees.total_vnd(local_terms.charges(dossier, version, on=_day(dossier)))


def names_of(dossier: Dossier) -> dict[str, str]:
    """Labels of the form by key for a reader of English; nothing for others, whose words the history keeps."""
    form = _form(dossier) if is_english() else None
    return {field.key: str(field.label) for field in form.fields()} if form is not None else {}


def words_of(changes: Iterable[Mapping[str, str]], names: Mapping[str, str] | None = None) -> list[str]:
    """Each change as a line: what it was and what it is now. `names` of names_of, for the reader's language."""
    empty = _("(để trống)")
    return [
        _("Đã sửa “%(label)s”: %(before)s → %(after)s")
        % {
            "label": (names or {}).get(each["key"], each["label"]),
            "before": each["before"] or empty,
            "after": each["after"] or empty,
        }
        for each in changes
    ]


def _marked(asked: SupplementRequest | None) -> set[str]:
    return {item[FIELD] for item in asked.items if item.get(FIELD)} if asked is not None else set()


def _day(dossier: Dossier) -> date:
    """The day of filing, by which its answers are judged; before that today."""
    return timezone.localdate(dossier.submitted_at)


def _hanging(form: Form, keys: set[str], dossier: Dossier) -> list[Field]:
    """What is asked, or lacks an answer that is needed, only where one of these answers says so."""
    known = set(keys)
    while True:
        more = {
            field.key
            for field, condition in form.placed
            if not known.isdisjoint(fields_in(condition))
            or (not known.isdisjoint(fields_in(field.required_if)) and is_empty(dossier.answers.get(field.key)))
        }
        if more <= known:
            return [field for field in form.fields() if field.key in known - keys]
        known |= more


def _page(form: Form, keys: set[str], dossier: Dossier) -> Page:
    """One page with the marked fields, and with what is asked only where a marked one says so."""
    hanging = _hanging(form, keys, dossier)
    open_keys = keys | {field.key for field in hanging if _is_asked_with(field, dossier)}
    groups = []
    for page in form.pages:
        for group in page.groups:
            if fields := tuple(_called_for(field, keys) for field in group.fields if field.key in open_keys):
                groups.append(replace(group, fields=fields))
    return Page(PAGE, form.pages[0].title, tuple(groups), called_for=frozenset(keys))


def _called_for(field: Field, keys: set[str]) -> Field:
    """A question as it is asked here: the agency wants what may be left empty at filing."""
    is_asked = field.key in keys and not field.required and LEFT_EMPTY.search(field.help.vi) is not None
    return replace(field, help=Words()) if is_asked else field


def _changes(form: Form, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str]]:
    before, after = _in_words(form, old), _in_words(form, new)
    labels = {field.key: field.label.vi for field in form.fields()}
    return [
        {"key": key, "label": label, "before": before.get(key, ""), "after": after.get(key, "")}
        for key, label in labels.items()
        if before.get(key, "") != after.get(key, "")
    ]


def _in_words(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    told = eforms.summary(form, answers, "vi", filled_only=True)
    return {row.key: row.value for section in told for row in section.rows}


def _form(dossier: Dossier) -> Form | None:
    version = dossier.procedure_version
    return eforms.form_of(eforms.form_for(version)) if version is not None else None
