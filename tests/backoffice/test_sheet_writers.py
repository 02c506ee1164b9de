"""Two who write one sheet at once: who is slower is told, and overwrites nothing."""

import pytest

from procedures.models import SheetDraft
from tests.backoffice.conftest import browser_of
from tests.backoffice.sheet_pages import HERE, NEXT, UNFINISHED, begun
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(ministry):
    return browser_of(ministry)


def test_who_is_slower_overwrites_nothing_that_is_half_written(desk, ministry):
    typed = begun(desk)
    assert browser_of(ministry, "Người Khác").post(HERE, typed | UNFINISHED).status_code == 302
    assert desk.post(HERE, typed | {"time_value": "không"}).status_code == 409
    assert desk.post(HERE, typed).status_code == 409
    assert SheetDraft.objects.get().unfinished["time_value"] == ["vài"]


def test_the_slower_of_two_writers_is_told_and_overwrites_nothing(desk, ministry):
    typed = begun(desk)
    other = browser_of(ministry, "Người Khác")
    assert other.post(HERE, typed | {"short_name_vi": "Của người khác"}).status_code == 302
    late = desk.post(HERE, typed | {"short_name_vi": "Của tôi"})
    assert late.status_code == 409 and "Người Khác vừa sửa bản thảo này" in text(late) and "Của tôi" in text(late)
    assert SheetDraft.objects.get().facts["short_name"]["vi"] == "Của người khác"


@pytest.mark.parametrize("mistake", [{}, {"time_value": "không"}])
def test_a_page_that_was_overtaken_saves_nothing_however_often_it_is_sent(desk, ministry, mistake):
    typed = begun(desk)
    other = browser_of(ministry, "Người Khác")
    assert other.post(HERE, typed | {"summary_vi": "Của người khác"}).status_code == 302
    late = desk.post(HERE, typed | {"summary_vi": "Của tôi"} | mistake)
    page = text(late)
    assert late.status_code == 409 and f'name="revision" value="{typed["revision"]}"' in page
    assert "Người Khác vừa sửa bản thảo này" in page and "Lưu bản thảo</button>" not in page
    assert f'href="{HERE}"' in page.partition("Trang này không lưu được nữa")[2]
    again = desk.post(HERE, typed | {"summary_vi": "Của tôi", "revision": late.context["revision"]})
    assert again.status_code == 409
    shown = text(again).partition("Chỗ khác nhau giữa bản đang lưu và bản của bạn:")[2]
    assert "Tóm tắt: Của người khác" in shown and "Tóm tắt: Của tôi" in shown
    assert SheetDraft.objects.get().facts["summary"]["vi"] == "Của người khác"


def test_a_mistake_keeps_the_revision_that_was_seen(desk, ministry):
    typed = begun(desk)
    refused = desk.post(HERE, typed | NEXT | {"time_value": "không"})
    assert refused.status_code == 422
    assert browser_of(ministry, "Người Khác").post(HERE, typed | {"summary_vi": "Của người khác"}).status_code == 302
    assert desk.post(HERE, typed | {"revision": refused.context["revision"]}).status_code == 409
    assert SheetDraft.objects.get().facts["summary"]["vi"] == "Của người khác"


def test_what_another_wrote_meanwhile_is_not_thrown_away_unseen(desk, ministry):
    typed = begun(desk)
    assert browser_of(ministry, "Người Khác").post(HERE, typed | {"summary_vi": "Của người khác"}).status_code == 302
    asked = desk.post(f"{HERE}cong-bo/", {"revision": typed["revision"], "discard": "1"})
    assert f'name="revision" value="{typed["revision"]}"' in text(asked)
    refused = desk.post(f"{HERE}cong-bo/", {"revision": asked.context["revision"], "discard": "sure"})
    assert refused.status_code == 409 and "Của người khác" in str(refused.context["draft"].facts)
    assert SheetDraft.objects.get().state == "open"
