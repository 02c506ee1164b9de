"""A newborn's number comes with the registration: asked for once, seen before the signature, on paper, in the store."""

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from pypdf import PdfReader

from datastore.models import Document
from datastore.results import credential
from datastore.storage import open_stream
from dossiers import (
    draft_checks,
    draft_papers,
    number_assignment,
    paper_facts,
    person_numbers,
    replacing,
    results,
    services,
)
from dossiers.models import Dossier, PersonNumber, ResultDraft, ResultIssue
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import MembershipRole
from portal.core.errors import InvalidInputError, TransitionError, UpstreamError
from portal.core.work import WorkState, drain
from portal.exchange import transport
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.backoffice.situations import drawn, proven

pytestmark = pytest.mark.django_db
NUMBER = "001326000123"
CHILD = {"child_full_name": "Nguyễn Minh An", "child_date_of_birth": "2026-11-02", "child_gender": "2"}


class Register:
    """The population database as transport.post_json sees it."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status, self.number = 201, NUMBER

    def __call__(self, url: str, payload: dict[str, Any], *, headers: dict[str, str], is_ours: bool) -> Any:
        assert is_ours and headers["Authorization"].startswith("Bearer ") and NUMBER not in url
        self.asked.append(payload)
        return transport.Response(self.status, json={"personal_id": self.number})


@pytest.fixture
def register(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Register:
    settings.POPULATION_URL, settings.POPULATION_SECRET = "https://dan-cu.vidu.example/", "x"
    found = Register()
    monkeypatch.setattr(transport, "post_json", found)
    return found


@pytest.fixture
def birth(register: Register) -> Dossier:
    """A birth in the specialist's hands, of a procedure that assigns numbers."""
    sexes = [{"value": "1", "vi": "Nam", "en": "Male"}, {"value": "2", "vi": "Nữ", "en": "Female"}]
    form = {"pages": [{"key": "child", "title": _both("Trẻ"), "groups": [_group()]}], "lists": {"gender": sexes}}
    named = {"full_name": "child_full_name", "date_of_birth": "child_date_of_birth", "gender": "child_gender"}
    version = factories.make_version(form=form, needs_paper=False, sheet={"assigns_personal_id": named})
    dossier = factories.processing_dossier(version=version)
    Dossier.objects.update(answers=CHILD)
    dossier.refresh_from_db()
    return dossier


def _both(text: str) -> dict[str, str]:
    return {"vi": text, "en": text}


def _group() -> dict[str, Any]:
    return {
        "key": "child",
        "title": _both("Trẻ"),
        "fields": [
            {"key": "child_full_name", "label": _both("Họ tên"), "type": "text"},
            {"key": "child_date_of_birth", "label": _both("Ngày sinh"), "type": "date"},
            {"key": "child_gender", "label": _both("Giới tính"), "type": "choice", "choices": "gender"},
        ],
    }


def approve(dossier: Dossier) -> ResultIssue:
    assert dossier.agency is not None
    services.approve(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER))
    return ResultIssue.objects.get(dossier=dossier)


def test_the_number_is_seen_before_the_signature_and_goes_with_the_paper(birth: Dossier, register: Register) -> None:
    assert birth.agency is not None and birth.owner is not None
    services.propose(birth.code or "", actor=factories.official_actor(birth.agency, ActorKind.AGENCY))
    assert drain(PersonNumber, number_assignment.assign) == 1
    number_assignment.assign(PersonNumber.objects.get())  # once more, as after a crash
    assert [asked["reference"] for asked in register.asked] == [birth.code]
    assert register.asked[0] == {
        "reference": birth.code,
        "full_name": "Nguyễn Minh An",
        "date_of_birth": "2026-11-02",
        "gender": "female",
        "province_code": "01",
    }
    leader = with_second_factor(factories.make_official(birth.agency, MembershipRole.LEADER))
    bench = signed_in(leader).get(f"/quan-tri/ho-so/{birth.code}/").content.decode()
    assert "Số định danh cấp khi đăng ký" in bench and "Cơ sở dữ liệu dân cư đã cấp số định danh" in bench
    assert NUMBER not in bench, "masked, as every number there"
    results.issue(approve(birth))
    assert len(register.asked) == 1
    paper = Document.objects.get(credential__reference=birth.code)
    assert paper.about == {
        "name": "Nguyễn Minh An",
        "date_of_birth": "2026-11-02",
        "gender": "2",
        "personal_id": NUMBER,
    }
    with open_stream(paper.files.get().blob) as stream:
        words = " ".join(PdfReader(BytesIO(stream.read())).pages[0].extract_text().split())
    assert f"Số định danh cá nhân {NUMBER}" in words
    assert credential.verify(paper.credential.token).statement.dossier_code == birth.code
    with connection.cursor() as cursor:
        cursor.execute("SELECT about_facts FROM datastore_document WHERE id = %s", [paper.pk])
        assert NUMBER not in cursor.fetchone()[0], "it lies there encrypted"


def test_what_was_put_right_on_the_draft_is_registered_and_kept(birth: Dossier, register: Register) -> None:
    """The name before the correction goes neither to the population database nor into the store and the next form."""
    ProcedureVersion.objects.update(draft_days=1)
    assert birth.agency is not None and birth.owner is not None and birth.filer is not None
    code, specialist = birth.code or "", factories.official_actor(birth.agency, ActorKind.AGENCY)
    services.propose(code, actor=specialist)
    drain(PersonNumber, number_assignment.assign)
    right = "Nguyễn Minh Ánh"
    draft_checks.correct_draft(code, actor=specialist, reason="Mẹ báo.", corrections={"child_full_name": right})
    assert not PersonNumber.objects.exists(), "asked again with the right name"
    draft_checks.send_draft(code, actor=specialist)
    draft_checks.confirm_draft(code, actor=Actor.citizen(birth.filer))
    results.issue(approve(birth))
    assert [asked["full_name"] for asked in register.asked] == [CHILD["child_full_name"], right]
    paper = Document.objects.get(credential__reference=code)
    assert (paper.about_name, paper.about["name"]) == (right, right)
    told = next(told for told in paper_facts.told_by(birth.owner) if told.document == paper)
    assert told.contents["child_full_name"].value == right


def test_a_paper_waits_while_the_database_is_away(birth: Dossier, register: Register) -> None:
    register.status = 503
    work = approve(birth)
    with pytest.raises(UpstreamError, match="503"):
        results.issue(work)
    assert not Document.objects.filter(credential__reference=birth.code).exists()
    register.status = 200
    results.issue(ResultIssue.objects.get())
    assert ResultIssue.objects.get().fields["rows"] == [["Số định danh cá nhân", NUMBER]]
    assert PersonNumber.objects.get().work_state == WorkState.DONE


def test_what_the_registrar_wrote_is_not_asked_for(birth: Dossier, register: Register) -> None:
    assert birth.agency is not None
    written = services.Decision(fields=[("Số định danh cá nhân", "001326000999")])
    services.approve(birth.code or "", actor=factories.official_actor(birth.agency, ActorKind.LEADER), decision=written)
    results.issue(ResultIssue.objects.get())
    assert not register.asked
    assert Document.objects.get(credential__reference=birth.code).about_personal_id == "001326000999"


def test_a_number_of_another_sex_is_not_signed_after_a_correction(birth: Dossier, register: Register) -> None:
    assert birth.agency is not None
    PersonNumber.objects.create(dossier=birth, number=NUMBER)
    assert (person_numbers.LABEL, NUMBER) in draft_papers.rows(birth)
    ResultDraft.objects.create(dossier=birth, corrections={"child_gender": "Nam"})
    assert (person_numbers.LABEL, person_numbers.TO_COME) in draft_papers.rows(birth)
    with pytest.raises(TransitionError, match="không còn khớp"):
        approve(birth)
    with pytest.raises(UpstreamError, match="không còn khớp"):
        number_assignment.number_of(birth)
    written = services.Decision(fields=[("Số định danh cá nhân", "001226000999")])
    services.approve(birth.code or "", actor=factories.official_actor(birth.agency, ActorKind.LEADER), decision=written)


@pytest.mark.parametrize(("typed", "why"), [("001226000999", "khớp"), ("001325000123", "khớp"), ("0013", "12 chữ số")])
def test_a_typed_number_is_held_to_the_paper_before_the_signature(birth: Dossier, typed: str, why: str) -> None:
    """Where it is typed, and where it is signed: another's number is in nobody's interest."""
    assert birth.agency is not None
    kinds = (ActorKind.AGENCY, ActorKind.LEADER)
    specialist, leader = (factories.official_actor(birth.agency, kind) for kind in kinds)
    line = (person_numbers.LABEL, typed)
    with pytest.raises(TransitionError, match=why):
        services.propose(birth.code or "", actor=specialist, lines=[line])
    ResultDraft.objects.create(dossier=birth, lines=[list(line)])
    with pytest.raises(TransitionError, match=why):
        services.approve(birth.code or "", actor=leader)


@pytest.mark.parametrize("wrong", ["001226000123", "001325000123", "12345", ""])
def test_a_number_that_cannot_be_hers_is_refused(birth: Dossier, register: Register, wrong: str) -> None:
    register.number = wrong
    with pytest.raises(UpstreamError):
        results.issue(approve(birth))


def test_a_replacement_carries_no_other_persons_number(birth: Dossier, register: Register) -> None:
    """Whoever orders it, a leader or the agency's own system: the rules of the form hold, and the number stays hers."""
    assert birth.agency is not None and birth.owner is not None
    approve(birth)
    paper = proven(drawn(birth.owner), birth.code or "")
    Dossier.objects.update(result_document=paper)
    rows = {"rows": [[person_numbers.LABEL, NUMBER]]}
    ResultIssue.objects.update(document=paper, work_state=WorkState.DONE, fields=rows)
    leader = factories.official_actor(birth.agency, ActorKind.LEADER)
    system = Actor.partner(factories.make_client(birth.agency))

    def refusal(actor: Actor, said: dict[str, str], *lines: tuple[str, str]) -> str:
        decision = services.Decision(signer_name="A", fields=lines)
        kept = {"keeps_rest": actor == system, "decision": decision, "corrections": said}
        with pytest.raises(InvalidInputError) as refused:
            replacing.replace_result(birth.code or "", actor=actor, reason="Sai.", legal_basis="x", **kept)
        return f"{refused.value.words} {list(refused.value.fields)}"

    line = (person_numbers.LABEL, NUMBER)
    assert "không còn khớp" in refusal(leader, {"child_gender": "Nam"}, line)
    assert "Giữ dòng" in refusal(leader, {"child_full_name": "Nguyễn Minh Ánh"})
    assert "12 chữ số" in refusal(leader, {}, (person_numbers.LABEL, "0013"))
    Dossier.objects.update(handled_by=system.client)
    assert "không còn khớp" in refusal(system, {"child_gender": "Nam"})
    assert "corrections.child_date_of_birth" in refusal(system, {"child_date_of_birth": "31/02/2026"})
    right = services.Decision(fields=[(person_numbers.LABEL, "001226000999")])
    said = {"reason": "Sai.", "legal_basis": "x", "corrections": {"child_gender": "nam"}, "keeps_rest": True}
    replacing.replace_result(birth.code or "", actor=system, decision=right, **said)
    assert ResultIssue.objects.get().corrections["child_gender"] == "Nam", "as the form writes it"


def test_a_refused_number_is_told_at_the_desk_and_asked_anew_once_it_is_put_right(
    birth: Dossier, register: Register
) -> None:
    assert birth.agency is not None
    ProcedureVersion.objects.update(draft_days=1)
    register.status = 422
    code, specialist = birth.code or "", factories.official_actor(birth.agency, ActorKind.AGENCY)
    services.propose(code, actor=specialist)
    drain(PersonNumber, number_assignment.assign)
    leader = with_second_factor(factories.make_official(birth.agency, MembershipRole.LEADER))
    bench = signed_in(leader).get(f"/quan-tri/ho-so/{code}/").content.decode()
    assert "từ chối cấp số (mã 422)" in bench and "UpstreamError" not in bench
    PersonNumber.objects.update(work_state=WorkState.DEAD)
    assert "Cổng đã thôi hỏi" in signed_in(leader).get(f"/quan-tri/ho-so/{code}/").content.decode()
    register.status = 201
    right = {"child_date_of_birth": "03/11/2026"}
    draft_checks.correct_draft(code, actor=specialist, reason="Sai ngày.", corrections=right)
    assert drain(PersonNumber, number_assignment.assign) == 1
    assert register.asked[-1]["date_of_birth"] == "2026-11-03" and PersonNumber.objects.get().number == NUMBER
