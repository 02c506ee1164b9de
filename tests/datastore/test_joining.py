"""Photographed pages as one paper: in their order, straightened, each inspected as a file of its own."""

import io
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw
from pypdf import PdfReader

from datastore import joining, uploading
from datastore.models import Document, UploadSession
from portal.core.errors import InvalidInputError
from tests.datastore.conftest import make_image, make_pdf, stored_bytes

pytestmark = pytest.mark.django_db


def page_of_text(angle: float = 0.0) -> Image.Image:
    """A page whose words are black bars, photographed askew by so many degrees (counter-clockwise)."""
    image, chance = Image.new("L", (620, 877), 255), random.Random(7)
    draw = ImageDraw.Draw(image)
    for top in range(80, 800, 22):
        left = 60
        while left < 540:
            width = chance.randrange(10, 45)
            draw.rectangle((left, top, left + width, top + 9), fill=20)
            left += width + 7
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def photo(colour: str, name: str = "ảnh.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue())


def pages_of(content: bytes) -> list[tuple[int, ...]]:
    """The colour in the middle of each page's picture."""
    pictures = [page.images[0].image.convert("RGB") for page in PdfReader(io.BytesIO(content)).pages]
    return [picture.getpixel((picture.width // 2, picture.height // 2)) for picture in pictures]


@pytest.fixture
def add(citizen, upload_type, signed_in):
    """Send the form of the store."""
    client = signed_in(citizen)
    return lambda **facts: client.post(reverse("datastore:upload"), {"type": upload_type.code, **facts})


@pytest.mark.parametrize("angle", [-7.5, -3.0, -1.0, 1.6, 5.0])
def test_a_page_that_lies_askew_is_turned_level(angle):
    page = page_of_text(angle)
    assert joining.skew_of(page) == pytest.approx(-angle, abs=0.3)
    assert abs(joining.skew_of(joining.straightened(page))) <= 0.3


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(page_of_text(), id="level already"),
        pytest.param(page_of_text(25), id="on purpose"),
        pytest.param(Image.new("RGB", (300, 200), "white"), id="blank"),
        pytest.param(Image.open(io.BytesIO(make_image(size=(300, 200)))), id="no text"),
        pytest.param(Image.new("L", (1, 1)), id="a point"),
    ],
)
def test_what_has_no_lines_to_go_by_is_left_alone(picture):
    assert joining.straightened(picture) is picture


def test_photos_become_one_pdf_in_their_order(add, citizen):
    answer = add(file=[photo("red", "b.jpg"), photo("lime", "a.jpg"), photo("blue", "c.jpg")])
    document = Document.objects.get(owner=citizen)
    assert answer["Location"] == reverse("datastore:detail", args=[document.pk])
    red, green, blue = pages_of(stored_bytes(document))
    assert red[0] > 200 and green[1] > 200 and blue[2] > 200
    assert document.files.get().name == "b và 2 trang nữa.pdf"


def test_pages_that_came_in_pieces_keep_their_order_and_are_forgotten(add, citizen):
    ids = []
    for colour in ("red", "blue"):
        content = photo(colour).read()
        session = uploading.start(citizen, name=f"{colour}.jpg", size_bytes=len(content))
        uploading.append(citizen, session.public_id, offset=0, content=io.BytesIO(content))
        ids.append(session.public_id)
    assert add(**{"file-uploaded": ids[::-1]}).status_code == 302
    first, second = pages_of(stored_bytes(Document.objects.get(owner=citizen)))
    assert first[2] > 200 and second[0] > 200
    assert not UploadSession.objects.exists()


def test_the_same_pages_sent_twice_make_one_document(add, citizen):
    for _time in range(2):
        add(file=[photo("red"), photo("blue")])
    assert Document.objects.filter(owner=citizen).count() == 1


def test_one_photo_stays_a_photo_and_the_camera_counts_like_the_list(add, citizen):
    add(**{"file-camera": photo("red")})
    assert Document.objects.get(owner=citizen).files.get().blob.content_type == "image/jpeg"


def test_a_page_that_does_not_open_is_named(add, citizen):
    whole = make_image(size=(800, 600), quality=95)
    broken = SimpleUploadedFile("hỏng.jpg", whole[: len(whole) // 2])
    answer = add(file=[photo("red"), broken])
    assert answer.status_code == 422 and "Trang 2: Ảnh đã hỏng" in answer.content.decode()
    assert not Document.objects.exists()


def test_two_papers_in_one_form_are_refused_in_words(add):
    files = [SimpleUploadedFile(f"{number}.pdf", make_pdf()) for number in range(2)]
    answer = add(file=files)
    assert answer.status_code == 422 and "Mỗi lần thêm một giấy tờ" in answer.content.decode()
    assert not Document.objects.exists()


def test_more_pages_than_a_paper_may_have_are_refused_before_any_is_opened():
    with pytest.raises(InvalidInputError) as caught:
        joining.join([("a.jpg", io.BytesIO(b"not opened"))] * 31)
    assert "tối đa 30 trang" in str(caught.value.fields["file"][0])
