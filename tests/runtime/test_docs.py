"""The pages under docs/ name tests, benches, commands and files that exist."""

import re
from fnmatch import fnmatch

import pytest

from _runtime.paths import ROOT

QUALITY = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[^`]+)`", QUALITY))))
def test_a_promise_names_a_test_that_exists(path):
    assert (ROOT / path).exists(), f"docs/quality.md names {path}, which is not there"


def test_a_promise_names_what_shows_it():
    rows = [row for row in re.findall(r"^\| (.+) \|$", QUALITY, re.M) if not row.startswith(("promised", "---"))]
    shown = re.compile(r"`(tests/|make |bin/test|\.ci/)|by hand")
    assert len(rows) > 100
    assert [row for row in rows if not shown.search(row.split(" | ")[1])] == []


def _tables() -> dict[str, list[str]]:
    """Rows of docs/architecture.md by the folder they speak of."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tables = dict(re.findall(r"^\| `([\w/]+)/` \| \|\n\|---\|---\|\n((?:\|.*\n)+)", page, re.M))
    rows = {folder: table.splitlines() for folder, table in tables.items()}
    for row in rows.pop("portal"):
        for app in re.findall(r"`(\w+)/`", row.split(" | ")[0]):
            rows[f"portal/{app}"] = [row.partition(" | ")[2]]
    return rows


TABLES = _tables()
# what the layers at the end of the page speak of, in every app
LAYERS = re.compile(r"__\w+__|apps|access|admin\w*|errors|forms\w*|models|tasks|urls\w*|views\w*")


def test_the_way_through_the_apps_names_files_that_exist():
    apps = {"dossiers", "dossiers/partners", "procedures", "procedures/eforms", "datastore", "payments"}
    assert set(TABLES) >= apps | {f"portal/{app}" for app in ("agencies", "api", "backoffice", "core", "exchange")}
    for folder, rows in TABLES.items():
        named = re.findall(r"`([a-z_]+\*?)(/?)`", "\n".join(rows))
        inside = [folder, *(f"{folder}/{name}" for name, is_folder in named if is_folder)]
        assert [name for name, _ in named if not any(_is_there(place, name) for place in inside)] == [], folder


def _is_there(folder: str, name: str) -> bool:
    return any((ROOT / folder).glob(f"{name}.py")) or (ROOT / folder / name).is_dir()


@pytest.mark.parametrize("folder", sorted(TABLES))
def test_the_way_through_the_apps_leaves_out_no_file(folder):
    named = set(re.findall(r"`([a-z_]+\*?)/?`", "\n".join(TABLES[folder])))
    modules = [file.stem for file in (ROOT / folder).glob("*.py") if not LAYERS.fullmatch(file.stem)]
    assert [name for name in modules if not any(fnmatch(name, pattern) for pattern in named)] == []


def test_every_bench_has_its_line():
    benches = {file.stem.removeprefix("bench_") for file in (ROOT / "tests" / "bench").glob("bench_*.py")}
    assert set(re.findall(r"`make bench-([a-z_]+)`", QUALITY)) == benches


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_make_targets_that_a_page_names_exist(page):
    named = set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8"))) - {"bench-"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    assert {name for name in named if name not in targets and not name.startswith("bench-")} == set()
