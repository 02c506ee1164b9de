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
