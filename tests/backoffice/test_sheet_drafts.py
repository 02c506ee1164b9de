"""What a procedure's sheet says, written at the desk: new procedures and versions, the diff, two writers."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from datastore.models import DocumentType
from portal.agencies.models import Agency, AgencyLevel, Branch, MembershipRole
from procedures import access, catalogue, facts, sheet_drafting
from procedures.models import Field, NationalRecord, Origin, Procedure, ProcedureVersion, SheetDraft
from procedures.packs import REFERENCE, read_pack_text
from procedures.packs.exporting import export
from tests import factories
from tests.backoffice.conftest import FORM_CODE, browser_of
from tests.backoffice.sheet_pages import HERE, NEW, NEW_CODE, NEXT, UNFINISHED, as_it_stands, begun, publish
from tests.dossiers.filing_pages import Filing, text
from tests.procedures.national_records import record

pytestmark = pytest.mark.django_db
NATIONAL = "1.900001"


@pytest.fixture
def desk(ministry):
    return browser_of(ministry)


@pytest.fixture
def imported(tmp_path):
    def imported(**changes):
        path = tmp_path / "catalogue.jsonl"
        path.write_text(json.dumps(record(NATIONAL, **changes)), encoding="utf-8")
        call_command("import_catalogue", str(path), verbosity=0)
        return access.get_version(NATIONAL)

    return imported


def national_desk():
    ministry = Agency.objects.create(
        code="G10", name="Bộ Nông nghiệp", level=AgencyLevel.MINISTRY, branch=Branch.OTHER, path="G10/"
    )
    return browser_of(ministry)


def test_fee_papers_and_time_are_changed_and_published_from_a_day_on(desk, version):
    factories.make_agency()
    filing = Filing(version)
    typed = begun(desk)
    day = timezone.localdate() + timedelta(days=20)
    number = version.fees.count()
    changes = {
        "time_value": "7",
        "time_unit": "working_day",
        "components-0-originals": "2",
        f"fees-{number}-name_vi": "Lệ phí cấp gấp",
        f"fees-{number}-name_en": "Fee for an urgent copy",
        f"fees-{number}-amount_vnd": "15.000",
        f"fees-{number}-channel": "direct",
        f"fees-{number}-when_vi": "Khi cần trong ngày",
        f"fees-{number}-legal": "TT 1/2027/TT-BTC",
    }
    saved = desk.post(HERE, typed | changes | {"next": "1"})
    assert saved.status_code == 302 and saved["Location"] == f"{HERE}cong-bo/"
    shown = text(desk.get(f"{HERE}cong-bo/"))
    assert "Lệ phí cấp gấp · 15.000" in shown and "nộp trực tiếp, bưu chính" in shown and "Khi cần trong ngày" in shown
    assert "7 ngày làm việc" in shown and "2 bản chính" in shown
    assert not ProcedureVersion.objects.filter(procedure=version.procedure, number=2).exists()
    assert publish(desk, day=day).status_code == 302
    made = access.get_open_version(FORM_CODE, on=day)
    assert (made.number, made.processing_value, made.form) == (2, 7, version.form)
    fee = made.fees.get(name="Lệ phí cấp gấp")
    assert (fee.amount_vnd, fee.channel, fee.charge, fee.is_default) == (15_000, "direct", "le_phi", False)
    assert access.get_open_version(FORM_CODE) == version and version.fees.count() == number
    assert filing.fresh().procedure_version == version
    assert SheetDraft.objects.get().published == made


@pytest.mark.parametrize("code", sorted(path.stem for path in (REFERENCE / "procedures").glob("*.yaml"))[::5])
def test_a_page_that_nobody_touched_changes_nothing(code):
    version = catalogue.load_pack(REFERENCE / "procedures" / f"{code}.yaml").version
    Agency.objects.get_or_create(code=version.issuer_code, defaults={"name": "Bộ", "level": "ministry", "path": "G/"})
    browser = browser_of(Agency.objects.get(code=version.issuer_code))
    address = f"/quan-tri/bieu-mau/{code}/noi-dung/"
    sent = browser.post(address, begun(browser, address))
    assert sent.status_code == 302, sent.context["errors"]
    draft = SheetDraft.objects.get()
    assert draft.revision == 2 and draft.facts == facts.of(version)
    assert not sheet_drafting.is_changed(draft)
    refused = publish(browser, address)
    assert refused.status_code == 422 and "Bản thảo không khác bản đang công bố" in text(refused)


def test_a_new_procedure_goes_from_nothing_to_its_sheet(desk, version):
    field = version.procedure.field
    wrong = desk.post(NEW, {"code": "TTHC-1", "name_vi": "Cấp thẻ thử", "field": field.code, "issued_by": "G99"})
    assert wrong.status_code == 422 and "Không có cơ quan mã này" in text(wrong)
    start = {"code": "TTHC-1", "name_vi": "Cấp thẻ thử", "field": field.code, "issued_by": version.issuer_code}
    assert "một chữ số, dấu chấm và sáu chữ số" in text(desk.post(NEW, start))
    assert "Danh mục đã có thủ tục mã này" in text(desk.post(NEW, start | {"code": FORM_CODE}))
    address = f"/quan-tri/bieu-mau/{NEW_CODE}/noi-dung/"
    made = desk.post(NEW, start | {"code": NEW_CODE})
    assert made.status_code == 302 and made["Location"] == address
    assert NEW_CODE in text(desk.get("/quan-tri/bieu-mau/")) and not Procedure.objects.filter(code=NEW_CODE).exists()
    assert "Mã này đang có người soạn" in text(desk.post(NEW, start | {"code": NEW_CODE}))
    looked = text(desk.get(f"{address}cong-bo/"))
    assert "Chưa đủ hoặc chưa đúng: Ai được làm" not in looked and "Ai được làm, Cơ quan giải quyết" in looked
    assert "write" not in looked.partition("<main")[2].partition("</main")[0]
    assert "Chưa công bố được" in looked and ">Công bố</button>" not in looked
    typed = as_it_stands(desk, address)
    missing = desk.post(address, typed | NEXT)
    assert missing.status_code == 422 and 'href="#id_steps_vi"' in text(missing)
    assert "Hãy đánh dấu đúng một kết quả" in text(missing)
    chosen = {name: missing.context["form"][name].subwidgets[0].data["value"] for name in ("level", "branch", "place")}
    assert set(chosen.values()) == {""}, "nobody chose the first of the list"
    written = typed | {
        "short_name_vi": "Thẻ thử",
        "applicants": ["ĐT1"],
        "competent_vi": "Ủy ban nhân dân cấp xã",
        "level": "commune",
        "branch": "peoples_committee",
        "place": "any_in_province",
        "service_level": "toan_trinh",
        "channels": ["online", "direct"],
        "time_value": "3",
        "time_unit": "working_day",
        "steps_vi": "Nộp hồ sơ.\n\nNhận thẻ.",
        "legal_basis": "1/2027/NĐ-CP",
        "fees-0-name_vi": "Lệ phí cấp thẻ",
        "fees-0-amount_vnd": "20.000",
        "fees-0-default": "on",
        "fees-0-legal": "TT 2/2027/TT-BTC",
        "components-0-name_vi": "Đơn đề nghị",
        "components-0-originals": "1",
        "components-0-note_vi": "Mẫu số 01",
        "results-0-name_vi": "Thẻ thử",
        "results-0-default": "on",
        "results-0-document_type": "KQ.THE-THU",
    }
    DocumentType.objects.create(code="KQ.THE-MAU", name="Thẻ mẫu")
    unknown = desk.post(address, written | NEXT)
    assert unknown.status_code == 422 and 'href="#id_results-0-document_type"' in text(unknown)
    assert "Không có loại giấy tờ mã KQ.THE-THU. Mã gần giống: KQ.THE-MAU." in text(unknown)
    assert desk.post(address, written | {"results-0-document_type": "KQ.THE-MAU"}).status_code == 302
    shown = text(desk.get(f"{address}cong-bo/"))
    assert "ngành “Ủy ban nhân dân” ở cấp “Cấp xã”, nên hồ sơ không có nơi nhận" in shown
    factories.make_agency()
    shown = text(desk.get(f"{address}cong-bo/"))
    assert "nên hồ sơ không có nơi nhận" not in shown
    assert f"Mã lĩnh vực: {field.code}" in shown and "Ngày quyết định:" not in shown
    assert "Sẽ công bố" in shown and "Lệ phí cấp thẻ · 20.000" in shown and "Đơn đề nghị" in shown
    assert "Chưa có bản tiếng Anh." in shown
    assert publish(desk, address).status_code == 302
    told = text(desk.get("/quan-tri/bieu-mau/?q=the THU"))
    assert "Đã công bố “Thẻ thử” (9.000001), bản lần 1" in told and f'<a href="/thu-tuc/{NEW_CODE}/">' in told
    assert f'href="{address}"' in told and "Hãy thử từ khác" in text(desk.get("/quan-tri/bieu-mau/?q=khong co"))
    sheet = text(Client().get(f"/thu-tuc/{NEW_CODE}/"))
    assert "Thẻ thử" in sheet and "20.000" in sheet and "Đơn đề nghị" in sheet and "3 ngày làm việc" in sheet
    version = access.get_open_version(NEW_CODE)
    assert [step["vi"] for step in version.sheet["steps"]] == ["Nộp hồ sơ.", "Nhận thẻ."]
    again = read_pack_text(export(version), file="x.yaml")  # leaves and comes back as one text file
    assert catalogue.load_pack(again).change == catalogue.UNCHANGED


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"fees-0-amount_vnd": "hai mươi"}, "id_fees-0-amount_vnd", "Ghi số tiền bằng chữ số"),
        ({"time_unit": ""}, "id_time_value", "Hãy ghi cả số và đơn vị"),
        ({"time_value": "2", "time_unit": "same_working_day"}, "id_time_value", "là một ngày: hãy ghi số 1, hoặc chọn"),
        (
            {"extended_value": "3", "extended_unit": "same_working_day", "extended_vi": "Khi phải xác minh"},
            "id_extended_value",
            "là một ngày: hãy ghi số 1, hoặc chọn",
        ),
        (
            {"subcases-0-name_vi": "Thường", "subcases-0-value": "2", "subcases-0-unit": "same_working_day"},
            "id_subcases-0-value",
            "là một ngày: hãy ghi số 1, hoặc chọn",
        ),
        ({"service_level": "mot_phan", "reason_kind": ""}, "id_reason_kind", "Hãy chọn vì sao"),
        ({"steps_vi": "Một.\n\nHai.", "steps_en": "One."}, "id_steps_en", "Tiếng Việt có 2 đoạn, tiếng Anh có 1"),
        ({"components-0-name_vi": ""}, "id_components-0-name_vi", "Tên"),
        ({"channels": []}, "id_channels", "Cách nộp"),
    ],
)
def test_what_cannot_be_is_said_at_its_place_and_nothing_typed_is_lost(desk, changes, place, words):
    typed = begun(desk) | {"time_value": "5", "time_unit": "day", "short_name_vi": "Tên vừa gõ"} | changes
    refused = desk.post(HERE, typed | NEXT)
    page = text(refused)
    assert refused.status_code == 422 and f'href="#{place}' in page and words in page and 'value="Tên vừa gõ"' in page
    assert SheetDraft.objects.get().revision == 1


def test_what_is_not_whole_yet_is_kept_as_it_stands_and_a_colleague_goes_on_with_it(desk, ministry):
    typed = begun(desk)
    facts_before = SheetDraft.objects.get().facts
    assert desk.post(HERE, typed | UNFINISHED).status_code == 302
    draft = SheetDraft.objects.get()
    assert (draft.revision, draft.facts) == (2, facts_before)
    other = browser_of(ministry, "Người Khác")
    drawn = other.get(HERE)
    shown = text(drawn)
    for kept in ('value="vài"', 'value="hai mươi"', "Tóm tắt viết dở"):
        assert kept in shown
    assert "Trang này đang viết dở" in shown and 'href="#id_steps_vi"' in shown
    assert "govuk-error-message" not in shown and "govuk-error-summary" not in shown, "nobody pressed on"
    looked = other.get(f"{HERE}cong-bo/")
    assert "còn viết dở" in text(looked) and ">Công bố</button>" not in text(looked)
    assert publish(other).status_code == 422
    again = as_it_stands(other)
    refused = other.post(HERE, again | NEXT)
    assert refused.status_code == 422 and 'href="#id_steps_vi"' in text(refused)
    mended = {name: typed.get(name, "") for name in UNFINISHED} | {"time_value": "5"}
    assert other.post(HERE, again | mended).status_code == 302
    draft.refresh_from_db()
    assert draft.unfinished == {} and draft.facts["processing"]["value"] == 5
    assert "còn viết dở" not in text(other.get(f"{HERE}cong-bo/"))


def test_a_page_of_a_new_procedure_is_left_and_taken_up_again(desk, version):
    start = {"code": NEW_CODE, "name_vi": "Cấp thẻ thử", "field": version.procedure.field.code}
    address = f"/quan-tri/bieu-mau/{NEW_CODE}/noi-dung/"
    assert desk.post(NEW, start | {"issued_by": version.issuer_code}).status_code == 302
    assert desk.post(address, as_it_stands(desk, address) | {"short_name_vi": "Thẻ"}).status_code == 302
    assert 'value="Thẻ"' in text(desk.get(address))
    assert as_it_stands(desk, address)["short_name_vi"] == "Thẻ"


def test_only_who_may_edit_it_and_nobody_takes_it_to_another_agency(desk, ministry, version):
    typed = begun(desk)
    commune = factories.make_agency()
    for browser in (browser_of(commune), browser_of(ministry, role=MembershipRole.LEADER)):
        for address in (HERE, f"{HERE}cong-bo/"):
            assert browser.get(address).status_code == 404 and browser.post(address, typed).status_code == 404
    away = desk.post(HERE, typed | NEXT | {"issued_by": commune.code})
    assert away.status_code == 422 and "Bạn không quản trị cơ quan này" in text(away)


def test_mistakes_block_publishing_and_a_past_day_is_refused(desk):
    typed = begun(desk) | {"fees-0-valid_from": "1/2/2027", "fees-0-valid_to": "1/1/2027"}
    assert desk.post(HERE, typed).status_code == 302
    shown, _heading, _rest = text(desk.get(f"{HERE}cong-bo/")).partition("Nhắc trước khi công bố")
    assert "Lỗi phải sửa" in shown and "Khoản phí hết hiệu lực trước khi bắt đầu." in shown
    refused = publish(desk)
    assert refused.status_code == 422 and "Nội dung còn lỗi" in text(refused)
    assert desk.post(HERE, as_it_stands(desk) | {"fees-0-valid_to": "1/1/2028"}).status_code == 302
    past = publish(desk, day=timezone.localdate() - timedelta(days=1))
    assert past.status_code == 422 and "không được ở trong quá khứ" in text(past)
    assert publish(desk).status_code == 302


def test_a_draft_is_thrown_away_once_she_said_so_twice(desk):
    begun(desk)
    seen = {"revision": 1, "discard": "1"}
    assert "Bỏ bản thảo này?" in text(desk.post(f"{HERE}cong-bo/", seen))
    assert desk.post(f"{HERE}cong-bo/", seen | {"discard": "sure"}).status_code == 302
    assert not SheetDraft.objects.filter(state="open").exists() and desk.get(f"{HERE}cong-bo/").status_code == 404


def test_a_form_published_meanwhile_stays_and_another_sheet_published_meanwhile_is_told(desk, version):
    typed = begun(desk) | {"short_name_vi": "Tên mới"}
    assert desk.post(HERE, typed).status_code == 302
    form = json.loads(json.dumps(version.form))
    form["pages"][0]["groups"][0]["fields"][0]["help"] = {"vi": "Mới", "en": "New"}
    catalogue.load_pack({**version.source_record, "form": form})
    assert "đã có bản công bố mới" not in text(desk.get(f"{HERE}cong-bo/"))
    catalogue.load_pack({**version.source_record, "form": form, "keywords": ["khác"]})
    assert "đã có bản công bố mới" in text(desk.get(f"{HERE}cong-bo/"))
    catalogue.load_pack({**version.source_record, "form": form})
    assert publish(desk).status_code == 302
    made = access.get_open_version(FORM_CODE)
    assert made.short_name == "Tên mới" and made.form == form


def test_a_draft_follows_upon_the_version_that_waits(desk, version):
    assert desk.post(HERE, begun(desk) | {"short_name_vi": "Tên chờ"}).status_code == 302
    assert publish(desk, day=date(2090, 1, 1)).status_code == 302
    typed = begun(desk)
    assert typed["short_name_vi"] == "Tên chờ"
    assert desk.post(HERE, typed | {"summary_vi": "Tóm tắt mới"}).status_code == 302
    shown = text(desk.get(f"{HERE}cong-bo/"))
    assert 'value="01/01/2090"' in shown
    early = publish(desk, day=date(2089, 12, 31))
    assert early.status_code == 422 and "lần 2 đang chờ đến ngày 01/01/2090" in text(early)
    assert publish(desk, day=date(2090, 1, 1)).status_code == 302
    assert access.get_open_version(FORM_CODE) == version
    assert access.get_open_version(FORM_CODE, on=date(2090, 1, 1)).number == 3


def test_packs_of_ours_are_not_loaded_over_what_officials_wrote(desk, version):
    assert desk.post(HERE, begun(desk) | {"short_name_vi": "Tên của bộ"}).status_code == 302
    assert publish(desk).status_code == 302
    call_command("load_procedures", str(REFERENCE / "procedures" / f"{FORM_CODE}.yaml"), verbosity=0)
    assert access.get_open_version(FORM_CODE).short_name == "Tên của bộ"


def test_a_record_of_the_national_catalogue_becomes_the_desks_and_keeps_what_it_said(imported):
    before = imported()
    desk, address = national_desk(), f"/quan-tri/bieu-mau/{NATIONAL}/noi-dung/"
    assert "lần nhập sau không ghi đè" in text(desk.get(address))
    typed = begun(desk, address)
    sure = {"applicants": typed.get("applicants") or ["ĐT1"], "channels": typed.get("channels") or ["direct"]}
    reason = {"reason_kind": "technical_obstacle", "reason_vi": "Chưa nối được dữ liệu"}
    assert desk.post(address, typed | sure | reason | {"short_name_vi": "Nuôi rồng"}).status_code == 302
    assert publish(desk, address).status_code == 302
    made = access.get_version(NATIONAL)
    assert (made.number, made.origin, made.short_name) == (2, Origin.PACK, "Nuôi rồng")
    assert made.levels == before.levels and made.sheet.get("agencies") == before.sheet.get("agencies")
    assert made.components.count() == before.components.count() and made.fees.count() == before.fees.count()
    assert NationalRecord.objects.get().record == before.source_record
    imported(name="Bản ghi đã đổi")
    assert access.get_version(NATIONAL) == made
    assert NationalRecord.objects.get().record["name"] == "Bản ghi đã đổi"
    assert Field.objects.filter(code=before.procedure.field.code).count() == 1
