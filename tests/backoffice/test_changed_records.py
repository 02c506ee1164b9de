"""A national record that changes beside the portal's own version is shown to who edits it, until she has looked."""

import json
import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.utils import translation

from portal.agencies.models import Agency, AgencyLevel, Branch
from procedures.models import NationalRecord, Origin, ProcedureVersion
from tests.backoffice.conftest import browser_of
from tests.procedures.national_records import record

pytestmark = pytest.mark.django_db
CODE = "1.900001"
LIST = "/quan-tri/bieu-mau/"
SEEN = f"{LIST}{CODE}/ban-ghi-quoc-gia/"


@pytest.fixture
def imported(tmp_path):
    def imported(**changes):
        path = tmp_path / "catalogue.jsonl"
        path.write_text(json.dumps(record(CODE, **changes)), encoding="utf-8")
        call_command("import_catalogue", str(path), verbosity=0)
        return NationalRecord.objects.get(procedure__code=CODE)

    return imported


@pytest.fixture
def editor(imported):
    imported()
    # As after a version of the portal's own was published over the record.
    ProcedureVersion.objects.update(origin=Origin.PACK)
    NationalRecord.objects.update(record=record(CODE))
    return browser_of(ministry("G10", "Bộ Nông nghiệp"))


def ministry(code, name):
    return Agency.objects.create(code=code, name=name, level=AgencyLevel.MINISTRY, branch=Branch.OTHER, path=f"{code}/")


def page(browser):
    return " ".join(unescape(browser.get(LIST).content.decode()).split())


def test_what_changed_is_on_the_list_until_an_official_has_looked(editor, imported):
    assert "Bản ghi quốc gia đã đổi" not in page(editor)
    changed = imported(requirements="Có chuồng.", name="Cấp phép nuôi rồng")
    html = page(editor)
    assert "Bản ghi quốc gia đã đổi" in html
    for words in (
        'Cấp giấy phép nuôi rồng</td><td data-label="Nay">Cấp phép nuôi rồng',
        '(không có)</td><td data-label="Nay">Có chuồng.',
    ):
        assert words in html
    with translation.override("vi"):
        assert editor.post(SEEN, {"changed_at": changed.changed_at.isoformat()}).status_code == 302
    row = NationalRecord.objects.get()
    assert (row.seen, row.changed_at) == (None, None) and row.record["requirements"] == "Có chuồng."
    assert "Bản ghi quốc gia đã đổi" not in page(editor)
    assert "Bản ghi quốc gia" in json.loads(LogEntry.objects.latest("pk").change_message)[0]["values"][0]


def test_what_changed_once_more_meanwhile_is_not_taken_as_seen(editor, imported):
    first = imported(requirements="Có chuồng.").changed_at
    imported(requirements="Có hai chuồng.")
    assert editor.post(SEEN, {"changed_at": first.isoformat()}).status_code == 302
    html = page(editor)
    assert "vừa đổi thêm lần nữa" in html and '(không có)</td><td data-label="Nay">Có hai chuồng.' in html
    for rubbish in ("", "x", "\x00", "2026-13-45T00:00:00Z", "9" * 100):
        editor.post(SEEN, {"changed_at": rubbish})
        assert NationalRecord.objects.get().changed_at, rubbish


def test_nobody_else_sees_or_confirms_it(editor, imported):
    changed = imported(requirements="Có chuồng.").changed_at
    other = browser_of(ministry("G15", "Bộ Tư pháp"))
    assert "Bản ghi quốc gia đã đổi" not in page(other)
    assert other.post(SEEN, {"changed_at": changed.isoformat()}).status_code == 404
    assert editor.get(SEEN).status_code == 405
    assert editor.post(f"{LIST}9.999999/ban-ghi-quoc-gia/").status_code == 404


def test_confirmed_twice_is_not_there_any_more(editor, imported):
    changed = imported(requirements="Có chuồng.").changed_at
    assert editor.post(SEEN, {"changed_at": changed.isoformat()}).status_code == 302
    assert editor.post(SEEN, {"changed_at": changed.isoformat()}).status_code == 404


def test_queries_of_the_list_do_not_grow_with_what_changed(editor, imported, django_assert_max_num_queries):
    page(editor)
    imported(requirements="Có chuồng.")
    with django_assert_max_num_queries(40) as few:
        page(editor)
    first = NationalRecord.objects.get()
    for number in range(3):
        version = ProcedureVersion.objects.get(procedure__code=CODE)
        procedure = version.procedure
        procedure.pk, procedure.code, procedure.current = None, f"1.90001{number}", None
        procedure.save()
        version.pk, version.procedure = None, procedure
        version.save()
        procedure.current = version
        procedure.save()
        NationalRecord.objects.create(
            procedure=procedure, record=first.record, seen=first.seen, changed_at=first.changed_at,
            imported_at=first.imported_at,
        )  # fmt: skip
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert page(editor).count("Thay đổi của") == 8


def test_the_button_works_as_a_browser_presses_it(editor, imported):
    """Django's test client forgives a form that lost its token; a browser's official was told to sign in anew."""
    changed = imported(requirements="Có chuồng.")
    html = editor.get(LIST).content.decode()
    form = html[html.index(f'action="{SEEN}"') :]
    form = form[: form.index("</form>")]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token, form
    editor.handler.enforce_csrf_checks = True
    sent = {"csrfmiddlewaretoken": token[1], "changed_at": changed.changed_at.isoformat()}
    assert editor.post(SEEN, sent).status_code == 302
    assert NationalRecord.objects.get().changed_at is None
