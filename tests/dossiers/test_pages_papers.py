"""The papers of a filing: photographs, files that lie, papers from the store; each error stands at its paper."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from datastore import uploading
from datastore.models import Consent, Document, Reuse, UploadSession
from datastore.services import deposit
from dossiers import services
from dossiers.models import DossierComponent
from portal.accounts.models import User
from tests import factories
from tests.dossiers.filing_pages import Filing, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db


def test_several_photographs_at_once_are_the_pages_of_one_paper() -> None:
    filing = Filing()
    photos = [SimpleUploadedFile(f"trang-{n}.png", factories.png("p" * n)) for n in (1, 2, 3)]
    assert "Giấy bắt buộc chưa có thì tải lên sau cũng được" in text(filing.get("giay-to"))
    response = filing.post("giay-to", {"file:TEST-GIAY": photos, "upload": "TEST-GIAY"})
    assert response["Location"] == f"{filing.base}giay-to/"
    page = text(filing.get("giay-to"))
    assert "trang-1 và 2 trang nữa.pdf</a>" in page
    assert "Đã có" in page and "Thêm ảnh hoặc tệp khác" in page and "Giấy bắt buộc chưa có" not in page
    assert DossierComponent.objects.get().files[0]["content_type"] == "application/pdf"


def test_a_paper_that_came_in_pieces_is_attached_and_its_pieces_forgotten() -> None:
    filing = Filing()
    content = factories.png("lớn")
    session = uploading.start(filing.citizen, name="lớn.png", size_bytes=len(content))
    sent = {"file:TEST-GIAY-uploaded": session.public_id, "upload": "TEST-GIAY"}
    uploading.append(filing.citizen, session.public_id, offset=0, content=io.BytesIO(content[:10]))
    assert "chưa tải lên hết" in text(filing.post("giay-to", sent))
    uploading.append(filing.citizen, session.public_id, offset=10, content=io.BytesIO(content[10:]))
    assert filing.post("giay-to", sent).status_code == 302
    assert DossierComponent.objects.get().files[0]["name"] == "lớn.png" and not UploadSession.objects.exists()


def test_another_persons_upload_is_not_attached() -> None:
    filing, other = Filing(), factories.make_citizen()
    session = uploading.start(other, name="a.png", size_bytes=4)
    uploading.append(other, session.public_id, offset=0, content=io.BytesIO(b"\x89PNG"))
    answer = filing.post("giay-to", {"file:TEST-GIAY-uploaded": session.public_id, "upload": "TEST-GIAY"})
    assert answer.status_code == 422 and "Hãy chọn lại tệp" in text(answer)


def test_hint_tells_how_to_photograph() -> None:
    page = text(Filing().get("giay-to"))
    assert "Mỗi ảnh một trang" in page and "multiple" in page and "tối đa 20 MB" in page


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("giay.pdf", b"", "rỗng"),
        ("giay.pdf", b"MZ\x90\x00 this is a program", "bên trong là chương trình máy tính, không phải ảnh hay PDF."),
        (
            "giay.jpg",
            "Nội dung gõ tay".encode(),
            "Tệp có đuôi “.jpg” nhưng bên trong là văn bản thường, không phải ảnh hay PDF.",
        ),
        ("giay.heic", ("a" + "ă" * 8192).encode(), "bên trong là văn bản"),
        ("giay.png", b"<!DOCTYPE html><html></html>", "bên trong là trang web"),
        ("giay.jpg", b"\xff\x00\x9c\x01 broken", "không mở được thành ảnh, có thể đã hỏng"),
        ("giay.png", b"%PDF-1.4 not a picture", ""),
        ("giay.exe", b"MZ\x90\x00", "PDF"),
        ("giay.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "PDF"),
    ],
)
def test_file_that_lies_is_named_at_its_paper(name: str, content: bytes, words: str) -> None:
    filing = Filing()
    response = filing.upload(content, name)
    page = text(response)
    assert response.status_code == 422 and words in page
    assert 'href="#c-0-file"' in page and 'id="c-0-file-error"' in page and "Giấy tờ thử:" in page
    assert not DossierComponent.objects.exists()


def test_oversized_file_says_how_large_it_may_be(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    response = Filing().upload(factories.png() + b"x" * 200)
    assert response.status_code == 422 and not DossierComponent.objects.exists()


def test_good_files_stay_when_one_is_bad() -> None:
    filing = Filing()
    files = [SimpleUploadedFile("tot.png", factories.png()), SimpleUploadedFile("xau.pdf", b"no pdf")]
    response = filing.post("giay-to", {"file:TEST-GIAY": files, "continue": "1"})
    assert response.status_code == 422 and "tot.png" in text(response)
    assert DossierComponent.objects.count() == 1


def test_button_without_a_file_says_what_to_do() -> None:
    response = Filing().post("giay-to", {"upload": "TEST-GIAY"})
    assert response.status_code == 422 and "Hãy chọn tệp hoặc chụp ảnh trước" in text(response)


def test_same_photograph_twice_is_one_paper() -> None:
    filing = Filing()
    for _n in range(2):
        filing.upload(factories.png("same"), "anh.png")
    assert DossierComponent.objects.count() == 1 and Document.objects.filter(owner=filing.citizen).count() == 1


def test_paper_of_the_store_is_offered_and_used() -> None:
    filing = Filing()
    document = deposit(
        owner=filing.citizen,
        content=factories.png("kho"),
        name="trong-kho.png",
        type_code="GT.KHAC",
        title="Giấy đã có",
        trust="D",
    )
    assert "Giấy đã có" in text(filing.get("giay-to"))
    filing.post("giay-to", {"reuse": f"TEST-GIAY|{document.pk}"})
    attached = DossierComponent.objects.get()
    assert attached.document == document and attached.from_store
    assert "Lấy từ kho dữ liệu" in text(filing.get("giay-to"))


def test_what_was_taken_from_the_store_is_in_the_ledger_once_it_is_filed() -> None:
    filing = Filing()
    document = deposit(
        owner=filing.citizen,
        content=factories.png("kho"),
        name="kho.png",
        type_code="GT.KHAC",
        title="Đã có",
        trust="D",
    )
    filing.place()
    filing.answer()
    filing.post("giay-to", {"reuse": f"TEST-GIAY|{document.pk}"})
    assert not Reuse.objects.exists(), "a draft uses nothing yet"
    assert filing.submit().status_code == 302
    row, code = Reuse.objects.get(), filing.fresh().code
    assert (row.document, row.dossier_code, row.component_code) == (document, code, "TEST-GIAY")
    assert row.content_sha256 == [document.files.get().blob.content_sha256] and row.consent_text
    consent = Consent.objects.get()
    assert (consent.owner, consent.reuse, consent.dossier_code) == (filing.citizen, row, code)
    assert code in text(filing.client.get(f"/kho-du-lieu/{document.pk}/"))


def test_what_was_uploaded_for_it_is_no_reuse() -> None:
    filing = Filing().fill()
    assert filing.submit().status_code == 302
    assert not Reuse.objects.exists() and not Consent.objects.exists()


def test_of_three_childrens_papers_the_one_of_whom_the_form_speaks_stands_first() -> None:
    asked = form(page("noi-dung", field("child_full_name"), field("father_full_name")))
    filing = Filing(factories.make_version(form=asked))

    def paper_of(name: str) -> Document:
        scan = {"content": factories.png(name), "name": "giay.png", "type_code": "GT.KHAC", "trust": "D"}
        return deposit(owner=filing.citizen, title="Giấy khai sinh", about=name, **scan)

    meant, father, sister = (paper_of(name) for name in ("Trần Gia Bảo", "Trần Văn Minh", "Trần Bảo Ngọc"))
    unnamed = paper_of("")
    filing.place()
    filing.post("noi-dung", {"child_full_name": "Trần  gia Bảo", "father_full_name": "Trần Văn Minh"})
    shown = filing.get("giay-to").content.decode()
    offered = [int(pk) for pk in re.findall(r'value="TEST-GIAY\|(\d+)"', shown)]
    assert offered == [meant.pk, unnamed.pk, father.pk, sister.pk]
    assert shown.count("Giấy của Trần Bảo Ngọc, người không có tên trong hồ sơ này.") == 1
    assert shown.count("người không có tên trong hồ sơ này") == 1


def test_paper_of_another_person_is_not_attached() -> None:
    filing = Filing()
    foreign = deposit(
        owner=factories.make_citizen(),
        content=factories.png("khac"),
        name="cua-nguoi-khac.png",
        type_code="GT.KHAC",
        title="Giấy của người khác",
        trust="D",
    )
    response = filing.post("giay-to", {"reuse": f"TEST-GIAY|{foreign.pk}"})
    assert response.status_code == 422 and "Giấy của người khác" not in text(response)
    assert not DossierComponent.objects.exists()


@pytest.mark.parametrize(
    "reuse", ["", "|", "TEST-GIAY|", "TEST-GIAY|x", "KHONG-CO|1", "TEST-GIAY|99999999999999999999"]
)
def test_odd_choice_does_nothing(reuse: str) -> None:
    assert Filing().post("giay-to", {"reuse": reuse, "detach": "99999999999999999999"}).status_code in {302, 422}


def test_paper_taken_off_stays_in_the_store() -> None:
    filing = Filing()
    filing.upload()
    attached = DossierComponent.objects.get()
    filing.post("giay-to", {"detach": str(attached.pk)})
    assert not DossierComponent.objects.exists()
    assert Document.objects.filter(owner=filing.citizen).count() == 1


def test_paper_of_another_draft_cannot_be_taken_off() -> None:
    mine, other = Filing(), Filing(factories.make_version("1.000002"))
    other.upload()
    mine.post("giay-to", {"detach": str(DossierComponent.objects.get().pk)})
    assert DossierComponent.objects.count() == 1


def test_procedure_without_papers_goes_past_the_step_and_says_so() -> None:
    filing = Filing(factories.make_version(needs_paper=False))
    assert filing.get("giay-to")["Location"] == filing.get("giay-to", "?sua=1")["Location"] == f"{filing.base}kiem-tra/"
    check = text(filing.get("kiem-tra"))
    assert "không cần kèm giấy tờ nào" in check and "giay-to" not in check, (
        "neither back nor “Sửa” lead to an empty page"
    )
    assert f'class="govuk-back-link" href="{filing.base}noi-dung/"' in check


def good_paper(citizen: User, name: str, title: str) -> Document:
    """A paper in her store, of the kind that the test procedure takes."""
    content = factories.png(name)
    return deposit(owner=citizen, content=content, name=f"{name}.png", type_code="GT.KHAC", title=title, trust="D")


def test_a_paper_that_was_sent_back_says_so_and_stands_last() -> None:
    citizen, version = factories.make_citizen(), factories.make_version()
    other = good_paper(citizen, "cu", "Giấy cũ còn tốt")
    Document.objects.filter(pk=other.pk).update(created_at=timezone.now() - timedelta(days=3))
    dossier = factories.file_dossier(citizen, version)
    newer = dossier.components.get().document
    filing = Filing(version, citizen)

    def offered() -> list[str]:
        return re.findall(r'value="TEST-GIAY\|(\d+)"', filing.get("giay-to").content.decode())

    words = "Đã bị cơ quan yêu cầu nộp lại"
    assert offered() == [str(newer.pk), str(other.pk)] and words not in text(filing.get("giay-to"))
    actor = factories.official_actor(dossier.agency)
    defects = [services.Defect("TEST-GIAY", "Giấy tờ thử", "Mờ")]
    services.request_supplement(dossier.code, actor=actor, reason="Mờ", defects=defects)
    assert offered() == [str(other.pk), str(newer.pk)], "what may be good enough first"
    page = text(filing.get("giay-to"))
    assert page.count(words) == 1
    assert page.index(f'value="TEST-GIAY|{other.pk}"') < page.index(words) < page.index(f'value="TEST-GIAY|{newer.pk}"')


def test_a_paper_that_was_sent_back_stands_behind_a_good_one_also_where_it_names_the_child() -> None:
    citizen = factories.make_citizen()
    version = factories.make_version(form=form(page("noi-dung", field("child_full_name"))))
    good = good_paper(citizen, "khong-ten", "Giấy không ghi tên")
    dossier = factories.file_dossier(citizen, version)
    named = dossier.components.get().document
    Document.objects.filter(pk=named.pk).update(about_name="Trần Gia Bảo")
    filing = Filing(version, citizen)
    filing.place()
    filing.post("noi-dung", {"child_full_name": "Trần Gia Bảo"})

    def offered() -> list[int]:
        return [int(pk) for pk in re.findall(r'value="TEST-GIAY\|(\d+)"', filing.get("giay-to").content.decode())]

    assert offered() == [named.pk, good.pk]
    actor = factories.official_actor(dossier.agency)
    defects = [services.Defect("TEST-GIAY", "Giấy tờ thử", "Mờ")]
    services.request_supplement(dossier.code, actor=actor, reason="Mờ", defects=defects)
    assert offered() == [good.pk, named.pk]
