"""Ask axe-core about a page: `violations(page)`."""

from collections.abc import Mapping
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

EVERY_RULE: Mapping[str, Any] = {
    "preload": False,  # it would write style sheets into the page, and our policy refuses that
    "resultTypes": ["violations"],
}


def violations(page: Page, options: Mapping[str, Any] = EVERY_RULE) -> list[str]:
    """Return one line for each violation: the rule, how bad it is, the cure, and the first elements."""
    # read once for a page, and only what is wrong comes back: that halves what a look at a page costs
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [
        f"{row['id']} ({row['impact']}): {row['help']}; "
        + "; ".join(f"{node['target']} {node['html'][:160]}" for node in row["nodes"][:5])
        for row in found
    ]
