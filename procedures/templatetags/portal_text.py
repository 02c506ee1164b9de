"""Long texts in templates."""

from django import template

from procedures import sheet_texts

register = template.Library()


@register.filter
def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, long lines broken between sentences."""
    return sheet_texts.paragraphs(str(text))
