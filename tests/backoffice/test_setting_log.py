"""Every change of an agency's setting is kept with who made it, what stood there and what stands there now."""

import json
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry

from dossiers.models import MessageTemplate
from portal.agencies.models import MembershipRole
from tests import factories
from tests.backoffice.conftest import Office, seen, signed_in, with_second_factor
from tests.factories import make_other_agency

pytestmark = pytest.mark.django_db
PAGE = "/quan-tri/nhat-ky-cai-dat/"


def test_before_and_after_stand_in_the_log(office: Office) -> None:
    client = office.browser("administrator")
    form = {"agency": office.agency.pk, "title": "Hẹn giờ", "text": "Mời bà đến.", "is_active": "on"}
    assert client.post("/quan-tri/dossiers/messagetemplate/add/", form).status_code == 302
    template = MessageTemplate.objects.get()
    change = f"/quan-tri/dossiers/messagetemplate/{template.pk}/change/"
    assert client.post(change, {**form, **seen(template), "text": "Mời bà đến lúc 9 giờ."}).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "<del>Mời bà đến.</del>" in page and "Mời bà đến lúc 9 giờ." in page and "Hoàng Quản" in page
    values = [part for part in json.loads(LogEntry.objects.latest("pk").change_message) if "values" in part]
    assert values == [{"values": [["Nội dung", "Mời bà đến.", "Mời bà đến lúc 9 giờ."]]}]
    assert client.post(f"/quan-tri/dossiers/messagetemplate/{template.pk}/delete/", {"post": "yes"}).status_code == 302
    assert "xóa" in client.get(PAGE).content.decode(), "what is gone is still told of"


def test_choices_and_people_are_told_in_words(office: Office) -> None:
    newcomer = factories.make_official(make_other_agency(), name="Trần Mới")
    form = {"user": newcomer.pk, "agency": office.agency.pk, "role": "desk", "title": "", "valid_from": "01/11/2026"}
    assert office.browser("administrator").post("/quan-tri/agencies/membership/add/", form).status_code == 302
    assert newcomer.memberships.latest("pk").valid_from == date(2026, 11, 1), "the day comes first, as people write it"
    page = office.browser("administrator").get(PAGE).content.decode()
    assert "Trần Mới" in page and "Cán bộ một cửa" in page and office.agency.name in page


def test_another_agencys_administrator_reads_nothing_of_it(office: Office) -> None:
    client = office.browser("administrator")
    form = {"agency": office.agency.pk, "title": "Ngày hội phường", "text": "Nghỉ chiều.", "is_active": "on"}
    assert client.post("/quan-tri/dossiers/messagetemplate/add/", form).status_code == 302
    other = with_second_factor(factories.make_official(make_other_agency(), MembershipRole.ADMINISTRATOR))
    assert "Ngày hội phường" not in signed_in(other).get(PAGE).content.decode()
    above = office.agency.parent
    assert above is not None
    province = with_second_factor(factories.make_official(above, MembershipRole.ADMINISTRATOR))
    assert "Ngày hội phường" in signed_in(province).get(PAGE).content.decode()
    root = with_second_factor(factories.make_official(above))
    root.is_superuser = True
    root.save()
    assert "Ngày hội phường" in signed_in(root).get(PAGE).content.decode()


@pytest.mark.parametrize("who", ["desk", "specialist", "leader"])
def test_it_is_for_administrators(office: Office, who: str) -> None:
    assert office.browser(who).get(PAGE).status_code == 404
