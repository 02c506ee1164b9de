"""A version that waits for its day: its sheet and the start page say from when, and promise nothing before."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db


def test_a_procedure_that_is_not_in_force_yet_says_from_when_and_takes_nothing() -> None:
    day = timezone.localdate() + timedelta(days=40)
    version = factories.make_version()
    ProcedureVersion.objects.filter(pk=version.pk).update(valid_from=day)
    words = f"Có hiệu lực từ {day:%d/%m/%Y}"
    for client in (Client(), signed_in(factories.make_citizen())):
        sheet = text(client.get("/thu-tuc/1.000001/"))
        assert words in sheet and 'href="/nop-ho-so/' not in sheet and 'action="/nop-ho-so/' not in sheet
        for answer in (client.get("/nop-ho-so/1.000001/"), client.post("/nop-ho-so/1.000001/")):
            assert answer.status_code == 200 and words in text(answer) and "govuk-button" not in text(answer)


def test_a_sheet_whose_next_version_waits_says_so_and_takes_dossiers() -> None:
    version = factories.make_version()
    day = timezone.localdate() + timedelta(days=40)
    assert "Thủ tục này thay đổi từ" not in text(signed_in(factories.make_citizen()).get("/thu-tuc/1.000001/"))
    ProcedureVersion.objects.filter(pk=version.pk).update(valid_to=day - timedelta(days=1))
    later = ProcedureVersion.objects.get(pk=version.pk)
    later.pk, later.number, later.valid_from, later.valid_to, later.content_sha256 = None, 2, day, None, "1" * 64
    later.save()
    sheet = text(signed_in(factories.make_citizen()).get("/thu-tuc/1.000001/"))
    assert f"Thủ tục này thay đổi từ {day:%d/%m/%Y}" in sheet and 'action="/nop-ho-so/' in sheet
