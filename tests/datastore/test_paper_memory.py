"""Papers drawn all day long do not fill the worker's memory: WeasyPrint's libraries give back what one took."""

import ctypes
import gc

import pytest

from datastore.results import rendering

WORDS = "Hồ sơ của <b>ông Nguyễn Văn An</b> và <i>bà Trần Thị Bình</i> được tiếp nhận tại bộ phận một cửa. " * 3
PARAGRAPH = f'<p style="text-align: justify">{WORDS}</p>'
PAGE = f'<html lang="vi"><title>Giấy</title><body>{PARAGRAPH * 20}</body></html>'
MOST_KEPT = 8
"""Kilobytes a paper may leave behind, on average; the leak that this is about left 30 to 90."""


class MallocInfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "top",
        )
    ]


def kilobytes_in_use() -> float:
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2"):
        pytest.skip("this C library does not tell how much memory is in use")
    library.mallinfo2.restype = MallocInfo
    gc.collect()
    told = library.mallinfo2()
    return (told.uordblks + told.hblkhd) / 1024


def test_a_paper_leaves_nothing_behind() -> None:
    for _paper in range(5):
        rendering.draw(PAGE)
    before, count = kilobytes_in_use(), 20
    for _paper in range(count):
        rendering.draw(PAGE)
    assert (kilobytes_in_use() - before) / count < MOST_KEPT
