"""Ask axe-core about a page: `violations(page)`.

Whether colours stand off from each other costs more than all other rules together, and is the same question wherever
the same letters stand on the same ground. So each look of a text is judged once in a process (`_TEXTS` says what makes
a look), every other rule on every page.
"""

from collections.abc import Mapping
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

EVERY_RULE: Mapping[str, Any] = {
    "preload": False,  # it would write style sheets into the page, and our policy refuses that
    "resultTypes": ["violations"],
}
_stood_off: set[int] = set()
"""Looks of texts in which axe-core found nothing wrong."""


def violations(page: Page, options: Mapping[str, Any] = EVERY_RULE, *, anew: bool = False) -> list[str]:
    """Return one line for each violation: the rule, how bad it is, the cure, and the first elements.

    With `anew`, colours are asked for every text, too.
    """
    # read once for a page, and only what is wrong comes back: that halves what a look at a page costs
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    if anew or "runOnly" in options:
        found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    else:
        found, looks = page.evaluate(_ASK, {"options": options, "stoodOff": sorted(_stood_off)})
        if not found:
            _stood_off.update(looks)
    return [
        f"{row['id']} ({row['impact']}): {row['help']}; "
        + "; ".join(f"{node['target']} {node['html'][:160]}" for node in row["nodes"][:5])
        for row in found
    ]


_TEXTS = """
const parts = new Map()
function ground(element) {
    if (!element) return ""
    if (!parts.has(element)) {
        const style = getComputedStyle(element), own = []
        if (style.backgroundColor !== "rgba(0, 0, 0, 0)") own.push(style.backgroundColor)
        if (style.backgroundImage !== "none") own.push(style.backgroundImage)
        if (style.opacity !== "1") own.push("opacity " + style.opacity)
        if (style.filter !== "none" || style.mixBlendMode !== "normal") own.push(style.filter + style.mixBlendMode)
        if (style.position !== "static" && style.position !== "relative")
            own.push(style.position + element.tagName + element.className)
        parts.set(element, ground(element.parentElement) + (own.length ? "/" + own.join() : ""))
    }
    return parts.get(element)
}
function look(element) {
    const style = getComputedStyle(element)
    const text = [element.tagName, element.className, element.matches(":disabled"), style.color, style.fontSize,
        style.fontWeight, style.textShadow, ground(element)].join("|")
    let high = 0xdeadbeef, low = 0x41c6ce57
    for (let place = 0; place < text.length; place++) {
        high = Math.imul(high ^ text.charCodeAt(place), 2654435761)
        low = Math.imul(low ^ text.charCodeAt(place), 1597334677)
    }
    return 4294967296 * (2097151 & high) + (low >>> 0)
}
function texts() {
    const written = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    return [...document.body.querySelectorAll("*")].filter(element =>
        element.checkVisibility({visibilityProperty: true, opacityProperty: true})
        && (element.matches("input, select, textarea") || written(element)))
}
"""
"""Every visible element with words of its own, and its look: its letters, and the grounds of all that it lies in.

What lies hidden axe-core does not judge, so it does not count as judged.
"""

_ASK = (
    "async ({options, stoodOff}) => {"
    + _TEXTS
    + """
    const known = new Set(stoodOff), looks = new Set(), fresh = []
    for (const element of texts()) {
        const its = look(element)
        if (known.has(its)) continue
        looks.add(its)
        fresh.push(element)
    }
    const other = await axe.run(document, {...options, rules: {"color-contrast": {enabled: false}}})
    const colours = fresh.length
        ? await axe.run({include: fresh}, {...options, runOnly: ["color-contrast"]}) : {violations: []}
    return [[...other.violations, ...colours.violations], [...looks]]
}"""
)
