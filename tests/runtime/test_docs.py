"""The pages under docs/ name tests, benches, commands and files that exist."""

import re

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


def test_the_way_through_the_apps_names_files_that_exist():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tables = dict(re.findall(r"^\| `(\w+)/` \| \|\n\|---\|---\|\n((?:\|.*\n)+)", page, re.M))
    assert set(tables) == {"dossiers", "procedures", "datastore", "payments", "portal"}
    for app, table in tables.items():
        names = re.findall(r"`([a-z_]+)/?`", table)
        assert [name for name in names if not _is_there(app, name)] == [], app


def _is_there(app: str, name: str) -> bool:
    return any((ROOT / app).rglob(f"{name}.py")) or any(found.is_dir() for found in (ROOT / app).rglob(name))


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
