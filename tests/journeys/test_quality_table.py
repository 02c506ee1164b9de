"""docs/quality.md names tests and benches that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[^`]+)`", PAGE))))
def test_named_test_exists(path: str) -> None:
    assert (ROOT / path).exists(), f"docs/quality.md names {path}, which is not there"


def test_every_bench_has_its_line() -> None:
    benches = {file.stem.removeprefix("bench_") for file in (ROOT / "tests" / "bench").glob("bench_*.py")}
    named = set(re.findall(r"`make bench-([a-z_]+)`", PAGE))
    assert named == benches
