"""Who has a dossier open now: told to colleagues on the workbench and in a refusal, forgotten soon, never needed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import ConnectionError as AwayError

from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier
from portal.backoffice import presence
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state, press

pytestmark = pytest.mark.django_db


def bench(dossier: Dossier) -> str:
    return f"/quan-tri/ho-so/{dossier.code}/"


def test_a_colleague_reads_who_has_it_open_and_since_when(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    desk, leader = office.browser("desk"), office.browser("leader")
    assert "đang mở hồ sơ này" not in desk.get(bench(dossier)).content.decode()
    clock = f"{timezone.localtime(presence.others(dossier, None)[0].since):%H:%M}"
    assert f"Phạm Thị Quầy đang mở hồ sơ này từ {clock}." in leader.get(bench(dossier)).content.decode()
    fragment = desk.get(f"{bench(dossier)}dang-mo/").content.decode()
    assert "Vũ Minh Lãnh đang mở hồ sơ này từ" in fragment and "Phạm Thị Quầy" not in fragment


def test_it_is_forgotten_unless_the_page_is_heard_of(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    office.browser("desk").get(bench(dossier))
    key = presence._key(dossier)
    ((pk, (name, since, seen)),) = cache.get(key).items()
    cache.set(key, {pk: (name, since - 600, seen - presence.KEPT_SECONDS + 5)})
    (still,) = presence.others(dossier, None)
    office.browser("desk").get(f"{bench(dossier)}dang-mo/")
    assert presence.others(dossier, None) == [still], "since when stays as it was"
    cache.set(key, {pk: (name, since, seen - presence.KEPT_SECONDS - 1)})
    assert presence.others(dossier, None) == []
    assert still.since < timezone.now() - timedelta(minutes=9)


def test_the_refusal_names_who_has_it_and_whose_it_is(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    office.browser("specialist").get(bench(dossier))
    assert press(office.browser("leader"), dossier, "accept").status_code == 302
    Dossier.objects.filter(pk=dossier.pk).update(assignee=office.specialist)
    page = press(office.browser("desk"), dossier, "refuse_intake", reason="Lý do đã gõ.").content.decode()
    assert "Được tiếp nhận (Vũ Minh Lãnh" in page
    assert "Người thụ lý: Đỗ Văn Chuyên. Đỗ Văn Chuyên đang mở hồ sơ này từ" in page


def test_who_is_only_asked_is_neither_told_nor_named(office: Office) -> None:
    dossier = in_state(S.CONSULTING)
    office.browser("specialist").get(bench(dossier))
    asked = office.browser("foreign_desk")
    assert "đang mở hồ sơ này" not in asked.get(bench(dossier)).content.decode()
    assert asked.get(f"{bench(dossier)}dang-mo/").status_code == 403
    assert "Người Nơi Khác" not in office.browser("specialist").get(bench(dossier)).content.decode()


def test_a_cache_that_is_away_knows_of_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = in_state(S.SUBMITTED)

    def away(*args: Any, **kwargs: Any) -> Any:
        raise AwayError

    client = office.browser("desk")
    client.get(bench(dossier))
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get", away)
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.set", away)
    assert presence.others(dossier, None) == []
    assert client.get(bench(dossier)).status_code == 200
    assert client.get(f"{bench(dossier)}dang-mo/").status_code == 200
