"""`python -m tests.browser.pictures`: take a picture of every page, for people to look at.

Each stop of each walk is taken at 360 and 1280 pixels, light and dark; with `--print` also as A4. Without `--url` a
throw-away portal is started; with it, a running portal with demo people is used (and its demo data moved along).
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.launching import launch
from tests.browser.walks import WALKS, Guide, Walk
from tests.browser.walks.looking import LOOKS, wrongs_of
from tests.stack import Stack

Options = argparse.Namespace
Sandbox = Callable[[str], str]
TALLEST = 6000
"""Pictures of longer pages end here, so that they can still be looked at."""


def main(arguments: list[str]) -> int:
    """Take the walks whose names match, and say which stumbled."""
    options = _options(arguments)
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    stumbled = []
    with _portal(options) as (base, sandbox), sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        for walk in WALKS:
            if not re.search(options.walk, walk.name):
                continue
            try:
                count = _take(walk, browser, base, sandbox, folder, options)
                print(f"{walk.name}: {count} pages", flush=True)
            except (AssertionError, PlaywrightError) as error:
                stumbled.append(walk.name)
                print(f"{walk.name} STUMBLED: {str(error)[:1500]}", file=sys.stderr, flush=True)
        browser.close()
    print(f"pictures lie in {folder}")
    return 1 if stumbled else 0


def _take(walk: Walk, browser: Browser, base: str, sandbox: Sandbox, folder: Path, options: Options) -> int:
    context = browser.new_context(
        base_url=base, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    count = 0
    for stop in walk.stops(Guide(page, base, sandbox, draw)):
        count += 1
        if not re.search(options.only, stop):
            continue
        if options.check:
            wrongs = wrongs_of(page, stop, thorough=options.thorough)
            print("\n".join(f"  {line}" for line in wrongs) or f"  {stop}: good", flush=True)
        if options.look or not options.check:
            _picture(page, folder / stop, options)
    context.close()
    return count


def _picture(page: Page, path: Path, options: Options) -> None:
    for width, height, scheme in LOOKS:
        if not re.search(options.look, f"{width}-{scheme}"):
            continue
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        tall = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
        page.screenshot(
            path=f"{path}-{width}-{scheme}.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": tall},
        )
        wide = int(page.evaluate("document.documentElement.scrollWidth"))
        if wide > width:
            print(f"  {path.name} at {width}: {wide} pixels wide", file=sys.stderr)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    if options.print:
        page.pdf(path=f"{path}.pdf", format="A4", print_background=True)


def draw(template: str) -> str:
    """An error page as the portal would draw it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django.template.loader import render_to_string

    return render_to_string(template)


@contextmanager
def _portal(options: Options) -> Iterator[tuple[str, Sandbox]]:
    if options.url:
        parts = urlsplit(options.url)
        first = options.sandbox_port or (parts.port or 8000) + 1
        programs = ("vneid", "province", "gateway", "ministry", "power")
        yield (
            options.url.rstrip("/"),
            lambda program: f"{parts.scheme}://{parts.hostname}:{first + programs.index(program)}/",
        )
        return
    with Stack(extra_environment={"SANDBOX_DELAY_SECONDS": "0.5"}) as stack:
        stack.start_portal(demo=True)
        yield stack.url("").rstrip("/"), lambda program: stack.sandbox_url(program)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pictures", description=__doc__)
    parser.add_argument("--url", help="a running portal, such as http://127.0.0.1:8000")
    parser.add_argument("--sandbox-port", type=int, help="its first sandbox port (the portal's next port unless told)")
    parser.add_argument("--walk", default="", help="only walks whose name matches this expression")
    parser.add_argument("--only", default="", help="only stops whose name matches this expression")
    parser.add_argument("--look", default="", help="only looks that match, such as 360-dark")
    parser.add_argument(
        "--check", action="store_true", help="say what is wrong with each page; with --look also take it"
    )
    parser.add_argument("--thorough", action="store_true", help="with --check: every rule in every look")
    parser.add_argument("--print", action="store_true", help="also as A4 in PDF")
    parser.add_argument("--out", default="var/pictures", help="folder for the pictures")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
