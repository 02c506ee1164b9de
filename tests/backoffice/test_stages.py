"""The stages on the workbench: where it stands, buttons that say what they do, each press once, no query more."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers import consultation, services, stage_steps
from dossiers.models import Dossier, DossierStage
from portal.accounts.models import User
from portal.agencies import processes
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import current_posts
from portal.agencies.models import InternalProcess, MembershipRole
from portal.agencies.processes import Stage
from portal.backoffice import queue_list, saved_filters, tasks
from portal.backoffice.models import BulkItem, SavedFilter
from portal.backoffice.officials import Official
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.situations import next_day

pytestmark = pytest.mark.django_db
THREE = (
    Stage("Thẩm định", "specialist", amount=16),
    Stage("Kiểm tra thực địa", "desk", amount=2, unit="working_day", is_optional=True),
    Stage("Soạn dự thảo", "specialist"),
)


def worked_on(office: Office, *, with_stages: bool = True) -> Dossier:
    if with_stages:
        InternalProcess.objects.create(
            agency=office.agency, stages=processes.kept(THREE), legal_basis="QĐ 1", valid_from=date(2026, 1, 1)
        )
    dossier = factories.file_dossier()
    specialist = as_specialist(office)
    services.accept(dossier.code or "", actor=factories.official_actor(office.agency))
    return services.start_processing(dossier.code or "", actor=specialist)


def as_specialist(office: Office) -> Actor:
    return Actor(ActorKind.AGENCY, office.specialist, office.agency, name="Chuyên")


def official(user: User) -> Official:
    return Official(user, list(current_posts(user)))


def page_of(client: Client, dossier: Dossier) -> str:
    return client.get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()


def press(client: Client, dossier: Dossier, address: str, **typed: str):
    dossier.refresh_from_db()
    data = {"sequence": str(dossier.last_sequence), **typed}
    return client.post(f"/quan-tri/ho-so/{dossier.code}/buoc/{address}/", data, follow=True)


def name_of(dossier: Dossier) -> str:
    return DossierStage.objects.get(dossier=dossier).name


def test_buttons_name_the_stage_and_what_they_will_do(office: Office) -> None:
    dossier = worked_on(office)
    specialist, desk = office.browser("specialist"), office.browser("desk")
    page = page_of(specialist, dossier)
    assert 'aria-current="step"' in page and "Xong bước “Thẩm định”" in page
    assert "Hồ sơ sang bước 2 trên 3: Kiểm tra thực địa (Cán bộ một cửa, 2 ngày làm việc, tùy chọn)" in page
    assert "/buoc/skip-stage/" not in page and "/buoc/return-stage/" not in page
    assert "/buoc/end-stage/" not in page_of(desk, dossier), "not the desk's stage"
    assert "Đã ghi xong bước." in press(specialist, dossier, "end-stage").content.decode()
    page = page_of(desk, dossier)
    assert "Bỏ qua bước “Kiểm tra thực địa”" in page and "Trả lại bước “Thẩm định”" in page
    assert "Hồ sơ về bước 1 trên 3" in page
    assert "Thẩm định → Kiểm tra thực địa." in page, "in the history"
    assert "/buoc/end-stage/" not in page_of(specialist, dossier)


def test_a_reason_left_empty_is_said_and_a_given_one_is_read_at_the_stage_before(office: Office) -> None:
    dossier = worked_on(office)
    press(office.browser("specialist"), dossier, "end-stage")
    desk = office.browser("desk")
    refused = press(desk, dossier, "return-stage", reason="")
    assert refused.status_code == 422 and name_of(dossier) == "Kiểm tra thực địa"
    press(desk, dossier, "return-stage", reason="Thiếu biên bản.")
    assert name_of(dossier) == "Thẩm định"
    assert "Thiếu biên bản." in page_of(office.browser("specialist"), dossier)
    owner = Client()
    assert dossier.filer is not None
    owner.force_login(dossier.filer, backend="django.contrib.auth.backends.ModelBackend")
    read = owner.get(f"/ho-so/{dossier.code}/").content.decode()
    assert "Thiếu biên bản." not in read


def test_a_second_press_ends_no_second_stage(office: Office) -> None:
    dossier = worked_on(office)
    client = office.browser("leader")
    address, data = f"/quan-tri/ho-so/{dossier.code}/buoc/end-stage/", {"sequence": str(dossier.last_sequence)}
    assert client.post(address, data).status_code == 302
    again = client.post(address, data, follow=True).content.decode()
    assert "Bạn đã làm bước này rồi" in again and name_of(dossier) == "Kiểm tra thực địa"
    other = office.browser("specialist").post(address, data)
    assert other.status_code == 409 and name_of(dossier) == "Kiểm tra thực địa"


def test_another_agencys_official_and_another_role_are_refused(office: Office) -> None:
    dossier = worked_on(office)
    assert press(office.browser("foreign_desk"), dossier, "end-stage").status_code == 404
    assert press(office.browser("desk"), dossier, "end-stage").status_code == 409
    assert name_of(dossier) == "Thẩm định"


def test_the_green_button_is_the_stage_and_the_proposal_comes_after_the_last(office: Office) -> None:
    dossier = worked_on(office)
    specialist = office.browser("specialist")

    def green() -> str:
        page = page_of(specialist, dossier)
        at = page.index("data-first-step")
        return page[page.rindex("<li", 0, at) : page.index("</li>", at)]

    assert "end-stage" in green()
    press(specialist, dossier, "end-stage")
    press(office.browser("desk"), dossier, "skip-stage")
    assert "propose" in green(), "the last stage ends with it"
    press(specialist, dossier, "propose", reason="Đủ.")
    dossier.refresh_from_db()
    assert dossier.proposed_at is not None


def test_proposing_early_asks_why_and_the_leader_reads_it(office: Office) -> None:
    dossier = worked_on(office)
    specialist = office.browser("specialist")
    form = specialist.get(f"/quan-tri/ho-so/{dossier.code}/buoc/propose/").content.decode()
    assert "Vì sao trình khi chưa xong: Soạn dự thảo" in form
    refused = press(specialist, dossier, "propose", reason="Đủ điều kiện rồi.")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Hãy nêu lý do trình khi còn bước chưa làm." in page and "Đủ điều kiện rồi." in page
    press(specialist, dossier, "propose", reason="Đủ.", stages_reason="Việc đơn giản.")
    dossier.refresh_from_db()
    assert dossier.proposed_at is not None
    page = page_of(office.browser("leader"), dossier)
    assert "Chưa xong các bước: Soạn dự thảo. Lý do: Việc đơn giản." in page


def test_without_stages_the_workbench_is_as_it_was_and_with_them_it_asks_no_more(office: Office) -> None:
    client = office.browser("specialist")

    def asked(dossier: Dossier) -> int:
        page_of(client, dossier)
        with CaptureQueriesContext(connection) as queries:
            page = page_of(client, dossier)
        assert ("bench-stages" in page) == DossierStage.objects.filter(dossier=dossier).exists()
        return len(queries)

    without = asked(worked_on(office, with_stages=False))
    dossier = worked_on(office)
    assert asked(dossier) == without
    stage_steps.end(dossier.code or "", actor=Actor(ActorKind.LEADER, office.leader, office.agency, name="Lãnh"))
    assert asked(dossier) == without


def test_a_queue_is_narrowed_to_a_stage_and_saved_so(office: Office) -> None:
    client, queue = office.browser("specialist"), "/quan-tri/hang-doi/dang-xu-ly/"
    without = worked_on(office, with_stages=False)
    assert "Bước xử lý" not in client.get(f"{queue}?loc=1").content.decode()
    first = worked_on(office)
    second = worked_on(office, with_stages=False)  # with the process that is there now
    stage_steps.end(second.code or "", actor=as_specialist(office))
    opened = client.get(f"{queue}?loc=1").content.decode()
    assert "Bước xử lý" in opened and '<option value="Kiểm tra thực địa"' in opened
    shown = client.get(queue, {"buoc": "Kiểm tra thực địa"}).content.decode()
    assert str(second.code) in shown and str(first.code) not in shown and str(without.code) not in shown
    assert "Bước: Kiểm tra thực địa" in shown
    saved = {"queue": "dang-xu-ly", "buoc": "Kiểm tra thực địa", "name": "Đi thực địa"}
    assert client.post("/quan-tri/bo-loc/", saved).status_code == 302
    row = SavedFilter.objects.get()
    assert row.narrowed == {"stage": "Kiểm tra thực địa"}
    assert saved_filters.counts(official(office.specialist), queue_list.Moment.current(), [row]) == {row.pk: 1}


def test_a_stage_is_ended_for_many_each_with_its_own_result(office: Office) -> None:
    worked_on(office)
    plain = Dossier.objects.get()
    others = [worked_on(office, with_stages=False) for _number in range(2)]
    client = office.browser("specialist")
    stage_steps.end(others[0].code or "", actor=as_specialist(office))
    queue = client.get("/quan-tri/hang-doi/dang-xu-ly/").content.decode()
    assert 'value="end_stage"' in queue
    chosen = [f"{row.code}~{Dossier.objects.get(pk=row.pk).last_sequence}" for row in (plain, *others)]
    form = {"kind": "end_stage", "queue": "dang-xu-ly", "confirm": "1", "token": "t", "chosen": chosen}
    assert client.post("/quan-tri/hang-loat/moi/", form).status_code == 302
    tasks.run_bulk_jobs()
    items = {item.dossier_code: item for item in BulkItem.objects.all()}
    assert [items[row.code or ""].state for row in (plain, *others)] == ["done", "refused", "done"]
    assert "do cán bộ một cửa làm" in items[others[0].code or ""].words
    assert {name_of(row) for row in (plain, *others)} == {"Kiểm tra thực địa"}


def test_many_are_not_offered_what_the_agency_does_not_have(office: Office) -> None:
    process = InternalProcess.objects.create(
        agency=factories.make_agency("H29.10001"),
        stages=processes.kept(THREE),
        legal_basis="QĐ 1",
        valid_from=date(2026, 1, 1),
    )
    worked_on(office, with_stages=False)
    assert process.agency != office.agency
    assert (
        'value="end_stage"' not in office.browser("specialist").get("/quan-tri/hang-doi/dang-xu-ly/").content.decode()
    )


def test_the_applicant_reads_the_stage_and_nobodys_name(office: Office) -> None:
    dossier = worked_on(office)
    owner = Client()
    assert dossier.filer is not None
    owner.force_login(dossier.filer, backend="django.contrib.auth.backends.ModelBackend")

    def read() -> str:
        return owner.get(f"/ho-so/{dossier.code}/").content.decode()

    assert "Đang ở bước 1 trên 3: Thẩm định." in read()
    press(office.browser("specialist"), dossier, "end-stage")
    page = read()
    assert "Đang ở bước 2 trên 3: Kiểm tra thực địa." in page and "Xong một bước" not in page
    services.propose(
        dossier.code or "",
        actor=as_specialist(office),
        stages_reason="Đơn giản.",
    )
    page = read()
    assert "Đang chờ lãnh đạo quyết định." in page and "Đơn giản." not in page


def test_how_the_asking_agency_divides_its_work_is_not_the_asked_ones_to_read(office: Office) -> None:
    dossier, other = worked_on(office), factories.make_other_agency()
    stage_steps.end(dossier.code or "", actor=as_specialist(office))
    desk = factories.official_actor(office.agency, ActorKind.DESK)
    stage_steps.return_to_earlier(dossier.code or "", actor=desk, reason="Kiểm lại nơi thường trú.")
    question = {"question": "Có vướng gì không?", "answer_due_on": date.fromisoformat(next_day())}
    consultation.request_consultation(dossier.code or "", actor=as_specialist(office), agency=other, **question)
    there = with_second_factor(factories.make_official(other, MembershipRole.SPECIALIST))
    here, asked = page_of(office.browser("specialist"), dossier), page_of(signed_in(there), dossier)
    assert "Có vướng gì không?" in asked
    for inner in ("Thẩm định", "Kiểm lại nơi thường trú."):
        assert inner in here and inner not in asked
