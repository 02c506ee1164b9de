"""The form builder: which forms, before there is a draft, its outline and parts, as citizens see it, publishing, and
what citizens read of the change."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import expect

from tests.browser.walks.office import enter
from tests.browser.walks.walk import Guide, Stops, Walk
from tests.procedures.national_records import record as national_record

HERE = "/quan-tri/bieu-mau/"
PARTS = {"page": "trang", "group": "muc", "question": "cau-hoi"}
WITH_ROWS = "3.000333"
"""A procedure whose form has a group that repeats."""
LINKED = "3.000722"
"""A linked procedure, whose declaration becomes several dossiers."""
BESIDE = "1.010038"
"""One of our own that the national catalogue has, too."""
COMPARED = r"/ban-cong-bo/\d+-\d+/$"
SIDES = {"preview": "xem-truoc", "try": "thu", "history": "lich-su", "publish": "cong-bo", "close": "ngung"}


def _build(guide: Guide) -> Stops:
    page = guide.page
    enter(guide, "demo.toanquoc")
    _change_a_record(guide)
    guide.go(HERE)
    yield "builder-forms"
    record = page.locator("details.builder-record").first
    if guide.manage is not None or record.is_visible():
        record.locator("summary").click()
        yield "builder-record"
        record.get_by_role("button", name="Đã xem").click()
        expect(page.get_by_text("Đã ghi là bạn đã xem thay đổi của")).to_be_visible()
    guide.go(f"{HERE}{LINKED}/lien-thong/")
    yield "builder-bundle"
    guide.page.locator("main form[method=post] button[type=submit]").last.click()
    guide.page.get_by_role("alert").first.wait_for()
    yield "builder-bundle-errors"
    guide.go(HERE)
    forms = guide.links(rf"^{HERE}[^/]+/$")
    outline = next((form for form in forms if form.endswith(f"/{WITH_ROWS}/")), forms[-1])
    guide.go(outline)
    begins = page.locator("main form[method=post]:not([action]) button[type=submit]")
    if not guide.links(r"/xem-truoc/$"):
        yield "builder-before"
        begins.last.click()
        page.wait_for_load_state()
    yield "builder-outline"
    for name, address in PARTS.items():
        guide.go(outline)
        guide.go(guide.links(rf"/{address}/[^?#]+/$")[0])
        yield f"builder-{name}"
    guide.go(outline)
    guide.go(page.locator("li.builder-row", has_text="Nhóm lặp lại").locator("a").first.get_attribute("href") or "")
    yield "builder-repeat"
    guide.go(guide.links(r"/phan/[^?#]+/$")[0])
    yield "builder-column"
    for name, address in SIDES.items():
        guide.go(f"{outline}{address}/")
        yield f"builder-{name}"
        if name == "preview":
            guide.go(page.locator("iframe").first.get_attribute("src") or "")
            yield "builder-preview-page"
    guide.go("/quan-tri/thu-tuc-moi/")
    yield "builder-new"
    guide.go(f"{outline}noi-dung/")
    if not guide.links(r"/noi-dung/cong-bo/$"):
        yield "builder-sheet-before"
        begins.last.click()
        page.wait_for_load_state()
    yield "builder-sheet"
    guide.go(f"{outline}noi-dung/cong-bo/")
    yield "builder-sheet-publish"
    versions = f"/thu-tuc/{outline.rstrip('/').rsplit('/', 1)[-1]}/ban-cong-bo/"
    guide.go(versions)
    if not guide.links(COMPARED):  # a portal that was just loaded has one version of everything
        _publish_a_change(guide, outline)
        guide.go(versions)
    guide.go(guide.links(COMPARED)[0])
    yield "sheet-compared"


def _change_a_record(guide: Guide) -> None:
    """The national record beside a procedure of our own says something else than when it was read first."""
    if guide.manage is None:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.jsonl"
        for requirements in ("", "Có chuồng rộng cho rồng."):
            path.write_text(json.dumps(national_record(BESIDE, requirements=requirements)), encoding="utf-8")
            guide.manage("import_catalogue", str(path))


def _publish_a_change(guide: Guide, outline: str) -> None:
    page = guide.page
    guide.go(outline)
    guide.go(guide.links(r"/cau-hoi/[^?#]+/$")[0])
    question = page.locator("input[name=label_vi]")
    question.fill(f"{question.input_value()} (như trên giấy tờ)")
    page.get_by_role("button", name="Lưu vào bản thảo").click()
    page.wait_for_load_state()
    guide.go(f"{outline}cong-bo/")
    page.get_by_label("Thay đổi này cũng theo quyết định").check()
    page.get_by_role("button", name="Công bố", exact=True).click()
    expect(page.get_by_text("bản lần 2, áp dụng từ").first).to_be_visible()


WALKS = (
    Walk(
        "builder",
        _build,
        frozenset(
            (
                *(f"admin:form_{name}" for name in ("list", "outline", "page", "group", "field", "column")),
                *(
                    f"admin:form_{name}"
                    for name in ("preview", "preview_page", "try", "history", "publish", "close", "bundle")
                ),
                *("admin:sheet_new", "admin:sheet", "admin:sheet_publish"),
                "procedures:compare",
            )
        ),
    ),
)
