"""Where a message points: kept as a Vietnamese address, opened in the reader's language."""

from django.conf import settings
from django.urls import translate_url
from django.utils import translation


def in_language(link: str, language: str) -> str:
    """The same page in `language`; an address that has no language, and "", stay as they are."""
    with translation.override(settings.LANGUAGE_CODE):
        return translate_url(link, language)
