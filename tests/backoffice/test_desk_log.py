"""Who closed, opened, published or threw away a procedure stands in the log of settings, with what changed."""

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from portal.agencies.models import MembershipRole
from procedures import closing
from procedures.models import SheetDraft
from tests import factories
from tests.backoffice.conftest import FORM_CODE, FORM_PAGES, browser_of, draft, keys, step
from tests.backoffice.sheet_pages import HERE, begun, publish
from tests.backoffice.situations import OPENS
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
LOG = "/quan-tri/nhat-ky-cai-dat/"


@pytest.fixture
def other(ministry):
    """A colleague who only reads the log."""
    return browser_of(ministry, "Người Đọc")


def test_who_closed_and_who_opened_again_and_why_it_had_been_closed(ministry, other):
    closed = browser_of(ministry, "Nguyễn Đóng").post(f"{FORM_PAGES}ngung/", {"reason": "Bãi bỏ theo QĐ 9"})
    opened = browser_of(ministry, "Trần Mở").post(f"{FORM_PAGES}ngung/", OPENS)
    assert (closed.status_code, opened.status_code) == (302, 302)
    page = text(other.get(LOG))
    assert "Nguyễn Đóng" in page and "Trần Mở" in page and FORM_CODE in page
    assert "<del>Bãi bỏ theo QĐ 9</del>" in page and page.count("Bãi bỏ theo QĐ 9") == 2
    assert LogEntry.objects.count() == 2
    browser_of(ministry, "Nguyễn Đóng").post(f"{FORM_PAGES}ngung/", {"reason": " "})
    browser_of(ministry, "Trần Mở").post(f"{FORM_PAGES}ngung/", OPENS)
    assert LogEntry.objects.count() == 2, "what changed nothing is no change"


def test_who_published_a_sheet_and_who_threw_one_away(ministry, other):
    writer, publisher = browser_of(ministry, "Lê Soạn"), browser_of(ministry, "Phạm Công Bố")
    assert writer.post(HERE, begun(writer) | {"short_name_vi": "Tên mới"}).status_code == 302
    assert publish(publisher).status_code == 302
    entry = LogEntry.objects.get()
    assert str(entry.user) == "Phạm Công Bố" and "Tên mới" in entry.object_repr
    page = text(other.get(LOG))
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert "Phạm Công Bố" in page and "Lê Soạn" not in page and f"{FORM_CODE} Tên mới" in page and today in page
    begun(writer)
    seen = {"revision": SheetDraft.objects.get(state="open").revision, "discard": "sure"}
    assert publisher.post(f"{HERE}cong-bo/", {"revision": 7, "discard": "sure"}).status_code == 409
    assert LogEntry.objects.count() == 1, "what was refused is no change"
    assert writer.post(f"{HERE}cong-bo/", seen).status_code == 302
    page = text(other.get(LOG))
    assert "Lê Soạn" in page and "xóa" in page and "Bản thảo nội dung thủ tục" in page


def test_who_published_a_form_and_who_threw_one_away(ministry, editor, other):
    step(editor, "down", keys()[0])
    publisher = browser_of(ministry, "Phạm Công Bố")
    day = f"{timezone.localdate():%d/%m/%Y}"
    sent = publisher.post(f"{FORM_PAGES}cong-bo/", {"revision": draft().revision, "valid_from": day})
    assert sent.status_code == 302
    assert "Phạm Công Bố" in text(other.get(LOG)) and "Bản công bố, biểu mẫu" in text(other.get(LOG))
    assert editor.post(FORM_PAGES).status_code == 302
    gone = editor.post(f"{FORM_PAGES}cong-bo/", {"revision": draft().revision, "discard": "sure"})
    assert gone.status_code == 302
    assert "Bản thảo biểu mẫu" in text(other.get(LOG)) and "Biên Tập" in text(other.get(LOG))


def test_only_administrators_of_the_publishing_agency_and_above_read_it(ministry):
    closing.close(FORM_CODE, reason="Bãi bỏ", user=factories.make_official(ministry, name="Nguyễn Đóng"))
    commune = browser_of(factories.make_agency(), role=MembershipRole.ADMINISTRATOR)
    assert FORM_CODE not in text(commune.get(LOG))
    assert FORM_CODE in text(browser_of(ministry, "Người Đọc").get(LOG))
