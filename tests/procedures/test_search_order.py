"""The order of near twins: the thing that was named, what is done with it, the country before a province."""

import pytest

from portal.core.text import fold
from procedures.searching.documents import Document
from procedures.searching.lexicon import lexicon
from procedures.searching.phrases import parted
from procedures.searching.postings import build
from procedures.searching.ranking import fitting, rank
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


NEW, MENDED = (
    "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ",
    "Cấp giấy phép xây dựng sửa chữa, cải tạo nhà ở riêng lẻ",
)
CIVIL_STATUS = "Thủ tục thay đổi, cải chính, bổ sung thông tin hộ tịch"
SHIP, LAND = (f"Xóa đăng ký biện pháp bảo đảm bằng {what}" for what in ("tàu biển", "quyền sử dụng đất"))
MEDICINE, TOBACCO = "Cấp Giấy chứng nhận đủ điều kiện kinh doanh dược", "Cấp Giấy phép bán lẻ sản phẩm thuốc lá"
SCHOOL, COMPANY = "Tuyển sinh trung học cơ sở", "Thông báo thay đổi ngành, nghề kinh doanh của doanh nghiệp"
HOUSEHOLD = "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh"
SHRIMP = "Cấp Giấy xác nhận nuôi trồng thủy sản lồng bè, đối tượng thủy sản nuôi chủ lực"
FEED = "Công nhận kết quả khảo nghiệm thức ăn thủy sản, sản phẩm xử lý môi trường nuôi trồng thủy sản"
DRIVERS = "Cấp Giấy phép đào tạo lái xe, cấp Giấy phép xe tập lái"
INSECTS = "Đăng ký lưu hành mới chế phẩm diệt côn trùng, diệt khuẩn dùng trong lĩnh vực gia dụng và y tế"
EMERGENCY = "Trợ giúp xã hội khẩn cấp cho người bị bệnh hiểm nghèo thuộc hộ nghèo"
TRANSLATOR = "Chứng thực chữ ký người dịch mà người dịch là cộng tác viên dịch thuật"
USE = "Chuyển mục đích sử dụng đất"
OTHERS = [
    "Đăng ký kết hôn", "Cấp hộ chiếu phổ thông", "Cấp giấy phép lái xe", "Khai báo tạm vắng", "Xét tặng danh hiệu",
    "Cấp bản sao trích lục", "Giải quyết hưởng chế độ thai sản", "Đăng ký nhãn hiệu", "Cấp thẻ căn cước", "Tách hộ",
]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "right", "other"),
    [
        ("làm hàng rào", NEW, HOUSEHOLD),
        ("sửa nhà cấp 4", MENDED, NEW),
        ("xin doi ngay thang nam sinh", CIVIL_STATUS, "Thủ tục đăng ký khai sinh"),
        ("xóa thế chấp sổ đỏ ở ngân hàng", LAND, SHIP),
        ("giay phep ban thuoc la", TOBACCO, MEDICINE),
        ("mở quầy thuốc tây", MEDICINE, TOBACCO),
        ("cho con học trái tuyến", SCHOOL, "Công nhận bằng tốt nghiệp trung học cơ sở"),
        ("thêm ngành nghề cho công ty", COMPANY, HOUSEHOLD),
        ("nuôi tôm", SHRIMP, FEED),
        ("lên thổ cư 100 mét vuông", USE, LAND),
        ("phun thuoc muoi", INSECTS, "Cấp Giấy phép nhập khẩu pháo hoa nổ, thuốc pháo nổ"),
        ("nha bi toc mai", EMERGENCY, "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội"),
        ("dịch giấy tờ", TRANSLATOR, "Chứng thực bản sao từ bản chính giấy tờ, văn bản"),
        ("sinh con nhan tien bhxh", "Giải quyết hưởng chế độ thai sản", "Thủ tục đăng ký khai sinh"),
        ("hiệu cầm đồ", "Cấp mới Giấy chứng nhận đủ điều kiện về an ninh, trật tự", HOUSEHOLD),
        ("mở trường dạy lái xe", DRIVERS, "Thành lập hoặc cho phép thành lập trường tiểu học"),
        ("xin cho con hoc truong khac", "Chuyển trường và tiếp nhận học sinh", "Công nhận đại học"),
    ],
)
def test_what_people_say_is_what_the_law_calls_otherwise(typed, right, other):
    assert best(typed, other, right, *OTHERS) == right


HOUSEHOLD_NEW, HOUSEHOLD_END = "Đăng ký thành lập hộ kinh doanh", "Chấm dứt hoạt động hộ kinh doanh"
LAND_TAX = "Khai; miễn, giảm thuế sử dụng đất phi nông nghiệp/ Khai thuế sử dụng đất nông nghiệp"
CARE = "Đăng ký nhận chăm sóc thay thế cho trẻ em đối với cá nhân, người đại diện gia đình nhận chăm sóc thay thế"
LOCK = "Khóa tài khoản định danh điện tử (thực hiện tại cấp xã)"
SALES = "Thông báo về việc thực hiện hoạt động bán hàng không tại địa điểm giao dịch thường xuyên"


@pytest.mark.parametrize("written", [str, fold], ids=["with marks", "without"])
@pytest.mark.parametrize(
    ("typed", "right", "other"),
    [
        ("mở tiệm cắt tóc nhỏ tại nhà", HOUSEHOLD_NEW, "Thủ tục đăng ký khai tử lưu động"),
        ("đk hộ kd bán quần áo", HOUSEHOLD_NEW, "Công nhận Ban quản trị nhà chung cư"),
        ("dẹp tiệm tạp hóa, trả lại giấy phép kinh doanh", HOUSEHOLD_END, HOUSEHOLD_NEW),
        ("nộp thuế đất hằng năm cho nhà ở", LAND_TAX, "Khai tiền thuê đất"),
        ("nhà dột muốn lợp lại mái và xây thêm một phòng", MENDED, NEW),
        ("con gái em muốn đổi từ họ cha sang họ mẹ", CIVIL_STATUS, "Thủ tục đăng ký nhận cha, mẹ, con"),
        ("nhận nuôi dưỡng trẻ mồ côi", CARE, "Thực hiện trợ cấp xã hội hàng tháng"),
        ("bán hàng lưu động", SALES, "Thủ tục đăng ký khai sinh lưu động"),
        ("cháu mới chào đời thì làm giấy tờ ở đâu", "Thủ tục đăng ký khai sinh", "Chuyển trường và tiếp nhận học sinh"),
        ("bà cố mới mất", "Thủ tục đăng ký khai tử", "Cấp lại thẻ căn cước"),
        ("tự mua BHXH", "Đăng ký đóng BHXH tự nguyện; cấp sổ BHXH", "Giải quyết hưởng chế độ tử tuất"),
        ("có người chết thì đi khai báo", "Thủ tục đăng ký khai tử", "Khai báo hóa chất nhập khẩu"),
    ],
)
def test_a_way_of_saying_it_is_known_with_and_without_marks(typed, right, other, written):
    assert best(written(typed), other, right, *OTHERS) == right


@pytest.mark.parametrize("typed", ["nộp đơn yêu cầu trợ giúp pháp lý", "nop don yeu cau tro giup phap ly o dau"])
def test_to_ask_for_something_is_no_talk_of_love(typed):
    aid = "Thủ tục yêu cầu trợ giúp pháp lý"
    assert best(typed, "Thủ tục cấp thẻ cộng tác viên trợ giúp pháp lý", aid, *OTHERS) == aid


@pytest.mark.parametrize(
    ("typed", "published"),
    [("me toi hoi", "Trợ cấp cho người cao tuổi"), ("công ty tạm thời nghỉ", "Đăng ký xe tạm thời")],
)
def test_a_word_of_many_uses_names_no_procedure(typed, published):
    index = build([Document(1, 1, "1.000001", published)], lexicon())
    assert not understand(typed, index, lexicon()).named


def test_a_thing_of_the_street_beside_what_is_asked_hides_nothing():
    names = [LOCK, "Trình báo mất hộ chiếu", *OTHERS, *(f"Xét việc thứ {at}" for at in range(2_000))]
    index = build([Document(at, at, f"1.{at:06}", name) for at, name in enumerate(names)], lexicon())
    hits = fitting(understand("mất điện thoại muốn khóa tài khoản VNeID", index, lexicon()), index)
    assert index.documents[hits[0].number].name == LOCK
    assert not fitting(understand("mua điện thoại có VNeID", index, lexicon()), index)


@pytest.mark.parametrize(
    ("typed", "is_gift"), [("xin phep nha 2 tang tren dat cua em", False), ("tang dat cho con, sang ten so do", True)]
)
def test_a_word_inside_a_longer_phrase_is_the_one_of_that_phrase(typed, is_gift):
    query = understand(typed, build([Document(1, 1, "1.000001", NEW)], lexicon()), lexicon())
    together = {lexicon().names[term.concepts[0][0]] for term in query.terms if not term.words}
    assert ("các trường hợp chuyển đổi quyền sử dụng đất" in together) == is_gift


def test_what_nobody_publishes_is_not_found_by_words_that_stand_elsewhere():
    index = build(
        [
            Document(at, at, f"1.00000{at}", name)
            for at, name in enumerate(["Xác nhận thời gian tù", "Tiếp tục kinh doanh trước thời hạn đã thông báo", USE])
        ],
        lexicon(),
    )
    assert not fitting(understand("ra tù trước hạn", index, lexicon()), index)


def test_hundreds_of_queries_keep_their_terms_ready():
    index = build([Document(1, 1, "1.000001", " ".join(f"lời{at}" for at in range(1_200)))], lexicon())
    for at in range(1_200):
        rank(understand(f"lời{at}", index, lexicon()), index)
    assert len(index.matches) == 1_200


def test_without_marks_words_that_only_stand_apart_are_no_match():
    scholarship = "Xét học bổng theo kết quả học tập của học viên tòng quân đã tới đơn vị"
    others = [f"Cấp giấy phép mẫu số {number} nhóm {chr(97 + number % 20)}" for number in range(60)]
    made = [Document(at, at, f"1.0{at:05}", name) for at, name in enumerate([scholarship, *others])]
    index = build(made, lexicon())

    def found(typed):
        return [index.documents[hit.number].name for hit in fitting(understand(typed, index, lexicon()), index)][:1]

    assert found("hoc ket bong qua toi da") == [], "as somebody asks of a football match"
    assert found("vien tong quan da toi") == [scholarship], "as weak, but words of one procedure in their order"
    assert found("học kết bổng quả tới đã") == [scholarship], "marks leave no doubt which words are meant"


OWN = (
    ("Cấp giấy phép xây dựng mới", "đất đai, thửa đất đai"),
    ("Đổi giấy phép lái xe", "bản sao, đổi tên, xe"),
    ("Xác định mức độ khuyết tật", "sổ theo dõi"),
    ("Cấp thẻ căn cước cho người dưới 14 tuổi", "trẻ em học lớp 1"),
    ("Đăng ký thường trú", "nhập hộ khẩu"),
)


@pytest.mark.parametrize("typed", ["sang tên xe", "nhập học lớp 1"])
def test_what_no_procedure_is_about_is_not_found_by_its_words(typed):
    index = build(
        [Document(at, at, f"1.00000{at}", name, topic=topic) for at, (name, topic) in enumerate(OWN)], lexicon()
    )
    assert fitting(understand(typed, index, lexicon()), index) == []
    for said in ("giấy phép xây dựng", "bằng lái xe", "khuyết tật"):
        assert fitting(understand(said, index, lexicon()), index), said


def test_what_is_inherited_comes_before_what_households_do():
    inherits = "Đăng ký biến động đất đai, Giấy chứng nhận quyền sử dụng đất khi nhận thừa kế quyền sử dụng đất"
    household = "Đăng ký đất đai, cấp Giấy chứng nhận quyền sử dụng đất cho hộ gia đình, cá nhân"
    for typed in ("sổ đỏ ông bà để lại", "sổ đỏ cha mẹ để lại"):
        assert best(typed, household, inherits, "Đăng ký khai sinh", "Cấp thẻ căn cước") == inherits


def test_what_nobody_asked_to_be_done_again_comes_after_what_is_done_first():
    first = "Đăng ký thành lập hợp tác xã, liên hiệp hợp tác xã; đăng ký chuyển đổi tổ hợp tác thành hợp tác xã"
    assert best("đăng ký hợp tác xã", "Cấp đổi Giấy chứng nhận đăng ký hợp tác xã", first) == first
    marries, again = "Đăng ký kết hôn có yếu tố nước ngoài", "Đăng ký lại kết hôn có yếu tố nước ngoài"
    assert best("lấy chồng nước ngoài", again, marries, "Đăng ký kết hôn") == marries
