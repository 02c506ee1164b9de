"""The counter: somebody comes with her card, for herself, an organisation and a ward, and files; the till."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from tests.browser.walks.office import enter
from tests.browser.walks.walk import Guide, Stops, Walk

TODAY = timezone.localdate()
CARD = "001193000457||Trần Thị Quầy|08031993|Nữ|Số 5 phố Thử, Cửa Nam, Hà Nội|01012024"
"""The text that a scanner reads off an invented card."""
WARD = {
    "Số định danh cá nhân": "001319000078",
    "Họ, chữ đệm, tên": "Nguyễn Thử Cháu",
    "Ngày sinh": "04/05/2019",
    "Giấy tờ đã xem": "Trích lục đăng ký giám hộ 03/2026, UBND phường Cửa Nam",
}
"""A ward of hers, invented, too."""
PRINCIPAL = {
    "Số định danh cá nhân": "001080000078",
    "Họ, chữ đệm, tên": "Lê Thử Chủ",
    "Ngày sinh": "04/05/1980",
    "Giấy đã xem": "Giấy ủy quyền 05/2026",
    "Ngày lập giấy": f"{TODAY - timedelta(days=30):%d/%m/%Y}",
    "Ai chứng thực": "UBND phường Cửa Nam, số 112",
    "Mã thủ tục giấy cho làm": "2.000635",
    "Ủy quyền đến hết ngày": f"{TODAY + timedelta(days=700):%d/%m/%Y}",
}
"""Who signed a mandate on paper for her, invented, too."""


def _counter(guide: Guide) -> Stops:
    """Somebody new comes with her card, for an organisation too; a filing is begun for her."""
    page = guide.page
    enter(guide, "demo.motcua")
    guide.go("/quan-tri/tai-quay/quy/")
    yield "till"
    guide.go("/quan-tri/tai-quay/")
    yield "counter"
    page.get_by_role("button", name="Tìm", exact=True).last.click()
    page.get_by_role("alert").first.wait_for()
    yield "counter-errors"
    page.get_by_label(re.compile("^Số định danh cá nhân")).fill(CARD)
    page.get_by_role("button", name="Tìm", exact=True).last.click()
    if page.get_by_role("heading", name="Người này chưa có trên Cổng").count():
        yield "counter-new"
        page.get_by_label("Số điện thoại").fill("0900000123")
        page.get_by_label(re.compile("^Tôi đã xem thẻ")).check()
        page.get_by_role("button", name="Nhập và tiếp người này").click()
    page.get_by_role("heading", name="Làm thủ tục gì?").wait_for()
    yield "counter-visit"
    own_visit = urlsplit(page.url).path
    page.get_by_role("link", name="Người này đến thay tổ chức").click()
    yield "counter-organisation"
    page.get_by_role("button", name="Nhận hồ sơ thay tổ chức này").click()
    page.get_by_role("alert").first.wait_for()
    yield "counter-organisation-errors"
    page.get_by_label("Mã số thuế của tổ chức").fill("0100109106")
    page.get_by_label(re.compile("^Tên tổ chức")).fill("Công ty TNHH Thử Nghiệm")
    page.get_by_label("Người được ủy quyền").check()
    page.get_by_label("Giấy tờ đã xem").fill("Giấy ủy quyền 05/UQ ngày 02/11/2026, giám đốc ký")
    page.get_by_label("Ủy quyền đến hết ngày").fill("31/12/2099")
    page.get_by_label(re.compile("^Tôi đã xem bản chính")).check()
    page.get_by_role("button", name="Nhận hồ sơ thay tổ chức này").click()
    page.get_by_role("heading", name="Nộp thay tổ chức").wait_for()
    yield "counter-visit-organisation"
    guide.go(own_visit)
    page.get_by_role("link", name="Người này đại diện cho con hoặc người được giám hộ").click()
    yield "counter-relation"
    page.get_by_role("button", name="Ghi nhận người đại diện").click()
    page.get_by_role("alert").first.wait_for()
    yield "counter-relation-errors"
    page.get_by_label("Người giám hộ của người chưa đủ 18 tuổi").check()
    for label, said in WARD.items():
        page.get_by_label(re.compile(f"^{label}")).fill(said)
    page.get_by_label("Nữ", exact=True).check()
    page.get_by_label(re.compile("^Tôi đã xem bản chính")).check()
    page.get_by_role("button", name="Ghi nhận người đại diện").click()
    page.get_by_role("heading", name="Nộp cho ai?").wait_for()
    yield "counter-visit-choices"
    page.get_by_role("link", name="Người này đại diện cho con hoặc người được giám hộ").click()
    page.get_by_role("link", name=re.compile("^Chấm dứt")).first.click()
    page.get_by_role("heading", name=re.compile("thôi đại diện cho")).wait_for()
    yield "counter-relation-end"
    guide.go(own_visit)
    page.get_by_role("link", name="Người này mang giấy ủy quyền của người khác").click()
    yield "counter-mandate"
    page.get_by_role("button", name="Nhận hồ sơ theo giấy này").click()
    page.get_by_role("alert").first.wait_for()
    yield "counter-mandate-errors"
    for label, said in PRINCIPAL.items():
        page.get_by_label(re.compile(f"^{label}")).fill(said)
    page.get_by_label("Nam", exact=True).check()
    page.get_by_label("Có công chứng hoặc chứng thực").check()
    page.get_by_label(re.compile("^Tôi đã xem bản chính")).check()
    page.get_by_role("button", name="Nhận hồ sơ theo giấy này").click()
    page.get_by_role("heading", name="Chủ hồ sơ").wait_for()
    yield "counter-visit-mandate"
    page.get_by_role("link", name="Người này mang giấy ủy quyền của người khác").click()
    page.get_by_role("link", name=re.compile("^Chấm dứt")).first.click()
    page.get_by_role("heading", name=re.compile("thôi nộp thay")).wait_for()
    yield "counter-mandate-end"
    guide.go(own_visit)
    page.get_by_role("button", name="Chọn Nguyễn Thử Cháu").click()
    page.get_by_role("heading", name="Chủ hồ sơ").wait_for()
    yield "counter-visit-person"
    guide.go(own_visit)
    page.get_by_label("Tên hoặc mã thủ tục").fill("2.000635")
    page.get_by_role("button", name="Tìm thủ tục").click()
    page.get_by_role("button", name=re.compile("^Lập hồ sơ")).first.click()
    page.get_by_role("heading", name="Hồ sơ gửi đến đâu?").wait_for()
    yield "counter-filing"


WALKS = (
    Walk(
        "counter",
        _counter,
        frozenset(
            {
                "admin:counter",
                "admin:counter_visit",
                "admin:counter_organisation",
                "admin:counter_relation",
                "admin:counter_relation_end",
                "admin:counter_mandate",
                "admin:counter_mandate_end",
                "admin:till",
                "dossiers:filing_step",
            }
        ),
    ),
)
