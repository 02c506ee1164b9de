"""Forms that change something carry the token that browsers must send; Django's test client does not ask for it."""

import re

import pytest

from _runtime.paths import ROOT

TEMPLATES = ROOT / "templates"
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
APART = re.compile(r"{%\s*include\s+\"([^\"]+)\"([^%]*)\bonly\s*%}")


@pytest.mark.parametrize("name", PAGES)
def test_each_form_that_posts_has_a_token(name: str) -> None:
    forms = FORM.findall((TEMPLATES / name).read_text(encoding="utf-8"))
    assert not [form[:200] for form in forms if "csrf_token" not in form and "csrfmiddlewaretoken" not in form]


def test_a_piece_that_is_drawn_apart_is_given_the_token_that_it_writes() -> None:
    """What is included with `only` sees nothing of the page: its token would be empty without a word."""
    lost = [
        f"{name}: {piece}"
        for name in PAGES
        for piece, given in APART.findall((TEMPLATES / name).read_text(encoding="utf-8"))
        if "{% csrf_token %}" in (TEMPLATES / piece).read_text(encoding="utf-8") and "csrf_token=" not in given
    ]
    assert not lost
