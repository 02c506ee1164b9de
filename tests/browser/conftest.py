"""Browser tests: one Chromium, fresh pages on the shared running portal, and what every page must keep to.

A page fails its test when it asks another host for anything, breaks the content security policy, or raises in a script.
"""

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from _runtime.paths import var_dir
from tests.browser.axe import violations
from tests.browser.launching import launch
from tests.stack import Stack

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 360, "height": 740}
SCREENSHOTS = var_dir() / "screenshots"

# Playwright's event loop runs in this thread; nothing else does.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@cache
def _chromium() -> Browser:
    """One per process, whichever test folder asks first: Playwright starts only once in a process."""
    playwright = sync_playwright().start()
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    chromium = launch(playwright.chromium, *camera)

    def end() -> None:
        with suppress(PlaywrightError):
            chromium.close()
            playwright.stop()

    atexit.register(end)
    return chromium


@pytest.fixture(scope="session")
def browser() -> Browser:
    """One headless Chromium for the whole run, with a fake camera that needs no permission."""
    return _chromium()


@pytest.fixture
def new_page(browser: Browser, stack: Stack) -> Iterator[Callable[..., Page]]:
    """Open pages with their own cookies: `new_page(narrow=True, dark=True, javascript=False, locale="en-GB")`."""
    contexts: list[BrowserContext] = []
    wrongs: list[str] = []

    def open_page(*, narrow: bool = False, dark: bool = False, javascript: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            base_url=stack.url("/").rstrip("/"),
            viewport=NARROW if narrow else WIDE,
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            **{"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", **options},
        )
        contexts.append(context)
        context.on("request", lambda request: _note_other_host(request, wrongs))
        context.on("console", lambda message: _note_console(message, wrongs))
        context.on("weberror", lambda error: wrongs.append(f"script error: {error.error}"))
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrongs, "\n".join(wrongs)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A wide page in Vietnamese."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A page 360 pixels wide, in Vietnamese."""
    return new_page(narrow=True)


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Callable[..., Path]:
    """Save what the page looks like as var/screenshots/NAME.png, for people to look at."""

    def take(page: Page, name: str = "", *, whole: bool = True) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name or request.node.name}.png"
        page.screenshot(path=str(path), full_page=whole)
        return path

    return take


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Run axe-core over the page and fail on any violation, naming rule, element and cure."""

    def check(page: Page) -> None:
        lines = violations(page)
        assert not lines, f"{page.url}\n" + "\n".join(lines)

    return check


def _note_other_host(request: Request, wrongs: list[str]) -> None:
    parts = urlsplit(request.url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
        wrongs.append(f"a request left the host: {request.url}")


def _note_console(message: ConsoleMessage, wrongs: list[str]) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        wrongs.append(f"content security policy: {message.text}")
