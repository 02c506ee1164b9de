"""Which of two stored texts a page shows: Vietnamese is always there, English where somebody wrote it."""

from django.utils.translation import get_language


def is_english() -> bool:
    """Whether the current page, message or answer is in English."""
    return (get_language() or "vi").startswith("en")


def in_language(vietnamese: str, english: str) -> str:
    """The English text where English is read and there is one; the Vietnamese text otherwise."""
    return english if english and is_english() else vietnamese
