"""Whoever opens somebody's dossier leaves a row that she reads in plain words, once a day."""

import pytest

from datastore.models import AccessAction, AccessLog
from dossiers.models import Dossier
from tests import factories
from tests.api.callers import filed_dossier
from tests.backoffice.conftest import Office, signed_in
from tests.dossiers.course_steps import asked

pytestmark = pytest.mark.django_db


def opened() -> list[tuple[object, ...]]:
    rows = AccessLog.objects.filter(action=AccessAction.DOSSIER).order_by("pk")
    return list(rows.values_list("owner", "reader", "client", "reader_role", "purpose"))


def test_each_official_who_opens_it_is_named_once_a_day(office: Office) -> None:
    dossier = factories.file_dossier()
    address, person = f"/quan-tri/ho-so/{dossier.code}/", dossier.owner
    assert person is not None
    assert office.browser("foreign_desk").get(address).status_code == 404 and not opened()
    for who in ("desk", "desk", "leader"):
        assert office.browser(who).get(address).status_code == 200
    why = f"Giải quyết hồ sơ {dossier.code}"
    assert opened() == [
        (person.pk, office.desk.pk, None, "desk", why),
        (person.pk, office.leader.pk, None, "leader", why),
    ]
    page = signed_in(person).get("/kho-du-lieu/ai-da-xem/?viec=dossier").content.decode()
    assert page.count("đã mở hồ sơ của bạn</p>") == 2 and "Phạm Thị Quầy" in page and why in page


def test_who_is_asked_about_it_is_named_too(office: Office) -> None:
    dossier = asked(factories.processing_dossier())
    assert office.browser("foreign_desk").get(f"/quan-tri/ho-so/{dossier.code}/").status_code == 200
    ((_owner, reader, _client, role, why),) = opened()
    assert (reader, role, why) == (office.foreign_desk.pk, "consulted", f"Cho ý kiến về hồ sơ {dossier.code}")


def test_a_system_that_reads_it_is_named_and_told_nothing_new_is_no_reading() -> None:
    system, dossier = filed_dossier()
    address = f"/api/v1/dossiers/{dossier.code}/"
    answer = system.get(address)
    assert [(row[0], row[2], row[3]) for row in opened()] == [(dossier.owner_id, system.client.pk, "partner")]
    assert system.http.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert len(opened()) == 1


def test_its_events_are_a_reading_too() -> None:
    system, dossier = filed_dossier()
    for _time in range(2):
        assert system.get(f"/api/v1/dossiers/{dossier.code}/events/").status_code == 200
    assert [(row[0], row[2], row[3]) for row in opened()] == [(dossier.owner_id, system.client.pk, "partner")]


def test_its_control_slip_is_a_reading_too(office: Office) -> None:
    dossier = factories.file_dossier()
    address = f"/quan-tri/ho-so/{dossier.code}/phieu-kiem-soat/"
    assert office.browser("foreign_desk").get(address).status_code == 404 and not opened()
    assert office.browser("desk").get(address).status_code == 200
    assert [(row[0], row[1]) for row in opened()] == [(dossier.owner_id, office.desk.pk)]


def test_who_opens_her_own_leaves_none(office: Office) -> None:
    dossier = factories.file_dossier()
    Dossier.objects.update(owner=office.desk, filer=office.desk)
    assert office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/").status_code == 200 and not opened()
