"""The builder for a procedure of the national catalogue: its form is ours, everything else stays as its record says."""

import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal.agencies.models import Agency, AgencyLevel, Branch
from procedures import access, eforms
from procedures.models import DraftState, FormDraft, Origin, Procedure
from tests.backoffice.conftest import browser_of
from tests.dossiers.filing_pages import text
from tests.procedures.national_records import record

pytestmark = pytest.mark.django_db
CODE = "1.900001"
BASE = f"/quan-tri/bieu-mau/{CODE}/"


@pytest.fixture
def imported(tmp_path):
    def imported(**changes):
        path = tmp_path / "catalogue.jsonl"
        path.write_text(json.dumps(record(CODE, **changes)), encoding="utf-8")
        call_command("import_catalogue", str(path), verbosity=0)
        return access.get_version(CODE)

    return imported


@pytest.fixture
def editor(imported):
    imported()
    ministry = Agency.objects.create(
        code="G10", name="Bộ Nông nghiệp", level=AgencyLevel.MINISTRY, branch=Branch.OTHER, path="G10/"
    )
    browser = browser_of(ministry)
    assert browser.post(BASE).status_code == 302
    return browser


def draft():
    return FormDraft.objects.get(procedure__code=CODE, state=DraftState.OPEN)


def ask(browser, key="so_rong", label="Số rồng định nuôi"):
    form = draft().form
    where = f"{form['pages'][0]['key']}/{form['pages'][0]['groups'][0]['key']}"
    what = {"do": "add_field", "what": where, "revision": draft().revision, "key": key, "label_vi": label}
    return browser.post(f"{BASE}sua/", {**what, "type": "integer"})


def publish(browser):
    today = timezone.localdate().strftime("%d/%m/%Y")
    return browser.post(f"{BASE}cong-bo/", {"revision": draft().revision, "valid_from": today})


def test_a_form_of_its_own_is_published_and_the_rest_stays(editor):
    before = access.get_version(CODE)
    assert ask(editor).status_code == 302
    page = editor.get(f"{BASE}cong-bo/")
    assert page.status_code == 200 and page.context["ready"].problems == []
    assert publish(editor).status_code == 302
    after = access.get_version(CODE)
    assert (after.number, after.origin, after.source_record) == (2, Origin.NATIONAL, before.source_record)
    assert "so_rong" in eforms.form_of(after.form).by_key()
    assert after.search_text == before.search_text and after.sheet == before.sheet
    for rows in ("components", "fees", "results"):
        kept = [(row.position, row.name) for row in getattr(after, rows).order_by("position")]
        assert kept == [(row.position, row.name) for row in getattr(before, rows).order_by("position")] != []
    assert Procedure.objects.get(code=CODE).current == after


def test_a_record_that_changes_later_keeps_the_form(editor, imported):
    ask(editor)
    publish(editor)
    assert imported().number == 2  # the same record again is nothing
    changed = imported(name="Cấp giấy phép nuôi rồng con")
    assert (changed.number, changed.name) == (3, "Cấp giấy phép nuôi rồng con")
    assert "so_rong" in eforms.form_of(changed.form).by_key()


def test_a_form_nobody_changed_is_not_published(editor):
    refused = publish(editor)
    assert refused.status_code == 422 and "không khác bản đang công bố" in text(refused)
    assert access.get_version(CODE).number == 1


def test_a_record_that_changed_meanwhile_is_told(editor, imported):
    """The form that the draft began with follows from its subject; of the rest the newest is published with it."""
    ask(editor)
    imported(note="Mới")
    assert "đã có bản công bố mới" not in text(editor.get(f"{BASE}cong-bo/"))
    imported(note="Mới", target_groups=["Doanh nghiệp"])
    refused = publish(editor)
    assert refused.status_code == 422 and "đã có bản công bố mới" in text(refused)


def test_a_question_with_the_key_of_a_paper_is_refused_with_the_reason(editor):
    form = draft().form
    where = f"{form['pages'][0]['key']}/{form['pages'][0]['groups'][0]['key']}"
    what = {"do": "add_field", "what": where, "revision": draft().revision, "key": "c1", "label_vi": "Ảnh"}
    assert editor.post(f"{BASE}sua/", {**what, "type": "file"}).status_code == 302
    refused = publish(editor)
    assert refused.status_code == 422 and "Giấy tờ “" in text(refused) and "Hãy đổi mã của câu hỏi tệp" in text(refused)


def test_a_form_beside_a_national_record_names_its_decision_too(editor):
    ask(editor)
    day = timezone.localdate().strftime("%d/%m/%Y")
    named = {"decision_number": "999/QĐ-BNNMT", "decision_date": "1/11/2026"}
    sent = editor.post(f"{BASE}cong-bo/", {"revision": draft().revision, "valid_from": day, **named})
    assert sent.status_code == 302
    made = access.get_version(CODE)
    assert (made.number, made.decision_number, f"{made.decision_on}") == (2, "999/QĐ-BNNMT", "2026-11-01")
