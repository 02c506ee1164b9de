"""Search at /thu-tuc/: a citizen's own words, filters with counts, and an honest empty page."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from procedures import closing, search, search_filters
from procedures.searching.documents import Document
from procedures.searching.lexicon import lexicon
from procedures.searching.postings import build
from procedures.searching.ranking import fitting
from procedures.searching.understanding import understand
from tests.procedures.conftest import BIRTH, HOUSEHOLD_BUSINESS, LICENCE, RESIDENCE
from tests.procedures.national_records import record

pytestmark = pytest.mark.django_db


ASKED = [
    ("đăng ký khai sinh", BIRTH),
    ("dang ky khai sinh", BIRTH),
    ("DANG KY KHAI SINH", BIRTH),
    ("làm giấy khai sinh cho con", BIRTH),
    ("làm lại bằng lái", "3.000348"),
    ("lam lai bang lai xe", "3.000348"),
    ("bhyt het han", "1.001939"),
    ("đổi gplx", LICENCE),
    ("nhập khẩu cho con", "3.000722"),
    ("mở quán cà phê", HOUSEHOLD_BUSINESS),
    ("đkkd hộ cá thể", HOUSEHOLD_BUSINESS),
    ("lltp", "3.000333"),
    ("giấy độc thân", "1.004873"),
    ("photo công chứng", "2.000815"),
    ("khai sin", BIRTH),
    ("làm giấy khai sanh", BIRTH),
    ("dấy khai sinh", BIRTH),
    ("ho chieeu", "1.001456"),
    ("1.001193", BIRTH),
    ("thủ tục 1.001193 ở đâu", BIRTH),
    ("1,001193", BIRTH),
]


@pytest.mark.parametrize(("words", "code"), ASKED)
def test_the_right_procedure_is_among_the_first(everything, words, code):
    codes = [hit.code for hit in search.search(words).hits[:3]]
    assert code in codes, codes


@pytest.mark.parametrize("words", ["đăng ký", "giấy", "cấp", "giay to"])
def test_a_word_that_many_procedures_have_finds_them(everything, words):
    assert len(search.search(words).hits) > 3


def test_half_a_code_finds_all_that_begin_so(everything):
    codes = [hit.code for hit in search.search("1.0011").hits]
    assert codes == [BIRTH]
    assert len(search.search("2.00").hits) > 5


@pytest.mark.parametrize(
    "words",
    [
        "mua vé máy bay",
        "thời tiết ngày mai",
        "qwerty zxcvb",
        "🙂🙂🙂",
        "%%%%",
        "'; --",
        "???",
        "a & b | !c",
        "đội tuyển đá mấy giờ tối nay",
        "hôm nay âm lịch ngày mấy",
        "ai là tổng thống mỹ",
        "đặt tên con gái năm nay cho hay",
        "chiều nay cháu có về ăn cơm không",
        "dạo này bác có khỏe không",
        "học lái máy bay mất bao lâu",
        "em bé mọc răng bị sốt",
        "cách trị ho cho bé tại nhà",
        "mua vé xem ca nhạc",
        "mua ve xem ca nhac",
        "hôm nay buồn quá",
        "hom nay buon qua",
        "dat ve may bay",
        "hom nay an gi",
        "sữa bột nào tốt cho bé",
        "dk goi cuoc 4g",
        "chế độ ăn kiêng",
    ],
)
def test_what_fits_nothing_finds_nothing(everything, client, words):
    assert search.search(words).hits == []
    response = client.get(reverse("procedures:search"), {"q": words})
    assert response.status_code == 200
    assert "Không có thủ tục nào khớp với" in response.content.decode()
    assert "18001096" in response.content.decode()


def test_closed_procedures_are_not_offered(publish):
    publish(BIRTH, RESIDENCE)
    closing.close(BIRTH, reason="Bãi bỏ.")
    cache.clear()
    assert BIRTH not in [hit.code for hit in search.search("khai sinh").hits]


def test_a_closed_procedure_is_found_by_its_code_with_what_replaces_it(publish, client):
    publish(BIRTH, RESIDENCE)
    closing.close(BIRTH, reason="Bãi bỏ theo Quyết định 7.", replaced_by=RESIDENCE)
    cache.clear()
    page = client.get(reverse("procedures:search"), {"q": BIRTH}).content.decode()
    assert f'href="/thu-tuc/{BIRTH}/"' in page and "đã ngừng nhận hồ sơ" in page
    assert "Bãi bỏ theo Quyết định 7." in page and f"({RESIDENCE})" in page
    assert "Không có thủ tục nào khớp với" not in page
    unknown = client.get(reverse("procedures:search"), {"q": "9.999999"}).content.decode()
    assert "đã ngừng nhận hồ sơ" not in unknown and "Không có thủ tục nào khớp với" in unknown
    assert search.search(RESIDENCE).closed == ()


@pytest.mark.parametrize("size", [201, 10_000])
def test_a_long_query_is_cut_and_says_so(everything, client, size):
    response = client.get(reverse("procedures:search"), {"q": ("khai sinh " * size)[:size]})
    assert response.status_code == 200
    assert "chỉ tìm theo phần đầu" in response.content.decode()


def test_nul_is_refused_and_control_characters_do_not_matter(everything, client):
    assert client.get("/thu-tuc/?q=khai%00sinh").status_code == 400
    assert client.get("/thu-tuc/?q=khai%07%20sinh").status_code == 200


def test_results_show_level_time_fee_and_code(everything, client):
    html = client.get(reverse("procedures:search"), {"q": "đăng ký thường trú"}).content.decode()
    assert "Làm một phần trên mạng" in html
    assert "7 ngày làm việc" in html
    assert "10.000\xa0đ" in html
    assert RESIDENCE in html


def test_filters_narrow_and_their_counts_tell_the_truth(everything, client):
    everything_found = search.search("")
    assert len(everything_found.hits) == 45
    for name, counter in everything_found.counts.items():
        for value, count in counter.items():
            assert len(search.search("", search.Filters(**{name: value})).hits) == count
    response = client.get(reverse("procedures:search"), {"su-kien": "co-con-nho", "truc-tuyen": "mot_phan"})
    assert response.context["total"] == len(
        search.search("", search.Filters(life_event="co-con-nho", online="mot_phan")).hits
    )
    assert 'aria-current="true"' in response.content.decode()


def test_a_filter_nobody_knows_finds_nothing_and_offers_to_drop_it(everything, client):
    response = client.get(reverse("procedures:search"), {"q": "khai sinh", "cap": "khong-co"})
    assert "Bỏ điều kiện lọc và tìm lại" in response.content.decode()


def test_a_life_event_has_its_own_page(everything, client):
    html = client.get(reverse("procedures:search"), {"su-kien": "co-con-nho"}).content.decode()
    assert "<h1" in html
    assert "Có con nhỏ" in html
    assert "Đăng ký khai sinh" in html


def test_a_filter_lists_all_its_values_and_finds_one_without_scripts(everything, client):
    html = client.get(reverse("procedures:search"), {"danh-cho": "citizen"}).content.decode()
    assert 'href="/thu-tuc/loc/linh-vuc/?danh-cho=citizen"' in html
    page = client.get("/thu-tuc/loc/linh-vuc/", {"q": "đăng ký", "danh-cho": "citizen"})
    assert {option["label"] for option in page.context["options"]} >= {"Hộ tịch"}
    assert all(option["count"] for option in page.context["options"])
    found = client.get("/thu-tuc/loc/linh-vuc/", {"q": "đăng ký", "tim": "ho tich"})
    assert [option["label"] for option in found.context["options"]] == ["Hộ tịch"]
    assert 'name="q" value="đăng ký"' in found.content.decode()
    narrowed = client.get(found.context["options"][0]["url"])
    assert narrowed.context["total"] == found.context["options"][0]["count"]
    assert client.get("/thu-tuc/loc/khong-co/").status_code == 404


@pytest.mark.parametrize("start", ["/thu-tuc/loc/", "/en/thu-tuc/loc/"])
@pytest.mark.parametrize(("name", "parameter"), sorted(search_filters.FILTERS.items()))
def test_every_filter_opens_without_a_question_and_counts_everything(everything, client, start, name, parameter):
    page = client.get(f"{start}{parameter}/")
    options = page.context["options"]
    assert {option["count"] for option in options} == set(search.search("").counts[name].values()) - {0}
    assert len(options) == sum(bool(value and count) for value, count in search.search("").counts[name].items())
    assert all(option["label"] and not option["label"].startswith(("toan_", "mot_")) for option in options)
    assert client.get(options[-1]["url"]).context["total"] == options[-1]["count"]
    nothing = client.get(f"{start}{parameter}/", {"tim": "zzz"})
    assert (nothing.status_code, nothing.context["options"]) == (200, [])


def test_pages_are_counted_out(everything, client):
    first = client.get(reverse("procedures:search"))
    second = client.get(reverse("procedures:search"), {"page": "2"})
    assert len(first.context["cards"]) == 20
    assert set(first.context["cards"]).isdisjoint(second.context["cards"])
    assert client.get(reverse("procedures:search"), {"page": "99"}).context["page_obj"].number == 3
    assert client.get(reverse("procedures:search"), {"page": "-x"}).status_code == 200


@pytest.mark.parametrize("typed", ["lam lai bang l", "làm lại bằng lái x", "mất căn cước q"])
def test_the_first_letter_of_the_next_word_takes_no_suggestion_away(everything, typed):
    before = typed.rpartition(" ")[0]
    assert [each.code for each in search.suggest(typed)] == [each.code for each in search.suggest(before)] != []


def test_suggestions_lead_to_sheets(everything, client):
    results = client.get(reverse("procedures:suggestions"), {"q": "khai sin"}).json()["results"]
    assert results[0]["url"].startswith("/thu-tuc/")
    assert {"value", "label", "note", "url"} == set(results[0])
    assert client.get(reverse("procedures:suggestions")).json() == {"results": []}


def test_in_english(everything, client):
    html = client.get("/en/thu-tuc/?q=birth+registration").content.decode()
    assert "Birth registration" in html
    assert client.get("/en/thu-tuc/goi-y/?q=birth").json()["results"][0]["url"].startswith("/en/thu-tuc/")


@pytest.fixture(scope="module")
def few():
    """An index of three procedures."""
    names = ("Đăng ký khai sinh", "Cấp hộ chiếu phổ thông ở trong nước", "Khai báo tạm vắng")
    return build([Document(at, at, f"1.00000{at}", name) for at, name in enumerate(names)], lexicon())


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("khai sinhh", "khai sinh"),
        ("khai sinh", ""),
        ("hộ chiêuu", "ho chieu"),
        ("ho chieeus", "ho chieu"),
        ("khaisinh", "khai sinh"),
        ("tamj vawngs", "tam vang"),
        ("tạm zắng", "tam vang"),
        ("hộ triếu", "ho chieu"),
    ],
)
def test_understanding_is_shown_back(few, typed, mended):
    assert understand(typed, few, lexicon()).corrected == mended


@pytest.mark.parametrize(
    "typed", ["mk ms sinh con lm giay khai sinh ntn ak", "gđ vk ck lm khai sinh cho con lun dc khum"]
)
def test_how_the_young_write_leaves_no_word_unknown(few, typed):
    query = understand(typed, few, lexicon())
    assert (query.unknown, query.corrected) == (0, "")


@pytest.mark.parametrize(("typed", "said"), [("làm căn cước cho bé 14t", "14 tuoi"), ("phù hiệu xe 14t", "14t")])
def test_an_age_written_short_is_an_age_unless_it_is_a_load(few, typed, said):
    last = understand(typed, few, lexicon()).terms[-1]
    assert " ".join(each.folded for each in last.words) == said


def meant(typed, index):
    return {lexicon().names[concept] for concept in understand(typed, index, lexicon()).meant}


def test_a_word_without_marks_among_words_with_marks_is_itself(few):
    assert "thú cưng" in meant("đăng ký nuôi chó", few)
    assert "thú cưng" not in meant("đăng ký khai sinh cho con", few)
    assert "thú cưng" not in meant("dang ky khai sinh cho con", few)
    assert "đê điều" not in meant("can giay gi de khai sinh", few)


def test_where_somebody_is_does_not_hide_what_is_asked(few):
    terms = understand("khai báo tạm vắng ở quê lên Sài Gòn", few, lexicon()).terms
    assert {term.is_faint for term in terms if term.concepts} == {False}
    assert [
        " ".join(each.folded for each in term.words) for term in terms if not term.concepts and not term.is_faint
    ] == []


def test_what_a_clause_denies_comes_last():
    with_parent, alone = "Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con", "Đăng ký khai sinh có yếu tố nước ngoài"
    index = build([Document(at, at, f"1.00000{at}", name) for at, name in enumerate((with_parent, alone))], lexicon())

    def best(typed):
        return index.documents[fitting(understand(typed, index, lexicon()), index)[0].number].name

    assert best("làm khai sinh, không nhận cha mẹ con") == alone
    assert best("lam khai sinh, khong nhan cha me con") == alone
    assert best("làm khai sinh có nhận cha mẹ con") == with_parent


def test_denying_words_of_a_phrase_of_its_own_deny_nothing(few):
    query = understand("bà em già rồi, không có lương hưu", few, lexicon())
    assert (query.unwanted, "trợ cấp hưu trí xã hội" in meant(query.text, few)) == ((), True)


@pytest.mark.parametrize(
    ("written", "law"), [("đăng kí kết hôn", "kết hôn"), ("phiếu lí lịch tư pháp", "lý lịch tư pháp")]
)
def test_the_other_i_is_the_same_letter(few, written, law):
    assert law in meant(written, few)


def test_what_is_said_of_everything_names_nothing(few):
    def named(typed):
        return {lexicon().names[concept] for concept in understand(typed, few, lexicon()).named}

    assert named("xin cấp cho cá nhân qua mạng, bị mất thì báo ai") == set()
    assert named("xin cấp hộ chiếu cho cá nhân") == {"hộ chiếu"}


@pytest.mark.parametrize("words", ["MST", "mst", "xin mst cá nhân", "cấp MST"])
def test_a_tax_number_is_asked_for_by_its_letters(import_records, words):
    import_records(
        record(name="Đăng ký thuế lần đầu, cấp mã số thuế cho cá nhân", field="Thuế"),
        record("1.900002", name="Cấp thẻ rồng"),
    )
    assert [hit.code for hit in search.search(words).hits][:1] == ["1.900001"]
