"""Switching the splitting of a linked procedure off with its reason, and on again: who may, what the log says."""

import pytest
from django.db import IntegrityError, transaction

from portal.agencies.models import MembershipRole
from procedures import bundles
from procedures.models import Bundle, Procedure
from tests import factories
from tests.backoffice.conftest import FORM_CODE, FORM_PAGES, browser_of
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
HERE, LIST, LOG = f"{FORM_PAGES}lien-thong/", "/quan-tri/bieu-mau/", "/quan-tri/nhat-ky-cai-dat/"
REASON = "Hệ thống bảo hiểm bảo trì đến 05/12"


@pytest.fixture
def bundle(version):
    plan = {"nodes": [{"key": "only", "procedure": FORM_CODE}]}
    return Bundle.objects.create(procedure=Procedure.objects.get(code=FORM_CODE), definition=plan)


def splits() -> bool:
    """Whether a declaration is split, as after the commit, when every process reads the plans anew."""
    bundles.publication._remembered.clear()
    return bundles.plan_of(FORM_CODE) is not None


def test_an_editor_switches_it_off_with_a_reason_and_on_again(ministry, bundle):
    browser = browser_of(ministry, "Biên Tập")
    assert HERE in text(browser.get(LIST)) and "Đang tách hồ sơ" in text(browser.get(LIST))
    assert splits()
    assert "Hồ sơ liên thông đã nộp vẫn đi tiếp như cũ." in text(browser.get(HERE))
    assert browser.post(HERE, {"reason": REASON}).status_code == 302
    bundle.refresh_from_db()
    assert (bundle.is_open, bundle.closed_reason) == (False, REASON) and splits() is False
    assert REASON in text(browser.get(HERE)) and "Đã tắt tách hồ sơ" in text(browser.get(LIST))
    again = browser.post(HERE, {"reason": "Lý do khác"}, follow=True)
    assert "đã được tắt từ trước" in text(again) and "Lý do khác" not in text(again)
    assert browser.post(HERE, {"mo-lai": "1"}).status_code == 302
    bundle.refresh_from_db()
    assert (bundle.is_open, bundle.closed_reason) == (True, "") and splits()
    assert browser.post(HERE, {"mo-lai": "1"}).status_code == 302, "on already: nothing more is logged"
    log = text(browser_of(ministry, "Người Đọc").get(LOG))
    assert log.count("Tách hồ sơ liên thông") == 2 and log.count(REASON) == 2 and "Biên Tập" in log


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 1_001])
def test_a_reason_is_needed(ministry, bundle, reason):
    refused = browser_of(ministry).post(HERE, {"reason": reason})
    assert refused.status_code == 422 and "govuk-error-message" in text(refused)
    bundle.refresh_from_db()
    assert bundle.is_open


def test_only_who_may_edit_the_procedure_and_only_where_there_is_a_bundle(ministry, version, bundle):
    for browser in (browser_of(factories.make_agency()), browser_of(ministry, role=MembershipRole.LEADER)):
        assert browser.get(HERE).status_code == browser.post(HERE, {"reason": "x"}).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        Bundle.objects.update(closed_reason="Mở mà có lý do")
    Bundle.objects.all().delete()
    editor = browser_of(ministry)
    assert editor.get(HERE).status_code == editor.post(HERE, {"reason": "x"}).status_code == 404
    assert HERE not in text(editor.get(LIST))
