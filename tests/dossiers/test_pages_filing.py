"""Filing as a citizen sees it: from the first page to the code, with everything that can go wrong on the way."""

import re
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from datastore.models import Document
from dossiers import drafts
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError
from procedures import closing, published
from procedures.models import Procedure, ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import Filing, signed_in, text
from tests.procedures.policy_rows import make_policy

pytestmark = pytest.mark.django_db


def test_whole_way_from_start_to_code() -> None:
    filing = Filing().fill()
    check = text(filing.get("kiem-tra"))
    assert "Nguyễn Thị Thử" in check and "Đi học" in check and "giay.png" in check
    assert "Còn thiếu trước khi nộp" not in check
    response = filing.submit()
    dossier = filing.fresh()
    assert response["Location"] == f"/ho-so/{dossier.code}/da-nop/"
    page = text(filing.client.get(response["Location"]))
    assert dossier.code and dossier.code in page and "Cơ quan trả lời chậm nhất" in page


def test_start_page_says_what_is_needed_without_signing_in() -> None:
    factories.make_version(fee_vnd=8000)
    page = text(Client().get("/nop-ho-so/1.000001/"))
    assert "Giấy tờ thử" in page and "8.000 đ" in page and "Đăng nhập VNeID và bắt đầu" in page
    away = unquote(Client().post("/nop-ho-so/1.000001/")["Location"])
    assert away.startswith("/tai-khoan/vao/?next=/nop-ho-so/1.000001/?tiep=")  # by its word the press is hers


def test_unfinished_draft_is_continued_not_doubled() -> None:
    filing = Filing()
    filing.place()
    filing.answer()
    assert "Tiếp tục bản nháp" in text(filing.client.get("/nop-ho-so/1.000001/"))
    again = filing.client.post("/nop-ho-so/1.000001/")
    assert again["Location"] == f"{filing.base}noi-dung/"
    assert Dossier.objects.count() == 1


def test_a_provinces_own_procedure_is_filed_there_and_nowhere_else() -> None:
    """Whose profile names another province chooses hers nowhere: neither by the form nor by hand."""
    version = factories.make_version()
    there = factories.make_unit("48", "Thành phố Đà Nẵng", "province")
    ward = factories.make_unit("20242", "Phường Hải Châu", "commune", there)
    agency = factories.make_agency("H17.20242")
    agency.unit = ward
    agency.save(update_fields=["unit"])
    Procedure.objects.filter(pk=version.procedure_id).update(province_code="48")
    version.procedure.refresh_from_db()
    filing = Filing(version)
    page = text(filing.get("noi-nop"))
    assert "Thủ tục này là của riêng thành phố Đà Nẵng" in page
    assert '<option value="48" selected' in page and '<option value="01"' not in page
    assert '<option value="20242"' in page
    refused = filing.place()
    assert refused.status_code == 422 and "chỉ nộp được ở đó" in text(refused)
    with pytest.raises(InvalidInputError) as error:
        drafts.choose_place(
            filing.draft.public_id, actor=Actor.citizen(filing.citizen), province_code="01", commune_code="00073"
        )
    assert list(error.value.fields) == ["province_code"]
    assert filing.post("noi-nop", {"province_code": "48", "commune_code": "20242"}).status_code == 302
    assert filing.fresh().agency == agency


def test_level_one_reads_how_to_rise_and_cannot_start() -> None:
    factories.make_version()
    client = signed_in(factories.make_citizen(level=1))
    page = text(client.get("/nop-ho-so/1.000001/"))
    assert "Tài khoản của bạn ở mức 1" in page and ">Bắt đầu<" not in page
    assert "Mang căn cước đến Công an" in page and 'href="/thu-tuc/1.000001/"' in page
    assert 'action="/tai-khoan/oidc/vneid/login/?next=%2Fnop-ho-so%2F1.000001%2F"' in page, "and back to this page"
    refused = client.post("/nop-ho-so/1.000001/")
    assert refused.status_code == 403 and "mức 2" in text(refused)


def test_official_account_files_nothing() -> None:
    factories.make_version()
    client = signed_in(factories.make_official(factories.make_agency()))
    session = client.session
    session["second_factor_seen"] = True
    session.save()
    assert "Bạn đang dùng tài khoản cán bộ" in text(client.get("/nop-ho-so/1.000001/"))
    assert client.post("/nop-ho-so/1.000001/").status_code == 403


def test_closed_procedure_says_why_and_takes_nothing() -> None:
    version = factories.make_version()
    version.procedure.is_open = False
    version.procedure.closed_reason = "Đã thay bằng thủ tục 1.000002."
    version.procedure.save()
    client = signed_in(factories.make_citizen())
    assert "Đã thay bằng thủ tục 1.000002." in text(client.get("/nop-ho-so/1.000001/"))
    refused = client.post("/nop-ho-so/1.000001/")
    assert refused.status_code == 409 and "Đã thay bằng thủ tục 1.000002." in text(refused)


def test_procedure_closed_meanwhile_keeps_the_draft(django_capture_on_commit_callbacks: Any) -> None:
    filing = Filing().fill()
    filing.get("kiem-tra")
    factories.make_version("1.000002")
    with django_capture_on_commit_callbacks() as announced:
        closing.close("1.000001", reason="Bãi bỏ theo Quyết định 9.", replaced_by="1.000002")
    early = filing.submit()  # before this process has heard of it
    assert early.status_code == 409 and "Bãi bỏ theo Quyết định 9." in text(early)
    for tell in announced:
        tell()
    shown = [filing.get("noi-nop"), filing.get("kiem-tra"), filing.client.get("/nop-ho-so/1.000001/"), filing.submit()]
    assert [response.status_code for response in shown] == [200, 200, 200, 409]
    for words in map(text, shown):
        assert "Bãi bỏ theo Quyết định 9." in words and 'href="/thu-tuc/1.000002/"' in words
        assert "Bản nháp và giấy tờ đã tải lên vẫn còn." in words and "Nộp hồ sơ</button>" not in words
    assert filing.fresh().state == "draft" and filing.draft.answers["purpose"] == "Đi học"
    kept = published.version(filing.version.pk).procedure
    assert not {"replaced_by", "current"} & set(kept._state.fields_cache), "what is shared stays as it was read"
    ProcedureVersion.objects.filter(procedure__code="1.000002").update(short_name="Đổi tên thủ tục")
    assert "Đổi tên thủ tục" in text(filing.get("noi-nop")), "of what replaces it nothing is kept"


def test_unknown_procedure_and_step_are_not_found() -> None:
    filing = Filing()
    assert filing.client.get("/nop-ho-so/9.999999/").status_code == 404
    assert filing.get("khong-co").status_code == 404
    assert filing.client.get(filing.base.replace("1.000001", "1.000002") + "noi-nop/").status_code == 404


def test_place_is_prefilled_with_its_source() -> None:
    page = text(Filing().get("noi-nop"))
    assert '<option value="00073" selected' in page and "Từ tài khoản VNeID" in page


def test_place_lists_communes_without_script() -> None:
    filing = Filing()
    province = factories.make_unit("48", "Đà Nẵng", "province")
    factories.make_unit("20194", "Phường Hải Châu", "commune", province)
    response = filing.post("noi-nop", {"province_code": "48", "refresh": "1"})
    assert response.status_code == 200 and "Phường Hải Châu" in text(response)
    assert filing.fresh().province_code == "01", "only asked for the list"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Hãy chọn tỉnh, thành phố."),
        ({"province_code": "01"}, "Hãy chọn xã, phường, đặc khu nơi nộp hồ sơ."),
        ({"province_code": "99", "commune_code": "00073"}, "không có trong danh sách"),
        ({"province_code": "01", "commune_code": "99999"}, "không thuộc tỉnh đã chọn"),
        ({"province_code": "01\x00", "commune_code": "\x1b"}, "không có trong danh sách"),
    ],
)
def test_wrong_place_is_named(sent: dict[str, str], words: str) -> None:
    response = Filing().post("noi-nop", sent)
    assert response.status_code == 422 and words in text(response)


def test_place_without_an_agency_says_so_at_the_field() -> None:
    filing = Filing()
    factories.make_unit("00099", "Phường Trống", "commune", factories.make_unit("01", "Hà Nội", "province"))
    response = filing.post("noi-nop", {"province_code": "01", "commune_code": "00099"})
    assert response.status_code == 422 and "Chưa có cơ quan tiếp nhận ở nơi này" in text(response)
    assert 'href="#id_commune_code"' in text(response)


def test_second_click_finds_the_same_dossier() -> None:
    filing = Filing().fill()
    first, second = filing.submit(), filing.submit()
    assert first["Location"] == second["Location"]
    assert Dossier.objects.count() == 1 and filing.fresh().events.count() == 1


def test_back_button_after_submission_leads_to_the_dossier() -> None:
    filing = Filing().fill()
    filing.submit()
    dossier = filing.fresh()
    for response in (filing.get("noi-dung"), filing.answer(purpose="Sửa lén"), filing.get("kiem-tra")):
        assert response["Location"] == f"/ho-so/{dossier.code}/"
    assert filing.fresh().answers["purpose"] == "Đi học"
    late = filing.post("noi-dung", {"purpose": "x"}, headers={"x-autosave": "1"})
    assert late.status_code == 409
    page = filing.client.get(f"/ho-so/{dossier.code}/")
    assert "đã nộp nên không sửa được nữa" in text(page)


def test_discard_asks_first_and_names_what_is_lost_and_what_stays() -> None:
    filing = Filing()
    begun = text(filing.get("xoa"))
    assert "Họ tên" in begun and "Mục đích" not in begun and "Vẫn còn" not in begun
    filing.fill()
    page = text(filing.get("xoa"))
    lost, _mark, kept = page.partition("Vẫn còn trong kho dữ liệu")
    assert "Sẽ mất, không lấy lại được" in lost and "Mục đích" in lost and "UBND" in lost
    assert ": 2 câu trả lời" in " ".join(re.sub("<[^>]+>", "", lost.partition("Những câu đã trả lời")[0]).split())
    assert "Đi học" not in page, "the answers themselves stay covered"
    assert "giay.png" in kept
    document = filing.fresh().components.get().document
    assert Dossier.objects.count() == 1
    assert filing.post("xoa")["Location"] == "/ho-so/"
    assert not Dossier.objects.exists() and Document.objects.listed(document.owner).filter(pk=document.pk).exists()
    assert "vẫn còn trong kho dữ liệu" in text(filing.client.get("/ho-so/"))


def test_of_two_questions_with_one_name_both_answers_are_counted_as_lost() -> None:
    name = {"label": {"vi": "Họ tên", "en": "Name"}, "type": "text"}
    who = {"vi": "Những ai", "en": "Who"}
    groups = [{"key": "who", "title": who, "fields": [{"key": "child", **name}, {"key": "mother", **name}]}]
    form = {"pages": [{"key": "noi-dung", "title": who, "groups": groups}]}
    filing = Filing(factories.make_version(form=form, needs_paper=False))
    filing.place()
    filing.post("noi-dung", {"child": "Trần Thử", "mother": "Lê Thử"})
    lost = " ".join(re.sub("<[^>]+>", "", text(filing.get("xoa"))).split())
    assert ": 2 câu trả lời" in lost and "Họ tên, Họ tên" not in lost


def test_submitted_dossier_cannot_be_discarded() -> None:
    filing = Filing().fill()
    filing.submit()
    assert filing.post("xoa").status_code == 409
    assert filing.fresh().state == "submitted"


def test_english_pages_name_the_procedure_in_english_but_store_vietnamese() -> None:
    version = factories.make_version(fee_vnd=8000, short_name_en="Test procedure (short)")
    version.fees.update(name_en="Test fee")
    filing = Filing(version)
    filing.fill()
    start = text(filing.client.get("/en/nop-ho-so/1.000001/"))
    assert "Test procedure (short)" in start and "Test fee" in start
    assert "Content" in text(filing.client.get(f"/en{filing.base}noi-dung/"))
    filing.client.post(f"/en{filing.base}kiem-tra/")
    dossier = filing.fresh()
    assert dossier.procedure_name == "Thủ tục thử nghiệm"
    assert dossier.obligations.get().description == "Lệ phí thử"
    assert dossier.answer_sources["full_name"].startswith("Từ tài khoản VNeID") or not dossier.answer_sources


def test_start_page_shows_what_the_chosen_place_charges() -> None:
    factories.make_version(fee_vnd=8000)
    make_policy(valid_from=date(2020, 1, 1))
    page = text(Client().get("/nop-ho-so/1.000001/"))
    assert "8.000 đ" in page and "Đây là mức chung cả nước" in page
    page = text(Client().get("/nop-ho-so/1.000001/", {"tinh": "01"}))
    assert "không phải nộp" in page and "1/2026/NQ-HĐND" in page
    assert "Mức thu khi nộp trực tuyến ở" in page and "Đây là mức chung cả nước" not in page
    assert "8.000 đ" not in page
