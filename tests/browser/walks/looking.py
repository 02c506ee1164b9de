"""What every page must hold in every look: no axe violation, nothing wider than the window, down to 320 pixels.

320 pixels is also a window of 1280 at 400 %, and stricter than 640 (200 %): WCAG 2.2, 1.4.4 and 1.4.10.
"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS = ((1280, 900, "light"), (1280, 900, "dark"), (360, 740, "light"), (360, 740, "dark"))
NARROWEST = 320
OPTIONS: dict[str, Any] = {"preload": False}
"""Preloading would write style sheets into the page, and our policy refuses that."""

_axe = Axe()


def wrongs_of(page: Page, stop: str) -> list[str]:
    """What is wrong with the page that stands there, in all looks; an empty list when nothing is."""
    wrongs: list[str] = []
    size, is_dark = page.viewport_size, page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for width, height, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        wrongs += [f"{stop} at {width} {scheme}: {line}" for line in [*_violations(page), *_too_wide(page, width)]]
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    wrongs += [f"{stop} at {NARROWEST}: {line}" for line in _too_wide(page, NARROWEST)]
    page.set_viewport_size(size or {"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark" if is_dark else "light")
    return wrongs


def _violations(page: Page) -> list[str]:
    found = _axe.run(page, options=OPTIONS).response["violations"]
    return [
        f"{row['id']} ({row['impact']}): {row['help']}; "
        + "; ".join(f"{node['target']} {node['html'][:140]}" for node in row["nodes"][:3])
        for row in found
    ]


def _too_wide(page: Page, width: int) -> list[str]:
    found = int(page.evaluate("document.documentElement.scrollWidth"))
    return [f"the page is {found} pixels wide"] if found > width else []
