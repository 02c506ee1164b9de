"""A session that ends in the middle of a form: signing in again brings the person and her words back."""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dossiers import services
from portal.accounts import interrupted
from tests import factories
from tests.dossiers.filing_pages import Filing, signed_in, text

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def lose_session(client: Client) -> None:
    """As when eight hours have passed."""
    client.cookies.clear()


def sign_in_again(client: Client, user: Any) -> None:
    """Sign in inside the session that waits, as the way through VNeID does."""
    client.force_login(user, backend=BACKEND)


def test_what_was_typed_is_back_after_signing_in() -> None:
    filing = Filing()
    filing.place()
    lose_session(filing.client)
    response = filing.answer(full_name="Nguyễn Thị Thử", purpose="Câu dài vừa gõ")
    assert response["Location"] == f"/tai-khoan/vao/?next={filing.base}noi-dung/"
    assert "Những gì bạn vừa gõ được giữ lại" in text(filing.client.get(response["Location"]))
    assert "purpose" not in filing.fresh().answers, "nothing is written for somebody who is not signed in"
    sign_in_again(filing.client, filing.citizen)
    page = text(filing.get("noi-dung"))
    assert "Câu dài vừa gõ" in page and "Bạn đã đăng nhập lại" in page
    assert "Câu dài vừa gõ" not in text(filing.get("noi-dung")), "given back once; the draft is written by the button"
    assert filing.answer(purpose="Câu dài vừa gõ").status_code == 302


def test_words_lie_encrypted_and_only_in_the_session() -> None:
    filing = Filing()
    lose_session(filing.client)
    filing.answer(purpose="bí mật gia đình")
    assert "bí mật" not in str(dict(filing.client.session.items()))


def test_somebody_else_on_the_same_phone_sees_nothing() -> None:
    filing = Filing()
    lose_session(filing.client)
    filing.answer(purpose="bí mật gia đình")
    sign_in_again(filing.client, factories.make_citizen("Người Khác"))
    response = filing.get("noi-dung")
    assert response.status_code == 404 and "bí mật" not in text(response)


def test_a_script_without_a_session_fills_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupted, "KEPT", 2)
    before = Session.objects.count()
    for _ in range(4):
        anybody = Client()
        answer = anybody.post("/nop-ho-so/1.000001/00000000-0000-0000-0000-000000000000/noi-dung/", {"purpose": "x"})
        assert answer.status_code == 302 and "/tai-khoan/vao/" in answer["Location"]
    assert Session.objects.count() == before + 2


def test_kept_for_half_an_hour() -> None:
    filing = Filing()
    lose_session(filing.client)
    filing.answer(purpose="câu cũ")
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        sign_in_again(filing.client, filing.citizen)
        assert "câu cũ" not in text(filing.get("noi-dung"))


def test_address_keeps_its_query() -> None:
    filing = Filing().fill()
    lose_session(filing.client)
    response = filing.post("noi-dung", {"purpose": "x"}, "?sua=1")
    assert response["Location"] == f"/tai-khoan/vao/?next={filing.base}noi-dung/%3Fsua%3D1"


def test_autosave_says_signed_out_instead_of_redirecting() -> None:
    filing = Filing()
    lose_session(filing.client)
    response = filing.post("noi-dung", {"purpose": "x"}, headers={"x-autosave": "1"})
    assert response.status_code == 401 and response.json()["code"] == "signed_out"


def test_files_cannot_be_kept_and_the_page_says_so() -> None:
    filing = Filing()
    lose_session(filing.client)
    filing.upload()
    sign_in_again(filing.client, filing.citizen)
    assert "Hãy chọn lại tệp" in text(filing.get("giay-to"))


def test_place_and_withdrawal_and_supplement_are_kept_too() -> None:
    filing = Filing()
    province = factories.make_unit("48", "Đà Nẵng", "province")
    factories.make_unit("20194", "Phường Hải Châu", "commune", province)
    lose_session(filing.client)
    filing.post("noi-nop", {"province_code": "48", "commune_code": "20194"})
    sign_in_again(filing.client, filing.citizen)
    assert '<option value="20194" selected' in text(filing.get("noi-nop"))

    dossier = factories.file_dossier(filing.citizen, filing.version)
    client = signed_in(filing.citizen)
    lose_session(client)
    client.post(f"/ho-so/{dossier.code}/rut/", {"reason": "Đổi ý vì chuyển nhà"})
    sign_in_again(client, filing.citizen)
    assert "Đổi ý vì chuyển nhà" in text(client.get(f"/ho-so/{dossier.code}/rut/"))
    dossier.refresh_from_db()
    assert dossier.state == "submitted"

    assert dossier.agency is not None and dossier.code is not None
    services.request_supplement(dossier.code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ.")
    lose_session(client)
    file = SimpleUploadedFile("a.png", factories.png())
    client.post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "Em gửi lại ạ", "file:0": file})
    sign_in_again(client, filing.citizen)
    page = text(client.get(f"/ho-so/{dossier.code}/bo-sung/"))
    assert "Em gửi lại ạ" in page and "Hãy chọn lại tệp" in page


def test_an_answer_of_files_only_is_not_blamed_for_lacking_words() -> None:
    filing = Filing()
    dossier = factories.file_dossier(filing.citizen, filing.version)
    assert dossier.agency is not None and dossier.code is not None
    services.request_supplement(dossier.code, actor=factories.official_actor(dossier.agency), reason="Sinh năm nào?")
    client = signed_in(filing.citizen)
    lose_session(client)
    file = SimpleUploadedFile("a.png", factories.png())
    client.post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "", "file:0": file})
    sign_in_again(client, filing.citizen)
    response = client.get(f"/ho-so/{dossier.code}/bo-sung/")
    assert response.status_code == 200 and "Hãy chọn lại tệp" in text(response)
    assert "govuk-error-summary" not in text(response)


def test_enormous_text_is_not_kept_but_the_way_back_is() -> None:
    filing = Filing()
    lose_session(filing.client)
    started = time.monotonic()
    response = filing.answer(purpose="x" * 400_000)
    assert response.status_code == 302 and time.monotonic() - started < 5
    sign_in_again(filing.client, filing.citizen)
    assert filing.get("noi-dung").status_code == 200
