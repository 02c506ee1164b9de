"""What every page must hold in every look: no axe violation, nothing wider than the window, down to 320 pixels.

320 pixels is also a window of 1280 at 400 %, and stricter than 640 (200 %): WCAG 2.2, 1.4.4 and 1.4.10.

The same elements stand in a page in all four looks; width and scheme change only how they look. So every rule is asked
once on a desk, in daylight and in the dark by turns (colours cost most, and are also tested as pairs of tokens), and
what depends on the width once more on a phone; `thorough` asks everything in every look.
"""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from playwright.sync_api import Page

from tests.browser.axe import EVERY_RULE, violations

LOOKS = ((1280, 900, "light"), (1280, 900, "dark"), (360, 740, "light"), (360, 740, "dark"))
NARROWEST = 320
_OF_WIDTH: Mapping[str, Any] = {**EVERY_RULE, "runOnly": ["scrollable-region-focusable", "target-size"]}
_TURNS: tuple[dict[tuple[int, str], Mapping[str, Any]], ...] = (
    {(1280, "light"): EVERY_RULE, (360, "dark"): _OF_WIDTH},
    {(1280, "dark"): EVERY_RULE, (360, "light"): _OF_WIDTH},
)


def wrongs_of(page: Page, stop: str, *, thorough: bool = False, is_alike: bool = False) -> list[str]:
    """What is wrong with the page that stands there; an empty list when nothing is.

    A page that is alike to others that were looked at, such as one more of Django's lists, is only asked for its width.
    """
    wrongs: list[str] = []
    turn = _TURNS[crc32(stop.encode()) % len(_TURNS)]  # by its name: the same in every run
    size, is_dark = page.viewport_size, page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for width, height, scheme in LOOKS:
        options = EVERY_RULE if thorough else turn.get((width, scheme))
        if options is None or (is_alike and width != 360):
            continue
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        wrongs += [
            f"{stop} at {width} {scheme}: {line}"
            for line in [*(() if is_alike else violations(page, options, anew=thorough)), *_too_wide(page)]
        ]
    wrongs += [f"{stop}: {line}" for line in page.evaluate(_PRELOADED_FOR_NOTHING)]
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    wrongs += [f"{stop} at {NARROWEST}: {line}" for line in _too_wide(page)]
    page.set_viewport_size(size or {"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark" if is_dark else "light")
    return wrongs


def _too_wide(page: Page) -> list[str]:
    """Nothing, or that the page is wider than its window; with the elements that stick out, and by how much."""
    found = page.evaluate(_STICKING_OUT)
    return [found] if found else []


_STICKING_OUT = """() => {
    const root = document.documentElement, room = root.clientWidth
    if (root.scrollWidth <= window.innerWidth) return ""
    const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > room + 1)
    const last = out.filter(e => !out.some(other => other !== e && e.contains(other))).slice(0, 3)
    const names = last.map(e => `${e.tagName}.${[...e.classList].join(".")} ${e.textContent.trim().slice(0, 40)}`)
    return `the page is ${root.scrollWidth} pixels wide: ${names.join("; ")}`
}"""

_PRELOADED_FOR_NOTHING = """async () => {
    await document.fonts.ready
    const rules = [...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
    const sources = rules.filter(rule => rule instanceof CSSFontFaceRule).map(rule => rule.style)
    const ranges = text => text.toLowerCase().replaceAll(/\\b0+(?=[0-9a-f])|\\s/g, "")
    const isUsed = path => sources.some(style => style.src.includes(path) && [...document.fonts].some(face =>
        face.status === "loaded" && face.weight === style.fontWeight
        && ranges(face.unicodeRange) === ranges(style.unicodeRange)))
    const names = [...document.querySelectorAll("link[rel=preload][as=font]")].map(link => link.href.split("/").at(-1))
    return names.filter(name => !isUsed(name)).map(name => `${name} is fetched first and not used`)
}"""
"""Fonts that a page asks for before anything else and then writes nothing in: browsers warn of them."""
