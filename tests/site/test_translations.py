"""The English catalogue: every text that a person or a partner's developer can meet has its translation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from _runtime import catalogues

ROOT = Path(__file__).resolve().parents[2]
APPS = ("portal", "procedures", "datastore", "dossiers", "payments")
VIETNAMESE_ONLY = (
    "portal/sandbox/",  # other programs, with words of their own
    "portal/api/wire/",  # the DVCQG protocol answers in Vietnamese, whoever asks
    "dossiers/partners/wire.py",
)
MARKS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "ngettext": 0, "pgettext": 1, "pgettext_lazy": 1}
"""Functions that mark a text, and which of their arguments it is."""
TRANS = re.compile(r"""{%\s*trans(?:late)?\s+("[^"]*"|'[^']*')""")
BLOCKTRANS = re.compile(r"{%\s*blocktrans(?:late)?\b.*?%}(.*?){%\s*(?:plural|endblocktrans(?:late)?)\s*%}", re.S)
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def _catalogue() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted((ROOT / "portal" / "locale" / "en" / "parts").glob("*.po")):
        found.update(catalogues.parse(file.read_text(encoding="utf-8"), file))
    return found


CATALOGUE = _catalogue()
TRANSLATED = {key.split("\x04")[-1].split("\0")[0] for key in CATALOGUE}


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            text = node.args[MARKS[node.func.id]]
            if isinstance(text, ast.Constant):
                yield text.value


def _in_template(source: str) -> Iterator[str]:
    yield from (text[1:-1] for text in TRANS.findall(source))
    for text in BLOCKTRANS.findall(source):
        yield re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", text)


def _sources() -> list[str]:
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py")]
    files += [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    names = (file.relative_to(ROOT).as_posix() for file in files)
    return sorted(name for name in names if not name.startswith(VIETNAMESE_ONLY) and "/migrations/" not in name)


@pytest.mark.parametrize("name", _sources())
def test_every_text_has_its_english(name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    texts = _in_python(source) if name.endswith(".py") else _in_template(source)
    assert sorted(set(texts) - TRANSLATED) == []


OF_LIBRARIES = catalogues.parse(
    (ROOT / "portal/locale/vi/parts/libraries.po").read_text(encoding="utf-8"), ROOT / "portal/locale/vi"
)


def test_no_text_of_ours_is_taken_for_a_word_of_a_library() -> None:
    """Django translates its own “Thu” as Thursday: a Vietnamese text that is spelled so would be read as that."""
    with translation.override("vi"):
        taken = [
            (text, shown)
            for text in sorted(TRANSLATED - set(OF_LIBRARIES) - {""})
            if (shown := translation.gettext(text)) != text
        ]
    assert taken == []


def test_placeholders_are_those_of_the_source() -> None:
    wrong = [
        key
        for key, english in CATALOGUE.items()
        if key and set(PLACEHOLDER.findall(english)) - set(PLACEHOLDER.findall(key))
    ]
    assert wrong == []


def test_no_translation_outlives_its_text() -> None:
    """Texts also stand in tables and behind gettext_noop, so any string of the code counts."""
    strings: set[str] = set()
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            strings |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    pages = [file.read_text(encoding="utf-8") for file in (ROOT / "templates").rglob("*.*")]
    shown = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", "\n".join(pages))
    left = {text for text in TRANSLATED - strings if text not in shown and text.replace("%%", "%") not in shown}
    assert sorted(left) == []
