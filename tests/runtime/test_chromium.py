"""The browser of the browser tests is found only where Playwright can drive it."""

import ctypes
import sys

import pytest

from _runtime import chromium


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PORTAL_CHROMIUM", "/usr/bin/true")
    return "/usr/bin/true"


def test_the_given_one_is_taken_where_its_driver_can_start(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: name)
    assert chromium.find() == given


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bring the library")
def test_none_is_found_where_the_library_of_its_driver_is_missing(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert chromium.find() is None
