"""What the applicant did not know never stands on the certificate as “không rõ”; the register's word does."""

import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from datastore.management.commands.load_result_templates import DEFAULT
from dossiers import draft_checks, draft_papers, paper_gaps, results, services
from dossiers.models import Dossier, DraftState, ResultDraft, ResultIssue
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, TransitionError
from procedures import catalogue
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.backoffice.conftest import Office
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
MARRIED = {
    "relationship": "self",
    "marital_status": "married",
    "spouse_name": "Lê Thị Vợ",
    "marriage_certificate_number": "không rõ",
    "marriage_certificate_issuer": "UBND xã Thử",
    "purpose_text": "Vay vốn",
}
NUMBER, DAY = "Giấy chứng nhận kết hôn số", "Ngày cấp Giấy chứng nhận kết hôn"
NUMBER_FIELD, DAY_FIELD = "gap_marriage_certificate_number", "gap_marriage_certificate_issued_on"


@pytest.fixture
def married(tmp_path: Path) -> Dossier:
    """Who knows neither number nor day of her marriage certificate; one typed “không rõ”, the other is empty."""
    reference = own_reference()
    catalogue.load_life_events(reference)
    version = catalogue.load_pack(REFERENCE / "procedures" / "1.004873.yaml", reference=reference).version
    call_command("load_document_types", stdout=StringIO())
    shutil.copy(DEFAULT / "marital_status.txt", tmp_path)
    call_command("load_result_templates", tmp_path, stdout=StringIO())
    dossier = factories.processing_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(
        procedure_version=version, procedure_code=version.procedure.code, answers=MARRIED
    )
    return Dossier.objects.get(pk=dossier.pk)


def bench(dossier: Dossier) -> str:
    return f"/quan-tri/ho-so/{dossier.code}/"


def said(dossier: Dossier) -> str:
    return dict(draft_papers.rows(dossier))["Tình trạng hôn nhân"]


def test_the_certificate_says_wife_or_husband_where_the_holders_sex_is_known(office: Office, married: Dossier) -> None:
    other = {"subject_full_name": "Trần Văn Minh"}
    for more, word in (({"gender": "1"}, "vợ"), ({"gender": "2"}, "chồng"), ({"gender": "1", **other}, "vợ/chồng")):
        married.answers = MARRIED | more
        assert said(married).startswith(f"Đang có {word} là Lê Thị Vợ"), more


def test_the_register_says_what_the_applicant_did_not_know(office: Office, married: Dossier) -> None:
    assert said(married) == "Đang có vợ/chồng là Lê Thị Vợ (Giấy chứng nhận kết hôn do UBND xã Thử cấp)"
    step, specialist = f"/quan-tri/ho-so/{married.code}/buoc/propose/", office.browser("specialist")
    page = text(specialist.get(step))
    assert all(words in page for words in (NUMBER, DAY, "Người nộp không biết, ghi theo sổ"))
    typed = {"sequence": married.last_sequence, NUMBER_FIELD: "45/2024", DAY_FIELD: "31/02/2024"}
    assert specialist.post(step, typed).status_code == 422, "a day that no calendar has"
    assert specialist.post(step, typed | {DAY_FIELD: "12/5/2024"}).status_code == 302
    right = "(Giấy chứng nhận kết hôn số 45/2024, do UBND xã Thử cấp ngày 12/05/2024)"
    assert right in said(married)
    assert f"Ghi theo sổ: {NUMBER}, {DAY}." in text(office.browser("leader").get(f"/quan-tri/ho-so/{married.code}/"))
    married.refresh_from_db()
    assert married.answers["marriage_certificate_number"] == "không rõ", "what she declared stays as she declared it"
    leader = office.browser("leader")
    assert "Kết quả không ghi" not in text(leader.get(f"/quan-tri/ho-so/{married.code}/buoc/approve/"))
    services.approve(married.code or "", actor=factories.official_actor(married.agency, ActorKind.LEADER))
    work = ResultIssue.objects.get(dossier=married)
    assert married.agency is not None
    assert right in dict(results.content(married, married.agency, work).fields)["Tình trạng hôn nhân"]


def test_who_signs_reads_what_stays_unsaid(office: Office, married: Dossier) -> None:
    services.propose(married.code or "", actor=factories.official_actor(married.agency, ActorKind.AGENCY))
    page = text(office.browser("leader").get(f"/quan-tri/ho-so/{married.code}/buoc/approve/"))
    assert page.count(f"Kết quả không ghi: {NUMBER}, {DAY}.") == 1
    assert f"Kết quả không ghi: {NUMBER}, {DAY}." in text(office.browser("leader").get(bench(married)))


def test_who_signs_reads_beside_the_proposal_what_was_written_from_the_register(
    office: Office, married: Dossier
) -> None:
    written = {"marriage_certificate_number": "45/2024"}
    services.propose(
        married.code or "", actor=factories.official_actor(married.agency, ActorKind.AGENCY), written=written
    )
    for address in (bench(married), f"{bench(married)}buoc/approve/"):
        page = text(office.browser("leader").get(address))
        decide = page.partition('id="decide"')[2]
        assert f'<dt>{NUMBER}</dt><dd class="strong">45/2024</dd>' in decide and f"Kết quả không ghi: {DAY}." in decide
        declared = page.partition('id="content"')[2].partition('id="decide"')[0]
        assert "không rõ" in declared and "ghi theo sổ: 45/2024" in declared


@pytest.mark.parametrize("said", ["không rõ", "Chưa rõ.", "không có số", "Không tìm thấy trong sổ", "---", "N/A", "?"])
def test_that_the_register_does_not_say_it_is_nothing_to_write(office: Office, married: Dossier, said: str) -> None:
    step = f"{bench(married)}buoc/propose/"
    typed = {"sequence": married.last_sequence, NUMBER_FIELD: said, DAY_FIELD: "12/5/2024"}
    refused = office.browser("specialist").post(step, typed)
    page = text(refused)
    assert refused.status_code == 422 and "sổ không có thì để trống" in page and "12/5/2024" in page
    assert not married.events.filter(name="dossier.proposed").exists()


def test_what_was_written_so_before_counts_as_left_out(married: Dossier) -> None:
    ResultDraft.objects.create(dossier=married, corrections={"marriage_certificate_number": "không rõ"})
    assert [(gap.label, gap.text) for gap in paper_gaps.of(married)] == [(NUMBER, ""), (DAY, "")]


LEFT_OUT = ["không có", "Chưa thấy.", "Không có trong sổ năm 2015", "Không có số; không ghi ngày", "-", "N/A"]


@pytest.mark.parametrize("word", LEFT_OUT)
def test_what_the_leader_reads_as_left_out_is_left_out(office: Office, married: Dossier, word: str) -> None:
    """Words of before, for what was declared unknown and for what was known and put right to nothing."""
    Dossier.objects.filter(pk=married.pk).update(answers=MARRIED | {"marriage_certificate_issued_on": "2015-03-02"})
    married.refresh_from_db()
    corrections = {"marriage_certificate_number": word, "marriage_certificate_issued_on": word}
    ResultDraft.objects.create(dossier=married, corrections=corrections)
    unsaid = "(Giấy chứng nhận kết hôn do UBND xã Thử cấp)"
    assert unsaid in said(married)
    services.propose(married.code or "", actor=factories.official_actor(married.agency, ActorKind.AGENCY))
    page = text(office.browser("leader").get(f"{bench(married)}buoc/approve/"))
    assert f"Kết quả không ghi: {NUMBER}, {DAY}." in page
    services.approve(married.code or "", actor=factories.official_actor(married.agency, ActorKind.LEADER))
    work = ResultIssue.objects.get(dossier=married)
    assert married.agency is not None and set(work.corrections.values()) == {""}
    assert unsaid in dict(results.content(married, married.agency, work).fields)["Tình trạng hôn nhân"]


def test_an_empty_box_clears_what_was_written_so_before(married: Dossier) -> None:
    known = {"marriage_certificate_issued_on": "2015-03-02"}
    Dossier.objects.filter(pk=married.pk).update(answers=MARRIED | known)
    ResultDraft.objects.create(
        dossier=married,
        corrections={"marriage_certificate_number": "không có", "marriage_certificate_issued_on": "không có"},
    )
    code, specialist = married.code or "", factories.official_actor(married.agency, ActorKind.AGENCY)
    boxes = {"marriage_certificate_number": "", "marriage_certificate_issued_on": ""}
    services.propose(code, actor=specialist, written=boxes)
    married.refresh_from_db()
    assert draft_checks.corrections_of(married) == {"marriage_certificate_issued_on": ""}, "what was known stays out"
    assert "2015" not in said(married)
    assert paper_gaps.FIELD not in married.events.latest("sequence").data, "the paper says what it said"


def test_nobody_puts_a_draft_right_to_words_that_no_paper_prints(married: Dossier) -> None:
    type(married.procedure_version).objects.update(draft_days=1)
    known = {"marriage_certificate_number": "12/2015", "marriage_certificate_issued_on": "2015-03-02"}
    Dossier.objects.filter(pk=married.pk).update(answers=MARRIED | known)
    specialist = factories.official_actor(married.agency, ActorKind.AGENCY)
    with pytest.raises(InvalidInputError) as refused:
        draft_checks.correct_draft(
            married.code or "",
            actor=specialist,
            reason="Theo sổ.",
            corrections={"marriage_certificate_number": "không có", "spouse_name": "Lê Thị Hai"},
        )
    assert list(refused.value.fields) == ["marriage_certificate_number"]
    assert "sổ không có thì để trống" in str(refused.value.fields["marriage_certificate_number"][0])


@pytest.mark.parametrize(
    "entry",
    [
        "Không ghi số; đăng ký 12/5/1978 tại UBND xã X",
        "Không ghi số đăng ký ngày 12/5/1978",
        "Không có số, thuộc quyển thứ hai",
        "Na",
    ],
)
def test_what_a_register_does_say_is_written(married: Dossier, entry: str) -> None:
    specialist = factories.official_actor(married.agency, ActorKind.AGENCY)
    services.propose(married.code or "", actor=specialist, written={"marriage_certificate_number": entry})
    assert f"(Giấy chứng nhận kết hôn số {entry}, do" in said(married)


def test_only_a_gap_is_written_and_it_may_be_taken_back(married: Dossier) -> None:
    code, specialist = married.code or "", factories.official_actor(married.agency, ActorKind.AGENCY)
    services.propose(code, actor=specialist, written={"marriage_certificate_number": "45/2024", "spouse_name": "Lén"})
    assert "Lê Thị Vợ (Giấy chứng nhận kết hôn số 45/2024, do" in said(married)
    services.propose(code, actor=specialist)
    assert "số 45/2024" in said(married), "what is not sent stays"
    services.propose(code, actor=specialist, written={"marriage_certificate_number": ""})
    assert "(Giấy chứng nhận kết hôn do" in said(married)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(InvalidInputError) as future:
        services.propose(code, actor=specialist, written={"marriage_certificate_issued_on": f"{tomorrow:%d/%m/%Y}"})
    assert list(future.value.fields) == ["marriage_certificate_issued_on"]


def test_what_is_known_is_not_asked(married: Dossier) -> None:
    known = {"marriage_certificate_number": "12/2015", "marriage_certificate_issued_on": "2015-03-02"}
    Dossier.objects.filter(pk=married.pk).update(answers=MARRIED | known)
    assert paper_gaps.of(Dossier.objects.get(pk=married.pk)) == []


def test_what_the_form_reckons_from_a_gap_follows_it_and_is_no_gap_itself(married: Dossier) -> None:
    version = married.procedure_version
    assert version is not None
    version.form["pages"][0]["groups"][0]["fields"].append(
        {
            "key": "issued_in_words",
            "label": {"vi": "Ngày cấp bằng chữ"},
            "type": "computed",
            "compute": {"function": "date_in_words", "of": "marriage_certificate_issued_on"},
        }
    )
    version.save()
    code, specialist = married.code or "", factories.official_actor(married.agency, ActorKind.AGENCY)
    services.propose(code, actor=specialist, written={"marriage_certificate_issued_on": "12/05/2024"})
    kept = draft_checks.corrections_of(married)
    assert kept["marriage_certificate_issued_on"] == "12/05/2024" and "mười hai" in kept["issued_in_words"].lower()
    assert married.events.latest("sequence").data[paper_gaps.FIELD] == [DAY]
    services.propose(code, actor=specialist, written={"marriage_certificate_issued_on": "12/05/2024"})
    assert paper_gaps.FIELD not in married.events.latest("sequence").data, "nothing changed"


def test_a_gap_of_a_draft_that_she_confirmed_goes_to_her_again_and_to_no_leader(married: Dossier) -> None:
    type(married.procedure_version).objects.update(draft_days=1)
    code, specialist = married.code or "", factories.official_actor(married.agency, ActorKind.AGENCY)
    draft_checks.send_draft(code, actor=specialist)
    draft_checks.confirm_draft(code, actor=Actor.citizen(married.filer))
    gap = {"marriage_certificate_number": "45/2024"}
    with pytest.raises(TransitionError, match="Hãy sửa bản dự thảo, gửi lại"):
        services.propose(code, actor=specialist, written=gap)
    assert not married.events.filter(name="dossier.proposed").exists()
    assert married.draft_checks.get().state == DraftState.CONFIRMED
    draft_checks.correct_draft(code, actor=specialist, reason="Theo sổ.", corrections=gap)
    assert "số 45/2024" in said(married)
    draft_checks.send_draft(code, actor=specialist)
    draft_checks.confirm_draft(code, actor=Actor.citizen(married.filer))
    services.propose(code, actor=specialist, written=gap)
    assert married.events.filter(name="dossier.proposed").exists(), "nothing changed since she confirmed it"
