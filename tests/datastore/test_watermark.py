"""A copy that says what it is for: the words on every page, of PDFs and photos, for the owner alone."""

import io
from math import atan2, degrees

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, StreamObject

from datastore import storage, watermarking
from datastore.models import AccessLog
from datastore.results import service
from tests.datastore.conftest import make_image, make_pdf, text_of

pytestmark = pytest.mark.django_db


def address_of(document) -> str:
    return f"/kho-du-lieu/tep/{document.files.get().pk}/dau-chim/"


def words_on(page) -> str:
    """What the mark over a page says."""
    mark = page["/Resources"]["/XObject"][watermarking.MARK]
    return page.extract_xform_text(mark).replace("\xa0", " ")


@pytest.fixture
def copy(citizen, signed_in):
    client = signed_in(citizen)
    return lambda document, purpose: client.post(address_of(document), {"purpose": purpose})


def test_the_words_stand_on_every_page_and_the_paper_shows_through(deposit, copy):
    answer = copy(deposit(content=make_pdf(pages=3)), "thuê nhà của bà Lan")
    assert answer["Content-Type"] == "application/pdf" and "attachment" in answer["Content-Disposition"]
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 3
    for page in pages:
        words = words_on(page)
        assert words.count("Chỉ dùng để: thuê nhà của bà Lan") > 3
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (300, 400)


def test_pages_of_many_sizes_cost_one_drawing(deposit, copy, monkeypatch):
    writer = PdfWriter()
    for side in range(200, 212):
        writer.add_blank_page(side, side + 7)
    content = io.BytesIO()
    writer.write(content)
    drawn = []
    draw = watermarking.rendering.draw
    monkeypatch.setattr(watermarking.rendering, "draw", lambda html: drawn.append(1) or draw(html))
    pages = PdfReader(io.BytesIO(copy(deposit(content=content.getvalue()), "một lần vẽ").content)).pages
    assert len(drawn) == 1 and len(pages) == 12
    assert all("một lần vẽ" in words_on(page) for page in pages)
    assert [round(page.mediabox.width) for page in pages] == list(range(200, 212))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_words_run_the_same_way_on_a_page_that_is_shown_turned(deposit, copy, turn):
    content = make_pdf(change=lambda writer: writer.pages[0].rotate(turn))
    (page,) = PdfReader(io.BytesIO(copy(deposit(content=content), "thuê nhà").content)).pages
    assert page.rotation == turn
    placed = page["/Contents"].get_object()[-1].get_object().get_data().split(b" cm")[0].split()[-6:]
    a, b, c, d, left, bottom = (float(number) for number in placed)
    corners = [(a * x + c * y + left, b * x + d * y + bottom) for x in (0, 842) for y in (0, 842)]
    assert sorted((round(x), round(y)) for x, y in corners) == [(0, 0), (0, 400), (400, 0), (400, 400)]
    # turned back by as much as the page is turned when it is shown
    assert round(degrees(atan2(b, a))) % 360 == turn


def test_what_a_page_draws_is_not_unpacked(deposit, copy):
    def long_drawing(writer: PdfWriter) -> None:
        drawing = StreamObject()
        drawing.set_data(b"0 0 m\n" * 1_300_000)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(drawing.flate_encode(9))

    answer = copy(deposit(content=make_pdf(change=long_drawing)), "thuê nhà")
    assert answer["Content-Type"] == "application/pdf" and len(answer.content) < 200_000


def test_a_photo_becomes_a_page_with_the_words(deposit, copy):
    answer = copy(deposit(content=make_image(size=(600, 400)), name="thẻ.jpg"), "mở tài khoản")
    (page,) = PdfReader(io.BytesIO(answer.content)).pages
    assert "mở tài khoản" in words_on(page)
    picture: Image.Image = page.images[0].image
    assert picture.getpixel((10, 10))[0] > 200  # the red half of the photo is still there
    assert page.mediabox.width > page.mediabox.height


def test_words_are_words_whatever_they_look_like(deposit, copy):
    answer = copy(deposit(), "<b>vay</b> & <script>")
    words = words_on(PdfReader(io.BytesIO(answer.content)).pages[0])
    assert "<b>vay</b> & <script>" in words


@pytest.mark.parametrize("purpose", ["", " ", "x" * 81])
def test_a_copy_for_nothing_is_not_made(deposit, copy, purpose):
    answer = copy(deposit(), purpose)
    assert answer.status_code == 422 and b"govuk-error-summary" in answer.content


def test_nobody_else_gets_one_and_the_owner_leaves_no_row(deposit, copy, stranger, signed_in, client):
    document = deposit()
    assert signed_in(stranger).get(address_of(document)).status_code == 404
    assert signed_in(stranger).post(address_of(document), {"purpose": "vay"}).status_code == 404
    assert client.get(address_of(document)).status_code == 302
    copy(document, "thuê nhà")
    assert not AccessLog.objects.exists()


def test_the_page_of_an_identity_paper_says_to_use_it(deposit, citizen, signed_in, upload_type):
    document = deposit()
    page = signed_in(citizen).get(f"/kho-du-lieu/{document.pk}/").content.decode()
    assert address_of(document) in page and "giấy tờ tùy thân" not in page
    upload_type.is_identity_paper = True
    upload_type.save()
    assert "giấy tờ tùy thân" in signed_in(citizen).get(f"/kho-du-lieu/{document.pk}/").content.decode()


def test_a_paper_that_takes_too_long_to_mark_is_said_so(deposit, copy, monkeypatch):
    paper = deposit(content=make_pdf(pages=300))
    assert copy(paper, "thuê nhà").headers["Content-Type"] == "application/pdf"
    monkeypatch.setattr(watermarking, "MAX_SECONDS", 0.001)
    refused = copy(paper, "thuê nhà")
    assert [str(said) for said in get_messages(refused.wsgi_request)] == [watermarking.BROKEN]


def test_who_checks_a_copy_reads_that_it_is_not_the_signed_original(client, citizen, result, copy):
    issued = service.issue(owner=citizen, reference="H29-1", result=result)

    def check(content):
        return text_of(client.post("/xm/tep/", {"file": SimpleUploadedFile("a.pdf", content)}))

    text = check(copy(issued, "thuê nhà của bà Lan").content)
    assert "Không phải tệp do Cổng cấp" in text and "Chữ ký số: không có" in text
    assert "Bản có dấu chìm, tải từ kho của Cổng, cũng không phải bản gốc có chữ ký số" in text
    with storage.open_stream(issued.files.get().blob) as file:
        original = file.read()
    changed = bytearray(original)
    changed[2000] ^= 1
    for no_copy in (original, bytes(changed)):
        assert "dấu chìm" not in check(no_copy)
