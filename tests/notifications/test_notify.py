"""Messages: one row a channel, one message a cause, and delivery that survives."""

import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import Client

from portal.accounts.models import User
from portal.core.work import WorkState
from portal.notifications import services
from portal.notifications.channels import registry
from portal.notifications.channels.email import EmailChannel
from portal.notifications.models import DemoMail, Message
from portal.notifications.tasks import send_due
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    """A citizen who told VNeID an e-mail address."""
    return factories.make_citizen()


def tell(person: User, key: str = "H26-1.1", **more: str) -> None:
    services.notify(
        recipient=person,
        **{
            "kind": "dossier.accepted",
            "subject": "Hồ sơ H26-1 được tiếp nhận",
            "body": "Hẹn trả kết quả lúc 17:00.",
            "link": "/ho-so/H26-1/",
            "reference": "H26-1",
            "dedupe_key": key,
            **more,
        },
    )


def test_one_row_for_each_channel(person: User) -> None:
    tell(person)
    found = {row.channel: row for row in Message.objects.all()}
    assert set(found) == {"inbox", "email"}
    assert found["inbox"].work_state == WorkState.DONE and found["email"].work_state == WorkState.PENDING


def test_same_cause_is_told_once(person: User) -> None:
    tell(person)
    tell(person, subject="Khác")
    assert Message.objects.count() == 2
    tell(factories.make_citizen("Người Khác"))
    assert Message.objects.count() == 4, "another person with the same cause is told, too"


def test_cause_that_is_rolled_back_tells_nobody(person: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(person)
        raise RuntimeError
    assert not Message.objects.exists()


def test_person_without_address_gets_the_inbox_only(person: User) -> None:
    person.citizen.email = ""
    person.citizen.save()
    tell(person)
    assert Message.objects.get().channel == "inbox"


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example/", "/\\evil.example", "ho-so/"])
def test_link_that_leaves_the_portal_is_refused(person: User, link: str) -> None:
    with pytest.raises(ValueError):
        tell(person, link=link)


def test_text_is_cleaned_and_cut(person: User) -> None:
    tell(person, subject="a\nb\x00" + "x" * 400, body="một\x00 dòng\r\nhai")
    row = Message.objects.filter(channel="inbox").get()
    assert row.subject.startswith("a bxx") and len(row.subject) == 250
    assert row.body == "một dòng\nhai"


def test_mail_goes_out_once_and_says_where_to_look(person: User, settings: Any) -> None:
    tell(person)
    send_due()
    send_due()
    (sent,) = mail.outbox
    assert sent.to == [person.citizen.email] and sent.subject == "Hồ sơ H26-1 được tiếp nhận"
    assert f"{settings.BASE_URL}/ho-so/H26-1/" in sent.body and "không bao giờ hỏi mật khẩu" in sent.body
    assert sent.extra_headers["Message-ID"].startswith("<message-")
    assert Message.objects.get(channel="email").work_state == WorkState.DONE


class Refusing:
    """A mail server that refuses."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, *_args: Any, **_more: Any) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no such user")}), "dead", "từ chối địa chỉ"),
        (smtplib.SMTPRecipientsRefused({"a@b": (451, b"later")}), "pending", "tạm từ chối"),
        (smtplib.SMTPServerDisconnected("gone"), "pending", "SMTPServerDisconnected"),
        (ConnectionRefusedError(), "pending", "ConnectionRefusedError"),
    ],
)
def test_refused_mail_is_tried_again_or_given_up_with_words(
    person: User, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, words: str
) -> None:
    monkeypatch.setattr("portal.notifications.channels.email.EmailMessage.send", Refusing(error))
    tell(person)
    send_due()
    row = Message.objects.get(channel="email")
    assert row.work_state == state and words in row.last_error
    assert person.citizen.email not in row.last_error


def test_address_that_vanished_is_given_up(person: User) -> None:
    tell(person)
    person.citizen.email = ""
    person.citizen.save()
    send_due()
    assert Message.objects.get(channel="email").work_state == "dead"


def test_demo_mailbox_keeps_a_mail_once(person: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "portal.notifications.channels.demo.DemoMailboxBackend"
    tell(person)
    row = Message.objects.select_related("recipient").get(channel="email")
    channel = EmailChannel()
    channel.send(row)
    channel.send(row)  # the worker died after sending, before noting it
    kept = DemoMail.objects.get()
    assert kept.to == person.citizen.email and "Hẹn trả kết quả" in kept.body


def test_unknown_channel_is_a_configuration_error(settings: Any) -> None:
    settings.NOTIFICATION_CHANNELS = ["inbox", "pigeon"]
    with pytest.raises(ImproperlyConfigured, match="pigeon"):
        registry.channels()


def test_header_counts_unread_messages_with_one_query(client: Client, person: User) -> None:
    for number in range(3):
        tell(person, key=f"k{number}")
    assert services.unread_count(person) == 3
    assert services.unread_count(person, most=2) == 2
