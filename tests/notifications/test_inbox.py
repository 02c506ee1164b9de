"""The inbox and the demo mailbox."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.notifications import context, services
from portal.notifications.models import DemoMail, Message
from tests import factories
from tests.english import left_in_vietnamese

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client: Client) -> User:
    """A signed-in citizen with two messages."""
    made = factories.make_citizen()
    client.force_login(made)
    for number in (1, 2):
        services.notify(
            recipient=made,
            kind="dossier.accepted",
            subject=f"Thư số {number}",
            body="Nội dung <b>thư</b>",
            link="/thanh-toan/",
            dedupe_key=f"k{number}",
        )
    return made


def inbox_row(person: User) -> Message:
    return Message.objects.in_inbox_of(person).order_by("pk")[0]


def test_inbox_shows_messages_newest_first(client: Client, person: User) -> None:
    page = client.get("/hop-thu/").content.decode()
    assert page.index("Thư số 2") < page.index("Thư số 1")
    assert "&lt;b&gt;thư" in page and page.count("letter--unread") == 2


def test_letters_in_another_language_are_said_to_stay_in_it(client: Client, person: User) -> None:
    kept = "Messages stay in the language they were written in"
    assert kept in client.get("/en/hop-thu/").content.decode()
    assert "giữ nguyên ngôn ngữ" not in client.get("/hop-thu/").content.decode()
    Message.objects.update(language="en")
    assert kept not in client.get("/en/hop-thu/").content.decode()


def test_what_was_read_of_a_dossier_folds_under_its_newest_letter(client: Client, person: User) -> None:
    for number, code in enumerate(("H26-1", "H26-2", "H26-1", "H26-1")):
        told = {"recipient": person, "kind": "dossier.accepted", "body": "x", "reference": code, "link": "/ho-so/"}
        services.notify(subject=f"Tin {number}", dedupe_key=f"t{number}", **told)
    Message.objects.filter(subject__in=["Tin 0", "Tin 1"]).update(read_at=timezone.now())
    page = client.get("/hop-thu/").content.decode()
    folded = page.partition('<details class="govuk-details">')[2].partition("</details>")[0]
    assert "1 thư trước của hồ sơ này, đã đọc" in folded and folded.count("Tin 0") and "Tin 1" not in folded
    assert page.index("Tin 3") < page.index("Tin 0") < page.index("Tin 2"), "under the newest of its dossier"
    assert "Tin 2" not in folded, "nothing unread is hidden"
    assert folded.count("csrfmiddlewaretoken") == 1


def test_opening_marks_as_read_and_goes_there(client: Client, person: User) -> None:
    row = inbox_row(person)
    response = client.post(f"/hop-thu/{row.pk}/mo/")
    assert (response.status_code, response["Location"]) == (302, "/thanh-toan/")
    row.refresh_from_db()
    first_read = row.read_at
    assert first_read is not None
    client.post(f"/hop-thu/{row.pk}/mo/")
    row.refresh_from_db()
    assert row.read_at == first_read
    assert client.post(f"/en/hop-thu/{row.pk}/mo/")["Location"] == "/en/thanh-toan/"


def test_everything_read_at_once(client: Client, person: User) -> None:
    page = client.post("/hop-thu/da-doc/", follow=True).content.decode()
    assert "Đã đánh dấu 2 thư là đã đọc." in page and "letter--unread" not in page
    assert "Không còn thư nào chưa đọc." in client.post("/hop-thu/da-doc/", follow=True).content.decode()


def test_messages_of_others_look_as_if_they_did_not_exist(client: Client, person: User) -> None:
    row = inbox_row(person)
    client.force_login(factories.make_citizen("Người Khác"))
    assert client.post(f"/hop-thu/{row.pk}/mo/").status_code == 404
    assert "Chưa có thư nào" in client.get("/hop-thu/").content.decode()
    email = Message.objects.get(recipient=person, channel="email", subject="Thư số 1")
    client.force_login(person)
    assert client.post(f"/hop-thu/{email.pk}/mo/").status_code == 404


def test_reading_needs_a_post(client: Client, person: User) -> None:
    assert client.get(f"/hop-thu/{inbox_row(person).pk}/mo/").status_code == 405
    assert client.get("/hop-thu/da-doc/").status_code == 405


def test_inbox_page_by_page(client: Client, person: User) -> None:
    for number in range(20):
        services.notify(recipient=person, kind="k", subject=f"Nhiều {number}", body="x", dedupe_key=f"m{number}")
    first = client.get("/hop-thu/")
    assert "Trang sau" in first.content.decode() and "Thư số 1" not in first.content.decode()
    oldest_shown = Message.objects.in_inbox_of(person).order_by("-pk")[19].pk
    second = client.get("/hop-thu/", {"truoc": oldest_shown}).content.decode()
    assert "Thư số 1" in second and "Trang trước" in second


def test_frame_asks_once_a_request(person: User, rf: Any, django_assert_num_queries: Any) -> None:
    request: HttpRequest = rf.get("/")
    request.user = person
    with django_assert_num_queries(1):
        assert context.unread(request) == context.unread(request) == 2


def test_visitor_has_nothing_unread(rf: Any) -> None:
    assert context.unread(rf.get("/")) == 0


def test_demo_mailbox_shows_what_was_sent_and_warns(client: Client) -> None:
    DemoMail.objects.create(message_id="1", to="a@vidu.example", subject="Chào", body="Xem http://127.0.0.1:8000/x/")
    page = client.get("/hop-thu-thu-nghiem/").content.decode()
    assert "Chỉ có ở bản dùng thử" in page and "a@vidu.example" in page
    assert 'href="http://127.0.0.1:8000/x/"' in page


def test_demo_mailbox_in_english_says_that_a_vietnamese_mail_is_vietnamese(client: Client) -> None:
    body = "Lý do: xem <trang> hồ sơ.\nXem http://127.0.0.1:8000/ho-so/ tại đây."
    DemoMail.objects.create(message_id="1", to="a@vidu.example", subject="Hồ sơ cần bổ sung", body=body)
    page = client.get("/en/hop-thu-thu-nghiem/").content.decode()
    assert not list(left_in_vietnamese(page.partition("<main")[2].partition("</main")[0]))
    assert 'href="http://127.0.0.1:8000/ho-so/"' in page and "&lt;trang&gt;" in page


def test_demo_mailbox_shows_one_persons_mails_and_keeps_to_them(client: Client) -> None:
    for number in range(25):
        DemoMail.objects.create(message_id=f"a{number}", to="a@vidu.example", subject=f"Thư {number}", body="x")
    DemoMail.objects.create(message_id="b", to="b@vidu.example", subject="Của người khác", body="x")
    page = client.get("/hop-thu-thu-nghiem/").content.decode()
    assert "Của người khác" in page and page.count("<details") - page.count('<details class="menu') >= 2
    page = client.get("/hop-thu-thu-nghiem/?den=a@vidu.example").content.decode()
    assert "Của người khác" not in page and "Thư 24" in page
    assert "<option selected>a@vidu.example</option>" in page and "den=a%40vidu.example" in page
    assert "Của người khác" in client.get("/hop-thu-thu-nghiem/?den=nobody").content.decode()


def test_demo_mailbox_is_not_there_in_production(client: Client, settings: Any) -> None:
    settings.IS_DEVELOPMENT = False
    assert client.get("/hop-thu-thu-nghiem/").status_code == 404
