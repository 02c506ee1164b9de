"""What is left of personal data when it is masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import masking


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (masking.mask_personal_id, "048203001234", "•••••••••234"),
        (masking.mask_phone, "0912345678", "•••••••678"),
        (masking.mask_email, "nguyenhoa@example.vn", "n•••@example.vn"),
        (masking.mask_email, "not an address", "•" * 14),
        (masking.mask_tail, "", ""),
    ],
)
def test_masks(mask, text, shown):
    assert mask(text) == shown


@given(st.text(max_size=40))
def test_at_most_a_third_of_a_number_shows(number):
    masked = masking.mask_tail(number, shown=4)
    assert len(masked) == len(number)
    shown = len(number) // 3
    assert masked[: len(number) - min(4, shown)] == "•" * (len(number) - min(4, shown))
