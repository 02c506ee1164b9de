"""A second factor is taken away: the page says whose, the log keeps it, its owner is told, her sessions end."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils.html import strip_tags

from portal.agencies.models import MembershipRole
from portal.notifications import kinds, services
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.factories import make_other_agency

pytestmark = pytest.mark.django_db
LOG = "/quan-tri/nhat-ky-cai-dat/"


def _root(office: Office) -> Client:
    root = with_second_factor(factories.make_official(office.agency, name="Gốc Toàn Hệ Thống"))
    root.is_superuser = True
    root.save()
    return signed_in(root)


def _delete_page(factor: Authenticator) -> str:
    return f"/quan-tri/mfa/authenticator/{factor.pk}/delete/"


def _words(page: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(page[page.index("<main") :]))


def test_the_confirmation_and_what_follows_it_say_whose_it_is(office: Office) -> None:
    client, factor = _root(office), Authenticator.objects.get(user=office.desk)
    text = _words(client.get(_delete_page(factor)).content.decode())
    assert f"Ứng dụng xác thực của Phạm Thị Quầy ({office.desk.username})" in text
    assert f"Cán bộ một cửa, {office.agency.name}" in text
    assert "Mọi phiên đăng nhập của người này kết thúc ngay." in text and "Mã dự phòng" in text
    done = client.post(_delete_page(factor), {"post": "yes"}, follow=True).content.decode()
    assert f"Ứng dụng xác thực của Phạm Thị Quầy ({office.desk.username})" in _words(done)


def test_who_loses_her_own_reads_that_she_is_signed_out(office: Office) -> None:
    client = _root(office)
    factor = Authenticator.objects.get(user__is_superuser=True)
    text = _words(client.get(_delete_page(factor)).content.decode())
    assert "Đây là tài khoản của bạn: bạn bị đăng xuất ngay" in text
    assert client.post(_delete_page(factor), {"post": "yes"}).status_code == 302
    assert client.get("/quan-tri/")["Location"].startswith("/quan-tri/login/")


def test_it_stands_in_the_log_of_settings_of_her_agency_and_of_no_other(office: Office) -> None:
    factor = Authenticator.objects.get(user=office.desk)
    _root(office).post(_delete_page(factor), {"post": "yes"})
    named = f"Ứng dụng xác thực của Phạm Thị Quầy ({office.desk.username})"
    text = _words(office.browser("administrator").get(LOG).content.decode())
    assert named in text and "xóa" in text and "Gốc Toàn Hệ Thống" in text
    assert LogEntry.objects.filter(object_id=str(factor.pk)).count() == 1, "the generic list writes no second one"
    elsewhere = with_second_factor(factories.make_official(make_other_agency(), MembershipRole.ADMINISTRATOR))
    assert "Phạm Thị Quầy" not in signed_in(elsewhere).get(LOG).content.decode()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_its_owner_is_told_in_her_language(office: Office, language: str) -> None:
    office.desk.language = language
    office.desk.save()
    factor = Authenticator.objects.get(user=office.desk)
    _root(office).post(_delete_page(factor), {"post": "yes"})
    message = services.inbox(office.desk).get()
    words = {
        "vi": ("Ứng dụng xác thực của tài khoản bạn đã bị xóa", "Mọi phiên đăng nhập của bạn đã kết thúc."),
        "en": ("Authenticator app of your account: removed", "All of your sessions have ended."),
    }[language]
    assert message.subject == words[0] and words[1] in message.body
    assert kinds.name(message.kind) == "Ứng dụng xác thực đã bị xóa"


def test_all_of_her_open_sessions_end_and_nobody_elses(office: Office) -> None:
    at_the_desk, at_home, colleague = office.browser("desk"), office.browser("desk"), office.browser("leader")
    assert [browser.get("/quan-tri/").status_code for browser in (at_the_desk, at_home, colleague)] == [200] * 3
    _root(office).post(_delete_page(Authenticator.objects.get(user=office.desk)), {"post": "yes"})
    for browser in (at_the_desk, at_home):
        assert browser.get("/quan-tri/")["Location"].startswith("/quan-tri/login/")
    assert colleague.get("/quan-tri/").status_code == 200
    office.desk.refresh_from_db()
    assert office.browser("desk").get("/quan-tri/")["Location"] == "/tai-khoan/2fa/totp/activate/", "she comes in again"
