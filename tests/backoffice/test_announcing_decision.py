"""Publishing asks under which decision the new version stands; public page and editor say the same of open drafts."""

from datetime import date

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
