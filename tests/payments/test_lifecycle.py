"""What a genuine notice does to an order, over every state."""

import pytest

from payments.lifecycle import OrderState, Verdict, judge, state_after

S, V = OrderState, Verdict


@pytest.mark.parametrize(
    ("state", "is_paid", "is_known", "verdict", "after"),
    [
        (S.CREATED, True, False, V.PAID, S.PAID),
        (S.CREATED, False, False, V.FAILED, S.FAILED),
        (S.PAID, True, True, V.REPEATED, S.PAID),
        (S.PAID, True, False, V.OVERPAID, S.PAID),
        (S.PAID, False, False, V.REPEATED, S.PAID),
        (S.FAILED, True, False, V.PAID_LATE, S.PAID),
        (S.FAILED, False, False, V.REPEATED, S.FAILED),
        (S.EXPIRED, True, False, V.PAID_LATE, S.PAID),
        (S.EXPIRED, False, False, V.FAILED, S.EXPIRED),
        (S.CANCELLED, True, False, V.PAID_LATE, S.PAID),
        (S.CANCELLED, False, False, V.FAILED, S.CANCELLED),
    ],
)
def test_grid(state: OrderState, is_paid: bool, is_known: bool, verdict: Verdict, after: OrderState) -> None:
    assert judge(state, is_paid=is_paid, is_known_transaction=is_known) == verdict
    assert state_after(state, verdict) == after


def test_every_state_is_in_the_grid() -> None:
    for state in OrderState:
        for is_paid in (True, False):
            assert judge(state, is_paid=is_paid, is_known_transaction=False) in Verdict
