"""The check page: one declaration above the last button, and no more to read than was said."""

import pytest

from tests import factories
from tests.dossiers.filing_pages import Filing, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db
PLEDGE = field("pledge", "consent", "Tôi cam đoan", required=True)
WHOLE = form(
    page("who", field("full_name", label="Họ tên", required=True, locked=True, prefill="identity.full_name")),
    page("what", field("purpose", label="Mục đích", required=True), field("note", label="Ghi thêm"), field("more")),
    page("pledge", PLEDGE, title="Cam đoan"),
)


@pytest.fixture
def filing() -> Filing:
    made = Filing(factories.make_version(needs_paper=False, form=WHOLE))
    made.place()
    made.post("what", {"purpose": "Đi học"})
    return made


def test_the_declaration_is_said_once_beside_the_button(filing: Filing) -> None:
    check = text(filing.get("kiem-tra"))
    assert check.lower().count("cam đoan") == 1 and 'name="pledge"' in check
    assert "Đổi nơi nộp" not in check, "said above the first page of the form only"
    assert "Bước 4 trên 4" in check, "place, two pages, check: neither the declaration nor papers nobody needs"
    refused = filing.post("kiem-tra", {"_declared": "1"})
    shown = text(refused)
    assert refused.status_code == 422 and 'href="#id_pledge"' in shown and "Hãy đánh dấu vào ô" in shown
    assert filing.fresh().state == "draft"
    assert filing.post("kiem-tra", {"_declared": "1", "pledge": "on"}).status_code == 302
    assert filing.fresh().answers["pledge"] is True and filing.draft.code


def test_a_tick_that_was_taken_off_again_does_not_send(filing: Filing) -> None:
    filing.post("pledge", {"pledge": "on"})
    assert filing.fresh().answers["pledge"] is True, "the page that declarations had is still understood"
    assert filing.get("pledge")["Location"] == f"{filing.base}kiem-tra/"
    assert filing.post("kiem-tra", {"_declared": "1"}).status_code == 422


def test_a_second_press_finds_it_sent(filing: Filing) -> None:
    first = filing.post("kiem-tra", {"_declared": "1", "pledge": "on"})
    again = filing.post("kiem-tra", {"_declared": "1"})
    assert again.status_code == 302 and again["Location"] == first["Location"]


def test_what_was_not_filled_in_takes_one_line_and_what_is_missing_its_own(filing: Filing) -> None:
    check = text(filing.get("kiem-tra"))
    assert "Không điền 2 mục" in check and "Không có<" not in check
    assert "1 mục đã điền sẵn" in check and check.count("Từ tài khoản VNeID") == 1
    filing.draft.answers = {}
    filing.draft.save()
    check = text(filing.get("kiem-tra"))
    assert check.count("Chưa điền") == 2 and "Không điền 2 mục" in check


def test_a_form_without_a_declaration_of_its_own_says_what_pressing_means() -> None:
    filing = Filing().fill()
    check = text(filing.get("kiem-tra"))
    assert check.lower().count("cam đoan") == 1 and "_declared" not in check
