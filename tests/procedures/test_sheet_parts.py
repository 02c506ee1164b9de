"""Long texts, imported records, questions, related procedures, versions side by side, papers one already has."""

import json
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datastore.models import TrustLevel
from datastore.services import deposit
from portal.agencies.models import Agency
from portal.core import page_cache
from procedures import catalogue, questions, sheet_texts
from procedures.models import Field, Procedure, ProcedureVersion, Question
from tests import factories
from tests.procedures.conftest import BIRTH, HOUSEHOLD_BUSINESS, RESIDENCE
from tests.procedures.national_records import record as imported

pytestmark = pytest.mark.django_db


def page(client, code, **kwargs):
    page_cache.shelf.clear()
    return client.get(f"/thu-tuc/{code}/", **kwargs).content.decode()


@pytest.fixture
def record(db):
    """A procedure as an import leaves it: free text, nothing derived."""
    field = Field.objects.create(code="G12-TC04", name="Hải quan")
    procedure = Procedure.objects.create(code="1.000005", field=field)
    procedure.current = ProcedureVersion.objects.create(
        procedure=procedure,
        number=1,
        valid_from="2026-04-08",
        content_sha256="0" * 64,
        name="Thủ tục hải quan đối với khí",
        issuer_code="G12",
        issuer_name="Bộ Tài chính",
        service_level="toan_trinh",
        competent_level="commune",
        competent_branch="other",
        competent_place="any",
        origin="national",
        sheet={
            "processing": {"text": {"vi": "Chậm nhất 08 giờ làm việc kể từ khi nộp đủ hồ sơ"}},
            "steps": [{"vi": "Bước 1: Nộp. " * 15_000}],
            "agencies": {"executing": [{"code": "CCHQ", "name": "Chi cục Hải quan khu vực"}]},
            "receiving_address": "Số 1 phố Thử",
            "legal_basis": ["38/2015/TT-BTC – Thông tư quy định về thủ tục hải quan"],
        },
    )
    procedure.save()
    return procedure.current


def test_an_imported_record_shows_what_is_known_and_says_what_is_not(record, territory, client):
    html = page(client, "1.000005")
    assert "Chậm nhất 08 giờ làm việc kể từ khi nộp đủ hồ sơ" in html
    assert "Cơ quan công bố chưa ghi mức thu. Chưa ghi không có nghĩa là miễn phí." in html
    assert "Không thu phí" not in html
    assert "Không phải nộp giấy tờ nào" not in html
    assert "Pháp luật không quy định" not in html
    assert "Nội dung theo bản ghi của Cơ sở dữ liệu quốc gia" in html
    for words in ("Chi cục Hải quan khu vực", "Số 1 phố Thử", "38/2015/TT-BTC – Thông tư quy định"):
        assert words in html
    assert '<span class="nowrap">38/2015' not in html  # a long title wraps on a phone
    words = "Cổng chưa biết đích danh cơ quan ở nơi bạn chọn."
    assert words not in page(client, "1.000005", data={"tinh": "01", "xa": "00073"}), "no place knows, none is asked"
    Agency.objects.create(code="X", name="Chi cục nơi khác", level="commune", branch="other", path="X/")
    page_cache.shelf.clear()
    assert words in page(client, "1.000005", data={"tinh": "01", "xa": "00073"})


def test_a_record_names_its_agencies_in_english_where_they_have_such_names(record, territory, client):
    agency = {"level": "ministry", "branch": "finance"}
    Agency.objects.create(code="G12", name="Bộ Tài Chính", name_en="Ministry of Finance", path="G12/", **agency)
    Agency.objects.create(code="CCHQ", name="Chi cục khác", name_en="Some other office", path="CCHQ/", **agency)
    page_cache.shelf.clear()
    html = client.get("/en/thu-tuc/1.000005/").content.decode()
    assert "Ministry of Finance" in html and "Chi cục Hải quan khu vực" in html
    assert "Some other office" not in html, "a code of ours with another name is not what the record means"
    assert "Ministry of Finance" not in page(client, "1.000005")


def test_a_part_of_170_kilobytes_is_folded_measured_and_broken_into_paragraphs(record, client):
    html = page(client, "1.000005")
    assert len(record.sheet["steps"][0]["vi"]) > 170_000
    assert "Đọc toàn bộ: 45000 chữ, khoảng 225 phút" in html or "Đọc toàn bộ: 45.000 chữ" in html
    assert re.search(r'href="#buoc">Các bước <span class="soft">225 phút đọc', html)
    lines = re.findall(r'<p class="text__line">(.*?)</p>', html)
    assert len(lines) > 150
    assert max(map(len, lines)) <= 1_000


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("Một dòng.", 1), ("Một.\n\nHai.\n", 2), ("Câu dài vừa phải. " * 200, 4), ("x" * 5000, 1)],
)
def test_paragraphs_lose_nothing(text, count):
    found = sheet_texts.paragraphs(text)
    assert len(found) == count
    assert "".join("".join(found).split()) == "".join(text.split())


def test_questions_are_shown_once_published(publish, client, reference):
    publish(BIRTH)
    questions.load_questions(reference)
    html = page(client, BIRTH)
    assert "Đăng ký khai sinh có mất tiền không?" in html
    assert 'href="#hoi-dap"' in html
    Question.objects.update(is_published=False)
    assert "Đăng ký khai sinh có mất tiền không?" not in page(client, BIRTH)


def test_questions_are_loaded_once_and_edits_stay(publish, reference):
    publish(BIRTH)
    call_command("load_procedures", "procedures/reference/procedures/1.001193.yaml")
    assert Question.objects.count() == len(reference.questions)
    question = Question.objects.get(code="khai-sinh-mien-le-phi")
    question.answer = "Đã sửa."
    questions.save(question)
    assert questions.load_questions(reference) == 0
    question.refresh_from_db()
    assert question.answer == "Đã sửa."


def test_every_question_names_procedures_of_ours_and_both_languages(reference):
    ours = {path.stem for path in (reference.folder / "procedures").glob("*.yaml")}
    for row in reference.questions:
        assert set(row["procedures"]) <= ours, row["code"]
        assert all(row[part][language] for part in ("question", "answer") for language in ("vi", "en")), row["code"]


def test_a_part_leads_to_its_bundle_and_the_bundle_to_its_parts(publish, client):
    publish("3.000722", BIRTH, RESIDENCE)
    assert 'href="/thu-tuc/3.000722/"' in page(client, BIRTH)
    bundle = page(client, "3.000722")
    assert f'href="/thu-tuc/{BIRTH}/"' in bundle
    assert "2.000986" in bundle  # replaced by it


def test_neighbours_come_from_the_same_event_or_field(publish, client):
    publish(BIRTH, "1.000894", HOUSEHOLD_BUSINESS)
    html = page(client, BIRTH)
    related = html[html.index('id="lien-quan"') :]
    assert "/thu-tuc/1.000894/" in related
    assert f"/thu-tuc/{HOUSEHOLD_BUSINESS}/" not in related


def test_neighbours_that_serve_most_people_come_first(publish, import_records, client):
    publish(BIRTH, "1.000894", "1.000656")
    field = {"field": "Hộ tịch", "field_code": Procedure.objects.get(code=BIRTH).field.code}
    names = (
        "Thủ tục đăng ký khai tử lưu động",
        "ĐĂNG KÝ GIÁM HỘ CHO TRẺ EM",
        "Đăng ký khai sinh tại khu vực biên giới",
    )
    import_records(*(imported(f"1.90000{at}", name=name, **field) for at, name in enumerate(names)))
    html = page(client, BIRTH)
    related = html[html.index('id="lien-quan"') :]
    codes = ["1.000656", "1.000894", "1.900001", "1.900002", "1.900000"]
    found = sorted(codes, key=lambda code: related.index(f"/thu-tuc/{code}/"))
    assert ({*found[:2]}, found[2:]) == ({*codes[:2]}, codes[2:]), "ours, then whole things, then mere circumstances"
    assert ">Đăng ký giám hộ cho trẻ em<" in related, "a name in capitals is tidied"


@pytest.fixture
def two_versions(publish, pack_data, reference):
    publish(BIRTH)
    data = pack_data(BIRTH)
    data["steps"] = [*data["steps"][1:], {"vi": "Bước hoàn toàn mới.", "en": "A brand new step."}]
    data["processing"]["text"] = {"vi": "Trong hai ngày", "en": "Within two days"}
    catalogue.load_pack(data, reference=reference)


def test_versions_lead_to_what_changed_in_words(two_versions, client):
    listing = client.get(f"/thu-tuc/{BIRTH}/ban-cong-bo/").content.decode()
    assert f'href="/thu-tuc/{BIRTH}/ban-cong-bo/1-2/"' in listing
    html = client.get(f"/thu-tuc/{BIRTH}/ban-cong-bo/1-2/").content.decode()
    gone, new = (html[html.index(f'class="changes__{name}"') :] for name in ("gone", "new"))
    assert "Chọn Ủy ban nhân dân xã" in gone[: gone.index("</div>")]
    assert "Bước hoàn toàn mới." in new[: new.index("</div>")]
    assert "Trong hai ngày" in html
    assert "Căn cứ pháp lý" not in html  # unchanged parts are left out
    assert "A brand new step." in client.get(f"/en/thu-tuc/{BIRTH}/ban-cong-bo/1-2/").content.decode()


def test_a_question_that_reads_otherwise_is_a_public_change(publish, pack_data, reference, client):
    publish(BIRTH)
    data = pack_data(BIRTH)
    groups = [group for part in data["form"]["pages"] for group in part["groups"] if "fields" in group]
    question = next(field for field in groups[0]["fields"] if "label" in field)
    before = question["label"]["vi"]
    question["label"] = {"vi": "Bạn tên là gì", "en": "What is your name"}
    catalogue.load_pack(data, reference=reference)
    html = client.get(f"/thu-tuc/{BIRTH}/ban-cong-bo/1-2/").content.decode()
    assert [(was, now) for _place, was, now in changes(html)] == [(before, "Bạn tên là gì")]
    assert "Câu hỏi trong biểu mẫu" in html and "chỉ đổi phần kỹ thuật" not in html
    assert "changes__gone" not in html and "changes__new" not in html, "the question stays, its words change"


@pytest.mark.parametrize("address", ["1-3", "2-1", "1-1", "0-2", "99999999999999999999-2"])
def test_versions_that_are_not_there_are_not_found(two_versions, client, address):
    assert client.get(f"/thu-tuc/{BIRTH}/ban-cong-bo/{address}/").status_code == 404
    assert client.get("/thu-tuc/9.999999/ban-cong-bo/").status_code == 404


def test_the_head_carries_json_that_no_text_can_break_out_of(publish, pack_data, reference, client):
    data = pack_data(BIRTH)
    data["summary"] = {"vi": "</script><script>alert(1)</script>&amp;", "en": "x"}
    catalogue.load_life_events(reference)
    catalogue.load_pack(data, reference=reference)
    html = page(client, BIRTH)
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    described = json.loads(block)
    assert described["@type"] == "GovernmentService"
    assert described["identifier"] == BIRTH
    assert described["description"][0]["@value"] == "</script><script>alert(1)</script>&amp;"


def test_canonical_and_alternates_are_absolute(publish, territory, client):
    publish(BIRTH)
    html = page(client, BIRTH, data={"tinh": "01"})
    for line in (
        f'<link rel="canonical" href="http://testserver/thu-tuc/{BIRTH}/">',
        f'<link rel="alternate" hreflang="vi" href="http://testserver/thu-tuc/{BIRTH}/">',
        f'<link rel="alternate" hreflang="en" href="http://testserver/en/thu-tuc/{BIRTH}/">',
        f'<link rel="alternate" hreflang="x-default" href="http://testserver/thu-tuc/{BIRTH}/">',
    ):
        assert line in html


def test_papers_one_already_has(client):
    version = factories.make_version()
    citizen = factories.make_citizen()
    address = f"/kho-du-lieu/giay-to-cho/{version.procedure.code}/"
    assert client.get(address).status_code == 302  # signing in comes first
    client.force_login(citizen)
    sheet = page(client, version.procedure.code)
    assert f'hx-get="{address}"' in sheet
    assert f'<a class="with-icon" href="{address}">' in sheet
    assert "chưa có giấy tờ nào" in client.get(address).content.decode()
    deposit(
        owner=citizen,
        content=factories.png("a"),
        name="giay.png",
        type_code="GT.KHAC",
        title="Giấy của tôi",
        trust=TrustLevel.UPLOADED,
    )
    fragment = client.get(address, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "Trong kho của bạn có 1 giấy tờ dùng được." in fragment
    paper = version.components.get()
    paper.when_text = "Chỉ khi đã ly hôn"
    paper.save()
    paper.pk, paper.code, paper.name, paper.channels = None, "to-khai", "Tờ khai (giấy)", ["direct"]
    paper.save()
    page_of_its_own = client.get(address).content.decode()
    assert "Chỉ khi đã ly hôn" in page_of_its_own and "Tờ khai (giấy)" not in page_of_its_own
    assert "Giấy của tôi" in fragment
    assert "<html" in client.get(address).content.decode()
    assert client.get("/kho-du-lieu/giay-to-cho/9.999999/").status_code == 404


def test_papers_cost_the_same_for_one_component_and_for_many(client):
    version = factories.make_version()
    client.force_login(factories.make_citizen())
    address = f"/kho-du-lieu/giay-to-cho/{version.procedure.code}/"

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(address, headers={"hx-request": "true"})
        return len(captured)

    one = queries()
    first = version.components.get()
    for number in range(6):
        first.pk, first.code, first.position = None, f"T{number}", number + 1
        first.save(force_insert=True)
    assert queries() == one


def test_limits_conditions_and_rows_of_questions_are_public_changes(publish, pack_data, reference, client):
    publish(BIRTH)
    data = pack_data(BIRTH)
    page = data["form"]["pages"][0]
    page["groups"].append(
        {
            "key": "moi",
            "title": {"vi": "Mục mới", "en": "New"},
            "fields": [
                {"key": "so_con", "label": {"vi": "Số con", "en": "Children"}, "type": "integer", "max": 20},
                {
                    "key": "cac_con",
                    "label": {"vi": "Các con", "en": "The children"},
                    "type": "repeat",
                    "max_items": 20,
                    "fields": [{"key": "ten", "label": {"vi": "Tên con", "en": "Name"}, "type": "text"}],
                },
            ],
        }
    )
    catalogue.load_pack(data, reference=reference)
    count, rows = page["groups"][-1]["fields"]
    count |= {"max": 5, "required": True}
    rows |= {"max_items": 5, "visible_if": {"field": "so_con", "at_least": 1}}
    rows["fields"][0]["max_length"] = 40
    catalogue.load_pack(data, reference=reference)
    html = client.get(f"/thu-tuc/{BIRTH}/ban-cong-bo/2-3/").content.decode()
    assert changes(html) == [
        ("Số con · Lớn nhất", "20", "5"),
        ("Số con · Bắt buộc trả lời", "", "có"),
        ("Các con · Nhiều nhất (dòng)", "20", "5"),
        ("Các con · Chỉ hỏi khi", "", "“Số con” từ 1 trở lên"),
    ]
    assert "Maximum" not in html and "·  ·" not in html
    rows["fields"][0]["max_length"] = 50
    catalogue.load_pack(data, reference=reference)
    assert "chỉ đổi phần kỹ thuật" in client.get(f"/thu-tuc/{BIRTH}/ban-cong-bo/3-4/").content.decode()


def test_a_question_that_came_moved_or_went_is_told_as_such(publish, pack_data, reference, client):
    publish(BIRTH)
    data = pack_data(BIRTH)
    page = data["form"]["pages"][0]
    fields = [
        {"key": f"cau_{name}", "label": {"vi": f"Câu {name}", "en": name}, "type": "text", "max_length": 40}
        for name in ("a", "b", "c")
    ]
    page["groups"].append({"key": "moi", "title": {"vi": "Mục mới", "en": "New"}, "fields": fields})
    catalogue.load_pack(data, reference=reference)
    page["groups"][-1]["fields"] = [fields[2], {**fields[0], "key": "cau_d", "label": {"vi": "Câu d", "en": "d"}}]
    page["groups"][-1]["fields"].append(fields[1] | {"label": {"vi": "Câu hai", "en": "b"}})
    catalogue.load_pack(data, reference=reference)
    html = client.get(f"/thu-tuc/{BIRTH}/ban-cong-bo/2-3/").content.decode()
    assert ("Câu hai · Câu hỏi", "Câu b", "Câu hai") in changes(html)
    for name, line in (("gone", "Câu a"), ("new", "Câu d")):
        block = html[html.index(f'class="changes__{name}"') :]
        assert re.findall(r"<dd>(.*?)</dd>", block[: block.index("</div>")]) == [line]
    assert "Dài nhất" not in html and "Chuyển chỗ" in html


def changes(html):
    """What the page says reads otherwise: place, before and after."""
    block = html[html.index('class="changes__other"') :]
    found = []
    for line in re.findall(r"<dd>(.*?)</dd>", block[: block.index("</div>")], re.DOTALL):
        said = dict(re.findall(r'soft">(Trước|Nay):</span> (.*?)</span>', line, re.DOTALL))
        found.append((line.partition("<span")[0], said.get("Trước", ""), said.get("Nay", "")))
    return found
