"""Each step by each role through the page: what the table allows happens, the rest is refused in words."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import draft_checks, lifecycle, services, stage_steps, step_grounds
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, FilingChannel
from portal.agencies import processes
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, InternalProcess, Membership
from portal.agencies.processes import Stage
from portal.backoffice.step_words import STEPS
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import in_state, press, with_paper
from tests.dossiers.versions import publish_anew

pytestmark = pytest.mark.django_db
S = DossierState
OF_STAGES = {"end_stage", "skip_stage", "return_stage"}
OF_DRAFTS = {"send_draft", "confirm_draft", "dispute_draft", "correct_draft"}
KIND = {"desk": ActorKind.DESK, "specialist": ActorKind.AGENCY, "leader": ActorKind.LEADER}


OF_A_RESULT = frozenset({"return_result", "replace_result", "revoke_result"})


def with_draft(dossier: Dossier, name: str) -> None:
    """Let its procedure have the step of the draft; to be answered at the counter one has to lie there."""
    ProcedureVersion.objects.update(draft_days=1)
    if name in {"confirm_draft", "dispute_draft"} and dossier.agency is not None:
        draft_checks.send_draft(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.AGENCY))
        Dossier.objects.filter(pk=dossier.pk).update(channel=FilingChannel.DIRECT)
    dossier.refresh_from_db()


def in_a_stage(agency: Agency) -> Dossier:
    """In the second of three stages, an optional one that anybody may do."""
    stages = [Stage("Thẩm định"), Stage("Kiểm tra thực địa", is_optional=True), Stage("Soạn dự thảo")]
    InternalProcess.objects.create(
        agency=agency, stages=processes.kept(stages), legal_basis="QĐ 1", valid_from=date(2026, 1, 1)
    )
    dossier = in_state(S.PROCESSING)
    stage_steps.end(dossier.code or "", actor=factories.official_actor(agency, ActorKind.AGENCY))
    dossier.refresh_from_db()
    return dossier


@pytest.mark.parametrize("who", list(KIND))
@pytest.mark.parametrize("state", [state for state in S if state != S.DRAFT])
def test_exactly_the_steps_of_the_table_are_offered(office: Office, who: str, state: DossierState) -> None:
    dossier = in_state(state)
    page = office.browser(who).get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    offered = {name for name, step in STEPS.items() if f"/buoc/{step.address}/" in page}
    if reverse("admin:counter_supplement", args=[dossier.code]) in page:  # on a page of its own, at the counter
        offered.add("supplement")
    others = set() if who == "leader" else {"revert"}  # somebody else took the last step
    has_no_object = (
        others
        | {"send_back", "rebase", "go_on_without"}
        | OF_DRAFTS
        | OF_STAGES
        | (OF_A_RESULT if state == S.DECIDED else set())
    )
    assert offered == {row.name for row in lifecycle.allowed(state, KIND[who])} - has_no_object
    # she still has time to answer;
    # its agency has no stages, nothing was proposed, no newer version published, no draft sent, and the result of what
    # was decided is not drawn


@pytest.mark.parametrize("who", list(KIND))
@pytest.mark.parametrize("name", list(STEPS))
def test_each_step_by_each_role(office: Office, who: str, name: str) -> None:
    transition = lifecycle.TRANSITIONS[name]
    states = sorted(transition.sources, key=list(S).index)
    dossier = in_state(states[-1] if name in OF_A_RESULT else states[0])
    if name == "return_result":
        dossier = with_paper(dossier)
    if name == "rebase" and dossier.procedure_version is not None:
        publish_anew(dossier.procedure_version)
    if name in OF_STAGES:
        dossier = in_a_stage(office.agency)
    if name in OF_DRAFTS:
        with_draft(dossier, name)
    if name == "go_on_without":
        dossier = factories.file_dossier(version=factories.make_version("1.000777", closes_on_silence=False))
        asker = factories.official_actor(office.agency)
        dossier = services.request_supplement(dossier.code or "", actor=asker, reason="Ảnh mờ.")
        dossier.supplement_requests.update(answer_due_at=timezone.now() - timedelta(hours=1))
    if name == "send_back":
        proposer = factories.official_actor(office.agency, ActorKind.AGENCY)
        dossier = services.propose(dossier.code or "", actor=proposer, reason="Đủ.")
    if name == "revert":  # who is no leader takes back what she pressed herself
        dossier = in_state(S.SUBMITTED)
        press(office.browser(who), dossier, "accept")
        dossier.refresh_from_db()
    response = press(office.browser(who), dossier, name)
    event = dossier.events.latest()
    if KIND[who] in transition.by:
        assert response.status_code == 302, response.content.decode()
        assert event.name == transition.event
        assert event.actor_user == getattr(office, who)
    else:
        assert response.status_code == 403
        assert event.name != transition.event


@pytest.mark.parametrize("name", ["refuse_intake", "request_supplement", "require_payment"])
def test_what_is_missing_is_said_at_its_field_and_nothing_happens(office: Office, name: str) -> None:
    dossier = in_state(S.SUBMITTED)
    address = f"/quan-tri/ho-so/{dossier.code}/buoc/{name.replace('_', '-')}/"
    response = office.browser("desk").post(address, {"sequence": str(dossier.last_sequence), "reason": ""})
    assert response.status_code == 422
    assert "govuk-error-summary" in response.content.decode()
    dossier.refresh_from_db()
    assert dossier.state == S.SUBMITTED


def test_payment_lines_become_obligations(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    assert press(office.browser("desk"), dossier, "require_payment").status_code == 302
    owed = dossier.obligations.get()
    assert (owed.kind, owed.description, owed.amount_vnd) == ("le_phi", "Lệ phí", 8000)
    assert press(office.browser("desk"), dossier, "require_payment", own_amount="-5").status_code == 422


def test_the_leader_sees_and_signs_what_the_specialist_wrote(office: Office) -> None:
    """Lines come with the proposal; who approves is who signs, a deputy for the head, whatever else is sent."""
    dossier = in_state(S.PROCESSING)
    Membership.objects.filter(user=office.leader).update(title="Phó Chủ tịch")
    assert press(office.browser("specialist"), dossier, "propose", content="sai").status_code == 422
    press(office.browser("specialist"), dossier, "propose", content="Nơi cấp: Cửa Nam\nSố: 001093000123")
    dossier.refresh_from_db()
    leader = office.browser("leader")
    page = leader.get(f"/quan-tri/ho-so/{dossier.code}/buoc/approve/").content.decode()
    assert "KT. CHỦ TỊCH<br>PHÓ CHỦ TỊCH<br>Vũ Minh Lãnh" in page and "Cửa Nam" in page
    assert "001093000123" not in page and "signer_name" not in page and 'name="content"' not in page
    more = {"signer_name": "Người Khác", "signer_title": "Chủ tịch", "content": "Thêm: lén"}
    press(leader, dossier, "approve", document_number="15/XN-UBND", **more)
    work = dossier.result_issue
    assert (work.document_number, work.signer_name, work.signer_title) == (
        "15/XN-UBND",
        "Vũ Minh Lãnh",
        "Phó Chủ tịch",
    )
    assert work.fields == {"rows": [["Nơi cấp", "Cửa Nam"], ["Số", "001093000123"]]}


def test_a_proposal_waits_for_the_leader(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    press(office.browser("specialist"), dossier, "propose", reason="Đủ điều kiện cấp.")
    leader = office.browser("leader")
    assert dossier.code in leader.get("/quan-tri/hang-doi/cho-duyet/").content.decode().replace("<wbr>", "")
    assert "Đủ điều kiện cấp." in leader.get(f"/quan-tri/ho-so/{dossier.code}/buoc/approve/").content.decode()
    for address in (
        f"/quan-tri/ho-so/{dossier.code}/",
        "/quan-tri/hang-doi/cho-duyet/",
        "/quan-tri/hang-doi/dang-xu-ly/",
    ):
        assert ">Chờ lãnh đạo duyệt</span>" in leader.get(address).content.decode(), address
    assert "Chờ lãnh đạo duyệt" not in signed_in(dossier.filer).get(f"/ho-so/{dossier.code}/").content.decode()
    dossier.refresh_from_db()
    press(leader, dossier, "send_back", reason="Viết lại căn cứ.")
    assert "Chờ lãnh đạo duyệt</span>" not in leader.get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()


@pytest.mark.parametrize(
    ("who", "state", "name"),
    [
        ("desk", S.SUBMITTED, "refuse_intake"),
        ("desk", S.SUBMITTED, "request_supplement"),
        ("leader", S.PROCESSING, "extend"),
        ("leader", S.STOPPED, "reopen"),
    ],
)
def test_the_page_of_a_step_tells_its_condition_and_ground(office: Office, who: str, state: S, name: str) -> None:
    dossier = in_state(state)
    page = office.browser(who).get(f"/quan-tri/ho-so/{dossier.code}/buoc/{name.replace('_', '-')}/").content.decode()
    told = page.partition("Điều kiện và căn cứ")[2].partition("</details>")[0]
    ground = step_grounds.GROUNDS[name]
    assert ground.condition in told and ground.law in told


def test_a_proposal_without_words_says_so(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    press(office.browser("specialist"), dossier, "propose", reason="")
    for place in ("", "buoc/approve/"):
        page = office.browser("leader").get(f"/quan-tri/ho-so/{dossier.code}/{place}").content.decode()
        assert "Không ghi ý kiến." in page and "<p>–</p>" not in page, place


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("mục đích: Đi học", "Giấy đã in “mục đích” từ tờ khai"),
        ("Nơi cấp: Cửa Nam\nNƠI CẤP: Hà Nội", "“NƠI CẤP” được ghi hai lần"),
    ],
)
def test_a_line_that_the_paper_says_already_is_not_added(office: Office, lines: str, words: str) -> None:
    dossier = factories.processing_dossier()
    refused = press(office.browser("specialist"), dossier, "propose", reason="Đủ.", content=lines)
    page = refused.content.decode()
    assert refused.status_code == 422 and words in page and lines.splitlines()[-1] in page
    assert press(office.browser("specialist"), dossier, "propose", content="Nơi cấp: Cửa Nam").status_code == 302


def test_a_decision_without_a_proposal_is_told_before_and_after(office: Office) -> None:
    words = "Chưa có đề xuất của chuyên viên"
    bare, proposed = in_state(S.PROCESSING), in_state(S.PROCESSING)
    leader = office.browser("leader")
    press(office.browser("specialist"), proposed, "propose", reason="Đủ điều kiện cấp.")
    for dossier, is_told in ((bare, True), (proposed, False)):
        page = f"/quan-tri/ho-so/{dossier.code}/"
        dossier.refresh_from_db()
        assert (words in leader.get(page).content.decode()) is is_told
        assert (words in leader.get(f"{page}buoc/approve/").content.decode()) is is_told
        press(leader, dossier, "approve")
        assert ("Duyệt khi chưa có đề xuất" in leader.get(page).content.decode()) is is_told
        event = dossier.events.get(name="dossier.decided")
        assert event.data.get("is_without_proposal", False) is is_told


def test_a_dossier_of_the_agencys_own_system_is_only_read(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    dossier.handled_by = factories.make_client(office.agency)
    dossier.save()
    client = office.browser("desk")
    page = client.get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert f"Do {dossier.handled_by.name} giải quyết" in page and "/buoc/" not in page
    assert press(client, dossier, "accept").status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == S.SUBMITTED


def test_assignment_goes_to_officials_of_the_agency_only(office: Office) -> None:
    dossier = in_state(S.ACCEPTED)
    client = office.browser("leader")
    address = f"/quan-tri/ho-so/{dossier.code}/phan-cong/"
    client.post(address, {"official": office.foreign_desk.pk, "sequence": dossier.last_sequence})
    dossier.refresh_from_db()
    assert dossier.assignee is None
    client.post(address, {"official": office.specialist.pk, "sequence": dossier.last_sequence})
    dossier.refresh_from_db()
    assert dossier.assignee == office.specialist
    assert dossier.code in office.browser("specialist").get("/quan-tri/hang-doi/cua-toi/").content.decode().replace(
        "<wbr>", ""
    )
