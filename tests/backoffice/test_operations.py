"""Background work that stopped: its administrator sees the reason and puts it back."""

import pytest

from dossiers.models import Letter
from portal.core.work import WorkState
from portal.exchange.models import OutboxMessage
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.factories import make_other_agency

pytestmark = pytest.mark.django_db


def dead_message(agency: object, number: int = 1) -> OutboxMessage:
    client = factories.make_client(agency)  # type: ignore[arg-type]
    return OutboxMessage.objects.create(
        client=client,
        type="dossier.submitted",
        subject=f"H26-{number}",
        message_id=f"m{number}-{client.pk}",
        payload={"secret": "Nguyễn Văn Kín"},
        work_state=WorkState.DEAD,
        attempts=9,
        last_error="Hệ thống trả lời 500.",
    )


def test_stopped_messages_show_their_reason_and_go_back(office: Office) -> None:
    message = dead_message(office.agency)
    client = office.browser("administrator")
    page = client.get("/quan-tri/van-hanh/thong-diep-di/").content.decode()
    assert "Hệ thống trả lời 500." in page and "Nguyễn Văn Kín" not in page
    client.post("/quan-tri/van-hanh/thong-diep-di/", {"id": [message.pk]})
    message.refresh_from_db()
    assert (message.work_state, message.attempts) == (WorkState.PENDING, 0)


def test_another_agencys_rows_are_neither_seen_nor_redriven(office: Office) -> None:
    message = dead_message(make_other_agency())
    client = office.browser("administrator")
    assert "Hệ thống trả lời 500." not in client.get("/quan-tri/van-hanh/thong-diep-di/").content.decode()
    client.post("/quan-tri/van-hanh/thong-diep-di/", {"id": [message.pk, "x", "9" * 40]})
    message.refresh_from_db()
    assert message.work_state == WorkState.DEAD


@pytest.mark.parametrize("state", [WorkState.DEAD, WorkState.PENDING])
def test_letters_are_redriven_too(office: Office, state: str) -> None:
    dossier = factories.file_dossier()
    Letter.objects.filter(dossier=dossier).update(work_state=state, last_error="Thiếu phông chữ.")
    letter = Letter.objects.get(dossier=dossier)
    client = office.browser("administrator")
    assert "Thiếu phông chữ." in client.get("/quan-tri/van-hanh/van-ban/").content.decode()
    client.post("/quan-tri/van-hanh/van-ban/", {"id": [letter.pk]})
    letter.refresh_from_db()
    assert letter.work_state == WorkState.PENDING


def test_finished_work_is_never_redone(office: Office) -> None:
    dossier = factories.file_dossier()
    Letter.objects.filter(dossier=dossier).update(work_state=WorkState.DONE)
    letter = Letter.objects.get(dossier=dossier)
    office.browser("administrator").post("/quan-tri/van-hanh/van-ban/", {"id": [letter.pk]})
    letter.refresh_from_db()
    assert letter.work_state == WorkState.DONE


def test_the_whole_systems_administrator_sees_every_kind(office: Office) -> None:
    root = with_second_factor(factories.make_official(office.agency))
    root.is_superuser = True
    root.save()
    dead_message(make_other_agency())
    client = signed_in(root)
    page = client.get("/quan-tri/van-hanh/").content.decode()
    for kind in ("thong-diep-di", "thong-diep-den", "van-ban", "ket-qua", "bien-lai", "thong-bao"):
        assert f"/quan-tri/van-hanh/{kind}/" in page
        assert client.get(f"/quan-tri/van-hanh/{kind}/").status_code == 200
