"""What follows from an answer just given: she is the mother, so the mother's data are hers; she is not, so they go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from procedures.eforms.conditions import is_empty
from procedures.eforms.definition import Field, Form
from procedures.eforms.prefilling import (
    ANSWER,
    FILING,
    STORE,
    Facts,
    contents_wanted,
    is_due,
    known_answer,
    said_before,
    sources_of,
    store_item,
)
from procedures.eforms.types.base import Context
from procedures.eforms.validation import context_for

Answers = Mapping[str, Any]


def follows(field: Field) -> bool:
    """Whether what a field is filled with can change while the form is filled in."""
    return field.prefill_if is not None or any(source in {ANSWER, FILING} for source, _item in sources_of(field))


def refill_form(
    form: Form,
    answers: Answers,
    sources: Mapping[str, str],
    *,
    before: Answers | None,
    facts: Callable[[], Facts],
    on: date | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Answers and sources after a page was answered, ``before`` being the answers until then.

    Without ``before`` the place of filing was chosen. ``facts`` is only asked where something follows. What a person
    typed herself stays, but for locked fields: who says that she is the mother says that the mother's data are hers.
    """
    context = context_for({}, on=on)
    now, said = dict(answers), dict(sources)
    for field in form.fields():
        if not follows(field):
            continue
        if not is_due(field, now, context):
            if field.prefill_if is not None and field.key in said:
                _forget(field, now, said)
            continue
        if not _changed(field, before, now, context):
            continue
        is_own_word = field.key not in said and not is_empty(now.get(field.key)) and now[field.key] != field.default
        if is_own_word and not field.locked:
            continue
        answer, words = known_answer(field, facts(), now, context)
        if answer is not None:
            now[field.key], said[field.key] = answer, words
        elif field.key in said:
            _forget(field, now, said)
    return now, said


def refill_locked(form: Form, answers: Answers, sources: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Answers and sources of a draft that comes to this form from another one, where the same may be typed by hand.

    What this form locks to an earlier answer is that answer: typed, it has no source and would stay open.
    """
    context = context_for({})
    now, said = dict(answers), dict(sources)
    for field in form.fields():
        said_here = any(source == ANSWER for source, _item in sources_of(field))
        if not field.locked or not said_here or not is_due(field, now, context):
            continue
        answer, words = known_answer(field, {}, now, context)
        if answer is not None:
            now[field.key], said[field.key] = answer, words
    return now, said


def fill_from_paper(
    form: Form, answers: Answers, sources: Mapping[str, str], *, facts: Facts, types: set[str], on: date | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Answers and sources once a person says which paper of these types is meant: it fills what such papers may fill.

    With no facts she says that none is: what they had filled goes, and she types it.
    """
    context = context_for({}, on=on)
    now, said = dict(answers), dict(sources)
    for field in form.fields():
        is_wanted = any(store_item(item)[0] in types for item in contents_wanted(field))
        if not is_wanted or not is_due(field, now, context):
            continue
        answer, words = known_answer(field, {STORE: facts.get(STORE, {})}, now, context)
        if answer is not None:
            now[field.key], said[field.key] = answer, words
        elif field.key in said:
            _forget(field, now, said)
    return now, said


def said_again(form: Form, answers: Answers, sources: Mapping[str, str], *, before: Answers) -> dict[str, Any]:
    """Answers that nobody types because they say an earlier one again, once that one is another than before.

    A frozen form is not refilled: nothing else is looked up, and no source goes.
    """
    context = context_for({})
    now = dict(answers)
    for field in form.fields():
        if not field.locked or field.key not in sources or not _changed(field, before, now, context):
            continue
        if any(source == ANSWER for source, _item in sources_of(field)):
            answer, _words = known_answer(field, {}, now, context)
            now |= {} if answer is None else {field.key: answer}
    return now


def _changed(field: Field, before: Answers | None, now: Answers, context: Context) -> bool:
    """Whether an answer just given is a reason to look at the field's sources anew."""
    if before is None:
        return any(source == FILING for source, _item in sources_of(field))
    if field.prefill_if is not None and not is_due(field, before, context):
        return True
    items = [item for source, item in sources_of(field) if source == ANSWER]
    return any(said_before(field, item, before) != said_before(field, item, now) for item in items)


def _forget(field: Field, answers: dict[str, Any], sources: dict[str, str]) -> None:
    del sources[field.key]
    answers.pop(field.key, None)
    if field.default is not None:
        answers[field.key] = field.default
