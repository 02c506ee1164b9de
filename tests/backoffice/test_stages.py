"""The stages on the workbench: where it stands, buttons that say what they do, each press once, no query more."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers import services, stage_steps
from dossiers.models import Dossier, DossierStage
from portal.agencies import processes
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import InternalProcess
from portal.agencies.processes import Stage
from tests import factories
from tests.backoffice.conftest import Office

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
    specialist = Actor(ActorKind.AGENCY, office.specialist, office.agency, name="Chuyên")
    services.accept(dossier.code or "", actor=factories.official_actor(office.agency))
    return services.start_processing(dossier.code or "", actor=specialist)


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
