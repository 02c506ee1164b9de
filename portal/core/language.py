"""Which of two stored texts a page shows: Vietnamese is always there, English where somebody wrote it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.utils.translation import get_language, override


def is_english() -> bool:
    """Whether the current page, message or answer is in English."""
    return (get_language() or "vi").startswith("en")


def speaking(language: str) -> AbstractContextManager[object]:
    """As Django's `override`; where the language is spoken already nothing is done."""
    return nullcontext() if get_language() == language else override(language)


def in_language(vietnamese: str, english: str) -> str:
    """The English text where English is read and there is one; the Vietnamese text otherwise."""
    return english if english and is_english() else vietnamese


def column_text(row: Any, name: str) -> str:
    """A text of a row in the reader's language: the column `name`, or `name_en` beside it."""
    return in_language(getattr(row, name), getattr(row, f"{name}_en", ""))


def pair_text(texts: Mapping[str, str] | None) -> str:
    """A text kept as `{vi, en}` in the reader's language; empty where there is none."""
    return in_language(texts.get("vi", ""), texts.get("en", "")) if texts else ""
