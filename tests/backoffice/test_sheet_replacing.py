"""Replacing and linking procedures from the desk: whose they are, and from which day the old ones take nothing more."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from procedures import catalogue
from procedures.models import Procedure, ProcedureVersion, SheetDraft
from tests import factories
from tests.backoffice.conftest import FORM_CODE, browser_of
from tests.backoffice.sheet_pages import HERE, as_it_stands, begun, publish
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
OLD = "1.000009"


@pytest.fixture
def desk(ministry):
    return browser_of(ministry)


@pytest.fixture
def old(ministry):
    return factories.make_version(OLD)


def is_open(code):
    return Procedure.objects.get(code=code).is_open


def test_what_is_replaced_takes_dossiers_until_the_day(desk, old):
    assert desk.post(HERE, begun(desk) | {"replaces": OLD}).status_code == 302
    assert publish(desk, day=timezone.localdate() + timedelta(days=10)).status_code == 302
    catalogue.bring_current()
    assert is_open(OLD)
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        assert catalogue.bring_current() == 1
    closed = Procedure.objects.get(code=OLD)
    assert not closed.is_open and closed.replaced_by.code == FORM_CODE


def test_what_holds_today_closes_it_today(desk, old):
    assert desk.post(HERE, begun(desk) | {"replaces": f"{OLD}\n"}).status_code == 302
    assert "Thay cho các thủ tục: 1.000009" in text(desk.get(f"{HERE}cong-bo/"))
    assert is_open(OLD)
    assert publish(desk).status_code == 302
    assert not is_open(OLD)


@pytest.mark.parametrize("name", ["replaces", "linked"])
def test_only_procedures_that_there_are_and_not_itself(desk, old, name):
    typed = begun(desk)
    for code, words in (
        (FORM_CODE, "mã của chính thủ tục này"),
        ("9.999999", "chưa có thủ tục mã 9.999999"),
        ("x" * 900, "xxx"),
    ):
        refused = desk.post(HERE, typed | {name: code, "next": "1"})
        assert refused.status_code == 422 and words in text(refused) and f'href="#id_{name}"' in text(refused)
    assert SheetDraft.objects.get().revision == 1


def test_nobody_closes_what_another_agency_publishes(desk, old):
    ProcedureVersion.objects.filter(pk=old.pk).update(issuer_code="G99")
    refused = desk.post(HERE, begun(desk) | {"replaces": OLD, "next": "1"})
    assert refused.status_code == 422 and "do cơ quan khác công bố" in text(refused)
    assert desk.post(HERE, as_it_stands(desk) | {"linked": OLD}).status_code == 302, "to name it closes nothing"
