"""What the terminal says while a step takes long."""

import time

import pytest

from _runtime import console


def test_a_long_step_shows_that_it_goes_on_and_is_quiet_afterwards(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "SIGN_OF_LIFE_SECONDS", 0.05)
    with console.step("Migrating the database"):
        time.sleep(0.3)
    said = capsys.readouterr().out
    assert said.startswith("  Migrating the database …") and "still at it …" in said
    time.sleep(0.2)
    assert capsys.readouterr().out == ""


def test_a_step_that_fails_is_quiet_afterwards(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "SIGN_OF_LIFE_SECONDS", 0.05)
    with pytest.raises(console.SetupError), console.step("Installing"):
        raise console.SetupError("no network")
    capsys.readouterr()
    time.sleep(0.2)
    assert capsys.readouterr().out == ""
