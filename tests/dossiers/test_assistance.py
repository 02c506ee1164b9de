"""Filing for somebody under her right: given by a code, scoped, timed, taken back, and visible to her all the while."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from datastore.models import AccessLog, Document
from dossiers import acting, assistance
from dossiers.models import Assistance, Dossier
from portal.accounts.models import OrganisationRole, User
from portal.agencies.actors import Actor
from portal.core import qr
from portal.core.errors import InvalidInputError
from portal.notifications.models import Message
from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import signed_in, text
from tests.dossiers.letter_texts import text_of

pytestmark = pytest.mark.django_db
POST = "Bưu điện xã Thử"


class Helped:
    """A citizen, her helper, and the right between them."""

    def __init__(self, version: ProcedureVersion | None = None, **given: Any) -> None:
        factories.make_agency()
        self.version = version or factories.make_version()
        self.citizen = factories.make_citizen("Bà Cụ Nhờ")
        self.helper = factories.make_citizen("Trần Văn Giúp")
        self.given = assistance.give(actor=Actor.citizen(self.citizen), **{"kind": "post_office", "days": 1, **given})
        self.browser = signed_in(self.helper)

    def claim(self) -> "Helped":
        sent = self.browser.post("/giup-nop-ho-so/nhan/", {"code": self.given.code, "organisation": POST})
        assert sent.status_code == 302, text(sent)
        self.right = Assistance.objects.get()
        self.url = f"/giup-nop-ho-so/{self.right.public_id}/"
        assert sent["Location"] == self.url
        self.browser = signed_in(User.objects.get(pk=self.helper.pk))
        return self

    def begin(self) -> "Helped":
        begun = self.browser.post(self.url, {"thu-tuc": self.version.procedure.code})
        assert begun.status_code == 302
        self.draft = Dossier.objects.get(assistance=self.right, state="draft")
        self.base = f"/nop-ho-so/{self.version.procedure.code}/{self.draft.public_id}/"
        return self

    def fill(self) -> "Helped":
        place = {"province_code": "01", "commune_code": "00073"}
        assert self.browser.post(f"{self.base}noi-nop/", place).status_code == 302
        answers = {"full_name": "Bà Cụ Nhờ", "purpose": "Đi viện"}
        assert self.browser.post(f"{self.base}noi-dung/", answers).status_code == 302
        paper = SimpleUploadedFile("giay.png", factories.png("giúp"))
        sent = self.browser.post(f"{self.base}giay-to/", {"file:TEST-GIAY": paper, "continue": "1"})
        assert sent.status_code == 302
        return self


def test_a_helper_files_by_name_and_the_dossier_is_the_citizens() -> None:
    helped = Helped().claim().begin().fill()
    check = text(helped.browser.get(f"{helped.base}kiem-tra/"))
    assert "Bạn đang giúp Bà Cụ Nhờ nộp hồ sơ" in check
    assert "Bà Cụ Nhờ đã nghe đọc lại" in check or "cho Bà Cụ Nhờ nghe" in check
    for _press in range(2):
        assert helped.browser.post(f"{helped.base}kiem-tra/")["Location"] == "/giup-nop-ho-so/"
    filed = Dossier.objects.get()
    assert (filed.state, filed.owner, filed.filer) == ("submitted", helped.citizen, helped.citizen)
    assert filed.applicant_name == "Bà Cụ Nhờ" and filed.assistance == helped.right
    event = filed.events.get()
    assert (event.actor_kind, event.actor_user, event.actor_name) == ("helper", helped.helper, f"Trần Văn Giúp, {POST}")
    assert f"Trần Văn Giúp, {POST} (nhân viên bưu điện)" in text_of(filed, "00")
    assert f"Người giúp bạn: Trần Văn Giúp, {POST}" in text(signed_in(helped.citizen).get(f"/ho-so/{filed.code}/"))
    assert Message.objects.filter(recipient=helped.citizen, kind="dossier.submitted").exists()
    assert not Message.objects.filter(recipient=helped.helper).exists()
    assert Document.objects.get(title="Giấy tờ thử").owner == helped.citizen
    page = re.sub(r"<[^>]+>", "", text(helped.browser.get("/giup-nop-ho-so/")))
    assert filed.code and filed.code in page and "Mới đăng ký" in page
    assert helped.browser.get(f"/ho-so/{filed.code}/").status_code == 404, "state only: no answers, no papers"


def test_what_the_helper_reads_leaves_rows_that_the_citizen_sees() -> None:
    helped = Helped().claim().begin()
    for _look in range(3):
        helped.browser.get(f"{helped.base}noi-dung/")
    row = AccessLog.objects.get(owner=helped.citizen)
    assert (row.reader, row.reader_role) == (helped.helper, "helper")
    assert row.purpose == "Giúp nộp hồ sơ thủ tục 1.000001"
    assert f"Trần Văn Giúp, {POST}" in text(signed_in(helped.citizen).get("/kho-du-lieu/ai-da-xem/"))


@pytest.mark.parametrize("may_use_store", [True, False])
def test_the_store_is_open_to_the_helper_only_where_she_said_so(may_use_store: bool) -> None:
    helped = Helped(may_use_store=may_use_store)
    factories.file_dossier(helped.citizen, helped.version)  # a paper in her store
    paper = Document.objects.get(title="Giấy tờ thử")
    helped.claim().begin()
    page = text(helped.browser.get(f"{helped.base}giay-to/"))
    assert ("Dùng giấy tờ này" in page) is may_use_store
    assert AccessLog.objects.filter(document=paper, reader=helped.helper).count() == int(may_use_store)
    helped.browser.post(f"{helped.base}giay-to/", {"reuse": f"TEST-GIAY|{paper.pk}"})
    assert helped.draft.components.count() == int(may_use_store)


def test_the_store_of_the_citizens_company_stays_shut_to_the_helper() -> None:
    helped = Helped(may_use_store=True)
    factories.file_dossier(helped.citizen, helped.version)
    company = factories.make_company()
    factories.make_member(company, helped.citizen, OrganisationRole.REPRESENTATIVE)
    paper = Document.objects.get(title="Giấy tờ thử")
    Document.objects.filter(pk=paper.pk).update(organisation=company)
    helped.claim().begin()
    assert "Dùng giấy tờ này" not in text(helped.browser.get(f"{helped.base}giay-to/"))
    helped.browser.post(f"{helped.base}giay-to/", {"reuse": f"TEST-GIAY|{paper.pk}"})
    assert not helped.draft.components.exists() and not AccessLog.objects.filter(document=paper).exists()
    assert "Dùng giấy tờ này" in text(signed_in(helped.citizen).get(f"{helped.base}giay-to/"))


def test_a_right_covers_its_procedure_and_no_other() -> None:
    helped = Helped(procedure_code="1.000001", version=factories.make_version("1.000001")).claim()
    factories.make_version("1.000002")
    refused = helped.browser.post(helped.url, {"thu-tuc": "1.000002"})
    assert "không trao quyền cho thủ tục này" in text(refused) and not Dossier.objects.exists()
    helped.begin()


def test_what_nobody_is_known_to_take_is_not_begun_for_her_and_the_helper_reads_where_she_goes() -> None:
    helped = Helped().claim()
    ProcedureVersion.objects.update(competent_level="ministry", sheet={"deciding": []})
    answer = helped.browser.post(helped.url, {"thu-tuc": "1.000001"})
    assert "Người nhờ cần nộp tại cơ quan ghi ở trang thủ tục." in text(answer)
    assert not Dossier.objects.exists()


def test_nul_in_a_field_that_goes_straight_to_the_database_is_a_bad_request() -> None:
    helped = Helped().claim()
    assert helped.browser.post(helped.url, {"thu-tuc": "1\x00"}).status_code == 400


def test_a_right_covers_its_field_and_no_other() -> None:
    version = factories.make_version()
    helped = Helped(version, field_code=version.procedure.field.code).claim().begin()
    helped.right.field_code = "KHAC"
    assert not helped.right.covers(version)


def test_taken_back_it_ends_at_once_and_the_draft_is_hers_to_finish() -> None:
    helped = Helped().claim().begin().fill()
    ended = signed_in(helped.citizen).post(f"{helped.url}thoi/", follow=True)
    assert "Đã thu hồi" in text(ended)
    assert helped.browser.post(f"{helped.base}kiem-tra/").status_code == 404
    for address in (helped.url, f"{helped.base}noi-dung/"):
        assert helped.browser.get(address).status_code == 404
    helped.draft.refresh_from_db()
    assert helped.draft.state == "draft"
    hers = signed_in(helped.citizen)
    assert hers.get(f"{helped.base}kiem-tra/").status_code == 200
    assert hers.post(f"{helped.base}kiem-tra/").status_code == 302
    helped.draft.refresh_from_db()
    assert helped.draft.events.get().actor_kind == "citizen"


def test_it_ends_with_its_last_day() -> None:
    helped = Helped(days=1).claim().begin().fill()
    with time_machine.travel(helped.right.valid_until + timedelta(seconds=1), tick=False):
        late = signed_in(User.objects.get(pk=helped.helper.pk))
        assert late.post(f"{helped.base}kiem-tra/").status_code == 404
        assert late.get(helped.url).status_code == 404


def test_a_code_serves_once_shortly_and_nobody_who_made_it() -> None:
    helped = Helped()
    actor = Actor.citizen(helped.helper)
    with pytest.raises(InvalidInputError):
        assistance.claim(helped.given.code, actor=Actor.citizen(helped.citizen))
    with time_machine.travel(timezone.now() + timedelta(minutes=16)), pytest.raises(InvalidInputError):
        assistance.claim(helped.given.code, actor=actor)
    assistance.claim(f" {helped.given.code[:4]} {helped.given.code[4:]} ", actor=actor)
    with pytest.raises(InvalidInputError):
        assistance.claim(helped.given.code, actor=Actor.citizen(factories.make_citizen()))
    assert helped.given.code not in str(Assistance.objects.values())
    assert Message.objects.filter(recipient=helped.citizen, kind="assistance.claimed").exists()


def test_guessing_a_code_is_stopped() -> None:
    browser = signed_in(factories.make_citizen())
    for _guess in range(10):
        assert browser.post("/giup-nop-ho-so/nhan/", {"code": "00000000"}).status_code == 422
    assert browser.post("/giup-nop-ho-so/nhan/", {"code": "00000000"}).status_code == 429


def test_a_right_is_given_on_its_page_with_the_code_shown_once() -> None:
    factories.make_version()
    browser = signed_in(factories.make_citizen())
    made = browser.post("/giup-nop-ho-so/trao/", {"kind": "relative", "scope": "all", "days": "3"})
    assert made.status_code == 201
    shown = re.search(r"\d{4} \d{4}", text(made))
    assert shown and shown.group().replace(" ", "") not in text(browser.get("/giup-nop-ho-so/"))
    last_day = (timezone.localdate() + timedelta(days=2)).strftime("%d/%m/%Y")
    for page in (text(made), text(browser.get("/giup-nop-ho-so/"))):
        assert f"đến hết ngày {last_day}" in page and "00:00" not in page
    narrow = browser.post("/giup-nop-ho-so/trao/", {"kind": "relative", "scope": "procedure", "days": "3"})
    assert narrow.status_code == 422 and "Hãy nhập mã thủ tục" in text(narrow)
    label = text(narrow).partition('for="id_procedure_code"')[2].partition("</label>")[0]
    assert "khi chọn “Chỉ một thủ tục”" in label and "không bắt buộc" not in label
    unknown = {"kind": "relative", "scope": "procedure", "procedure_code": "9.999999", "days": "3"}
    assert "Không có thủ tục này" in text(browser.post("/giup-nop-ho-so/trao/", unknown))


@pytest.mark.parametrize("who", ["stranger", "low"])
def test_nobody_else_uses_a_right(who: str) -> None:
    helped = Helped().claim().begin()
    other = factories.make_citizen(level=1 if who == "low" else 2)
    User.objects.filter(pk=other.pk).update(helps_others=True)
    browser = signed_in(User.objects.get(pk=other.pk))
    for address in (helped.url, f"{helped.base}noi-dung/"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"{helped.url}thoi/").status_code == 404
    assert browser.post("/giup-nop-ho-so/trao/", {"kind": "relative", "scope": "all", "days": "1"}).status_code == (
        422 if who == "low" else 201
    )


def test_the_database_keeps_rights_straight() -> None:
    helped = Helped()
    wrongs: tuple[dict[str, Any], ...] = (
        {"helper": helped.helper},
        {"claimed_at": timezone.now()},
        {"helper": helped.citizen, "claimed_at": timezone.now(), "code_index": ""},
        {"valid_until": helped.given.assistance.created_at},
    )
    for wrong in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            Assistance.objects.update(**wrong)


def test_public_figures_keep_assisted_filings_apart(client: Client) -> None:
    helped = Helped().claim().begin().fill()
    helped.browser.post(f"{helped.base}kiem-tra/")
    factories.file_dossier(version=helped.version)
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(client.get("/cong-khai/"))))
    assert "Trực tuyến, tự nộp 1 50" in page and "Trực tuyến, có người giúp 1 50" in page


def test_what_the_citizen_begins_herself_is_not_shown_to_her_helper() -> None:
    helped = Helped().claim().begin()
    begun = signed_in(helped.citizen).post(f"/nop-ho-so/{helped.version.procedure.code}/")
    own = Dossier.objects.exclude(pk=helped.draft.pk).get()
    assert begun.status_code == 302 and str(own.public_id) in begun["Location"]
    assert own.assistance is None and own.owner == helped.citizen
    assert helped.browser.get(f"/nop-ho-so/{own.procedure_code}/{own.public_id}/noi-dung/").status_code == 404


def test_guessing_from_many_addresses_is_stopped_by_account() -> None:
    browser = signed_in(factories.make_citizen())
    answers = [
        browser.post("/giup-nop-ho-so/nhan/", {"code": "00000000"}, REMOTE_ADDR=f"203.0.113.{number}").status_code
        for number in range(11)
    ]
    assert answers == [422] * 10 + [429]


def test_an_official_helps_her_mother_as_anybody_does() -> None:
    helped = Helped().claim().begin()
    User.objects.filter(pk=helped.helper.pk).update(is_official=True)
    official = User.objects.get(pk=helped.helper.pk)
    assert acting.on_draft(official, helped.draft.public_id).kind == "helper"


def test_the_qr_is_an_address_that_a_camera_opens_and_a_scanner_types(settings: Any) -> None:
    factories.make_agency()
    version = factories.make_version()
    citizen, helper = signed_in(factories.make_citizen("Bà Cụ Nhờ")), signed_in(factories.make_citizen("Người Giúp"))
    given = {"kind": "relative", "scope": "procedure", "procedure_code": version.procedure.code, "days": "1"}
    page = text(citizen.post("/giup-nop-ho-so/trao/", given))
    code = "".join(re.findall(r'class="code-large figures">(\d{4}) (\d{4})<', page)[0])
    address = f"{settings.BASE_URL}/giup-nop-ho-so/nhan/#{code}"
    assert qr.draw(address, label="Mã QR để người giúp quét").svg in page
    assert "helper-code.js" in text(helper.get("/giup-nop-ho-so/nhan/"))
    assert helper.post("/giup-nop-ho-so/nhan/", {"code": address, "organisation": ""}).status_code == 302
    assert Assistance.objects.get().helper is not None
