"""A select that is written out in one go: a sheet has hundreds of them, and Django draws option by option."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


class PlainSelect(forms.Select):
    """The same markup as Django's, of choices that may stand in groups."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The control; every value and word in it is escaped here."""
        final = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        chosen = set(self.format_value(value))
        return mark_safe(f"<select{flatatt(final)}>{''.join(_options(self.choices, chosen))}</select>")  # noqa: S308 - escaped piece by piece


def _options(choices: Any, chosen: set[str]) -> Iterator[str]:
    for value, words in choices:
        if isinstance(words, list | tuple):
            yield f'<optgroup label="{escape(value)}">{"".join(_options(words, chosen))}</optgroup>'
        else:
            said = "" if value is None else str(value)
            yield f'<option value="{escape(said)}"{" selected" if said in chosen else ""}>{escape(words)}</option>'
