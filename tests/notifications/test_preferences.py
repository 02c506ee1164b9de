"""How a person wants to hear: by which way, at once or once a day; texts by SMS and Zalo; the inbox always has all."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from dossiers import services as dossiers
from dossiers import timeline
from portal.accounts.models import User
from portal.core.work import WorkState
from portal.notifications import preferences, services, topics
from portal.notifications.channels import registry
from portal.notifications.channels.base import NotNowError
from portal.notifications.channels.demo import DemoTextProvider
from portal.notifications.channels.text import LONGEST
from portal.notifications.models import Channel, DemoMail, Message
from portal.notifications.tasks import send_due
from portal.notifications.topics import Mode, Topic
from tests import factories
from tests.backoffice.conftest import signed_in

pytestmark = pytest.mark.django_db
DEMO = "portal.notifications.channels.demo.DemoTextProvider"
PAGE = "/hop-thu/cach-nhan/"


@pytest.fixture(autouse=True)
def _texts_are_on(settings: Any) -> None:
    settings.NOTIFICATION_CHANNELS = ["inbox", "email", "sms", "zalo"]
    settings.SMS_PROVIDER = settings.ZALO_PROVIDER = DEMO


@pytest.fixture
def person() -> User:
    """A citizen with an e-mail address and a telephone number."""
    return factories.make_citizen(phone="0912345678")


def tell(person: User, kind: str = "dossier.accepted", key: str = "1", **more: str) -> set[str]:
    """Write a message; return the channels that carry it."""
    words = {"subject": "Hồ sơ H26-1 có tin", "body": "Nội dung.", "link": "/ho-so/H26-1/", "reference": "H26-1"}
    services.notify(recipient=person, kind=kind, dedupe_key=key, **{**words, **more})
    return set(Message.objects.filter(dedupe_key=key).values_list("channel", flat=True))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("dossier.accepted", {"inbox", "email"}),
        ("dossier.supplement_requested", {"inbox", "email", "sms"}),
        ("dossier.returned", {"inbox", "email", "sms"}),
        ("dossier.extended", {"inbox", "email", "sms"}),
        ("dossier.draft_sent", {"inbox", "email", "sms"}),
        ("dossier.forwarded", {"inbox", "email"}),
        ("dossier.message", {"inbox", "email"}),
        ("payment.refunded", {"inbox", "email"}),
    ],
)
def test_before_anybody_chooses(person: User, kind: str, expected: set[str]) -> None:
    assert tell(person, kind) == expected


@pytest.mark.parametrize("kind", timeline.YOURS)
def test_what_asks_something_of_her_is_hers_to_do(kind: str) -> None:
    assert topics.of(kind, is_official=False) is Topic.ACTION


def test_what_she_chooses_is_what_comes(person: User) -> None:
    client = signed_in(person)
    page = client.get(PAGE).content.decode()
    assert 'name="action-sms"' in page and 'name="work-email"' not in page
    chosen = {"progress-email": "off", "action-sms": "off", "progress-zalo": "now", "result-email": "now"}
    assert client.post(PAGE, chosen).status_code == 302
    person.refresh_from_db()
    assert person.notice_modes == {"email": {"progress": "off"}, "sms": {"action": "off"}, "zalo": {"progress": "now"}}
    assert tell(person) == {"inbox", "zalo"}
    assert tell(person, "dossier.supplement_requested", "2") == {"inbox", "email"}
    assert client.post(PAGE, {"progress-email": "now", "action-sms": "now", "progress-zalo": "off"}).status_code == 302
    person.refresh_from_db()
    assert person.notice_modes == {}, "as the portal does by itself: nothing to keep"


@pytest.mark.parametrize("said", ["daily", "sometimes", "", "x" * 9000])
def test_what_a_channel_cannot_do_is_refused(person: User, said: str) -> None:
    answer = signed_in(person).post(PAGE, {"action-sms": said}, follow=True)
    assert "không dùng được" in answer.content.decode()
    person.refresh_from_db()
    assert person.notice_modes == {}


def test_the_inbox_cannot_be_switched_off(person: User) -> None:
    for channel in ("email", "sms", "zalo"):
        person.notice_modes[channel] = {topic.value: "off" for topic in Topic}
    person.notice_modes["inbox"] = {topic.value: "off" for topic in Topic}
    person.save()
    assert tell(person, "dossier.supplement_requested") == {"inbox"}


def test_a_text_tells_that_and_where_and_nothing_else(person: User) -> None:
    tell(person, "dossier.supplement_requested", body="Thiếu giấy chứng sinh của bé An.")
    send_due()
    (text,) = DemoMail.objects.filter(channel="sms")
    assert text.to == "0912345678" and text.body.startswith("Hồ sơ H26-1 có tin http")
    assert text.body.endswith("/ho-so/H26-1/") and "chứng sinh" not in text.body
    page = Client().get("/hop-thu-thu-nghiem/").content.decode()
    assert "Tin nhắn SMS" in page and "0912345678" in page


def test_a_long_subject_leaves_room_for_the_address(person: User) -> None:
    tell(person, "dossier.supplement_requested", subject="x" * 250, link="/ho-so/" + "y" * 80 + "/")
    send_due()
    body = DemoMail.objects.get(channel="sms").body
    assert len(body) <= LONGEST and body.endswith("y/")


def test_a_text_on_a_locked_screen_names_no_kind_of_paper(person: User) -> None:
    tell(person, "document.digitised", subject="Giấy tờ đã số hóa: Giấy xác nhận khuyết tật", link="/kho-du-lieu/7/")
    send_due()
    body = DemoMail.objects.get(channel="sms").body
    assert "khuyết tật" not in body and body.startswith("Một giấy tờ của bạn") and body.endswith("/kho-du-lieu/7/")
    assert "khuyết tật" in Message.objects.get(channel="inbox").subject


def test_a_text_on_a_locked_screen_names_no_procedure() -> None:
    dossier = factories.file_dossier(factories.make_citizen(phone="0912345678"))
    assert dossier.agency is not None
    actor = factories.official_actor(dossier.agency)
    defects = [dossiers.Defect("TEST-GIAY", "Giấy tờ thử", "Mờ")]
    dossiers.request_supplement(dossier.code or "", actor=actor, reason="Mờ", defects=defects)
    send_due()
    (text,) = DemoMail.objects.filter(channel="sms")
    assert text.body.startswith(f"Hồ sơ {dossier.code} cần bổ sung giấy tờ http"), text.body
    assert dossier.procedure_version.title in Message.objects.filter(channel="inbox").latest("pk").subject


def test_a_text_is_sent_once_even_after_a_crash(person: User) -> None:
    tell(person, "dossier.supplement_requested")
    row = Message.objects.get(channel="sms")
    registry.get("sms").send(row)
    send_due()
    assert DemoMail.objects.filter(channel="sms").count() == 1


def test_nobody_without_a_number_is_texted(person: User) -> None:
    person.citizen.phone = ""
    person.citizen.save()
    assert "sms" not in tell(person, "dossier.supplement_requested")
    assert "Cổng chưa có địa chỉ của bạn cho" in signed_in(person).get(PAGE).content.decode()


def test_a_provider_that_is_away_is_tried_again(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: DemoTextProvider, **_facts: str) -> None:
        raise NotNowError("Nhà mạng chưa trả lời.")

    monkeypatch.setattr(DemoTextProvider, "send", away)
    tell(person, "dossier.supplement_requested")
    send_due()
    row = Message.objects.get(channel="sms")
    assert row.work_state == WorkState.PENDING and row.last_error == "Nhà mạng chưa trả lời."
    assert row.next_try_at > timezone.now()


EVENING = datetime.fromisoformat("2026-11-20T20:00:00+07:00")
MORNING = datetime.fromisoformat("2026-11-21T07:31:00+07:00")


def test_a_days_messages_come_as_one_letter(person: User) -> None:
    preferences.choose(person, {("progress", "email"): "daily"})
    with time_machine.travel(EVENING, tick=False):
        tell(person, subject="Tin thứ nhất", body="Một.")
        tell(person, key="2", subject="Tin thứ hai", body="Hai.")
        tell(factories.make_citizen("Người Khác"), key="3", subject="Của người khác")
        send_due()
    assert [letter.subject for letter in mail.outbox] == ["Của người khác"], "the others wait for the morning"
    with time_machine.travel(MORNING, tick=False):
        send_due()
        send_due()
    assert len(mail.outbox) == 2
    letter = mail.outbox[1]
    assert letter.subject == "Cổng Dịch vụ công: 2 tin trong ngày" and "Của người khác" not in letter.body
    assert letter.body.index("Một.") < letter.body.index("Hai.")
    assert not Message.objects.filter(work_state=WorkState.PENDING).exists()


def test_a_single_message_of_a_day_keeps_its_subject(person: User) -> None:
    preferences.choose(person, {("progress", "email"): "daily"})
    with time_machine.travel(EVENING, tick=False):
        tell(person, subject="Một tin")
    with time_machine.travel(MORNING, tick=False):
        send_due()
    assert [letter.subject for letter in mail.outbox] == ["Một tin"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20T07:29:00+07:00", "2026-11-20T07:30:00+07:00"),
        ("2026-11-20T07:30:00+07:00", "2026-11-21T07:30:00+07:00"),
        ("2026-11-19T23:00:00+00:00", "2026-11-20T07:30:00+07:00"),
    ],
)
def test_when_the_days_letter_goes_out(now: str, expected: str) -> None:
    assert preferences.next_digest(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


def test_officials_choose_about_their_work(person: User) -> None:
    official = factories.make_official(factories.make_agency())
    assert topics.of("dossier.intake_soon", is_official=True) == Topic.WORK
    assert {choice.topic for choice in preferences.choices_of(official, ["email", "sms"])} == {
        Topic.WORK,
        Topic.MESSAGE,
    }


def test_every_first_choice_can_be_chosen() -> None:
    for channel, modes in topics.FIRST.items():
        assert set(modes.values()) <= set(topics.MODES[channel])
    assert set(topics.MODES) == set(Channel.values) - {Channel.INBOX.value}
    assert topics.mode({"sms": {"action": "daily"}}, Topic.ACTION, "sms") == Mode.NOW, "nonsense counts as not chosen"


def test_telling_asks_no_more_than_before(person: User, django_assert_num_queries: Any) -> None:
    known = User.objects.select_related("citizen").get(pk=person.pk)
    with django_assert_num_queries(0):  # the rows themselves go out as prepared statements, which are not counted
        services.notify(recipient=known, kind="dossier.accepted", subject="x", body="y", dedupe_key="q")


def test_the_inbox_shows_what_is_unread(person: User) -> None:
    tell(person, subject="Chưa đọc")
    tell(person, key="2", subject="Đã đọc rồi")
    client = signed_in(person)
    client.post(f"/hop-thu/{Message.objects.get(channel='inbox', subject='Đã đọc rồi').pk}/mo/")
    page = client.get("/hop-thu/?chua-doc=1").content.decode()
    assert "Chưa đọc" in page and "Đã đọc rồi" not in page
    client.post("/hop-thu/da-doc/")
    assert "Không còn thư nào chưa đọc" in client.get("/hop-thu/?chua-doc=1").content.decode()
