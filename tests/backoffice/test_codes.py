"""An operator maps a system's codes: beside each gap, or by a file that goes out as a template and comes back."""

import json
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers.models import CodeTable
from dossiers.partners import code_tables
from portal.agencies.models import ApiClient
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.wire.clients import wire_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(office: Office) -> ApiClient:
    account = wire_client(office.agency.parent or office.agency).account
    return ApiClient.objects.get(pk=account.pk)


@pytest.fixture
def browser(office: Office, system: ApiClient) -> Any:
    official = factories.make_official(system.agency, "administrator")
    return signed_in(with_second_factor(official))


def page(system: ApiClient) -> str:
    return f"/quan-tri/he-thong/{system.pk}/bang-ma/"


def upload(browser: Any, system: ApiClient, text: str | bytes, name: str = "bang.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return browser.post(page(system), {"file": SimpleUploadedFile(name, content)})


def test_the_template_comes_back_filled(browser: Any, system: ApiClient) -> None:
    factories.make_version()
    code_tables.note_gap(system, "status", "=Đã duyệt", example="H26-1")
    code_tables.note_gap(system, "procedure", "DP;01", example="H26-2")
    template = browser.get(f"/quan-tri/he-thong/{system.pk}/bang-ma.csv").content.decode("utf-8-sig")
    assert "'=Đã duyệt" in template, "an office program must not take a partner's text for a formula"
    filled = template.replace("'=Đã duyệt,,", "'=Đã duyệt,9,").replace("DP;01,,", "DP;01,1.000001,")
    assert upload(browser, system, filled).status_code == 302
    system.refresh_from_db()
    book = code_tables.book_of(system)
    assert (book.find("status", "=đã duyệt"), book.find("procedure", "DP;01")) == ("9", "1.000001")
    assert "Bảng mã bản 1: 2 mã" in LogEntry.objects.get().change_message
    told = browser.get(f"/quan-tri/he-thong/{system.pk}/bang-ma.json").json()
    assert told["version"] == 1 and len(told["entries"]) == 2
    assert upload(browser, system, json.dumps(told), "bang.json").status_code == 302
    assert CodeTable.objects.count() == 1, "what is the same makes no new version"


def test_every_fault_is_named_with_its_line(browser: Any, system: ApiClient) -> None:
    foreign = factories.make_other_agency()
    text = (
        "loai;ma_he_thong;ma_quoc_gia;ghi_chu\n"
        "trang_thai;X;99;\n"
        "thu_tuc;Y;7.7;\n"
        f"co_quan;Z;{foreign.code};\n"
        "khac;U;1;\n"
        "trang_thai;V;1;\n"
        "trang_thai;v;2;\n"
        "trang_thai;W;;chưa biết\n"
    )
    response = upload(browser, system, text)
    words = response.content.decode()
    assert response.status_code == 422
    for line in ("Dòng 2", "Dòng 3", "Dòng 4", "Dòng 5", "Dòng 7"):
        assert line in words, line
    assert "Dòng 6" not in words and "Dòng 8" not in words
    assert not CodeTable.objects.exists()


def test_a_cell_that_is_no_cell_is_refused_and_an_old_macs_lines_are_lines(browser: Any, system: ApiClient) -> None:
    head = b"loai,ma_he_thong,ma_quoc_gia"
    assert upload(browser, system, head + b'\nstatus,"' + b"x" * 200_000).status_code == 422
    assert upload(browser, system, head + b"\rtrang_thai,Treo,8\r").status_code == 302


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"{", b'{"entries": 5}', b"a,b,c\n1,2,3", b"[" * 100_000])
def test_a_file_that_is_none_says_so(browser: Any, system: ApiClient, content: bytes) -> None:
    assert upload(browser, system, content).status_code == 422


def test_a_code_is_typed_beside_its_gap(browser: Any, system: ApiClient) -> None:
    code_tables.note_gap(system, "status", "<b>Treo</b>", example="H26-1")
    (gap,) = code_tables.unmapped(system)
    shown = browser.get(page(system)).content.decode()
    assert "&lt;b&gt;Treo&lt;/b&gt;" in shown and "<b>Treo" not in shown
    refused = browser.post(page(system), {"do": "typed", f"gap-{gap.pk}": "99"})
    assert (
        refused.status_code == 422
        and "Trạng thái quốc gia là số từ 1 đến 11" in refused.content.decode()
        and 'value="99"' in refused.content.decode()
    )
    assert browser.post(page(system), {"do": "typed", f"gap-{gap.pk}": "8"}).status_code == 302
    after = browser.get(page(system)).content.decode()
    assert "Mọi mã hệ thống này gửi đến nay đều đọc được" in after and "Bản 1" in after
    assert "1 mã chưa ánh xạ" not in browser.get(f"/quan-tri/he-thong/{system.pk}/").content.decode()
    old = browser.get(f"/quan-tri/he-thong/{system.pk}/bang-ma.json?ban=1").json()
    assert [entry["ours"] for entry in old["entries"]] == ["8"]
    for address in ("bang-ma.json?ban=9", "bang-ma.xls", "bang-ma.csv?ban=x"):
        assert browser.get(f"/quan-tri/he-thong/{system.pk}/{address}").status_code == 404


def test_the_administrator_of_an_agency_below_does_not_map_for_the_province(office: Office, system: ApiClient) -> None:
    assert office.browser("administrator").get(page(system)).status_code == 404
