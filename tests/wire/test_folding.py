"""However reports arrive, the fold over the same ones is the same."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dossiers.models import Dossier
from dossiers.partners.folding import Report, Standing, fold, step
from dossiers.partners.reported import report_progress, sync_record
from dossiers.partners.wire import read_dossier, read_line
from portal.agencies.models import Agency
from tests import factories
from tests.wire.clients import line, new_code, record

START = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
reports = st.builds(
    Report, status=st.integers(1, 11), at=st.integers(0, 6).map(lambda minutes: START + timedelta(minutes=minutes))
)


@given(st.lists(reports, max_size=8), st.randoms())
def test_order_and_repeats_do_not_matter(told: list[Report], random) -> None:
    mixed = told + random.sample(told, len(told) // 2)
    random.shuffle(mixed)
    assert fold(mixed) == fold(told)


@given(st.lists(reports, max_size=8))
def test_a_fold_is_its_steps(told: list[Report]) -> None:
    standing = Standing()
    for report in sorted(set(told), key=lambda report: report.position):
        assert standing.is_before(report)
        standing = step(standing, report)
    assert standing == fold(told)


def test_a_decision_that_is_reopened_loses_its_end() -> None:
    told = [Report(status, START + timedelta(hours=n)) for n, status in enumerate((2, 9, 10, 4))]
    standing = fold(told)
    assert (standing.status, standing.finished_at, standing.returned_at) == (4, None, None)
    assert standing.accepted_at == START


@pytest.mark.django_db
@pytest.mark.parametrize("dates", [{}, {"NgayTiepNhan": ""}])
@pytest.mark.parametrize("status", ["9", "10"])
def test_the_line_says_when_a_dossier_ended_that_was_first_heard_of_without_a_date(status: str, dates: dict) -> None:
    factories.make_agency()
    client = factories.make_client(Agency.objects.get(code="H26"), kind="wire", receives=False)
    code = new_code()
    sync_record(client, read_dossier(record(code, status, **dates)))
    for day, then in ((8, status), (9, "10")):
        report_progress(client, read_line(line(code, f"202501{day:02}090000", then)))
    dossier = Dossier.objects.get(code=code)
    first, last = (datetime(2025, 1, day, 2, tzinfo=UTC) for day in (8, 9))
    assert (dossier.finished_at, dossier.returned_at) == (first, first if status == "10" else last)


@pytest.mark.django_db
def test_an_end_in_the_hour_of_its_acceptance_is_no_guess() -> None:
    factories.make_agency()
    client = factories.make_client(Agency.objects.get(code="H26"), kind="wire", receives=False)
    ends = set()
    for order in itertools.permutations([(8, 2), (8, 3), (9, 3)]):
        code = new_code()
        sync_record(client, read_dossier(record(code, "1", NgayTiepNhan="", NgayNopHoSo="20250101080000")))
        for hour, status in order:
            report_progress(client, read_line(line(code, f"202501020{hour}0000", status)))
        ends.add(Dossier.objects.get(code=code).finished_at)
    assert ends == {datetime(2025, 1, 2, 1, tzinfo=UTC)}


class InTheDatabase(TestCase):
    """The same through the services: lines of progress in any order, each some times."""

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 10)), min_size=1, max_size=6), st.randoms())
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_lines_in_any_order_end_in_the_same_dossier(self, told: list[tuple[int, int]], random) -> None:
        factories.make_agency()
        client = factories.make_client(Agency.objects.get(code="H26"), kind="wire", receives=False)
        ends = []
        for is_mixed in (False, True):
            code = new_code()
            lines = [line(code, f"202501020{minute}0000", status) for minute, status in sorted(told)]
            if is_mixed:
                lines += random.sample(lines, len(lines) // 2)
                random.shuffle(lines)
            sync_record(client, read_dossier(record(code, "1", NgayTiepNhan="", NgayNopHoSo="20250101080000")))
            for item in lines:
                report_progress(client, read_line(item))
            dossier = Dossier.objects.get(code=code)
            assert dossier.events.count() == 1 + len({item["ThoiDiemXuLy"] + item["TrangThai"] for item in lines})
            fields = ("state", "state_occurred_at", "accepted_at", "clock_stopped_at", "finished_at", "returned_at")
            ends.append({name: getattr(dossier, name) for name in fields})
        assert ends[0] == ends[1], told

    @given(st.lists(st.integers(1, 10), min_size=1, max_size=5), st.randoms())
    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_whole_records_among_dated_lines_end_in_the_same_dossier(self, statuses: list[int], random) -> None:
        """As OpenCPS sends: before each line the whole record, whose status has no date of its own (protocol §3.1)."""
        factories.make_agency()
        client = factories.make_client(Agency.objects.get(code="H26"), kind="wire", receives=False)
        ends = []
        for is_mixed in (False, True):
            code = new_code()
            pairs: list[tuple[bool, dict[str, Any]]] = []
            for day, status in enumerate(statuses, start=3):
                pairs += [
                    (True, record(code, status, NgayHenTra=f"202501{day + 10}170000")),
                    (False, line(code, f"202501{day:02}090000", status)),
                ]
            newest = pairs[-2]
            if is_mixed:
                first, *others = pairs
                others += random.sample(others, len(others) // 2)
                random.shuffle(others)
                pairs = [first, *others]
            for is_record, told in [*pairs, newest]:  # content is as new as it came: the last one is sent last
                if is_record:
                    sync_record(client, read_dossier(told))
                else:
                    report_progress(client, read_line(told))
            dossier = Dossier.objects.get(code=code)
            assert dossier.events.filter(name="dossier.progress_reported", to_state="").count() <= len(statuses)
            ends.append((dossier.state, dossier.state_occurred_at, dossier.due_at))
        assert ends[0] == ends[1], statuses
