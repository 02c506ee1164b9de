"""Saving one page of a draft that may stand open elsewhere too (máy khác, thẻ khác): only what was changed here.

A page carries the digest of each answer as it was drawn. What was changed elsewhere since then, and not here, stays.
What was changed in both places is not saved: who types is told what stands there now, and her next press overrules it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from dossiers import draft_access, drafts
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from procedures import eforms
from procedures.eforms.conditions import is_empty
from procedures.eforms.summarising import in_words

DRAWN = "_drawn"
"""In a post: the digests, as JSON by key of field. Without it, or with nonsense in it, all of the page is saved."""
LENGTH = 12
"""Hexadecimal digits of a digest: two texts of one field fall together once in 10^14."""

Unread = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a page: the digests it carries from now on, and what was written elsewhere, by field in words.

    Of what was written elsewhere `elsewhere` was changed here, too, and waits for her word; `kept` was not, and stays.
    Fields that the page still shows as they were before are `stale`: those of `kept`, and those it does not ask.
    """

    at: datetime
    drawn: dict[str, str]
    elsewhere: dict[str, str]
    kept: dict[str, str]
    stale: frozenset[str]


def drawn(page: eforms.Page, dossier: Dossier) -> dict[str, str]:
    """The digest of each answer of a page as it is drawn now; files are not typed, and keep a rule of their own."""
    return {
        field.key: _digest(field, dossier.answers.get(field.key), dossier.unread_answers)
        for field in page.fields()
        if field.is_typed and field.type != "file"
    }


def read(posted: Mapping[str, Any]) -> dict[str, str]:
    """The digests that a post carries; none of a post that says nonsense."""
    try:
        said = json.loads(posted.get(DRAWN, ""))
    except (ValueError, RecursionError):
        return {}
    return {key: value for key, value in said.items() if isinstance(value, str)} if isinstance(said, dict) else {}


@transaction.atomic
def save(
    public_id: UUID,
    *,
    actor: Actor,
    form: eforms.PageForm,
    step: str,
    before: dict[str, str],
    touched: set[str] | None = None,
) -> Saved:
    """Save what a page brings, or of it the touched fields, given its digests ``before``; see drafts.save_answers.

    Right or wrong, whole or not: a page may be left half done, and whether it will do is asked before it is sent.
    """
    dossier = draft_access.get_draft(public_id, actor=actor, lock=True)
    if touched is not None and not touched:
        return Saved(dossier.updated_at, before, {}, {}, frozenset())
    said = eforms.answers_from(form)
    missing = {key for key, value in said.items() if value is None and key not in dossier.answers}
    missing &= {name.partition("__")[0] for name in form.errors}
    # of a text that is no answer yet nothing but the text is kept; of rows and addresses the rest is
    typed = {key: value for key, value in said.items() if key not in {*form.unread, *missing}}
    unread = dict(form.unread)
    if touched is not None:
        reckoned = {field.key for field in form.page.fields() if not field.is_typed}
        typed = {key: value for key, value in typed.items() if key in touched | reckoned}
        unread = {name: texts for name, texts in unread.items() if name.partition("__")[0] in touched}
    now = drawn(form.page, dossier)
    brought = {*typed, *(name.partition("__")[0] for name in unread)}
    elsewhere: dict[str, str] = {}
    kept: dict[str, str] = {}
    stale: set[str] = set()
    for field in form.page.fields():
        key = field.key
        if key not in said or key not in now or before.get(key, now[key]) == now[key]:
            continue
        if touched is not None and key not in touched:
            continue
        here = _digest(field, said.get(key), form.unread)
        is_left = here == before[key]
        filled_in = key in dossier.answer_sources and not _texts(key, dossier.unread_answers)
        if here == now[key] or (filled_in and not is_left):
            continue  # what the state filled in meanwhile is nobody's text
        if is_left:
            stale.add(key)
        if key not in form.unasked and not (filled_in and is_left):
            (kept if is_left else elsewhere)[key] = _words(form, field, dossier)
        typed.pop(key, None)
        unread = {name: texts for name, texts in unread.items() if name.partition("__")[0] != key}
    brought = {*typed, *(name.partition("__")[0] for name in unread)}
    saved = drafts.save_answers(public_id, actor=actor, answers=typed, step=step, unread=unread)
    after = drawn(form.page, saved)
    shown = brought if touched is not None else brought | stale | set(elsewhere)
    told = {key: digest for key, digest in after.items() if key in shown}
    return Saved(saved.updated_at, before | told, elsewhere, kept, frozenset(stale))


def news(before: Mapping[str, str], saved: Saved) -> str:
    """For a page that stays open while its button saved something: when, and the digests that changed, as JSON."""
    changed = {key: digest for key, digest in saved.drawn.items() if before.get(key) != digest}
    return json.dumps({"draft": saved.at.isoformat(), "drawn": changed})


def redrawn(
    form: eforms.PageForm, dossier: Dossier, stale: Collection[str], sources: Mapping[str, str]
) -> eforms.PageForm:
    """The page as it would have been sent, had it shown what another device stored in the stale fields.

    Nobody is asked to fill in what is stored. ``dossier`` is as it was saved; what is wrong with a file stays said.
    """
    known = {"answers": dossier.answers, "sources": sources, "unread": dossier.unread_answers}
    stored = eforms.build_form(form.page, **known)
    posted: Any = form.data
    data = posted.copy()
    for name in [name for name in data if name.partition("__")[0] in stale]:
        del data[name]
    for name in stored.fields:
        if name.partition("__")[0] in stale and (value := stored.initial.get(name)) not in (None, False):
            data.setlist(name, value if isinstance(value, list) else ["on" if value is True else str(value)])
    again = eforms.build_form(form.page, data=data, **known)
    again.is_valid()
    for name in form.uploads:
        for text in form.errors.get(name, []):
            again.add_error(name, str(text))
    return again


def conflicts(form: eforms.PageForm, elsewhere: Mapping[str, str]) -> list[dict[str, str]]:
    """What a page's script is told that was changed in both places: key of the field, where a link goes, words."""
    words = _("Chưa lưu “%(label)s”: máy hoặc cửa sổ khác vừa ghi “%(other)s”. Bấm nút lưu để chọn một trong hai.")
    return [
        {
            "key": field.key,
            "href": form.link_to(field.key),
            "text": words % {"label": field.label, "other": elsewhere[field.key]},
        }
        for field in _fields_of(form, elsewhere)
    ]


def links(form: eforms.PageForm, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was written elsewhere as (href, text), for a notice on top of the page, in the order of its fields."""
    return [(form.link_to(field.key), f"{field.label}: {words[field.key]}") for field in _fields_of(form, words)]


def words_of_kept(form: eforms.PageForm, kept: Mapping[str, str]) -> str:
    """What somebody reads who goes on from a page that showed something else."""
    items = [f"{field.label}: {kept[field.key]}" for field in _fields_of(form, kept)]
    return _("Máy hoặc cửa sổ khác đã sửa ở trang vừa rồi và Cổng giữ bản đó: %(items)s.") % {"items": "; ".join(items)}


def tell(form: eforms.PageForm, elsewhere: Mapping[str, str]) -> None:
    """Say at each field what was written there elsewhere."""
    for key, words in elsewhere.items():
        form.add_at(
            key,
            _(
                "Máy hoặc cửa sổ khác vừa ghi ở đây: “%(other)s”. Trang này còn giữ chữ của bạn, chưa lưu: "
                "bấm lưu lần nữa để dùng chữ của bạn, hoặc mở lại trang để giữ bản kia."
            )
            % {"other": words},
        )


def _fields_of(form: eforms.PageForm, words: Mapping[str, str]) -> list[eforms.Field]:
    return [field for field in form.page.fields() if field.key in words]


def _words(form: eforms.PageForm, field: eforms.Field, dossier: Dossier) -> str:
    texts = [text for found in _texts(field.key, dossier.unread_answers).values() for text in found if text]
    return ", ".join(texts) or in_words(field, dossier.answers, form.context) or _("(để trống)")


def _texts(key: str, unread: Unread) -> dict[str, list[str]]:
    return {name: texts for name, texts in unread.items() if name.partition("__")[0] == key}


def _digest(field: eforms.Field, value: Any, unread: Unread) -> str:
    """Keyed, so that nobody tells from a page what stands in a field that it does not show."""
    texts, plain = _texts(field.key, unread), _plain(field, value)
    shown = texts if field.key in texts else [texts, plain] if texts else plain
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True)
    return salted_hmac("dossiers.page_saving", text, algorithm="sha256").hexdigest()[:LENGTH]


def _plain(field: eforms.Field, value: Any) -> Any:
    """A value as its controls show it and send it back: an empty box says what no answer says."""
    value = field.default if value is None else value
    if field.type == "repeat" and isinstance(value, list):
        nothing = _parts(field, {})
        rows = [_parts(field, row) if isinstance(row, dict) else row for row in value]
        value = [row for row in rows if row != nothing]
    elif field.is_composite and (value is None or isinstance(value, dict)):
        value = _parts(field, value or {})
    elif isinstance(value, str):
        value = value.replace("\r\n", "\n").strip()
    return None if value is False or is_empty(value) else value


def _parts(field: eforms.Field, value: dict[str, Any]) -> dict[str, Any]:
    plain = {part.key: _plain(part, value.get(part.key)) for part in field.fields}
    return {key: part for key, part in plain.items() if part is not None}
