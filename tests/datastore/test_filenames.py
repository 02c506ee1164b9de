"""Names of files: what people see is safe to show and to save under."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastore.filenames import MAX_LENGTH, clean_name, extension_of


@pytest.mark.parametrize(
    ("given_name", "content_type", "expected"),
    [
        ("giấy khai sinh.PDF", "application/pdf", "giấy khai sinh.pdf"),
        ("../../etc/passwd", "application/pdf", "passwd.pdf"),
        ("C:\\Users\\An\\đơn.pdf", "application/pdf", "đơn.pdf"),
        ("ảnh\u202egpj.exe", "image/jpeg", "ảnhgpj.jpg"),
        ("a\x00b\r\nc.png", "image/png", "a b c.png"),
        ("", "application/pdf", "tep.pdf"),
        ("....", "image/png", "tep.png"),
        ('x"<>|?*.jpeg', "image/jpeg", "x.jpg"),
        ("ảnh.tar.gz.png", "image/png", "ảnh.tar.gz.png"),
        ("không đuôi", "image/jpeg", "không đuôi.jpg"),
    ],
)
def test_cleaned(given_name, content_type, expected):
    assert clean_name(given_name, content_type) == expected


def test_a_long_name_is_cut_between_two_words():
    words = "người Việt Nam đang cư trú ở nước ngoài"
    for shift in range(12):
        cleaned = clean_name("x" * shift + f" {words}" * 5 + ".pdf", "application/pdf")
        assert len(cleaned) <= MAX_LENGTH and cleaned.removesuffix(".pdf").split()[-1] in words.split(), cleaned


@given(st.text(max_size=400))
def test_any_text_becomes_a_safe_name(name):
    cleaned = clean_name(name, "application/pdf")
    assert cleaned.endswith(".pdf")
    assert 5 <= len(cleaned) <= MAX_LENGTH
    assert not set(cleaned) & set('/\\\0\r\n\u202e\u200f<>:"|?*')
    assert not cleaned.startswith(".")


@pytest.mark.parametrize(
    ("name", "extension"), [("a.JPEG", ".jpg"), ("a.pdf\u202e", ".pdf"), ("a", ""), ("a.b c", ""), ("a.HEIC", ".heic")]
)
def test_claimed_extension(name, extension):
    assert extension_of(name) == extension
