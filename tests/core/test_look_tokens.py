"""The colours of the look: every pair of text and ground that pages use is readable, in light and in dark."""

import re
from pathlib import Path

import pytest

SCSS = Path(__file__).resolve().parents[2] / "static" / "scss"
TEXT, LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11

GROUNDS = ("paper", "card", "sunk", "dawn")
TINTS = ("jade-ground", "amber-ground", "gold-ground", "crimson-ground", "error-ground")

PAIRS = [
    *[("ink", ground, TEXT) for ground in GROUNDS + TINTS],
    *[("soft", ground, TEXT) for ground in GROUNDS],
    *[("link", ground, TEXT) for ground in GROUNDS + TINTS],
    *[("link-hover", ground, TEXT) for ground in GROUNDS + TINTS],
    *[("link-visited", ground, TEXT) for ground in GROUNDS],
    ("on-crimson", "crimson", TEXT),
    ("on-crimson", "deep", TEXT),
    ("on-crimson-soft", "crimson", TEXT),
    ("gold", "crimson", LARGE),
    ("crimson-ink", "crimson-ground", TEXT),
    ("crimson-ink", "gold-ground", TEXT),
    ("gold-ink", "gold-ground", TEXT),
    ("on-jade", "jade", TEXT),
    ("on-jade", "jade-hover", TEXT),
    ("jade-ink", "jade-ground", TEXT),
    ("jade", "card", LARGE),
    ("jade", "paper", LARGE),
    ("amber-ink", "amber-ground", TEXT),
    ("amber-ink", "paper", TEXT),
    ("amber-ink", "card", TEXT),
    ("error", "paper", TEXT),
    ("error", "card", TEXT),
    ("error", "error-ground", TEXT),
    ("on-error", "error", TEXT),
    ("on-error", "error-hover", TEXT),
    ("edge", "paper", LARGE),
    ("edge", "card", LARGE),
    ("edge", "sunk", LARGE),
    ("crimson-edge", "paper", LARGE),
    ("crimson-edge", "card", LARGE),
    ("focus-ink", "focus", TEXT),
    ("focus-edge", "card", LARGE),
]


def _schemes() -> dict[str, dict[str, str]]:
    text = (SCSS / "_tokens.scss").read_text(encoding="utf-8")
    return {
        name: dict(re.findall(r'"([a-z-]+)": (#[0-9a-f]{6})', body))
        for name, body in re.findall(r"^\$(light|dark): \((.*?)^\);", text, re.M | re.S)
    }


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _luminance(colour: str) -> float:
    channels = [channel / 255 for channel in _channels(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as WCAG defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_reckoned_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS, ids=lambda value: str(value))
def test_every_pair_can_be_read(scheme, text, ground, least):
    tokens = _schemes()[scheme]
    ratio = contrast(tokens[text], tokens[ground])
    assert ratio >= least, f"{text} on {ground} in {scheme}: {ratio:.2f} : 1, needs {least} : 1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_links_and_errors_are_told_apart(scheme):
    tokens = _schemes()[scheme]
    link, error = (_channels(tokens[name]) for name in ("link", "error"))
    assert max(abs(one - other) for one, other in zip(link, error, strict=True)) >= 40


@pytest.mark.parametrize("ground", GROUNDS + TINTS)
def test_links_are_read_with_ease_in_the_dark(ground):
    tokens = _schemes()["dark"]
    assert contrast(tokens["link"], tokens[ground]) >= 7


def test_both_schemes_have_the_same_names():
    schemes = _schemes()
    assert schemes["light"].keys() == schemes["dark"].keys()
    assert len(schemes["light"]) > 30


def test_colours_are_written_down_in_one_place():
    """Elsewhere only ink on gold (the same in both schemes), ink of printers, and shadows are spelled out."""
    allowed = {"#1d1a16", "#000", "#fff", "#999", "#a51c24"}
    for path in SCSS.glob("_*.scss"):
        if path.name == "_tokens.scss":
            continue
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", code)) <= allowed, path.name
