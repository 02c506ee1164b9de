"""Answers that the agency marked as wrong (mục kê khai cần sửa): asked anew at a supplement, put right in place.

The filing is frozen; what changes is what the agency named, by who filed it, and the event keeps the words before and
after. NĐ 118/2025/NĐ-CP art. 17: what is to be supplemented is named wholly and once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dossiers.freezing import digest_of
from dossiers.models import Dossier, SupplementRequest
from procedures import eforms
from procedures.eforms.conditions import fields_in
from procedures.eforms.definition import Field, Form, Page

FIELD = "field"
"""In an item of a request: the key of the answer that is to be put right."""
NOT_IN_PLACE = frozenset({"repeat", "file", "consent", "readonly", "computed", "co_signature"})
"""What is no single answer that can be written anew: a list, a paper, a declaration, what follows from others."""
PAGE = "corrections"


def markable(dossier: Dossier) -> list[eforms.Section]:
    """The answers that may be marked, filled in or left empty, group by group, in Vietnamese as officials read them.

    Not what the State's own data said and nobody may overrule, nor the place by which the agency was found.
    """
    form = _form(dossier)
    if form is None or dossier.handled_by_id is not None:
        return []
    fields = form.by_key()
    found = []
    for section in eforms.summary(form, dossier.answers, "vi"):
        rows = [row for row in section.rows if _is_markable(fields[row.key], dossier)]
        if rows:
            found.append(replace(section, rows=rows))
    return found


def _is_markable(field: Field, dossier: Dossier) -> bool:
    is_fixed = field.locked and field.key in dossier.answer_sources
    return field.type not in NOT_IN_PLACE and not is_fixed and not field.in_place_of_filing


def form_for(
    dossier: Dossier, asked: SupplementRequest | None, data: QueryDict | None = None
) -> eforms.PageForm | None:
    """The marked answers as a form, with what is asked only because of them; None where none was marked."""
    form, keys = _form(dossier), _marked(asked)
    if form is None or not keys:
        return None
    page = _page(form, keys)
    if not page.groups:
        return None
    return eforms.build_form(page, answers=dossier.answers, data=data)


def put_right(
    dossier: Dossier, asked: SupplementRequest | None, corrections: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Write the right answers into a locked dossier and return each change in words, before and after.

    What was not marked, and does not hang on what was, stays as it was frozen, whatever is given for it. The caller
    saves answers, digest and sources.
    """
    form, keys = _form(dossier), _marked(asked)
    if form is None or not keys or not corrections:
        return []
    open_keys = {field.key for field in _page(form, keys).fields()}
    given = {key: value for key, value in corrections.items() if key in open_keys}
    merged = {key: value for key, value in (dossier.answers | given).items() if value is not None}
    with translation.override("vi"):
        answers = eforms.complete(form, merged, on=timezone.localdate(dossier.submitted_at))
        changes = _changes(form, dossier.answers, answers)
    if changes:
        changed = {change["key"] for change in changes}
        dossier.answers, dossier.answers_sha256 = answers, digest_of(answers)
        dossier.answer_sources = {key: told for key, told in dossier.answer_sources.items() if key not in changed}
    return changes


def words_of(changes: Iterable[Mapping[str, str]]) -> list[str]:
    """Each change as a line: what it was and what it is now."""
    empty = _("(để trống)")
    return [
        _("Đã sửa “%(label)s”: %(before)s → %(after)s")
        % {"label": each["label"], "before": each["before"] or empty, "after": each["after"] or empty}
        for each in changes
    ]


def _marked(asked: SupplementRequest | None) -> set[str]:
    return {item[FIELD] for item in asked.items if item.get(FIELD)} if asked is not None else set()


def _page(form: Form, keys: set[str]) -> Page:
    """One page with the marked fields, and with those that are asked only where a marked one says so."""
    open_keys = set(keys)
    while True:
        followers = {
            field.key
            for field, condition in form.placed
            if field.type not in NOT_IN_PLACE and not open_keys.isdisjoint(fields_in(condition))
        }
        if followers <= open_keys:
            break
        open_keys |= followers
    groups = []
    for page in form.pages:
        for group in page.groups:
            if fields := tuple(field for field in group.fields if field.key in open_keys):
                groups.append(replace(group, fields=fields))
    return Page(PAGE, form.pages[0].title, tuple(groups))


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
