"""A procedure from nothing to a filed dossier by forms of the back office alone, without a developer."""

import pytest

from datastore.models import DocumentType
from procedures import access, eforms, sheet_drafting
from procedures.models import FormDraft
from tests import factories
from tests.backoffice.conftest import as_posted, browser_of, condition_data
from tests.backoffice.sheet_pages import NEW, NEW_CODE, as_it_stands, publish
from tests.dossiers.filing_pages import Filing, text

pytestmark = pytest.mark.django_db
BASE = f"/quan-tri/bieu-mau/{NEW_CODE}/"
SHEET = f"{BASE}noi-dung/"


class Builder:
    """An official at the form builder."""

    def __init__(self, browser):
        self.browser = browser

    def draft(self):
        return FormDraft.objects.get(procedure__code=NEW_CODE, state="open")

    def done(self, address, **data):
        sent = self.browser.post(f"{BASE}{address}", {"revision": self.draft().revision, **data})
        assert sent.status_code == 302, sent.context["errors"]

    def add(self, where, label, kind, **more):
        self.done("sua/", do="add_field", what=where, label_vi=label, type=kind, **more)

    def edit(self, address, **changes):
        """Change some controls of a page as it stands."""
        form = self.browser.get(f"{BASE}{address}").context["form"]
        self.done(address, **(as_posted(form) | changes))


@pytest.fixture
def desk(ministry):
    return browser_of(ministry)


def written(desk, version):
    """The sheet of a new procedure, published."""
    start = {"code": NEW_CODE, "name_vi": "Đăng ký thiết bị thử", "field": version.procedure.field.code}
    assert desk.post(NEW, start | {"issued_by": version.issuer_code}).status_code == 302
    DocumentType.objects.get_or_create(code="KQ.THE-THU", defaults={"name": "Thẻ thử"})
    sheet = {
        "short_name_vi": "Đăng ký thiết bị",
        "applicants": ["ĐT1"],
        "competent_vi": "Ủy ban nhân dân cấp xã",
        "level": "commune",
        "branch": "peoples_committee",
        "place": "any",
        "service_level": "toan_trinh",
        "channels": ["online"],
        "time_value": "3",
        "time_unit": "working_day",
        "cutoff": "15h",
        "supplement_effect": "pause",
        "supplement_days": "10",
        "supplement_rounds": "2",
        "steps_vi": "Khai.\n\nNhận thẻ.",
        "notes_vi": "Giữ thẻ cẩn thận.",
        "life_events": ["co-con-nho"],
        "letter_02_vi": "Gọi 1900 nếu cần giúp.",
        "legal_basis": "1/2027/NĐ-CP",
        "results-0-name_vi": "Thẻ thử",
        "results-0-default": "on",
        "results-0-document_type": "KQ.THE-THU",
        "subcases-0-name_vi": "Cấp mới",
        "subcases-0-value": "3",
        "subcases-0-unit": "working_day",
        "subcases-1-name_vi": "Cấp lại",
        "subcases-1-value": "1",
        "subcases-1-unit": "working_day",
    }
    saved = desk.post(SHEET, as_it_stands(desk, SHEET) | sheet)
    assert saved.status_code == 302, saved.context["errors"]
    assert publish(desk, SHEET).status_code == 302


def built(desk):
    """Its form: a repeat of two columns, a number reckoned from it, a question behind two tests; published."""
    assert desk.post(BASE).status_code == 302
    builder = Builder(desk)
    last = builder.draft().form["pages"][-1]["key"]
    builder.done("sua/", do="add_page", what=last, key="thiet_bi", title_vi="Thiết bị")
    builder.done("sua/", do="page_up", what="thiet_bi")
    builder.done("sua/", do="add_group", what="thiet_bi", key="khai", title_vi="Thiết bị của bạn")
    where = "thiet_bi/khai"
    builder.add(where, "Loại đăng ký", "choice")
    builder.edit("cau-hoi/loai_dang_ky/", options="moi | Cấp mới | New\nlai | Cấp lại | Again", required="on")
    builder.add(where, "Đã mất thẻ cũ", "boolean")
    builder.add(where, "Các thiết bị", "repeat", key="thiet_bi_khai")
    repeat = "cau-hoi/thiet_bi_khai/"
    builder.edit(f"{repeat}phan/muc/", label_vi="Tên máy", label_en="Name")
    builder.done(f"{repeat}sua/", do="add", label_vi="Số năm dùng", type="integer")
    builder.edit(f"{repeat}phan/so_nam_dung/", required="on", max="50")
    builder.done(f"{repeat}sua/", do="up", what="so_nam_dung")
    builder.edit(repeat, min_items="1", max_items="5", required="on")
    builder.add(where, "Số thiết bị", "computed", compute_function="count", compute_of="thiet_bi_khai")
    builder.add(where, "Vì sao mất thẻ", "text", key="vi_sao")
    tests = condition_data(
        "visible_if", ("loai_dang_ky", "equals", "lai", ""), ("and", "da_mat_the_cu", "equals", "true", "")
    )
    required = condition_data("required_if", ("thiet_bi_khai", "at_least", "", "1"))
    builder.edit("cau-hoi/vi_sao/", **tests, **required)
    sent = desk.post(f"{BASE}cong-bo/", {"revision": builder.draft().revision, "valid_from": "01/01/2000"})
    assert sent.status_code == 422
    today = sent.context["form"].initial["valid_from"].strftime("%d/%m/%Y")
    sent = desk.post(f"{BASE}cong-bo/", {"revision": builder.draft().revision, "valid_from": today})
    assert sent.status_code == 302, sent.context["errors"]


def charged(desk):
    """A fee for each device, of who registers anew or has at least two; and a paper that only some need; published."""
    assert desk.post(SHEET).status_code == 302
    fee = {
        "fees-0-name_vi": "Phí đăng ký",
        "fees-0-kind": "phi",
        "fees-0-amount_vnd": "20.000",
        "fees-0-unit_vi": "thiết bị",
        "fees-0-quantity_field": "thiet_bi_khai",
        **condition_data(
            "fees-0-condition",
            ("loai_dang_ky", "equals", "moi", ""),
            ("or", "thiet_bi_khai", "at_least", "", "2"),
        ),
        "components-0-name_vi": "Đơn trình báo mất thẻ",
        "components-0-originals": "1",
        "components-0-required": "on",
        **condition_data("components-0-condition", ("da_mat_the_cu", "equals", "true", "")),
    }
    saved = desk.post(SHEET, as_it_stands(desk, SHEET) | fee)
    assert saved.status_code == 302, saved.context["errors"]
    shown = text(desk.get(f"{SHEET}cong-bo/"))
    assert "Tự thu khi: “Loại đăng ký” là “Cấp mới” hoặc “Các thiết bị” từ 2 trở lên" in shown
    assert "Nhân với số ở câu: Các thiết bị" in shown and "Chỉ cần khi: bạn chọn “Đã mất thẻ cũ”" in shown
    assert publish(desk, SHEET).status_code == 302


def filed(version, **answers):
    filing = Filing(version)
    assert filing.place().status_code == 302
    for page in eforms.pages(version.form):
        if page.is_declaration:
            continue
        form = filing.get(page.key).context["form"]
        sent = filing.post(
            page.key,
            as_posted(form)
            | {
                name: said
                for name, said in answers.items()
                if name.split("__")[0] in {field.key for field in page.fields()}
            },
        )
        assert sent.status_code == 302, text(sent)
    return filing


def test_from_nothing_to_a_filed_dossier_with_the_right_fee(desk, version):
    factories.make_agency()
    written(desk, version)
    built(desk)
    charged(desk)
    made = access.get_open_version(NEW_CODE)
    form = eforms.form_of(made.form).by_key()
    assert [part.key for part in form["thiet_bi_khai"].fields] == ["so_nam_dung", "muc"]
    assert form["vi_sao"].visible_if == {
        "all": [{"field": "loai_dang_ky", "equals": "lai"}, {"field": "da_mat_the_cu", "equals": True}]
    }
    assert (made.supplement_rule, made.supplement_days, made.supplement_rounds) == ("pause", 10, 2)
    assert made.intake_cutoff.hour == 15 and made.sheet["letters"]["02"]["vi"] == "Gọi 1900 nếu cần giúp."
    assert [event.slug for event in made.procedure.life_events.all()] == ["co-con-nho"]
    again = next(choice.value for choice in form["subcase"].choices if choice.label.vi == "Cấp lại (1 ngày làm việc)")
    shared = {"note": "Đăng ký máy", "result_method": "store", "loai_dang_ky": "moi", "subcase": again}
    rows = {
        "thiet_bi_khai__count": "2",
        "thiet_bi_khai__0__muc": "Máy một",
        "thiet_bi_khai__0__so_nam_dung": "1",
        "thiet_bi_khai__1__muc": "Máy hai",
        "thiet_bi_khai__1__so_nam_dung": "2",
    }
    filing = filed(made, **shared, **rows)
    page = text(filing.get("kiem-tra"))
    assert "40.000" in page
    sent = filing.post("kiem-tra", {"pledge": "on", "_declared": "1"})
    assert sent.status_code == 302, text(sent)
    dossier = filing.fresh()
    assert dossier.obligations.get().amount_vnd == 40_000
    assert dossier.answers["so_thiet_bi"] == 2 and "vi_sao" not in dossier.answers
    assert dossier.local_terms["time"]["value"] == 1, "the time of the case that was written on the sheet and chosen"


def test_a_condition_of_a_fee_is_refused_where_it_lacks(desk, version):
    written(desk, version)
    built(desk)
    assert desk.post(SHEET).status_code == 302
    fee = {"fees-0-name_vi": "Phí", "fees-0-amount_vnd": "1000"}
    half = condition_data("fees-0-condition", ("loai_dang_ky", "equals", "", ""))
    refused = desk.post(SHEET, as_it_stands(desk, SHEET) | fee | half | {"next": "1"})
    page = text(refused)
    assert refused.status_code == 422 and 'href="#id_fees-0-condition-0-choice"' in page
    assert "Tự thu khi, dòng 1: Lựa chọn so sánh" in page
    assert sheet_drafting.open_draft(NEW_CODE).revision == 1
