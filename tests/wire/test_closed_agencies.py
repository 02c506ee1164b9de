"""Codes of agencies that were closed: they go on naming what has their tasks today."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers.models import Dossier
from portal.agencies.codes import find_agency, find_root
from tests import factories
from tests.wire.clients import WireClient, record, wire_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged() -> WireClient:
    """A ministry's system; the ministry took over the tasks of one that had itself taken over another's."""
    today = factories.make_agency("G17.01").parent
    between = factories.make_agency("G05.01").parent
    first = factories.make_agency("G04.01").parent
    for closed, successor in ((first, between), (between, today)):
        assert closed is not None
        closed.successor, closed.valid_to = successor, timezone.localdate() - timedelta(days=1)
        closed.save()
    assert today is not None
    system = wire_client(today)
    system.sign_in()
    return system


@pytest.mark.parametrize("code", ["G04.12", "000.00.12.G04", "G05.12", "G04", "000.00.00.G04"])
def test_a_ministry_may_report_by_the_code_of_one_that_it_took_over(merged: WireClient, code: str) -> None:
    number = f"{code}-250102-00017"
    assert merged.sync(record(number))["error_code"] == "0"
    assert Dossier.objects.get(code=number).agency == merged.account.agency
    assert merged.call("TraCuuHoSo", madonvi=code, mahoso=number)["error_code"] == "0"


def test_a_system_that_is_still_kept_under_the_closed_code_goes_on_reporting() -> None:
    closed, today = factories.make_agency("G04.01").parent, factories.make_agency("G17.01").parent
    assert closed is not None
    closed.successor, closed.valid_to = today, timezone.localdate() - timedelta(days=1)
    closed.save()
    system = wire_client(closed)
    system.sign_in()
    for code in ("G04", "G04.12"):
        number = f"{code}-250102-00017"
        assert system.sync(record(number))["error_code"] == "0"
        assert Dossier.objects.get(code=number).agency == closed


def test_an_agency_that_closes_only_later_is_still_meant_itself() -> None:
    closing, next_one = factories.make_agency("G04.01").parent, factories.make_agency("G17.01").parent
    assert closing is not None
    closing.successor, closing.valid_to = next_one, timezone.localdate() + timedelta(days=2)
    closing.save()
    assert find_agency("G04") == closing and find_root("G04.12") == closing
