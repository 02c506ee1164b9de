"""The case chosen on a sheet: its papers stand first there, and the form begins with it, shown with its source."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from dossiers import beginning
from dossiers.models import Dossier
from procedures import sheet_case
from procedures.eforms import own_case
from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import signed_in
from tests.procedures.national_records import case, record

pytestmark = pytest.mark.django_db
ADDRESS, START = "/thu-tuc/1.900001/", "/nop-ho-so/1.900001/"
HOUSE, WORKS = "Đối với nhà ở riêng lẻ tại đô thị:", "Đối với công trình "
PAPERS = [
    {"name": "Đơn đề nghị", "code": "KQ1", "original": 1, "copy": 0},
    {"case": HOUSE, "name": "1. Bản vẽ nhà", "code": "KQ2", "original": 1, "copy": 0},
    {"case": WORKS, "name": "1. Bản vẽ cầu", "code": "KQ3", "original": 1, "copy": 0},
    {"case": WORKS, "name": "Lưu ý: không quá 20 MB", "code": "KQ4", "original": 1, "copy": 0},
]
CASES = [
    case(1, "Nuôi rồng, nhà ở riêng lẻ (cấp IV) - Đối với công trình", 15),
    case(2, "Nuôi rồng, nhà ở riêng lẻ (cấp IV) - Đối với nhà ở riêng lẻ tại đô thị", 10),
]
FEES = [
    {"type": "SERVICE_FEE", "amount": 50_000, "currency": "VND", "note": "Rồng con"},
    {"type": "SERVICE_FEE", "amount": 162_500, "currency": "VND", "note": "Rồng già"},
]
SMALL, BIG = (own_case.value_of(row["name"]) for row in CASES)
HOUSES, WORKS_ONLY = own_case.value_of(HOUSE), own_case.value_of(WORKS)
SAID = "Bạn đã chọn ở trang thủ tục"


@pytest.fixture
def imported(import_records):
    factories.make_agency()
    import_records(record(components=PAPERS, subcases=CASES, target_groups=["Công dân Việt Nam"]))
    # what a sheet says of agencies is another test's: this one is filed at any commune
    ProcedureVersion.objects.update(competent_level="commune", competent_branch="peoples_committee")
    return ProcedureVersion.objects.get()


def page(client, address):
    return " ".join(unescape(client.get(address).content.decode()).replace("\xa0", " ").split())


def papers(html):
    """The part of a sheet that lists the papers."""
    return html.split('id="giay-to"')[1].split("</section>")[0]


def test_papers_stand_under_the_whole_name_of_their_case(imported):
    told = papers(page(Client(), ADDRESS))
    first, house, works = (told.index(words) for words in ("Đơn đề nghị", "Bản vẽ nhà", "Bản vẽ cầu"))
    assert first < told.index("<h3") < house < works
    assert ">Đối với nhà ở riêng lẻ tại đô thị</h3>" in told and told.count("Đối với nhà ở riêng lẻ") == 1
    assert told.index("không quá 20 MB") < told.index("<h3"), "a remark is nobody's paper"
    assert "<details" not in told


def test_papers_of_a_chosen_case_come_first_and_the_others_are_folded(imported):
    told = papers(page(Client(), f"{ADDRESS}?nhom={WORKS_ONLY}"))
    mine, others = told.split("<details")
    assert "Trường hợp của bạn: Đối với công trình</h3>" in mine and "Bản vẽ cầu" in mine and "Bản vẽ nhà" not in mine
    assert "Trường hợp khác: 1 giấy tờ" in others and "Bản vẽ nhà" in others


def test_a_published_case_brings_the_papers_of_the_heading_it_ends_with(imported):
    for value, mine, other in ((SMALL, "Bản vẽ cầu", "Bản vẽ nhà"), (BIG, "Bản vẽ nhà", "Bản vẽ cầu")):
        told = papers(page(Client(), f"{ADDRESS}?truong-hop={value}"))
        assert mine in told.split("<details")[0] and other in told.split("<details")[1], mine
    both = papers(page(Client(), f"{ADDRESS}?truong-hop={BIG}&nhom={HOUSES}&nhom={WORKS_ONLY}"))
    assert both.count("Trường hợp của bạn:") == 2 and "<details" not in both, "what she ticked herself goes first"


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("Nuôi rồng - Cấp mới, kể cả nhà ở riêng lẻ", ("Đối với nhà ở riêng lẻ", "Đối với công trình")),
        ("Nuôi rồng - Nhà ở", ("Trường hợp nhà ở", "Đối với nhà ở")),
    ],
)
def test_a_case_that_no_heading_or_more_than_one_says_is_asked_for(import_records, name, headings):
    rows = [
        {"case": each, "name": f"Giấy {at}", "code": f"KQ{at}", "original": 1, "copy": 0}
        for at, each in enumerate(headings)
    ]
    import_records(record(components=rows, subcases=[case(1, name, 15), case(2, "Nuôi rồng - Khác", 5)]))
    version = ProcedureVersion.objects.get()
    told = QueryDict(f"truong-hop={own_case.value_of(name)}")
    assert set(sheet_case.answers_in(told, version, timezone.localdate())) == {own_case.TIME_CASE}, "no heading ticked"
    listed = papers(page(Client(), f"{ADDRESS}?{told.urlencode()}"))
    assert "Trường hợp của bạn:" not in listed and "Giấy 0" in listed and "Giấy 1" in listed


def test_many_papers_are_folded_case_by_case(import_records):
    rows = [{"case": f"Trường hợp {n}", "name": f"Giấy {n}.{m}", "original": 1} for n in (1, 2) for m in range(7)]
    import_records(record(components=[{**row, "code": f"KQ{at}", "copy": 0} for at, row in enumerate(rows)]))
    told = papers(page(Client(), ADDRESS))
    assert re.search(r"<summary[^>]*>Trường hợp 2 <span class=\"soft\">\(7 giấy tờ\)", told)


def test_the_sheet_offers_the_cases_that_the_form_asks_for(imported):
    told = page(Client(), ADDRESS)
    assert "Giấy tờ theo trường hợp (2 trường hợp)" in told and f'name="nhom" value="{HOUSES}"' in told
    assert "để biết đúng cơ quan, giấy tờ cần nộp và thời hạn<" in told
    sent = Client().get(f"{ADDRESS}noi/", {"nhom": [HOUSES, WORKS_ONLY, "x"], "truong-hop": "x"})
    assert parse_qs(urlsplit(sent["Location"]).query) == {"nhom": [HOUSES, WORKS_ONLY]}


def begun():
    return Dossier.objects.get(state="draft")


def test_a_case_kept_through_signing_in_is_read_by_the_version_of_then(imported, import_records):
    case_of = sheet_case.answers_in(QueryDict(f"nhom={HOUSES}"), imported, timezone.localdate())
    assert case_of == {"cases": ["case_1"]}
    session = SessionStore()
    back = beginning.remember_press(session, imported, START, shown=beginning.Shown(case=case_of))
    import_records(record(components=[PAPERS[0], *PAPERS[2:], PAPERS[1]], subcases=CASES))
    newest = ProcedureVersion.objects.order_by("-number")[0]
    assert newest.pk != imported.pk
    pressed = beginning.take_press(session, newest, parse_qs(urlsplit(back).query)["tiep"][0])
    assert pressed is not None and pressed.case == {"cases": ["case_2"]}, "counted anew, as another heading is first"


def test_the_form_begins_with_the_case_of_the_sheet(imported):
    browser = signed_in(factories.make_citizen())
    sheet = page(browser, f"{ADDRESS}?truong-hop={BIG}")
    sent = dict(re.findall(r'<input type="hidden" name="(truong-hop|nhom)" value="([^"]+)"', sheet))
    assert sent == {"truong-hop": BIG, "nhom": HOUSES}
    browser.post(START, {"tu-trang-thu-tuc": "1", "tinh": "01", "xa": "00073", **sent})
    draft = begun()
    assert (draft.answers["subcase"], draft.answers["cases"]) == (BIG, ["case_1"])
    asked = page(browser, f"{START}{draft.public_id}/request/")
    assert asked.count(SAID) == 2 and re.search(rf'value="{BIG}"[^>]* checked', asked)
    assert "You chose it on the procedure's page" in page(browser, f"/en{START}{draft.public_id}/request/")
    browser.post(f"{START}{draft.public_id}/request/", {"note": "Xin phép", "subcase": SMALL, "cases": ["case_2"]})
    draft = begun()
    assert (draft.answers["subcase"], draft.answers["cases"]) == (SMALL, ["case_2"])
    assert not {"subcase", "cases"} & {*draft.answer_sources}, "what she chose in the form is her own word"
    browser.post(START, {"tu-trang-thu-tuc": "1", "truong-hop": BIG})
    assert begun().answers["subcase"] == SMALL, "and stays"


def test_the_papers_of_her_case_are_needed_and_the_others_are_what_the_law_lists(import_records):
    factories.make_agency()
    listed = {"name": "Giấy ủy quyền (nếu có)", "code": "KQ9", "original": 1, "copy": 0}
    import_records(record(components=[*PAPERS, listed], subcases=CASES, target_groups=["Công dân Việt Nam"]))
    ProcedureVersion.objects.update(competent_level="commune", competent_branch="peoples_committee")
    browser = signed_in(factories.make_citizen())
    browser.post(START, {"tu-trang-thu-tuc": "1", "tinh": "01", "xa": "00073", "truong-hop": BIG, "nhom": HOUSES})
    html = page(browser, f"{START}{begun().public_id}/giay-to/")
    told = dict(re.findall(r'<h2 class="card__title"[^>]*>(.*?)</h2> <(?:strong|span)[^>]*>(.*?)</', html))
    assert told == {
        "Đơn đề nghị": "Theo quy định",
        "1. Bản vẽ nhà": "Cần cho trường hợp của bạn",
        "Giấy ủy quyền (nếu có)": "Nếu có",
    }


def test_another_choice_on_the_sheet_replaces_the_one_before_it(imported):
    browser = signed_in(factories.make_citizen())
    for value in (BIG, SMALL):
        browser.post(START, {"tu-trang-thu-tuc": "1", "truong-hop": value})
        assert begun().answers["subcase"] == value


@pytest.mark.parametrize("told", [{"truong-hop": "x" * 9000}, {"nhom": ["case_1", "\x00"]}, {"muc-thu": BIG}, {}])
def test_what_is_no_case_is_no_answer(imported, told):
    signed_in(factories.make_citizen()).post(START, {"tu-trang-thu-tuc": "1", **told})
    assert not {"subcase", "cases", "fee_case"} & {*begun().answers}


def test_the_case_holds_through_signing_in(imported):
    browser = Client()
    sheet = page(browser, f"{ADDRESS}?truong-hop={BIG}&tinh=01&xa=00073")
    (link,) = re.findall(rf'href="({START}[^"]*)"', sheet)
    assert parse_qs(urlsplit(link).query)["truong-hop"] == [BIG]
    first = page(browser, link)
    assert "Bản vẽ nhà" in first and "Bản vẽ cầu" not in first
    (back,) = parse_qs(urlsplit(browser.post(link)["Location"]).query)["next"]
    browser.force_login(factories.make_citizen(), backend="django.contrib.auth.backends.ModelBackend")
    browser.get(back)
    assert begun().answers["subcase"] == BIG


def test_the_start_page_keeps_place_and_case_of_the_sheet(imported):
    browser = signed_in(factories.make_citizen(level=1))
    answer = browser.post(START, {"tu-trang-thu-tuc": "1", "tinh": "01", "xa": "00073", "truong-hop": BIG})
    assert parse_qs(urlsplit(answer["Location"]).query) == {
        "tinh": ["01"],
        "xa": ["00073"],
        "truong-hop": [BIG],
        "nhom": [HOUSES],
    }


def test_the_fee_whose_words_end_the_name_of_the_case_is_hers(import_records):
    factories.make_agency()
    fees = [
        {"type": "SERVICE_FEE", "amount": amount, "currency": "VND", "note": words}
        for words, amount in (("Đối với công trình", 100_000), ("- Đối với nhà ở riêng lẻ tại đô thị:", 50_000))
    ]
    way = {"channel": "online", "time": 5, "time_unit": "WORKING_DAY", "description": "", "fee": fees}
    import_records(record(methods=[way], subcases=CASES, target_groups=["Công dân Việt Nam"]))
    sheet = page(Client(), f"{ADDRESS}?truong-hop={BIG}")
    assert "Đang xem: Đối với nhà ở riêng lẻ tại đô thị (50.000 đ)" in sheet
    assert "<strong>50.000 đ</strong>" in sheet.split('id="giay-to"')[0], "hers, and no span"
    both = page(Client(), f"{ADDRESS}?truong-hop={BIG}&muc-thu={own_case.value_of('Đối với công trình')}")
    assert "Đang xem: Đối với công trình (100.000 đ)" in both, "what she chose herself goes first"


def test_a_chosen_fee_is_carried_too(import_records):
    factories.make_agency()
    way = {"channel": "online", "time": 5, "time_unit": "WORKING_DAY", "description": "", "fee": FEES}
    import_records(record(methods=[way]))
    ProcedureVersion.objects.update(competent_level="commune", competent_branch="peoples_committee")
    fee = own_case.value_of("Rồng già")
    browser = signed_in(factories.make_citizen())
    assert "162.500 đ" in page(browser, f"{START}?muc-thu={fee}")
    browser.post(START, {"tu-trang-thu-tuc": "1", "muc-thu": fee})
    assert begun().answers["fee_case"] == fee


def test_nothing_is_carried_into_a_draft_of_another_version(imported):
    browser = signed_in(factories.make_citizen())
    browser.post(START)
    older = begun()
    ProcedureVersion.objects.filter(pk=older.procedure_version_id).update(
        valid_to="2020-01-02", valid_from="2020-01-01"
    )
    newer = ProcedureVersion.objects.get(pk=older.procedure_version_id)
    newer.pk, newer.number, newer.valid_to = None, 2, None
    newer.save()
    browser.post(START, {"tu-trang-thu-tuc": "1", "truong-hop": BIG})
    assert "subcase" not in begun().answers
