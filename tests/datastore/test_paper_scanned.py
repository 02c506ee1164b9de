"""The QR of a paper that was printed, worn and photographed, read by a scanner that had no part in drawing it."""

import base64
import io
import random
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from datastore.results import service
from tests.browser.conftest import browser  # noqa: F401 - the one Chromium of the run
from tests.datastore.papers import bytes_of, words
from tests.printed import Printed
from tests.threads import in_a_thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DPI = 200
WHITE = 235
CORNER = (5, 15, 52, 62)
"""Where somebody holds the phone, in mm from the page's top left: the QR with a little around it."""


def worn(picture: Image.Image, seed: int, *, stained: float, fold: int) -> Image.Image:
    """A scan of a print that was carried about: stained over a part of its code, folded, blurred, grey and speckled."""
    rng = random.Random(seed)
    photo = picture.copy()
    draw = ImageDraw.Draw(photo)
    middle, side = photo.width // 2, round(0.8 * photo.width * stained**0.5)
    left, top = (middle + rng.randrange(-side, side) // 2 for _edge in "xy") if side else (0, 0)
    draw.rounded_rectangle((left, top, left + side, top + side), side // 3, fill=WHITE)
    if fold:
        draw.line((0, middle - 12, photo.width, middle + 12), fill=WHITE, width=fold)
    photo = photo.filter(ImageFilter.GaussianBlur(0.8))
    grey = photo.point(lambda value: 40 + value * 170 // 255)
    speckles = bytes(round(min(max(rng.gauss(128, 4), 0), 255)) for _pixel in range(photo.width * photo.height))
    return ImageChops.add(grey, Image.frombytes("L", photo.size, speckles), offset=-128)


@pytest.mark.parametrize(("seed", "stained", "fold"), [(1, 0.0, 0), (2, 0.05, 0), (3, 0.03, 3)])
def test_the_code_on_the_page_is_read_from_a_worn_print(
    checker: Any,
    issued: Any,
    seed: int,
    stained: float,
    fold: int,
) -> None:
    page = Printed(in_a_thread(bytes_of, issued.document)).picture(dpi=DPI)
    photo = worn(page.crop(tuple(round(edge / 25.4 * DPI) for edge in CORNER)), seed, stained=stained, fold=fold)
    out = io.BytesIO()
    photo.save(out, "PNG")
    read = checker.evaluate(
        """async (text) => {
            const { fromPicture } = await import("/static/js/verify-scan.js");
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            return fromPicture("/static/build/qr-scanner.min.js", new File([bytes], "a.png", { type: "image/png" }));
        }""",
        base64.b64encode(out.getvalue()).decode(),
    )
    assert read == service.address(issued.public_id, issued.token)
    checker.set_input_files("#picture", {"name": "a.png", "mimeType": "image/png", "buffer": out.getvalue()})
    checker.locator("[data-fields]").wait_for()
    assert "Chữ ký đúng" in words(checker) and f"/xm/{issued.public_id}" in checker.url
