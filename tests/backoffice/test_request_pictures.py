"""Pictures beside what a supplement asks for: sent or drawn at the desk, seen by the owner, printed in form 02."""

import html
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from datastore import marking, services, sweeping
from datastore.models import AccessLog, Document, DocumentFile
from dossiers import letters, papers, picture_files, request_pictures
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, Letter, RequestPicture
from portal.core.errors import InvalidInputError
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import in_state, press
from tests.datastore.conftest import make_image, make_pdf
from tests.dossiers.filing_pages import status_of
from tests.dossiers.letter_texts import words

pytestmark = pytest.mark.django_db
RED = (179, 38, 30)


def upload(name: str = "chỗ sai.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make_image() if content is None else content)


def paper_of(dossier: Dossier) -> DocumentFile:
    return dossier.components.get().document.files.get()


def ask(browser: Client, dossier: Dossier, **typed: Any) -> Any:
    return press(browser, dossier, "request_supplement", **typed)


def shown(page: Any) -> str:
    return html.unescape(page.content.decode())


@pytest.fixture
def asked(office: Office) -> Dossier:
    """One for which the desk sent a picture and drew a box, and a picture for an answer."""
    dossier = in_state(DossierState.SUBMITTED)
    typed = {
        "pictures_text_0": upload(),
        "box_text_0": f"{paper_of(dossier).pk}:1:100,200,300,400",
        "mark_full_name": "on",
        "wrong_full_name": "Ghi như trên giấy.",
        "pictures_wrong_full_name": upload("tên.png", make_image("PNG")),
    }
    assert ask(office.browser("desk"), dossier, **typed).status_code == 302
    return Dossier.objects.get(pk=dossier.pk)


def test_the_request_keeps_pictures_and_marks_by_item(asked: Dossier) -> None:
    request = asked.supplement_requests.get()
    rows = list(RequestPicture.objects.filter(request=request).order_by("item", "pk"))
    assert [row.item for row in rows] == [0, 0, 1]
    ids = [[row.document_id for row in rows if row.item == at] for at in (0, 1)]
    assert [item["pictures"] for item in request.items] == ids
    told = asked.events.get(name="dossier.supplement_requested").data["components"]
    assert [item["pictures"] for item in told] == ids, "a partner's system reads the ids"
    mark = {"file_id": paper_of(asked).pk, "page": 1, "box": [100, 200, 300, 400]}
    assert [row.mark for row in rows] == [None, mark, None]
    assert all(not row.document.is_listed and row.document.owner == asked.owner for row in rows)


def test_who_has_it_sees_the_pictures_on_every_page_and_nobody_else_does(office: Office, asked: Dossier) -> None:
    files = [row.files[0]["file_id"] for row in RequestPicture.objects.order_by("pk")]
    assert len(files) == 3
    owner, desk = signed_in(asked.filer), office.browser("desk")
    for page in (f"/ho-so/{asked.code}/", f"/ho-so/{asked.code}/bo-sung/"):
        text = shown(owner.get(page))
        assert all(f'src="/kho-du-lieu/tep/{pk}/?xem=1"' in text for pk in files), page
        assert "Chỗ cần sửa được khoanh trên giấy đã nộp, trang 1" in text
    counter = shown(desk.get(f"/quan-tri/ho-so/{asked.code}/bo-sung/"))
    bench = shown(desk.get(f"/quan-tri/ho-so/{asked.code}/"))
    assert all(f'src="/kho-du-lieu/tep/{pk}/?xem=1"' in counter for pk in files)
    assert all(f'href="/kho-du-lieu/tep/{pk}/?xem=1"' in bench for pk in files)
    others = [signed_in(factories.make_citizen("Người Lạ")), office.browser("foreign_desk")]
    for pk in files:
        address = f"/kho-du-lieu/tep/{pk}/?xem=1"
        assert [status_of(client, address) for client in (owner, desk, *others)] == [200, 200, 404, 404]
    papers.end_grants(asked)
    assert {status_of(desk, f"/kho-du-lieu/tep/{pk}/") for pk in files} == {404}, "as the other papers of it"
    papers.share_all(asked)
    assert {status_of(desk, f"/kho-du-lieu/tep/{pk}/") for pk in files} == {200}, "and with them to who has it next"


def test_the_box_is_drawn_on_the_paper_and_the_reading_leaves_a_row(office: Office, asked: Dossier) -> None:
    drawn = RequestPicture.objects.get(mark__isnull=False).document.files.get()
    paper = paper_of(asked)
    with services.storage.open_stream(paper.blob) as stream:
        width, height = Image.open(stream).size
    with services.storage.open_stream(drawn.blob) as stream:
        picture = Image.open(io.BytesIO(stream.read())).convert("RGB")
    assert picture.size == (width, height), "the page, whole"
    edge = picture.getpixel((int(width * 0.25), int(height * 0.2)))
    assert isinstance(edge, tuple) and max(abs(a - b) for a, b in zip(edge, RED, strict=True)) < 90
    assert AccessLog.objects.filter(document=paper.document, reader=office.desk).count() == 1


def test_form_02_prints_the_pictures(asked: Dossier) -> None:
    letter = Letter.objects.select_related("event").get(dossier=asked, kind="02")
    pdf = letters.render(letter, Dossier.objects.select_related("agency__parent", "agency__unit").get(pk=asked.pk))
    reader = PdfReader(io.BytesIO(pdf))
    assert sum(len(page.images) for page in reader.pages) == 3 and len(reader.pages) <= 2
    assert "Chụp lại cho rõ." in words(pdf)


def test_no_other_letter_draws_them(asked: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError

    monkeypatch.setattr(request_pictures.marking, "page_picture", away)
    dossier = Dossier.objects.select_related("agency__parent", "agency__unit").get(pk=asked.pk)
    mine = Letter.objects.select_related("event").filter(dossier=asked)
    assert letters.render(mine.get(kind="00"), dossier).startswith(b"%PDF"), "whatever is wrong with a picture"
    with pytest.raises(ConnectionError):
        letters.render(mine.get(kind="02"), dossier)


def test_a_whole_request_takes_so_many_pictures(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_files, "MOST_OF_ALL", 2)
    dossier = in_state(DossierState.SUBMITTED)
    typed = {
        "pictures_text_0": [upload("a.jpg"), upload("b.jpg")],
        "mark_full_name": "on",
        "wrong_full_name": "Ghi như trên giấy.",
        "box_wrong_full_name": f"{paper_of(dossier).pk}:1:100,200,300,400",
    }
    refused = ask(office.browser("desk"), dossier, **typed)
    assert refused.status_code == 422 and "nhiều nhất 2 ảnh cho tất cả các mục" in shown(refused)
    assert not dossier.supplement_requests.exists() and not Document.objects.filter(is_listed=False, trust="C").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"pictures_text_0": [upload("a.pdf", make_pdf())]}, "Chỉ nhận ảnh JPG, PNG hoặc HEIC"),
        ({"pictures_text_0": [upload("a.jpg", b"<script>")]}, "a.jpg: "),
        ({"pictures_text_0": [upload(f"{n}.jpg") for n in range(4)]}, "nhiều nhất 3 ảnh"),
        ({"box_text_0": "1:1:0,0,2000,10"}, "không đọc được"),
        ({"box_text_0": "0:1:0,0,100,100"}, "Không tìm thấy giấy tờ."),
        ({"box_text_0": "{paper}:2:0,0,100,100"}, "không phải ảnh chụp"),
        ({"pictures_other_text_0": [upload()]}, "Ảnh này kèm mục chưa được yêu cầu"),
        ({"pictures_text_0": [upload("rỗng.jpg", b"")]}, "rỗng.jpg"),
    ],
)
def test_a_picture_that_is_refused_asks_for_nothing_and_keeps_the_words(
    office: Office, typed: dict[str, Any], said: str
) -> None:
    dossier = in_state(DossierState.SUBMITTED)
    typed = {
        name: value.format(paper=paper_of(dossier).pk) if isinstance(value, str) else value
        for name, value in typed.items()
    }
    for each in typed.values():
        for file in each if isinstance(each, list) else ():
            file.seek(0)
    refused = ask(office.browser("desk"), dossier, text_0="Lời dài đã gõ", reason="Lý do đã gõ", **typed)
    page = shown(refused)
    assert refused.status_code == 422 and said in page
    assert "Lời dài đã gõ" in page and "Lý do đã gõ" in page
    assert not dossier.supplement_requests.exists() and not RequestPicture.objects.exists()
    if "box_text_0" in typed:
        assert f'value="{typed["box_text_0"]}"' in page, "what was drawn stays, too"


def test_nobody_draws_on_a_paper_of_another_dossier(office: Office) -> None:
    dossier, other = in_state(DossierState.SUBMITTED), in_state(DossierState.SUBMITTED)
    desk = office.browser("desk")
    refused = ask(desk, dossier, box_text_0=f"{paper_of(other).pk}:1:0,0,500,500")
    assert refused.status_code == 422 and "Không tìm thấy giấy tờ." in shown(refused)
    page = f"/quan-tri/ho-so/{dossier.code}/tep/{{}}/trang/1/"
    assert desk.get(page.format(paper_of(other).pk)).status_code == 404
    assert office.browser("foreign_desk").get(page.format(paper_of(dossier).pk)).status_code == 404
    papers.end_grants(dossier)
    assert desk.get(page.format(paper_of(dossier).pk)).status_code == 404


def test_pages_are_shown_as_pictures_to_draw_on(office: Office) -> None:
    dossier = in_state(DossierState.SUBMITTED)
    file, desk = paper_of(dossier), office.browser("desk")
    address = f"/quan-tri/ho-so/{dossier.code}/tep/{file.pk}/trang"
    page = desk.get(f"{address}/1/")
    assert page["Content-Type"] == "image/jpeg" and Image.open(io.BytesIO(page.content)).format == "JPEG"
    assert AccessLog.objects.filter(document=file.document, reader=office.desk).count() == 1
    assert [desk.get(f"{address}/{number}/").status_code for number in (0, 2, 10**9)] == [422, 422, 422]


def test_a_page_of_a_pdf_is_a_picture_where_it_is_a_scan() -> None:
    scan = io.BytesIO()
    first = Image.new("RGB", (400, 600), "white")
    first.save(scan, "PDF", save_all=True, append_images=[Image.new("RGB", (600, 400), "blue")])
    assert marking.page_picture(scan, "application/pdf", 1).size == (400, 600)
    assert marking.page_picture(scan, "application/pdf", 2).size == (600, 400)
    for content, page in (
        (scan.getvalue(), 3),
        (scan.getvalue(), 0),
        (make_pdf(), 1),
        (b"%PDF-1.4 broken", 1),
        (b"", 1),
    ):
        with pytest.raises(InvalidInputError):
            marking.page_picture(io.BytesIO(content), "application/pdf", page)


def test_pictures_of_a_request_that_was_refused_are_swept_and_those_of_one_that_stands_stay(
    office: Office, asked: Dossier
) -> None:
    kept = set(RequestPicture.objects.values_list("document", flat=True))
    other = in_state(DossierState.SUBMITTED)
    files = [upload(), upload("b.pdf", make_pdf())]
    assert ask(office.browser("desk"), other, pictures_text_0=files).status_code == 422
    left = set(Document.objects.filter(is_listed=False, trust="C").values_list("pk", flat=True)) - kept
    assert left
    Document.objects.filter(pk__in=kept | left).update(created_at="2020-01-01T00:00:00Z")
    sweeping.drop_abandoned()
    assert set(Document.objects.filter(pk__in=left).values_list("status", flat=True)) == {"deleted"}
    assert set(Document.objects.filter(pk__in=kept).values_list("status", flat=True)) == {"valid"}


@given(st.text(alphabet="0123456789:,;- .x", max_size=40))
def test_what_was_drawn_is_read_or_refused(text: str) -> None:
    try:
        marks = picture_files.marks_of(text)
    except ValueError:
        return
    for mark in marks:
        box = mark.box
        assert 0 <= box.left < box.left + box.width <= 1000 and 0 <= box.top < box.top + box.height <= 1000
