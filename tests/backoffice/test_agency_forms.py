"""The agency's own forms: the control slip tells each hand-over with its result, the register what came in its days."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from dossiers import consultation, control_slip, forwarding, register, services
from dossiers.models import Dossier
from dossiers.register import Period
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError
from tests import factories
from tests.backoffice.conftest import Office
from tests.dossiers.filing_pages import text
from tests.dossiers.letter_texts import words

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def actor(dossier: Dossier, kind: ActorKind = ActorKind.DESK) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency, kind)


def told(dossier: Dossier) -> list[tuple[str, str, str, str]]:
    fresh = Dossier.objects.get(pk=dossier.pk)
    lines = control_slip.hand_overs(fresh, fresh.events.order_by("sequence"))
    return [(line.what, line.giver, line.taker, line.result) for line in lines]


def test_each_hand_over_says_who_gave_to_whom_and_whether_in_time() -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier = factories.file_dossier()
        code = dossier.code or ""
        services.accept(code, actor=actor(dossier))
        services.start_processing(code, actor=actor(dossier, ActorKind.AGENCY))
        services.propose(code, actor=actor(dossier, ActorKind.AGENCY))
        clock.move_to(MONDAY + timedelta(days=10))
        services.approve(code, actor=actor(dossier, ActorKind.LEADER))
    assert told(dossier) == [
        ("Nộp hồ sơ", "Người nộp hồ sơ", "Bộ phận một cửa", ""),
        ("Tiếp nhận", "Bộ phận một cửa", "Cán bộ Thử", "Trước hạn"),
        ("Chuyển xử lý", "Cán bộ Thử", "Cán bộ Thử", ""),
        ("Trình duyệt", "Cán bộ Thử", "Lãnh đạo cơ quan", ""),
        ("Phê duyệt, chuyển kết quả", "Cán bộ Thử", "Bộ phận một cửa", "Quá hạn"),
    ]


def test_a_filing_that_was_moved_and_refused_late() -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier = factories.file_dossier()
        other = factories.make_agency("H26.00099")
        moved = forwarding.forward(dossier.code or "", actor=actor(dossier), agency=other, reason="Sai nơi.")
        clock.move_to(MONDAY + timedelta(days=5))
        services.refuse_intake(moved.code or "", actor=actor(moved), reason="Không đủ điều kiện.")
    steps = told(dossier)
    assert steps[1][:3] == ("Chuyển đúng thẩm quyền", "Cán bộ Thử", other.name)
    assert steps[2] == ("Từ chối tiếp nhận", "Cán bộ Thử", "Người nộp hồ sơ", "Quá hạn")


def test_another_agencys_answer_is_compared_with_the_day_it_was_asked_for() -> None:
    factories.make_agency()
    other = factories.make_agency("H26.00099")
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier = factories.processing_dossier()
        consultation.request_consultation(
            dossier.code or "",
            actor=actor(dossier, ActorKind.AGENCY),
            agency=other,
            question="Có tranh chấp không?",
            answer_due_on=date(2026, 11, 18),
        )
        clock.move_to(MONDAY + timedelta(days=1))
        asked = factories.official_actor(other, ActorKind.AGENCY)
        answering = Actor(kind=ActorKind.CONSULTED, user=asked.user, agency=other, name=asked.name)
        consultation.answer_consultation(dossier.code or "", actor=answering, answer="Không.")
    steps = told(dossier)
    assert steps[-2] == ("Lấy ý kiến", "Cán bộ Thử", other.name, "")
    assert steps[-1][0] == "Trả lời ý kiến" and steps[-1][3] == "Trước hạn"


def test_the_slip_is_a_pdf_on_the_workbench(office: Office) -> None:
    dossier = factories.file_dossier()
    services.accept(dossier.code or "", actor=actor(dossier))
    browser = office.browser("specialist")
    address = f"/quan-tri/ho-so/{dossier.code}/phieu-kiem-soat/"
    assert address in text(browser.get(f"/quan-tri/ho-so/{dossier.code}/"))
    response = browser.get(address)
    assert response["Content-Type"] == "application/pdf"
    paper = words(response.content)
    assert "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ" in paper.upper() and "Mẫu số 06" in paper
    assert "Tiếp nhận" in paper and (dossier.code or "") in paper.replace(" ", "")


def test_the_register_has_what_came_in_its_days(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "PART", 2)
    dossiers = [factories.file_dossier(factories.make_citizen(f"Người Thứ {n}")) for n in range(3)]
    Dossier.objects.filter(pk=dossiers[0].pk).update(submitted_at=timezone.now() - timedelta(days=40))
    fourth = factories.file_dossier(factories.make_citizen("Người Thứ 4"))
    today = timezone.localdate()
    browser = office.browser("desk")
    days = f"agency={office.agency.code}&first={today:%Y-%m-%d}&last={today:%Y-%m-%d}"
    page = text(browser.get(f"/quan-tri/so-theo-doi/?{days}"))
    assert "3 hồ sơ." in page and "In hồ sơ số 1 đến 2" in page and "In hồ sơ số 3 đến 3" in page
    first = words(browser.get(f"/quan-tri/so-theo-doi/?{days}&phan=1").content)
    assert "Người Thứ 1" in first and "Người Thứ 2" in first and "Người Thứ 0" not in first
    second = words(browser.get(f"/quan-tri/so-theo-doi/?{days}&phan=2").content)
    assert "Người Thứ 4" in second and (fourth.code or "") in second.replace(" ", "")
    for beyond in ("0", "3", "x", "99999999"):
        assert browser.get(f"/quan-tri/so-theo-doi/?{days}&phan={beyond}").status_code == 404


def test_a_register_of_somebody_elses_agency_or_of_no_period_is_refused(office: Office) -> None:
    browser, today = office.browser("desk"), timezone.localdate()
    other = factories.make_other_agency()
    for query in (
        f"agency={other.code}&first={today}&last={today}",
        f"agency={office.agency.code}&first={today}&last={today - timedelta(days=1)}",
        f"agency={office.agency.code}&first=2020-01-01&last={today}",
        f"agency={office.agency.code}&first=x&last=",
    ):
        assert browser.get(f"/quan-tri/so-theo-doi/?{query}").status_code == 422, query
    with pytest.raises(InvalidInputError):
        Period(today, today - timedelta(days=1)).check()


def test_an_empty_register_says_so(office: Office) -> None:
    today = timezone.localdate()
    assert "Không có hồ sơ nào" in words(register.render(office.agency, Period(today, today), 1))
