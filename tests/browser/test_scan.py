"""The camera on /xm/: Chromium films a printed QR (its own fake device plays our picture), and the paper is judged."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.launching import launch
from tests.browser.steps import reload_until, sign_in_as_citizen
from tests.stack import Stack

HOLDER = "Trần Văn Minh"
FRAMES = 30


@pytest.fixture
def address(page: Page, stack: Stack) -> str:
    """What the QR of the holder's result says."""
    page.goto("/tai-khoan/vao/?next=/kho-du-lieu/")
    sign_in_as_citizen(page, HOLDER)
    page.goto("/kho-du-lieu/")
    paper = page.get_by_role("main").get_by_role("link", name="Giấy xác nhận tình trạng hôn nhân").first
    reload_until(page, paper.is_visible, "the worker has issued the result")
    paper.click()
    return stack.url(page.get_by_role("link", name="Mở trang kiểm tra").get_attribute("href") or "")


@pytest.fixture
def filming(browser: Browser, address: str, tmp_path: Path, stack: Stack) -> Iterator[Page]:
    """A second Chromium whose camera sees the QR."""
    film = tmp_path / "qr.mjpeg"
    _film(address, film)
    arguments = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    chromium = launch(browser.browser_type, *arguments)
    context = chromium.new_context(base_url=stack.url("").rstrip("/"), permissions=["camera"], locale="vi-VN")
    yield context.new_page()
    chromium.close()


def test_camera_reads_the_paper(filming: Page, address: str) -> None:
    filming.goto("/xm/")
    filming.get_by_role("button", name="Quét bằng camera").click()
    public_id = address.rsplit("/xm/", 1)[1].partition("#")[0]
    expect(filming).to_have_url(re.compile(f"/xm/{public_id}#"), timeout=60_000)
    main = filming.get_by_role("main")
    expect(main).to_contain_text("Chữ ký đúng")
    expect(main).to_contain_text(HOLDER)
    expect(main.get_by_text("Giấy thử: ký bằng")).to_have_count(1)  # by the status, not once more by the script


def _film(text: str, path: Path) -> None:
    """A motion JPEG is one JPEG after another; a camera held still sees the same picture again and again."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=8, border=4)
    code.add_data(text)
    picture = code.make_image().convert("L")
    side, high = 660, 1080  # the scanner looks at the middle two thirds
    frame = path.with_suffix(".jpg")
    sheet = picture.resize((side, side))
    wide = Image.new("L", (1920, high), 255)
    wide.paste(sheet, ((1920 - side) // 2, (high - side) // 2))
    wide.save(frame, quality=92)
    path.write_bytes(frame.read_bytes() * FRAMES)
