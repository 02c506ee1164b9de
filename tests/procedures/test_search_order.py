"""The order of near twins: the thing that was named, what is done with it, the country before a province."""

import pytest

from procedures.searching.documents import Document
from procedures.searching.lexicon import lexicon
from procedures.searching.phrases import parted
from procedures.searching.postings import build
from procedures.searching.ranking import fitting
from procedures.searching.understanding import understand
from procedures.searching.words import words


def best(typed, *documents):
    made = [
        each if isinstance(each, Document) else Document(at, at, f"1.00000{at}", each)
        for at, each in enumerate(documents)
    ]
    index = build(made, lexicon())
    return index.documents[fitting(understand(typed, index, lexicon()), index)[0].number].name


@pytest.mark.parametrize(
    ("typed", "parts"),
    [("xin con dau moi", [1, 2, 1]), ("xin con nuoi", [3]), ("cấp lại thẻ căn cước", [5]), ("", [])],
)
def test_a_query_is_parted_where_its_phrases_are_longest(typed, parts):
    assert [phrase.length for phrase in parted(words(typed), lexicon(), is_marked=False)] == parts


def test_the_thing_that_was_named_comes_before_the_action_that_fits_better():
    passport = "Cấp hộ chiếu phổ thông ở trong nước"
    assert best("passport het han lam lai", passport, "Cấp đổi thẻ căn cước", "Đăng ký lại khai sinh") == passport


def test_an_action_inside_a_longer_phrase_still_counts():
    first, again = (f"{what} Giấy chứng nhận đủ điều kiện sản xuất, lắp ráp ô tô" for what in ("Cấp", "Cấp lại"))
    nearer = Document(1, 1, "1.000001", first, levels=("commune",))
    further = Document(2, 2, "1.000002", again, levels=("ministry",))
    asked = "giấy chứng nhận đủ điều kiện sản xuất, lắp ráp ô tô"
    assert best(f"cấp lại {asked} gồm những gì", nearer, further) == again
    assert best(f"cấp {asked} gồm những gì", nearer, further) == first


def test_remarks_in_brackets_do_not_hold_a_name_back():
    plain = "Gia hạn giấy phép xây dựng công trình trên đất nông nghiệp tại các vùng sản xuất nông nghiệp tập trung"
    remarked = (
        "Gia hạn giấy phép xây dựng đối với công trình cấp III, cấp IV (công trình Không theo tuyến/Theo tuyến trong "
        "đô thị/Tín ngưỡng, tôn giáo/Tượng đài, tranh hoành tráng/Sửa chữa, cải tạo/Theo giai đoạn)"
    )
    assert best("gia han giay phep xay dung can gi", plain, remarked) == remarked


def test_the_whole_country_comes_before_the_copy_of_a_province():
    of_province = Document(1, 1, "1.000001", "Hỗ trợ chi phí hỏa táng.", province_code="01")
    of_country = Document(2, 2, "1.000002", "Hỗ trợ chi phí hỏa táng")
    assert best("hỗ trợ hỏa táng", of_province, of_country) == of_country.name


def test_whose_licence_it_is_tells_more_than_that_it_is_one():
    name = "Thủ tục điều chỉnh giấy phép hành nghề khám bệnh, chữa bệnh trong giai đoạn chuyển tiếp"
    doctor = Document(1, 1, "1.000001", name, levels=("ministry",))
    driller = Document(2, 2, "1.000002", "Cấp giấy phép hành nghề khoan nước dưới đất", levels=("province",))
    assert best("chứng chỉ hành nghề bác sĩ", doctor, driller) == doctor.name


@pytest.mark.parametrize("typed", ["atvstp", "an toàn vệ sinh thực phẩm"])
def test_food_safety_is_known_by_either_order_of_its_words(typed):
    safety = "Cấp giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm"
    assert best(f"{typed} quan an", safety, "Đăng ký thành lập hộ kinh doanh") == safety
