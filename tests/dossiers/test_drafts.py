"""Drafts save themselves: field by field, from two devices, half typed values too; files that the form asks for."""

import copy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from datastore import services as datastore
from dossiers.models import Dossier
from tests import factories
from tests.dossiers.filing_pages import Filing, signed_in, text

pytestmark = pytest.mark.django_db
AUTOSAVE = {"x-autosave": "1"}


def form_with(*fields):
    form = copy.deepcopy(factories.SHORT_FORM)
    form["pages"][0]["groups"][0]["fields"] += fields
    return form


BORN = {"key": "born", "label": {"vi": "Ngày sinh", "en": "Born"}, "type": "date"}
HOME = {"key": "home", "label": {"vi": "Nơi ở", "en": "Home"}, "type": "place"}
PHOTO = {"key": "photo", "label": {"vi": "Ảnh hiện trường", "en": "Picture"}, "type": "file", "required": True}


def test_two_devices_save_different_fields_without_undoing_each_other() -> None:
    filing = Filing()
    phone = signed_in(filing.citizen)
    page = {"full_name": "Nguyễn Thị Thử", "purpose": ""}
    filing.post("noi-dung", page | {"purpose": "Máy tính", "_touched": "purpose"}, headers=AUTOSAVE)
    phone.post(f"{filing.base}noi-dung/", page | {"full_name": "Điện thoại", "_touched": "full_name"}, headers=AUTOSAVE)
    assert filing.fresh().answers["purpose"] == "Máy tính"
    assert filing.draft.answers["full_name"] == "Điện thoại"
    assert "Máy tính" in text(phone.get(f"{filing.base}noi-dung/"))


def test_half_a_date_waits_on_the_server_until_it_is_whole() -> None:
    filing = Filing(factories.make_version(form=form_with(BORN)))
    filing.post("noi-dung", {"born": "12/", "_touched": "born"}, headers=AUTOSAVE)
    assert "born" not in filing.fresh().answers
    assert 'value="12/"' in text(signed_in(filing.citizen).get(f"{filing.base}noi-dung/"))
    filing.post("noi-dung", {"born": "12/3/1990", "_touched": "born"}, headers=AUTOSAVE)
    assert filing.fresh().answers["born"] == "1990-03-12" and filing.draft.unread_answers == {}
    assert 'value="12/03/1990"' in text(filing.get("noi-dung"))


def test_a_commune_that_is_not_clear_yet_is_kept_as_typed() -> None:
    filing = Filing(factories.make_version(form=form_with(HOME)))
    filing.post("noi-dung", {"home__province_code": "01", "home__commune_code": "xyz"}, headers=AUTOSAVE)
    assert filing.fresh().unread_answers == {"home__commune_code": ["xyz"]}
    assert 'value="xyz"' in text(filing.get("noi-dung"))
    filing.post("noi-dung", {"home__province_code": "01", "home__commune_code": "cua nam"}, headers=AUTOSAVE)
    assert filing.fresh().answers["home"] == {"province_code": "01", "commune_code": "00073"}
    assert filing.draft.unread_answers == {}


def test_the_page_says_when_it_was_saved() -> None:
    filing = Filing()
    answer = filing.post("noi-dung", {"purpose": "x", "_touched": "purpose"}, headers=AUTOSAVE).json()
    page = text(filing.get("noi-dung"))
    assert f'data-saved-at="{answer["draft"]}"' in page
    assert "data-unsaved" in page and "Đã lưu " in page


def test_every_error_at_once_each_with_a_link_to_its_field() -> None:
    filing = Filing(factories.make_version(form=form_with(BORN | {"required": True}, HOME | {"required": True})))
    page = text(filing.post("noi-dung", {"full_name": "", "purpose": "", "born": "31/2/2000"}))
    for anchor in ("id_full_name", "id_purpose", "id_born", "id_home__province_code", "id_home__commune_code"):
        assert f'href="#{anchor}"' in page and f'id="{anchor}"' in page


def test_a_file_of_the_form_is_kept_shown_shared_and_may_be_changed() -> None:
    filing = Filing(factories.make_version(needs_paper=False, form=form_with(PHOTO)))
    filing.place()
    refused = filing.answer()
    assert refused.status_code == 422 and "Hãy chọn tệp cho “Ảnh hiện trường”." in text(refused)
    assert 'enctype="multipart/form-data"' in text(refused)
    bad = SimpleUploadedFile("a.png", b"not a picture")
    assert filing.answer(photo=bad).status_code == 422 and "photo" not in filing.fresh().answers
    first = SimpleUploadedFile("hiện trường.png", factories.png("1"))
    assert filing.answer(photo=first).status_code == 302
    assert filing.fresh().answers["photo"]["name"] == "hiện trường.png"
    assert "Đã có tệp hiện trường.png" in text(filing.get("noi-dung"))
    assert filing.answer().status_code == 302, "the file stays when none is chosen again"
    assert filing.answer(photo__remove="1").status_code == 422
    assert filing.answer(photo=SimpleUploadedFile("hai.png", factories.png("2"))).status_code == 302
    assert "hai.png" in text(filing.get("kiem-tra"))
    assert filing.submit().status_code == 302
    dossier = filing.fresh()
    (paper,) = dossier.components.all()
    assert (paper.component_code, paper.files[0]["name"]) == ("photo", "hai.png")
    assert paper.files[0]["content_sha256"] == dossier.answers["photo"]["content_sha256"]
    assert paper.document.grants.get().agency == dossier.agency


def test_an_earlier_dossier_fills_the_next_one_and_says_so() -> None:
    earlier = form_with(BORN, {"key": "bank", "label": {"vi": "Số tài khoản", "en": "Account"}, "type": "text"})
    filing = Filing(factories.make_version(needs_paper=False, form=earlier))
    filing.place()
    assert filing.answer(bank="0123", born="1/2/1990").status_code == 302
    filing.submit()
    code = filing.fresh().code
    account = {"key": "account", "label": {"vi": "Tài khoản", "en": "Account"}, "type": "text"}
    form = form_with(account | {"prefill": "store.KQ.TEST#number | earlier.bank"})
    version = factories.make_version("1.000002", form=form)
    again = Filing(version, filing.citizen)
    page = text(again.get("noi-dung"))
    assert 'value="0123"' in page and f"Từ hồ sơ {code} bạn đã nộp" in page
    assert "From dossier" in text(again.client.get(f"/en{again.base}noi-dung/"))
    assert Dossier.objects.get(pk=again.draft.pk).answer_sources["account"].startswith("Từ hồ sơ")
    again.answer(account="999")
    assert "account" not in again.fresh().answer_sources, "what was changed is the person's own"


def test_a_paper_of_the_store_fills_the_form_and_is_locked_only_when_vouched_for() -> None:

    citizen = factories.make_citizen()
    number = {"key": "number", "label": {"vi": "Số giấy", "en": "Number"}, "type": "text", "locked": True}
    version = factories.make_version(form=form_with(number | {"prefill": "store.KQ.TEST#number"}))
    own = datastore.deposit(
        owner=citizen, content=factories.png("o"), name="o.png", type_code="KQ.TEST", title="Giấy tự tải", trust="D"
    )
    own.number = "TỰ-TẢI"
    own.save()
    assert "TỰ-TẢI" not in text(Filing(version, citizen).get("noi-dung"))
    Dossier.objects.all().delete()
    own.trust, own.number = "A", "12/2026"
    own.save()
    filing = Filing(version, citizen)
    page = text(filing.get("noi-dung"))
    assert "12/2026" in page and "Từ kho dữ liệu: Giấy tự tải" in page and 'name="number"' not in page
    filing.answer(number="bịa")
    assert filing.fresh().answers["number"] == "12/2026"
