"""What is read before a sheet is published: everything that can be written on it is told, and nothing is kept back."""

import pytest
from django.forms import ChoiceField, MultipleChoiceField
from django.utils import translation

from datastore.models import DocumentType
from portal.agencies.models import Agency
from procedures import catalogue, comparison, facts, sheet_comparing, sheet_drafting, sheets
from procedures.eforms.definition import Field, Words
from procedures.models import SheetDraft
from procedures.packs import REFERENCE
from tests.backoffice.conftest import browser_of
from tests.backoffice.sheet_pages import as_it_stands, begun, publish
from tests.dossiers.filing_pages import text
from tests.factories import make_version

pytestmark = pytest.mark.django_db
CODE = "1.004873"
WORDS_OF_THE_SHEET = {"service_level": "làm trực tiếp"}
"""Where the sheet that people read has other words than the choice."""
HERE = f"/quan-tri/bieu-mau/{CODE}/noi-dung/"


@pytest.fixture
def loaded():
    version = catalogue.load_pack(REFERENCE / "procedures" / f"{CODE}.yaml").version
    Agency.objects.get_or_create(code=version.issuer_code, defaults={"name": "Bộ", "level": "ministry", "path": "G/"})
    return version


@pytest.fixture
def desk(loaded):
    return browser_of(Agency.objects.get(code=loaded.issuer_code))


def looked(desk, typed):
    saved = desk.post(HERE, typed)
    assert saved.status_code == 302, saved.context["errors"]
    return desk.get(f"{HERE}cong-bo/")


def test_what_is_charged_and_when_and_what_a_result_is_are_told(desk, loaded):
    DocumentType.objects.get_or_create(code="KQ.KHAC", defaults={"name": "Kết quả khác"})
    typed = begun(desk, HERE)
    number = next(index for index, row in enumerate(facts.of(loaded)["fees"]) if row.get("default"))
    typed.pop(f"fees-{number}-default")
    changes = {f"fees-{number}-payable_on": "result", f"fees-{number}-charge": "khac", "summary_vi": "Tóm tắt khác"}
    papers = {"short_name_vi": "Tên ngắn khác hẳn", "keywords": "hôn nhân\nđộc thân", "components-0-kind": "photo"}
    page = looked(desk, typed | changes | papers | {"results-0-document_type": "KQ.KHAC", "name_en": "Another name"})
    shown = text(page)
    for words in (
        "Thu với mọi hồ sơ thông thường: Có",
        "Thu với mọi hồ sơ thông thường: Không",
        "Nộp tiền khi nào: Khi nhận kết quả",
        "Mã khoản thu: khac",
        "Tóm tắt: Tóm tắt khác",
        "Tên ngắn: Tên ngắn khác hẳn",
        "Từ người dân hay gõ khi tìm: hôn nhân, độc thân",
        "Loại: Ảnh",
        "Loại giấy tờ trong kho: KQ.KHAC",
        "Tên tiếng Anh: Another name",
    ):
        assert words in shown, words
    assert "Bản thảo chưa khác" not in shown
    titles = [part.title for part in page.context["looked"].parts]
    assert len(titles) == len(set(titles)), "what people read of a part and what they do not stand together"


def test_every_control_of_the_page_that_changes_is_told(desk, loaded):
    typed = begun(desk, HERE)
    own = facts.of(loaded)
    counts = {part: len(own.get(part) or ()) for part in ("fees", "components", "results", "subcases")}
    rows = {f"{part}-{index}-": part for part, count in counts.items() for index in range(count)}
    context = desk.get(HERE).context
    beside = make_version("1.000009")
    numbers = [
        value for value, _words in context["parts"][0]["rows"].forms[0].fields["quantity_field"].choices if value
    ]
    others = {
        "level": "province",
        "branch": "police",
        "place": "any",
        "service_level": "truc_tiep",
        "channels": {"": ["direct"], "components": "direct"},
        "applicants": typed["applicants"][:1] if len(typed["applicants"]) > 1 else ["ĐT2"],
        "decision_date": "01/02/2020",
        "time_value": "77",
        "kind": {"fees": "gia", "components": "photo", "results": "notice"},
        "amount_vnd": "77.000",
        "channel": "online",
        "decided_by": "" if "province" in typed.get("fees-0-decided_by", "") else "province",
        "payable_on": "result",
        "valid_from": "01/02/2020",
        "valid_to": "01/02/2090",
        "charge": "khac",
        "originals": "77",
        "copies": "78",
        "document_types": "GT.KHAC-THU",
        "document_type": "GT.KHAC-THU",
        "life_events": ["co-con-nho"],
        "levels": ["commune", "province"],
        "cutoff": "9:30",
        "extended_value": "88",
        "extended_unit": "day",
        "supplement_effect": "not_allowed",
        "supplement_days": "33",
        "supplement_rounds": "4",
        "draft_days": "2",
        "replaces": beside.procedure.code,
        "linked": beside.procedure.code,
        "foreign_amount": "10",
        "currency": "USD",
        "quantity_field": next(value for value in numbers if value != typed.get("fees-0-quantity_field")),
        "least_trust": "B",
        "reuse_from": "land",
        "value": "77",
        "unit": "day",
    }
    together = {
        "draft_days": {"draft_legal": "87/2020/NĐ-CP"},
        "draft_legal": {"draft_days": "1"},
        "foreign_amount": {"fees-0-amount_vnd": "", "fees-0-currency": "USD"},
        "currency": {"fees-0-amount_vnd": "", "fees-0-foreign_amount": "10"},
        "extended_value": {"extended_unit": "day"},
    }
    for code in ("GT.KHAC-THU", typed["results-0-document_type"]):
        DocumentType.objects.get_or_create(code=code, defaults={"name": "Giấy khác"})
    draft = SheetDraft.objects.get()
    tried = told = 0
    bound = [(field, "") for field in context["form"]]
    bound += [
        (field, rows[f"{part['name']}-0-"])
        for part in context["parts"]
        if counts[part["name"]]
        for field in part["rows"].forms[0]
    ]
    for field, part in bound:
        name = field.html_name.rpartition("-")[2]
        if name in {"issued_by", "field", "key", "ORDER", "DELETE", "reason_kind", "time_unit"}:
            continue
        if "-condition-" in field.html_name or name.startswith("assigns_") or name.endswith("_unit"):
            continue  # each with a test of its own
        was = typed.get(field.html_name)
        if name in {"default", "required", "supplement_closes"}:
            sent = {key: value for key, value in typed.items() if key != field.html_name}
            sent |= {} if was else {field.html_name: "on"}
            if part == "results":  # exactly one is issued
                continue
        else:
            other = others.get(name, f"{was or ''} thêm".strip())
            other = other[part] if isinstance(other, dict) else other
            sent = typed | {field.html_name: other}
        sent |= together.get(name, {})
        if name in {"service_level"}:
            sent |= {"reason_kind": "technical_obstacle", "reason_vi": "Chưa nối được"}
        if name in {"reason_vi", "reason_en"} or (name == "time_value" and not typed.get("time_unit")):
            continue
        if name.endswith("_en") and not typed.get(field.html_name[:-3] + "_vi"):
            continue  # there is no English of nothing
        if name in {"steps_vi", "requirements_vi", "steps_en", "requirements_en"} and not was:
            continue
        draft.refresh_from_db()
        saved = desk.post(HERE, sent | {"revision": draft.revision})
        assert saved.status_code == 302, (field.html_name, saved.context["errors"])
        draft.refresh_from_db()
        assert sheet_drafting.is_changed(draft), field.html_name
        parts = sheet_drafting.look(draft).parts
        parts = [part for part in parts if not part.title.startswith(("Có thay đổi", "Cơ quan công bố"))]
        assert parts, field.html_name  # the publisher has a name only since the sheet was loaded, and is told each time
        if isinstance(field.field, ChoiceField) and not isinstance(field.field, MultipleChoiceField):
            chosen = sent[field.html_name]
            words = WORDS_OF_THE_SHEET.get(name) or str(dict(field.field.choices)[chosen or was]).casefold()
            lines = [line for each in parts for line in (each.new if chosen else each.gone)]
            assert any(words in line.casefold() for line in lines), (field.html_name, words, lines)
            assert not any(line.endswith(f": {chosen}") for line in lines) or words == chosen.casefold()
            told += 1
        tried += 1
    assert tried > 30 and told > 10


def test_boxes_come_in_the_order_of_the_page_and_that_changes_nothing(desk):
    typed = begun(desk, HERE)
    turned = {name: list(reversed(typed[name])) for name in ("channels", "applicants")}
    assert turned["channels"] != typed["channels"]
    assert desk.post(HERE, typed | turned).status_code == 302
    assert not sheet_drafting.is_changed(SheetDraft.objects.get())


def test_what_reads_otherwise_is_cut_and_counted_as_what_came_and_went(monkeypatch):
    monkeypatch.setattr(sheet_comparing, "MOST_LINES", 2)
    changes = [comparison.Change(f"Câu {number}", "trước", "nay") for number in range(3)]
    of_form = [comparison.Part("Câu hỏi", changed=list(changes), more=1), comparison.Part("Câu hỏi", new=["một"])]
    [part] = sheet_comparing.merged(of_form)
    assert part.changed == changes[:2] and part.new == ["một"] and part.more == 2


def test_what_is_ticked_is_told_in_words():
    before, after = {"channels": ["online"], "applicants": ["ĐT1"]}, {"channels": ["direct"], "applicants": ["ĐT1"]}
    [part] = sheet_comparing.between(before, after)
    assert part.gone == ["Cách nộp: Trực tuyến trên cổng này"] and part.new == ["Cách nộp: Trực tiếp tại cơ quan"]
    [part] = sheet_comparing.between({}, {"applicants": ["ĐT1"]})
    assert "ĐT1" not in part.new[0]


@pytest.mark.parametrize(
    ("after", "line"),
    [
        ({"supplement_rule": {"effect": "not_allowed"}}, "Khi người dân bổ sung giấy tờ: Không được yêu cầu bổ sung"),
        ({"processing": {"unit": "clock_hour"}}, "Đơn vị thời hạn: giờ đồng hồ"),
        ({"processing": {"extended": {"unit": "day"}}}, "Đơn vị thời hạn kéo dài: ngày"),
        ({"subcases": [{"unit": "working_day"}]}, "Đơn vị thời hạn: ngày làm việc"),
        ({"components": [{"least_trust": "B"}]}, "Giấy tờ trong kho phải: là bản sao chứng thực trở lên"),
        ({"components": [{"channels": ["direct", "postal"]}]}, "Chỉ cần khi nộp: trên giấy: trực tiếp, bưu chính"),
        ({"components": [{"channels": ["postal"]}]}, "Chỉ cần khi nộp: Qua dịch vụ bưu chính công ích"),
        ({"fees": [{"quantity_field": "copies"}]}, "Nhân với số ở câu: Số bản (copies)"),
    ],
)
def test_what_is_chosen_is_told_in_its_words(after, line):
    copies = Field(key="copies", type="integer", label=Words("Số bản"))
    [part] = sheet_comparing.between({}, after, asked={"copies": copies})
    assert part.new == [line]


def test_who_reads_english_is_told_of_both_languages(desk):
    typed = begun(desk, HERE)
    assert desk.post(HERE, typed | {"name_vi": "Tên khác", "components-0-name_vi": "Giấy khác"}).status_code == 302
    with translation.override("en"):
        lines = [line for part in sheet_drafting.look(SheetDraft.objects.get()).parts for line in part.new]
    assert any("Tên khác" in line for line in lines) and any("Giấy khác" in line for line in lines)


def test_what_has_no_words_is_at_least_said_to_be_there(desk, loaded):
    typed = begun(desk, HERE)
    draft = SheetDraft.objects.get()
    draft.facts["steps"][0]["vi"] = draft.facts["steps"][0]["vi"].replace(" ", "  ", 1) + "\n"
    draft.facts["life_events"] = list(reversed(draft.facts.get("life_events") or ["sinh-con", "ket-hon"]))
    draft.save()
    shown = text(desk.get(f"{HERE}cong-bo/"))
    assert typed["revision"] == 1 and "Bản thảo chưa khác" not in shown


def test_a_long_text_is_shown_to_its_end_and_what_is_left_out_is_counted(desk, monkeypatch):
    typed = begun(desk, HERE)
    long = "Bước dài. " * 90
    page = text(looked(desk, typed | {"steps_vi": f"{long}cuối cùng là đây", "steps_en": ""}))
    assert "cuối cùng là đây" in page
    monkeypatch.setattr(sheet_comparing, "MOST_LINES", 1)
    monkeypatch.setattr(comparison, "MOST_LINES", 1)
    again = as_it_stands(desk, HERE) | {"steps_vi": "Một.\n\nHai.\n\nBa."}
    page = looked(desk, again)
    part = next(part for part in page.context["looked"].parts if part.title == "Các bước")
    assert (part.new, len(part.gone)) == (["Một."], 1) and part.more >= 2 and f"Và {part.more} dòng khác." in text(page)


def test_a_draft_that_cannot_be_published_tells_what_it_changes_all_the_same(desk):
    typed = begun(desk, HERE)
    draft = SheetDraft.objects.get()
    draft.facts["summary"], draft.facts["applicants"] = {"vi": "Tóm tắt khác"}, []
    draft.save()
    shown = text(desk.get(f"{HERE}cong-bo/"))
    assert typed and "Chưa công bố được" in shown and "Tóm tắt: Tóm tắt khác" in shown


def test_of_two_equal_rows_one_that_goes_is_told():
    row = {"key": "a", "name": {"vi": "Đơn"}, "kind": "document"}
    parts = sheet_comparing.between({"components": [row, row | {"key": "b"}]}, {"components": [row]})
    assert parts[0].gone == ["Đơn · Bắt buộc khi nộp trực tuyến: Không", "Đơn · Tên: Đơn", "Đơn · Loại: Giấy tờ"]


SEVERAL = {"value": 3, "unit": "same_working_day"}
"""What drafts could hold before it was refused: “trong ngày làm việc” is one day."""


@pytest.mark.parametrize("place", ["processing", "extended", "subcases"])
def test_a_draft_with_a_time_that_cannot_be_opens_and_names_where_it_stands(desk, place):
    typed = begun(desk, HERE)
    draft = SheetDraft.objects.get()
    rows = {"processing": draft.facts["processing"], "subcases": draft.facts["subcases"][0]}
    (rows | {"extended": draft.facts["processing"]["extended"]})[place].update(SEVERAL)
    draft.save()
    page = desk.get(f"{HERE}cong-bo/")
    title = "Trường hợp giải quyết" if place == "subcases" else "Thời hạn giải quyết"
    assert page.status_code == 200 and f"Chưa đủ hoặc chưa đúng: {title}." in text(page)
    assert ">Công bố</button>" not in text(page)
    refused = desk.post(HERE, as_it_stands(desk, HERE) | {"next": "1"})
    assert refused.status_code == 422 and "là một ngày: hãy ghi số 1, hoặc chọn" in text(refused)
    assert looked(desk, typed).context["looked"].problems == [], "set right again"


def times_of_cases(draft):
    return [(row.get("value"), row.get("unit")) for row in draft.facts["subcases"]]


def test_the_only_case_goes_with_the_promised_time(desk, loaded):
    typed = begun(desk, HERE)
    saved = desk.post(HERE, typed | {"time_value": "2"}, follow=True)
    assert "trước đây ghi cùng thời hạn nên đã đổi theo thời hạn mới" in text(saved)
    draft = SheetDraft.objects.get()
    assert times_of_cases(draft) == [(2, "working_day")]
    parts = {part.title: part for part in sheet_drafting.look(draft).parts}
    assert not [line for part in parts.values() for line in part.new if line.endswith("3 ngày làm việc")]
    assert parts["Trường hợp giải quyết"].new == ["Thời hạn của trường hợp: 2"]
    assert publish(desk, HERE).status_code == 302
    draft.refresh_from_db()
    shown = sheets.contents(draft.published)
    assert (shown["processing_short"], shown["cases"]) == ("2 ngày làm việc", [])


def test_a_case_with_a_time_of_its_own_keeps_it(desk):
    typed = begun(desk, HERE)
    assert desk.post(HERE, typed | {"time_value": "2", "subcases-0-value": "5"}).status_code == 302
    draft = SheetDraft.objects.get()
    assert times_of_cases(draft) == [(5, "working_day")], "written on at the same time"
    again = as_it_stands(desk, HERE) | {"time_value": "4"}
    assert "trước đây ghi cùng" not in text(desk.post(HERE, again, follow=True))
    draft.refresh_from_db()
    assert times_of_cases(draft) == [(5, "working_day")], "it was another before"
    assert desk.post(HERE, as_it_stands(desk, HERE) | {"subcases-0-value": "4"}).status_code == 302
    assert desk.post(HERE, as_it_stands(desk, HERE) | {"time_value": "6", "time_unit": "day"}).status_code == 302
    draft.refresh_from_db()
    assert times_of_cases(draft) == [(6, "day")]
