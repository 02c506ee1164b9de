"""Publishing asks under which decision the new version stands; public page and editor say the same of open drafts."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.utils import timezone

from procedures.models import ProcedureVersion, SheetDraft
from tests.backoffice.conftest import FORM_CODE, browser_of, draft, first_group, step
from tests.backoffice.conftest import FORM_PAGES as BASE
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
NEW = {"decision_number": "999/QĐ-BTP", "decision_date": "1/11/2026"}
GOES_BY = "Bản nháp viết từ trước mà nộp từ ngày áp dụng trở đi thì theo bản mới"


def sent(browser, **more):
    step(browser, "add_field", first_group(), key="so_the", label_vi="Số thẻ", type="text")
    return published(browser, **more)


def published(browser, **more):
    day = f"{timezone.localdate():%d/%m/%Y}"
    return browser.post(f"{BASE}cong-bo/", {"revision": draft().revision, "valid_from": day, **more})


def last(code=FORM_CODE):
    return ProcedureVersion.objects.filter(procedure__code=code).latest("number")


def test_the_form_stands_under_the_decision_that_is_named(editor, version):
    step(editor, "down", draft().form["pages"][0]["groups"][0]["fields"][0]["key"])
    page = text(editor.get(f"{BASE}cong-bo/"))
    assert f'value="{version.decision_number}"' in page and f"Của {version.issuer_name}." in page
    assert sent(editor, **NEW).status_code == 302
    made = last()
    assert (made.number, made.decision_number, made.decision_on) == (2, "999/QĐ-BTP", date(2026, 11, 1))
    public = text(editor.get(f"/thu-tuc/{FORM_CODE}/ban-cong-bo/"))
    assert "999/QĐ-BTP, 01/11/2026" in public and GOES_BY in public and GOES_BY in page
    assert "999/QĐ-BTP, 01/11/2026" in LogEntry.objects.latest("pk").change_message.encode().decode("unicode_escape")


def test_who_keeps_it_keeps_it_and_a_day_that_cannot_be_publishes_nothing(editor, version):
    refused = sent(editor, decision_number="1/QĐ", decision_date="31/2/2026")
    assert refused.status_code == 422 and 'href="#id_decision_date"' in text(refused) and last().number == 1
    assert 'value="1/QĐ"' in text(refused), "what was typed stays"
    day = f"{timezone.localdate():%d/%m/%Y}"
    editor.post(f"{BASE}cong-bo/", {"revision": draft().revision, "valid_from": day})
    assert last().number == 2
    assert (last().decision_number, last().decision_on) == (version.decision_number, version.decision_on)


def test_the_last_decision_is_kept_only_where_it_is_said_to_cover_the_change(editor, version):
    kept = {"decision_number": version.decision_number, "decision_date": f"{version.decision_on:%d/%m/%Y}"}
    refused = sent(editor, **kept)
    assert refused.status_code == 422 and last().number == 1
    assert 'href="#id_is_covered"' in text(refused)
    assert f"cũng theo quyết định {version.decision_number}, {version.decision_on:%d/%m/%Y}" in text(refused)
    assert published(editor, **kept, is_covered="on").status_code == 302
    assert (last().number, last().decision_number) == (2, version.decision_number)


def test_a_decision_is_signed_before_what_it_announces_holds(editor, version):
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused = sent(editor, **NEW | {"decision_date": f"{tomorrow:%d/%m/%Y}"})
    assert refused.status_code == 422 and "không được sau ngày áp dụng" in text(refused) and last().number == 1


def test_where_none_was_named_she_says_that_there_is_none(editor, version):
    ProcedureVersion.objects.update(decision_number="", decision_on=None)
    refused = sent(editor, decision_number="", decision_date="")
    assert refused.status_code == 422 and "Chưa có quyết định công bố thay đổi này" in text(refused)
    assert published(editor, decision_number="", decision_date="", is_covered="on").status_code == 302


def test_the_sheet_asks_again_before_it_is_published(version, ministry):
    browser = browser_of(ministry)
    here = f"{BASE}noi-dung/"
    assert browser.post(here).status_code == 302
    sheet = SheetDraft.objects.get()
    sheet.facts = {**sheet.facts, "notes": [{"vi": "Điều mới", "en": "New"}]}
    sheet.save()
    page = text(browser.get(f"{here}cong-bo/"))
    assert f'value="{version.decision_number}"' in page and GOES_BY in page
    day = f"{timezone.localdate():%d/%m/%Y}"
    assert browser.post(f"{here}cong-bo/", {"revision": 1, "valid_from": day, **NEW}).status_code == 302
    assert (last().decision_number, last().sheet["notes"][0]["vi"]) == ("999/QĐ-BTP", "Điều mới")
    assert SheetDraft.objects.get().facts["decision"] == {"number": "999/QĐ-BTP", "date": "2026-11-01"}
    call_command("export_procedure", FORM_CODE)
