"""Four clocks: whose time it was, and that the four always make the whole."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dossiers import clocks
from dossiers.clocks import Clock, Move
from dossiers.lifecycle import DossierState
from portal.core.calendar import VIETNAM, WorkCalendar

S = DossierState
OFFICE = WorkCalendar.national()
MONDAY = datetime(2026, 11, 9, 8, 0, tzinfo=VIETNAM)
HOUR = 3600


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_an_ordinary_dossier_is_the_agencys_time() -> None:
    moves = [Move(S.SUBMITTED, MONDAY, MONDAY), Move(S.DECIDED, MONDAY + hours(2), MONDAY + hours(2))]
    split = clocks.split(moves, now=MONDAY + hours(72), calendar=OFFICE)
    assert split.seconds == {Clock.AGENCY: 2 * HOUR, Clock.APPLICANT: 0, Clock.OTHER_AGENCY: 0, Clock.TRANSPORT: 0}


def test_papers_payment_and_questions_are_counted_to_whom_they_wait_for() -> None:
    at = [MONDAY + hours(hour) for hour in (0, 1, 2, 3)]
    moves = [
        Move(S.SUBMITTED, at[0], at[0]),
        Move(S.AWAITING_SUPPLEMENT, at[1], at[1]),
        Move(S.PROCESSING, at[2], at[2]),
        Move(S.CONSULTING, at[3], at[3]),
    ]
    split = clocks.split(moves, now=MONDAY + hours(3.5), calendar=OFFICE)
    assert split.seconds[Clock.AGENCY] == 2 * HOUR
    assert split.seconds[Clock.APPLICANT] == HOUR
    assert split.seconds[Clock.OTHER_AGENCY] == HOUR // 2
    assert split.whole == 3.5 * HOUR


def test_a_decision_told_late_is_transport_not_delay() -> None:
    decided = MONDAY + hours(1)
    moves = [Move(S.SUBMITTED, MONDAY, MONDAY), Move(S.DECIDED, decided, MONDAY + hours(27))]
    split = clocks.split(moves, now=MONDAY + hours(48), calendar=OFFICE)
    assert split.seconds[Clock.AGENCY] == HOUR
    assert split.seconds[Clock.TRANSPORT] == OFFICE.working_seconds_between(decided, MONDAY + hours(27))
    assert split.longest() == Clock.TRANSPORT


def test_a_filing_on_its_way_to_the_agency_is_not_yet_the_agencys_time() -> None:
    split = clocks.split([Move(S.SUBMITTED, MONDAY, MONDAY + hours(3))], now=MONDAY + hours(2), calendar=OFFICE)
    assert split.seconds[Clock.TRANSPORT] == split.whole == 2 * HOUR


def test_news_between_two_steps_of_the_same_agency_makes_nobody_wait() -> None:
    moves = [
        Move(S.SUBMITTED, MONDAY, MONDAY),
        Move(S.ACCEPTED, MONDAY + hours(1), MONDAY + hours(3)),
        Move(S.PROCESSING, MONDAY + hours(2), MONDAY + hours(3)),
    ]
    split = clocks.split(moves, now=MONDAY + hours(3), calendar=OFFICE)
    assert split.seconds[Clock.TRANSPORT] == 0


moments = st.integers(0, 700 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
made_moves = st.builds(
    lambda state, at, travel: Move(state, at, at + travel),
    st.sampled_from([state for state in S if state != S.DRAFT]),
    moments,
    st.timedeltas(timedelta(0), timedelta(days=9)),
)


@given(st.lists(made_moves, min_size=1, max_size=8), moments)
def test_the_four_always_make_the_whole(moves: list[Move], now: datetime) -> None:
    stretches = clocks.spans(moves, now=now)
    split = clocks.split(moves, now=now, calendar=OFFICE)
    assert all(seconds >= 0 for seconds in split.seconds.values())
    for (_start, end, _clock), (start, _end, _other) in zip(stretches, stretches[1:], strict=False):
        assert end <= start
    covered = sum(OFFICE.working_seconds_between(start, end) for start, end, _clock in stretches)
    assert sum(split.seconds.values()) == split.whole == covered


@given(st.lists(made_moves, min_size=1, max_size=8), moments)
def test_no_time_is_left_out_while_a_dossier_is_open(moves: list[Move], now: datetime) -> None:
    still_open = [move for move in moves if move.state not in {S.REFUSED, S.STOPPED, S.DECIDED, S.RETURNED}]
    if not still_open:
        return
    first = min(move.occurred_at for move in still_open)
    split = clocks.split(still_open, now=now, calendar=OFFICE)
    assert split.whole == (OFFICE.working_seconds_between(first, now) if now > first else 0)
