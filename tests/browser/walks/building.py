"""The form builder: which forms, before there is a draft, its outline and parts, as citizens see it, and publishing."""

from tests.browser.walks.office import enter
from tests.browser.walks.walk import Guide, Stops, Walk

HERE = "/quan-tri/bieu-mau/"
PARTS = {"page": "trang", "group": "muc", "question": "cau-hoi"}
SIDES = {"preview": "xem-truoc", "try": "thu", "history": "lich-su", "publish": "cong-bo"}


def _build(guide: Guide) -> Stops:
    page = guide.page
    enter(guide, "demo.toanquoc")
    guide.go(HERE)
    yield "builder-forms"
    outline = guide.links(rf"^{HERE}[^/]+/$")[-1]
    guide.go(outline)
    begins = page.locator("main form:not([action]) button[type=submit], main form[action=''] button[type=submit]")
    if not guide.links(r"/xem-truoc/$"):
        yield "builder-before"
        begins.last.click()
        page.wait_for_load_state()
    yield "builder-outline"
    for name, address in PARTS.items():
        guide.go(outline)
        guide.go(guide.links(rf"/{address}/[^?#]+/$")[0])
        yield f"builder-{name}"
    for name, address in SIDES.items():
        guide.go(f"{outline}{address}/")
        yield f"builder-{name}"
        if name == "preview":
            guide.go(page.locator("iframe").first.get_attribute("src") or "")
            yield "builder-preview-page"


WALKS = (
    Walk(
        "builder",
        _build,
        frozenset(
            f"admin:form_{name}"
            for name in (
                *("list", "outline", "page", "group", "field"),
                *("preview", "preview_page", "try", "history", "publish"),
            )
        ),
    ),
)
