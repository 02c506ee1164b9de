"""A mandate on paper at the counter: what it opens there, what it does not, and who reads of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from datastore import services as store
from datastore.models import AccessLog, Document
from dossiers import for_others, mandates, services, written_mandates
from dossiers.facts import facts_for
from dossiers.letters import render
from dossiers.models import CounterVisit, Dossier, FilingChannel, Letter, LetterKind
from dossiers.services import Defect
from portal.accounts import people, representations
from portal.accounts.models import CitizenProfile, EndReason, Representation, RepresentationKind, User
from portal.agencies.actors import ActorKind
from portal.backoffice import views_counter_mandate
from portal.indicators import figures
from portal.indicators.periods import Period
from portal.notifications.models import Message
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.desks import ForAnother
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import text
from tests.dossiers.letter_texts import words
from tests.factories import official_actor

pytestmark = pytest.mark.django_db
PAPER = "Giấy ủy quyền 05/2026"
ADDRESS = "Số 9 ngõ Kín"


@pytest.fixture
def version(office: Office) -> ProcedureVersion:
    return factories.make_version()


@pytest.fixture
def principal(version: ProcedureVersion) -> User:
    """Somebody with an account, an address and a paper in her store, who stays at home."""
    user = factories.make_citizen("Lê Văn Chủ", phone="0988000111")
    CitizenProfile.objects.filter(user=user).update(
        address_line=ADDRESS, province_code="01", commune_code="00073", ethnicity="Tày"
    )
    store.deposit(owner=user, content=make_pdf(), name="giay.pdf", type_code="GT.KHAC", title="Giấy của chủ", trust="A")
    user.refresh_from_db()
    return user


@pytest.fixture
def counter(office: Office, version: ProcedureVersion, principal: User) -> ForAnother:
    return ForAnother(office, version, person=factories.make_citizen("Trần Thị Khách"))


def day(days: int) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d/%m/%Y}"


def form_of(principal: User, **changes: str) -> dict[str, str]:
    profile = principal.citizen
    told = {
        "personal_id": profile.personal_id,
        "full_name": profile.full_name,
        "date_of_birth": f"{profile.date_of_birth:%d/%m/%Y}",
        "gender": profile.gender or "1",
        "paper": PAPER,
        "made_on": day(-10),
        "attestation": "certified",
        "attested_by": "UBND phường Cửa Nam, số 112",
        "procedures": "1.000001",
        "last": "",
        "has_seen_proof": "on",
        "seen_warnings": "1",
    }
    return told | changes


def send(counter: ForAnother, principal: User, **changes: str) -> Any:
    told = form_of(principal, procedures=counter.version.procedure.code) | changes
    return counter.browser.post(f"{counter.visit_url}giay-uy-quyen/", told)


def shown(counter: ForAnother, principal: User, **changes: str) -> ForAnother:
    response = send(counter, principal, **changes)
    assert response.status_code == 302, text(response)
    return counter.at(response["Location"])


def test_the_dossier_is_the_principals_and_the_paper_is_named_everywhere(
    office: Office, counter: ForAnother, principal: User
) -> None:
    link = f'href="{counter.visit_url}giay-uy-quyen/"'
    assert link in counter.browser.get(counter.visit_url).content.decode()
    shown(counter, principal)
    page = text(counter.browser.get(counter.visit_url))
    assert "Lê Văn Chủ" in page and PAPER in page and "UBND phường Cửa Nam, số 112" in page
    filed = counter.fill().submit()
    held = Representation.objects.get()
    assert (filed.owner, filed.filer, filed.representation) == (principal, counter.person, held)
    assert (filed.applicant_name, filed.channel) == ("Lê Văn Chủ", FilingChannel.DIRECT)
    assert filed.applicant_phone == counter.person.citizen.phone, "reached as who came"
    log = AccessLog.objects.get(owner=principal, reader=office.desk, purpose__startswith="Tiếp nhận hồ sơ tại quầy")
    assert "người đến: Trần Thị Khách" in log.purpose and PAPER in log.purpose
    letter = Letter.objects.filter(dossier=filed, kind=LetterKind.RECEIPT).select_related("event").get()
    receipt = words(render(letter, filed))
    assert "Trần Thị Khách (người được ủy quyền, theo Giấy ủy quyền 05/2026, lập ngày" in receipt
    bench = text(office.browser("specialist").get(f"/quan-tri/ho-so/{filed.code}/"))
    assert "Người nộp thay" in bench and "chứng thực: UBND phường Cửa Nam, số 112" in bench


def test_it_opens_neither_store_nor_identity_nor_draft_nor_dossier_of_the_principal(
    office: Office, counter: ForAnother, principal: User
) -> None:
    before = factories.file_dossier(citizen=principal, version=counter.version)
    shown(counter, principal)
    draft = counter.begin()
    assert draft.answers["full_name"] == "Lê Văn Chủ"
    told = str(draft.answers) + str(draft.answer_sources)
    for hidden in (ADDRESS, "Tày", "0988000111", before.code or "-"):
        assert hidden not in told, hidden
    assert "Từ giấy ủy quyền xuất trình tại quầy" in told
    pages = [text(counter.browser.get(counter.visit_url))]
    pages.append(text(counter.browser.get(f"{counter.base}noi-nop/")))
    counter.browser.post(f"{counter.base}noi-nop/", {"province_code": "01", "commune_code": "00073"})
    pages.append(text(counter.browser.get(f"{counter.base}noi-dung/")))
    counter.browser.post(f"{counter.base}noi-dung/", {"full_name": "Lê Văn Chủ", "purpose": "Đi học"})
    pages.append(text(counter.browser.get(f"{counter.base}giay-to/")))
    for hidden in (ADDRESS, "0988000111", "Giấy của chủ", before.code or "-", principal.citizen.personal_id):
        assert not [n for n, page in enumerate(pages) if hidden in page], hidden
    key = Document.objects.get(owner=principal, title="Giấy của chủ").pk
    taken = counter.browser.post(f"{counter.base}giay-to/", {"reuse": f"TEST-GIAY|{key}"})
    assert taken.status_code == 422
    known = facts_for(Dossier.objects.get(pk=draft.pk), with_store=True)
    assert set(known) == {"store", "earlier", "identity", "guardian", "filing"} and not known["earlier"]
    identity = known["identity"]
    assert (identity["full_name"], identity["residence"], identity["ethnicity"]) == ("Lê Văn Chủ", None, "")


def test_on_the_portal_the_bearer_has_nothing_of_it(counter: ForAnother, principal: User) -> None:
    filed = shown(counter, principal).fill().submit()
    bearer = User.objects.get(pk=counter.person.pk)
    home = signed_in(bearer)
    assert home.get(f"/ho-so/{filed.code}/").status_code == 404
    assert home.get(f"{counter.base}kiem-tra/").status_code == 404
    assert filed.code not in text(home.get("/ho-so/"))
    assert not representations.held_by(bearer) and not bearer.represents_others
    assert "Lê Văn Chủ" not in text(home.get(f"/nop-ho-so/{counter.version.procedure.code}/"))
    mine = text(signed_in(principal).get(f"/ho-so/{filed.code}/"))
    assert filed.code.rpartition("-")[2] in mine, "it is the principal's"


def test_what_she_began_by_a_richer_mandate_is_not_gone_on_with(
    office: Office, counter: ForAnother, principal: User
) -> None:
    given = mandates.give(principal=principal, procedure_codes=[], days=30, may_use_store=True)
    rich = mandates.claim(given.code, user=counter.person)
    own_url = counter.visit_url
    draft = counter.for_person(rich).begin()
    representations.end(rich.public_id, user=principal)
    counter.at(own_url)
    later = send(counter, principal, made_on=day(0))
    assert later.status_code == 422, "not younger than what was taken back"
    Representation.objects.filter(pk=rich.pk).update(ended_at=timezone.now() - timedelta(days=3))
    shown(counter, principal, made_on=day(-1))
    assert str(draft.public_id) not in text(counter.browser.get(counter.visit_url))
    assert counter.begin().pk != draft.pk


def test_the_paper_binds_to_its_procedures_and_days(office: Office, counter: ForAnother, principal: User) -> None:
    other = factories.make_version("1.000009")
    shown(counter, principal)
    assert counter.offered(counter.version.procedure.code) and not counter.offered(other.procedure.code)
    refused = text(counter.browser.post(counter.visit_url, {"thu-tuc": other.procedure.code}, follow=True))
    assert "Giấy ủy quyền không gồm thủ tục này" in refused and not Dossier.objects.exists()
    held = Representation.objects.get()
    assert held.valid_to == written_mandates.a_year_from(held.valid_from)
    assert (held.kind, held.may_use_store, held.procedure_codes) == (
        RepresentationKind.MANDATE,
        False,
        [counter.version.procedure.code],
    )


def test_shown_again_it_is_the_same_and_chosen_again_today_without_typing(counter: ForAnother, principal: User) -> None:
    own_url = counter.visit_url
    first = shown(counter, principal).visit
    assert counter.at(own_url) and shown(counter, principal).visit == first
    assert Representation.objects.count() == 1
    assert Message.objects.filter(recipient=principal, channel="inbox").count() == 1
    counter.at(own_url)
    value = f"nguoi-{first.representation.public_id}"  # type: ignore[union-attr] # it has one
    assert value in text(counter.browser.get(own_url))
    assert counter.choose(value)["Location"].endswith(f"{first.public_id}/")
    CounterVisit.objects.update(opened_at="2026-01-05T02:00:00Z")
    again = ForAnother(counter.office, counter.version, person=counter.person)
    assert value not in text(again.browser.get(again.visit_url)), "tomorrow anew"
    told = text(again.browser.get(again.choose(value)["Location"]))
    assert "không còn nộp thay được nơi vừa chọn" in told and CounterVisit.objects.latest("pk") == again.visit


def test_the_principal_reads_who_brought_which_paper_and_takes_it_back(
    office: Office, counter: ForAnother, principal: User
) -> None:
    shown(counter, principal).fill()
    heard = Message.objects.get(recipient=principal, channel="inbox", kind="representation.began")
    assert heard.link == "/dai-dien/"
    mine = signed_in(principal)
    page = text(mine.get("/dai-dien/"))
    assert "Trần Thị Khách" in page and PAPER in page
    held = Representation.objects.get()
    assert mine.post(f"/dai-dien/{held.public_id}/thoi/").status_code == 302
    held.refresh_from_db()
    assert held.end_reason == EndReason.WITHDRAWN
    assert counter.browser.post(f"{counter.base}kiem-tra/").status_code == 403, "nothing is filed by it"
    own = ForAnother(office, counter.version, person=counter.person)
    refused = send(own, principal)
    assert refused.status_code == 422 and "đã thu hồi ủy quyền cho người này ngày" in text(refused)
    assert Dossier.objects.get().state == "draft"


def test_taken_back_after_it_was_filed_the_dossier_goes_on_and_the_principal_hears(
    office: Office, counter: ForAnother, principal: User
) -> None:
    filed = shown(counter, principal).fill().submit()
    heard = {row.recipient for row in Message.objects.filter(channel="inbox", kind="dossier.accepted")}
    assert heard == {principal, counter.person}, "both, as long as it counts"
    own = Message.objects.get(channel="inbox", kind="dossier.accepted", recipient=counter.person)
    assert own.link == f"/tra-cuu/?code={filed.code}"
    representations.end(Representation.objects.get().public_id, user=principal)
    Message.objects.all().delete()
    services.stop(filed.code or "", actor=official_actor(office.agency, ActorKind.AGENCY), reason="Người nộp xin dừng.")
    assert {row.recipient for row in Message.objects.filter(channel="inbox")} == {principal}


def test_what_she_brings_later_goes_into_no_open_store(office: Office, counter: ForAnother, principal: User) -> None:
    filed = shown(counter, principal).fill().submit()
    defects = [Defect("TEST-GIAY", "Giấy tờ thử", "Thiếu trang 2")]
    services.request_supplement(filed.code or "", actor=official_actor(office.agency), reason="Thiếu", defects=defects)
    page = text(counter.browser.get(f"/quan-tri/ho-so/{filed.code}/bo-sung/"))
    assert "Trần Thị Khách" in page and "Giấy của chủ" not in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"paper": " "}, "Hãy ghi loại giấy và số"),
        ({"made_on": day(2)}, "Giấy không thể lập sau hôm nay"),
        ({"made_on": day(-400)}, "Giấy ủy quyền đã hết hạn ngày"),
        ({"last": day(-1)}, "Giấy ủy quyền đã hết hạn ngày"),
        ({"attestation": ""}, "Hãy chọn vì sao tin được chữ ký"),
        ({"attestation": "trust"}, "Hãy chọn vì sao tin được chữ ký"),
        ({"attested_by": " "}, "Hãy ghi ai chứng thực"),
        ({"procedures": ""}, "Hãy ghi mã của những thủ tục"),
        ({"procedures": ",".join(f"1.00{n:04}" for n in range(11))}, "nhiều nhất 10 thủ tục"),
        ({"procedures": "9.999999"}, "Thủ tục 9.999999 không có"),
        ({"procedures": "x" * 200}, "không có, hoặc không ủy quyền"),
        ({"has_seen_proof": ""}, "Hãy xem giấy tờ và xác nhận"),
        ({"full_name": "Tên Gõ Sai"}, "họ tên hoặc ngày sinh khác"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(
    counter: ForAnother, principal: User, changes: dict[str, str], told: str
) -> None:
    log = AccessLog.objects.count()
    refused = send(counter, principal, **changes)
    assert refused.status_code == 422 and told in text(refused)
    assert not Representation.objects.exists() and AccessLog.objects.count() == log


def test_a_principal_whom_nobody_knew_is_entered_only_with_a_paper_that_holds(counter: ForAnother) -> None:
    new = {"personal_id": "001180000077", "full_name": "Phạm Văn Mới", "date_of_birth": "04/05/1980", "gender": "1"}
    known = factories.make_citizen("Ai Đó")
    assert send(counter, known, **new, made_on=day(3)).status_code == 422
    assert people.find(new["personal_id"]) is None
    assert send(counter, known, **new).status_code == 302
    made = people.find(new["personal_id"])
    assert made is not None and Representation.objects.get().principal == made
    minor = new | {"personal_id": "001215000077", "date_of_birth": f"04/05/{timezone.localdate().year - 9}"}
    refused = send(counter, known, **minor)
    assert refused.status_code == 422 and "Người ủy quyền chưa đủ 18 tuổi" in text(refused)
    assert people.find(minor["personal_id"]) is None


def test_who_is_too_young_bears_none_and_nobody_authorises_herself(counter: ForAnother, principal: User) -> None:
    refused = send(counter, counter.person)
    assert refused.status_code == 422 and "chính người đang ở quầy" in text(refused)
    born = timezone.localdate() - timedelta(days=14 * 365)
    CitizenProfile.objects.filter(user=counter.person).update(date_of_birth=born)
    refused = send(counter, principal)
    assert refused.status_code == 422 and "chưa đủ 15 tuổi" in text(refused)


def test_what_the_parties_do_themselves_goes_by_no_paper(office: Office, principal: User) -> None:
    code = sorted(for_others.BY_THE_PARTIES)[0]
    counter = ForAnother(office, factories.make_version(code))
    refused = send(counter, principal)
    assert refused.status_code == 422 and "không ủy quyền cho người khác được" in text(refused)


def test_another_desk_shows_nothing_and_a_script_is_stopped(
    office: Office, counter: ForAnother, principal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{counter.visit_url}giay-uy-quyen/"
    told = form_of(principal, procedures=counter.version.procedure.code)
    for stranger in (office.foreign_desk, office.specialist, principal):
        assert signed_in(stranger).post(address, told).status_code in {403, 404}
    assert not Representation.objects.exists()
    monkeypatch.setattr(views_counter_mandate, "ENTRIES", 1)
    assert send(counter, principal, paper=" ").status_code == 422
    assert send(counter, principal).status_code == 429


def test_the_database_knows_no_paper_that_opens_a_store(counter: ForAnother, principal: User) -> None:
    shown(counter, principal)
    for change in ({"may_use_store": True}, {"kind": "ward"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Representation.objects.update(**change)


def test_beside_a_mandate_of_the_portal_both_stand(counter: ForAnother, principal: User) -> None:
    shown(counter, principal)
    given = mandates.give(principal=principal, procedure_codes=[], days=30)
    mandates.claim(given.code, user=counter.person)
    assert [row.ended_at for row in Representation.objects.all()] == [None, None]
    assert len(representations.held_by(counter.person)) == 1


def test_figures_count_it_in_person_and_never_as_filed_by_herself(counter: ForAnother, principal: User) -> None:
    shown(counter, principal).fill().submit()
    today = timezone.localdate()
    total = figures.total_of(figures.by_branch(None, Period.of(today), timezone.now()))
    assert (total.received, total.in_person, total.online) == (1, 1, 0)
