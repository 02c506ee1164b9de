"""One spelling of a word wherever it is read: the tone of oa, oe and uy stands on the first vowel (khóa, hủy)."""

import re
from pathlib import Path

import pytest

from portal.core.holidays import FIRST_YEAR, LAST_YEAR, national_days_off

ROOT = Path(__file__).resolve().parents[2]
OTHER = re.compile(r"\b\w*(?:o[áàảãạéèẻẽẹ]|(?<!q)u[ýỳỷỹỵ])\b", re.IGNORECASE)
READ = ("templates/**/*.*", "static/js/*.js", "portal/locale/*/parts/*.po", "*.md", "docs/**/*.md", "bin/**/*.py")
APPS = ("portal", "procedures", "datastore", "dossiers", "payments")
AS_TYPED = {
    "procedures/reference/lexicon",  # what people type who look for something
    "procedures/searching/words.py",  # folds both spellings together
}


def _files() -> list[str]:
    found = [file for pattern in READ for file in ROOT.glob(pattern)]
    found += [file for app in APPS for end in ("py", "yaml", "html") for file in (ROOT / app).rglob(f"*.{end}")]
    names = {file.relative_to(ROOT).as_posix() for file in found if file.is_file()}
    return sorted(name for name in names if not name.startswith(tuple(AS_TYPED)))


@pytest.mark.parametrize(
    ("text", "found"),
    [("Khoá và khóa", ["Khoá"]), ("huỷ, hủy, quỹ, quý", ["huỷ"]), ("hoàn toàn, hoá đơn", ["hoá"]), ("xoè", ["xoè"])],
)
def test_the_rule_knows_both_spellings(text: str, found: list[str]) -> None:
    assert OTHER.findall(text) == found


def test_every_text_has_the_one_spelling() -> None:
    """Names that an act gives – of communes, of agencies – stand as the act writes them; they are data, not texts."""
    wrong = {name: words for name in _files() if (words := OTHER.findall((ROOT / name).read_text(encoding="utf-8")))}
    assert wrong == {}


def test_days_off_too() -> None:
    names = {row.name for year in range(FIRST_YEAR, LAST_YEAR + 1) for row in national_days_off(year)}
    assert [name for name in names if OTHER.search(name)] == []
