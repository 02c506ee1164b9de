"""Whatever a stranger's PDF holds, a page to draw on is had soon and in little memory, or refused in the same words."""

import io
import zlib
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject

from datastore import marking
from portal.core.errors import InvalidInputError
from tests.datastore.conftest import make_pdf


def flate_scan(width: int, height: int, *, told: tuple[int, int] | None = None, data: bytes | None = None) -> bytes:
    """A page of 300 by 400 points filled with a grey picture, packed without loss."""
    picture = StreamObject()
    picture._data = zlib.compress(b"\x80" * (width * height)) if data is None else data
    told = told or (width, height)
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(told[0]),
            NameObject("/Height"): NumberObject(told[1]),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/ColorSpace"): NameObject("/DeviceGray"),
            NameObject("/Filter"): NameObject("/FlateDecode"),
        }
    )

    def put(writer: PdfWriter) -> None:
        named = DictionaryObject({NameObject("/Im0"): writer._add_object(picture)})
        writer.pages[0][NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): named})

    return make_pdf(change=put)


def page(content: bytes, number: int = 1) -> Image.Image:
    return marking.page_picture(io.BytesIO(content), "application/pdf", number)


def refused(content: bytes) -> None:
    with pytest.raises(InvalidInputError) as caught:
        page(content)
    assert caught.value.fields == {"page": [marking.NO_PICTURE]}


def test_a_scan_without_loss_is_shown_no_larger_than_it_is_drawn() -> None:
    assert page(flate_scan(300, 400)).size == (300, 400)
    large = page(flate_scan(3000, 4000))
    assert max(large.size) == marking.LONGEST_SIDE and large.mode == "RGB"


def test_the_size_is_asked_before_a_picture_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StreamObject, "decode_as_image", lambda *_args, **_more: pytest.fail("unpacked"))
    for told in ((30_000, 40_000), (0, 400), (-300, -400)):
        refused(flate_scan(3, 4, told=told))


def test_a_picture_unpacks_to_no_more_than_its_size() -> None:
    refused(flate_scan(300, 400, data=zlib.compress(bytes(50_000_000))))


@pytest.mark.parametrize("failure", [zlib.error("bad"), AssertionError(), KeyError("x"), RecursionError()])
def test_whatever_the_library_says_is_told_in_the_same_words(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fails(*_args: Any, **_more: Any) -> Any:
        raise failure

    monkeypatch.setattr(StreamObject, "decode_as_image", fails)
    refused(flate_scan(300, 400))


def test_what_a_page_draws_is_not_read() -> None:
    """A few kilobytes may unpack to an hour's work."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(flate_scan(300, 400))))
    drawn = DecodedStreamObject()
    drawn.set_data(b"q Q\n" * 2_000_000)
    writer.pages[0][NameObject("/Contents")] = writer._add_object(drawn.flate_encode())
    out = io.BytesIO()
    writer.write(out)
    assert page(out.getvalue()).size == (300, 400)


def test_reading_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_args: Any) -> Any:
        while True:
            pass

    monkeypatch.setattr(marking, "MAX_SECONDS", 0.05)
    monkeypatch.setattr(marking, "_scan", endless)
    refused(flate_scan(300, 400))
