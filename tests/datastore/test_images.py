"""Photos of papers: turned, freed of what they carry, written anew; what is broken or made to hurt is refused."""

import base64
import io

import pytest
from PIL import Image

from tests.datastore.conftest import make_image, refusal_of, stored_bytes

pytestmark = pytest.mark.django_db
# make_image() as an iPhone would keep it; made once, since what reads the format here does not write it.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAAGoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAHJtZGF0AAAAZigBrxOA+BDhp//8TSj/+nXPD9PMiYn/+tNSR/hU"
    "O//WicPySkWzrHl9nv8H4h1KpEq3xpK+HfM2sf+d4tvFAhneIy6JZXLEP+zlxMa+qdw77mN6fapRbf83mqG4xuGn3Gx6O58SuA=="
)


def picture_of(document):
    return Image.open(io.BytesIO(stored_bytes(document)))


def test_a_photo_loses_its_metadata_and_is_turned_upright(deposit):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned right
    exif[0x010F] = "Máy ảnh của tôi"
    exif.get_ifd(0x8825)[2] = (10.0, 46.0, 12.0)
    document = deposit(content=make_image(exif=exif), name="IMG_0001.jpeg")
    picture = picture_of(document)
    assert not picture.getexif()
    assert picture.size == (48, 64)
    assert picture.getpixel((24, 5))[0] > 200  # red is on top now
    assert document.files.get().name == "IMG_0001.jpg"


@pytest.mark.parametrize(
    ("kind", "mark"), [("JPEG", {"comment": b"chu ky cua may"}), ("PNG", {"icc_profile": b"ho so mau"})]
)
def test_marks_beside_the_exif_go_too(deposit, kind, mark):
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, kind, **mark)
    assert not mark.keys() & picture_of(deposit(content=out.getvalue(), name="a." + kind.lower())).info.keys()


def test_bytes_glued_to_a_photo_do_not_survive(deposit):
    document = deposit(content=make_image() + b"PK\x03\x04 payload", name="ảnh.jpg")
    assert b"payload" not in stored_bytes(document)


def test_webp_becomes_jpeg_and_transparency_becomes_white(deposit):
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "WEBP", lossless=True)
    document = deposit(content=out.getvalue(), name="ảnh.webp")
    assert document.files.get().blob.content_type == "image/jpeg"
    assert picture_of(document).getpixel((10, 10)) == (255, 255, 255)


def test_a_huge_photo_becomes_a_readable_one(deposit):
    picture = picture_of(deposit(content=make_image(size=(9000, 6000)), name="ảnh.jpg"))
    assert max(picture.size) == 4000


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA"])
def test_every_kind_of_png_is_taken(deposit, mode):
    out = io.BytesIO()
    Image.new(mode, (12, 9)).save(out, "PNG")
    assert picture_of(deposit(content=out.getvalue(), name="quét.png")).size == (12, 9)


def test_a_decompression_bomb_is_refused_by_its_header(deposit):
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    assert "quá nhiều điểm" in refusal_of(deposit, out.getvalue(), "bom.png")


def test_a_photo_with_another_picture_behind_it_is_the_first_one(deposit):
    out = io.BytesIO()
    beside = [Image.new("RGB", (30, 20), "blue")]
    Image.new("RGB", (64, 48), "red").save(out, "MPO", save_all=True, append_images=beside)
    document = deposit(content=out.getvalue(), name="IMG_0001.jpg")
    picture = picture_of(document)
    assert (picture.format, picture.size) == ("JPEG", (64, 48))
    assert picture.getpixel((10, 10))[0] > 200
    assert len(stored_bytes(document)) < len(out.getvalue())


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_a_picture_that_moves_is_refused_with_the_cure(deposit, kind):
    out = io.BytesIO()
    beside = [Image.new("RGB", (64, 48), "blue")]
    Image.new("RGB", (64, 48), "red").save(out, kind, save_all=True, append_images=beside)
    assert "ảnh động" in refusal_of(deposit, out.getvalue(), f"ảnh.{kind.lower()}")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_photo_is_refused(deposit, kind):
    content = make_image(kind, size=(800, 600), **({"quality": 95} if kind != "PNG" else {}))
    assert "hỏng" in refusal_of(deposit, content[: len(content) // 2], f"ảnh.{kind.lower().replace('jpeg', 'jpg')}")


@pytest.mark.parametrize("name", ["IMG_0001.HEIC", "IMG_0001.heif", "IMG_0001.jpg", "không-đuôi"])
def test_an_iphones_photo_becomes_jpeg_whatever_it_is_called(deposit, name):
    document = deposit(content=HEIC, name=name)
    file, picture = document.files.get(), picture_of(document)
    assert (file.blob.content_type, picture.format, picture.size) == ("image/jpeg", "JPEG", (64, 48))
    assert file.name.endswith(".jpg")
    assert picture.getpixel((5, 20))[0] > 200 and picture.getpixel((60, 20))[2] > 200


@pytest.mark.parametrize("cut", [60, 200, 440, len(HEIC) - 1])
def test_half_an_iphones_photo_is_refused(deposit, cut):
    assert "hỏng" in refusal_of(deposit, HEIC[:cut], "IMG_0001.HEIC")


def test_an_iphones_photo_called_a_pdf_is_refused(deposit):
    assert "HEIC" in refusal_of(deposit, HEIC, "giấy.pdf")
