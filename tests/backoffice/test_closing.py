"""Closing a procedure from the desk: who may, what people read then, and that no import opens it again."""

import json

import pytest
from django.core.management import call_command
from django.test import Client

from portal.agencies.models import Agency, AgencyLevel, Branch, MembershipRole
from portal.core.errors import NotFoundError
from procedures import catalogue, closing
from procedures.models import CatalogueChange, Procedure
from procedures.packs import REFERENCE, read_pack
from tests import factories
from tests.backoffice.conftest import FORM_CODE, FORM_PAGES, browser_of
from tests.backoffice.situations import OPENS
from tests.dossiers.filing_pages import text
from tests.procedures.national_records import record

pytestmark = pytest.mark.django_db
HERE = f"{FORM_PAGES}ngung/"
BIRTH = "1.001193"


@pytest.fixture
def replacement(version):
    return catalogue.load_pack(REFERENCE / "procedures" / f"{BIRTH}.yaml").version.procedure


def test_an_editor_closes_with_a_reason_and_what_replaces_it_and_opens_again(ministry, replacement):
    browser = browser_of(ministry)
    assert HERE in text(browser.get("/quan-tri/bieu-mau/"))
    asked = text(browser.get(HERE))
    assert "Hồ sơ đã nộp vẫn được giải quyết." in asked
    done = browser.post(HERE, {"reason": "Bãi bỏ theo Quyết định 9/QĐ-BTP", "replaced_by": BIRTH})
    assert done.status_code == 302
    procedure = Procedure.objects.get(code=FORM_CODE)
    assert (procedure.is_open, procedure.is_closed_by_hand, procedure.replaced_by) == (False, True, replacement)
    sheet = text(Client().get(f"/thu-tuc/{FORM_CODE}/"))
    assert "Bãi bỏ theo Quyết định 9/QĐ-BTP" in sheet and f"({BIRTH})" in sheet
    listed = text(browser.get("/quan-tri/bieu-mau/"))
    assert ">Ngừng nhận<" in listed
    closed = text(browser.get(HERE))
    assert "Bãi bỏ theo Quyết định 9/QĐ-BTP" in closed and "Nhận hồ sơ trở lại" in closed
    assert browser.post(HERE, OPENS).status_code == 302
    procedure.refresh_from_db()
    assert (procedure.is_open, procedure.is_closed_by_hand, procedure.closed_reason) == (True, False, "")
    assert procedure.replaced_by is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": " "}, "Hãy viết lý do ngừng nhận"),
        ({"reason": "Bãi bỏ", "replaced_by": "9.999999"}, "Không có thủ tục mã 9.999999"),
        ({"reason": "Bãi bỏ", "replaced_by": FORM_CODE}, "Thủ tục không thay thế chính nó"),
        ({"reason": "Bãi bỏ", "replaced_by": BIRTH}, f"Thủ tục {BIRTH} không nhận hồ sơ"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(ministry, replacement, typed, words):
    closing.close(BIRTH, reason="Bãi bỏ")
    refused = browser_of(ministry).post(HERE, typed)
    assert refused.status_code == 422 and words in text(refused)
    assert Procedure.objects.get(code=FORM_CODE).is_open


def test_only_who_may_edit_it_closes_it(ministry):
    for browser in (browser_of(factories.make_agency()), browser_of(ministry, role=MembershipRole.LEADER)):
        assert browser.get(HERE).status_code == 404
        assert browser.post(HERE, {"reason": "Không phải của mình"}).status_code == 404
    assert Procedure.objects.get(code=FORM_CODE).is_open


def test_what_the_catalogue_closed_is_not_opened_at_the_desk(ministry):
    Procedure.objects.filter(code=FORM_CODE).update(is_open=False, closed_reason="Không còn trong danh mục")
    browser = browser_of(ministry)
    page = text(browser.get(HERE))
    assert "Không còn trong danh mục" in page and "Nhận hồ sơ trở lại" not in page
    assert browser.post(HERE, OPENS).status_code == 404


def test_two_who_close_at_once_do_not_open_it_again(ministry):
    browsers = [browser_of(ministry), browser_of(ministry)]
    for browser in browsers:
        assert "Ngừng nhận hồ sơ" in text(browser.get(HERE))
    assert browsers[0].post(HERE, {"reason": "Bãi bỏ theo Quyết định 9"}).status_code == 302
    second = browsers[1].post(HERE, {"reason": "Tạm dừng"}, follow=True)
    assert "đã ngừng nhận hồ sơ từ trước" in text(second) and "Bãi bỏ theo Quyết định 9" in text(second)
    procedure = Procedure.objects.get(code=FORM_CODE)
    assert (procedure.is_open, procedure.closed_reason) == (False, "Bãi bỏ theo Quyết định 9")
    for browser in browsers:
        assert browser.post(HERE, OPENS).status_code == 302
    assert Procedure.objects.get(code=FORM_CODE).is_open


def test_what_was_replaced_since_is_not_opened_at_the_desk(ministry, replacement):
    closing.close(BIRTH, reason="Tạm dừng")
    pack = read_pack(REFERENCE / "procedures" / "1.004873.yaml")
    pack.data["replaces"] = [BIRTH]
    catalogue.load_pack(pack)
    procedure = Procedure.objects.get(code=BIRTH)
    assert not procedure.is_open and procedure.replaced_by.code == "1.004873"
    with pytest.raises(NotFoundError):
        closing.reopen(BIRTH)


def test_an_import_leaves_closed_what_an_official_closed_and_says_so(tmp_path, capsys):
    source, report = tmp_path / "catalogue.jsonl", tmp_path / "report.jsonl"

    def imported(**changes):
        source.write_text(json.dumps(record(**changes)), encoding="utf-8")
        call_command("import_catalogue", str(source), report=report)
        return [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]

    imported()
    Agency.objects.create(
        code="G10", name="Bộ Nông nghiệp", level=AgencyLevel.MINISTRY, branch=Branch.OTHER, path="G10/"
    )
    closing.close("1.900001", reason="Tạm dừng theo công văn 5")
    capsys.readouterr()
    lines = imported(name="Cấp giấy phép nuôi rồng, sửa đổi")
    procedure = Procedure.objects.select_related("current").get(code="1.900001")
    assert not procedure.is_open and procedure.closed_reason == "Tạm dừng theo công văn 5"
    assert procedure.current.name == "Cấp giấy phép nuôi rồng, sửa đổi"
    assert [line["code"] for line in lines if line["kind"] == "stays_closed"] == ["1.900001"]
    assert "0 reopened" in capsys.readouterr().out
    assert not CatalogueChange.objects.filter(kind="reopened").exists()
