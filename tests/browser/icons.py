"""Icons of the installed checker, drawn from static/img/favicon.svg: `python -m tests.browser.icons` writes them."""

import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.launching import launch

FOLDER = Path(__file__).resolve().parents[2] / "static" / "img"
ICONS = {
    # name: (pixels, whether the ground goes to the edges, the part of the width that the drawing takes)
    "icon-192.png": (192, False, 1.0),
    "icon-512.png": (512, False, 1.0),
    "icon-180.png": (180, True, 1.0),  # iOS rounds the corners itself
    "icon-whole-512.png": (512, True, 0.8),  # of a maskable icon only the middle four fifths are sure to be seen
}


def draw(browser: Browser, name: str) -> Image.Image:
    """One of ICONS as a picture."""
    pixels, is_whole, part = ICONS[name]
    svg = (FOLDER / "favicon.svg").read_text(encoding="utf-8")
    ground = "transparent"
    if is_whole:
        [ground] = re.findall(r'<rect [^>]*fill="(#\w+)"', svg)
        svg = svg.replace(' rx="12"', "")
    page = browser.new_page(viewport={"width": pixels, "height": pixels})
    size = round(pixels * part)
    page.set_content(
        f"<body style='margin:0;height:100vh;display:grid;place-items:center;background:{ground}'>"
        f"<div style='width:{size}px;height:{size}px'>{svg}</div>"
    )
    taken = page.screenshot(omit_background=True)
    page.close()
    return Image.open(io.BytesIO(taken))


def main() -> None:
    """Write them all."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        for name in ICONS:
            picture = draw(browser, name)
            smaller = picture.convert("RGB") if ICONS[name][1] else picture
            smaller.save(FOLDER / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
