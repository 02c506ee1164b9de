"""What a walk is, and the guide that knows where the portal and its sandbox run."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page

from tests.browser.steps import reload_until

Stops = Iterator[str]
"""Each stop is the name of a page that now stands in the guide's page, ready to be looked at."""


@dataclass
class Guide:
    """One window on one portal; `sandbox` gives the first page of a sandbox program by name, with its slash."""

    page: Page
    base: str
    sandbox: Callable[[str], str]
    draw: Callable[[str], str] = field(default=lambda template: "")
    """Draws an error template that no address shows on purpose (500, 503)."""
    manage: Callable[..., str] | None = None
    """Runs a command of manage.py; None on a portal that somebody else uses."""

    @property
    def context(self) -> BrowserContext:
        """The window's cookies and settings."""
        return self.page.context

    def go(self, address: str) -> None:
        """Open an address of the portal."""
        self.page.goto(f"{self.base}{address}" if address.startswith("/") else address)

    def unfold(self) -> None:
        """Open what the page's main part keeps folded, so that it is looked at too."""
        self.page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true })")

    def open_store(self) -> None:
        """The store of the person who was given a paper; the worker of a fresh stack may still be at it."""
        self.go("/kho-du-lieu/")
        paper = self.page.get_by_role("main").get_by_role("link", name="Giấy xác nhận tình trạng hôn nhân").first
        reload_until(self.page, paper.is_visible, "the result is issued")

    def links(self, pattern: str) -> list[str]:
        """The addresses in the page's main part that match, each once, in the page's order."""
        found = self.page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        return list(dict.fromkeys(href for href in found if re.search(pattern, href)))


@dataclass(frozen=True)
class Walk:
    """One person's walk; `routes` are the names of the addresses it stops at."""

    name: str
    stops: Callable[[Guide], Stops]
    routes: frozenset[str]


def addresses(*places: tuple[str, str]) -> Callable[[Guide], Stops]:
    """A walk past plain addresses, each with the name of its stop."""

    def stops(guide: Guide) -> Stops:
        for name, address in places:
            guide.go(address)
            yield name

    return stops
