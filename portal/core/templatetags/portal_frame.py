"""``{% kept %}``: parts of every page's frame that are the same for everybody, drawn once and kept in the process."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

MOST_KEPT = 400
"""A part depends on few things that have few values; more would mean that somebody names one that varies freely."""

_kept: dict[tuple[object, ...], SafeString] = {}
_numbers = count()


class KeptNode(template.Node):
    """A part of a template whose look depends on the language and on the named values alone."""

    def __init__(self, nodelist: NodeList, depends_on: Sequence[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.depends_on = depends_on
        self.number = next(_numbers)

    def render(self, context: Context) -> SafeString:
        """The part as drawn before with the same values, or drawn now. While developing, always drawn."""
        if settings.DEBUG:
            return self.nodelist.render(context)
        key = (
            self.number,
            get_language(),
            *(str(value.resolve(context, ignore_failures=True)) for value in self.depends_on),
        )
        drawn = _kept.get(key)
        if drawn is None:
            drawn = self.nodelist.render(context)
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[key] = drawn
        return drawn


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """``{% kept value … %} … {% endkept %}``: what stands between may depend on the language and these values only."""
    _name, *values = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, [parser.compile_filter(value) for value in values])
