"""What people say of schools, shops, marriage abroad, land, courts and moving house finds what the law calls it."""

import pytest

from procedures.searching.documents import Document
from procedures.searching.lexicon import lexicon
from procedures.searching.postings import build
from procedures.searching.ranking import fitting
from procedures.searching.understanding import understand

SHOP, FOOD = "Đăng ký thành lập hộ kinh doanh", "Cấp Giấy chứng nhận đủ điều kiện an toàn thực phẩm"
QUARREL, RECORD = (
    "Hòa giải tranh chấp đất đai thuộc thẩm quyền cấp xã",
    "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam",
)
MARRIAGE, PASSPORT = "Đăng ký kết hôn có yếu tố nước ngoài", "Cấp hộ chiếu phổ thông ở trong nước"
CARD, ALLOWANCE = "Cấp lại thẻ căn cước", "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hàng tháng"
LONGER, INHERITED = "Gia hạn sử dụng đất khi hết thời hạn", "Đăng ký biến động khi nhận thừa kế quyền sử dụng đất"
SINGLE, LIVES = "Cấp Giấy xác nhận tình trạng hôn nhân", "Xác nhận thông tin về cư trú"
REPORT, VET = "Giải quyết tố cáo", "Cấp Giấy chứng nhận đủ điều kiện buôn bán thuốc thú y"
SETTLED, RENEWED = "Khai quyết toán thuế thu nhập cá nhân", "Cấp đổi Giấy chứng nhận quyền sử dụng đất"
HURT = "Giải quyết hưởng chế độ tai nạn lao động, bệnh nghề nghiệp"
RESIDENCE, SCHOOL = "Đăng ký thường trú", "Tuyển sinh trung học cơ sở"
MOVED, BACK = "Chuyển trường và tiếp nhận học sinh", "Tiếp nhận học sinh Việt Nam từ nước ngoài về nước"
OTHERS = (
    "Xóa đăng ký thường trú",
    "Đăng ký giám hộ có yếu tố nước ngoài",
    "Đăng ký khai sinh có yếu tố nước ngoài",
    "Giải quyết khiếu nại lần đầu cấp Trung đoàn, Lữ đoàn",
    "Giải quyết tranh chấp đất đai thuộc thẩm quyền của Chủ tịch Ủy ban nhân dân cấp tỉnh",
    "Cấp thẻ căn cước cho người dưới 14 tuổi",
    "Cấp giấy phép khai thác khoáng sản",
    "Xét tuyển sinh vào trường phổ thông dân tộc nội trú",
    "Xóa đăng ký phương tiện",
    "Chấm dứt hoạt động hộ kinh doanh",
    "Đăng ký quyền chiếm hữu tàu bay",
    "Xác nhận Đơn hàng nhập khẩu mỹ phẩm",
    "Hưởng lương hưu đối với cán bộ xã",
    "Khai quyết toán thuế tài nguyên",
    "Cấp giấy phép nhập khẩu thuốc thú y",
    "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội",
    "Đăng ký việc nuôi con nuôi trong nước",
    "Đăng ký lại khai sinh",
    "Cấp đổi thẻ căn cước",
    "Cấp giấy phép cho hoạt động trồng cây lâu năm trong phạm vi công trình thủy lợi",
)
NAMES = (
    CARD,
    ALLOWANCE,
    LONGER,
    INHERITED,
    HURT,
    SINGLE,
    LIVES,
    REPORT,
    VET,
    SETTLED,
    RENEWED,
    SHOP,
    FOOD,
    QUARREL,
    RECORD,
    MARRIAGE,
    PASSPORT,
    RESIDENCE,
    SCHOOL,
    MOVED,
    BACK,
    *OTHERS,
)
INDEX = build([Document(at, at, f"1.0000{at:02}", name) for at, name in enumerate(NAMES)], lexicon())


def found(typed):
    return [NAMES[hit.number] for hit in fitting(understand(typed, INDEX, lexicon()), INDEX)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cuoi chong nguoi dai loan", MARRIAGE),
        ("con em lấy vợ người hàn quốc", MARRIAGE),
        ("nha ben canh xay lan sang dat nha em", QUARREL),
        ("anh em kien nhau manh dat", QUARREL),
        ("bị chiếm đất thì kiện ở đâu", QUARREL),
        ("hết án treo xin giấy trong sạch", RECORD),
        ("xac nhan chua tung di tu", RECORD),
        ("lam ho chieu cho chau noi", PASSPORT),
        ("cat khau ve nha chong", RESIDENCE),
        ("doi ho khau qua nha moi", RESIDENCE),
        ("xin vao lop 6 trai tuyen", SCHOOL),
        ("con toi len lop 6 nop ho so o dau", SCHOOL),
        ("mất hết giấy tờ tùy thân", CARD),
        ("bi trom mat sach giay to tuy than", CARD),
        ("xin tiền nuôi con một mình", ALLOWANCE),
        ("mẹ đơn thân trợ cấp", ALLOWANCE),
        ("ve que o voi me gia", RESIDENCE),
        ("dat vuon sap het 50 nam", LONGER),
        ("đứng tên đất ông bà để lại", INHERITED),
        ("te gian giao o cong truong doi che do gi", HURT),
        ("xac nhan don than", SINGLE),
        ("mat so ho khau gio xin giay xac nhan", LIVES),
        ("to cao can bo xa", REPORT),
        ("mo cua hang thuoc thu y", VET),
        ("quyet toan thue tncn 2025", SETTLED),
        ("cap doi so do sang so hong", RENEWED),
        ("mở sạp vải ngoài chợ, xin giấy má gì", SHOP),
        ("theo bo me chuyen truong", MOVED),
        ("con o ben duc ve nuoc xin hoc tiep", BACK),
    ],
)
def test_the_word_of_the_street_finds_the_thing(typed, meant):
    assert found(typed)[0] == meant, found(typed)[:3]


@pytest.mark.parametrize("typed", ["mo quan bun can giay to gi", "mở tiệm bánh mì", "ban do an can giay phep gi"])
def test_who_sells_food_is_told_of_the_shop_and_of_safe_food(typed):
    names = found(typed)
    assert {*names[:2]} == {SHOP, FOOD}, names
    assert "Cấp giấy phép khai thác khoáng sản" not in names[:2], "“mở” without its mark is no mine (mỏ)"


@pytest.mark.parametrize("typed", ["quán bún ngon ở đâu", "hàng xóm hát karaoke", "lớp 6 học toán gì"])
def test_talk_of_neighbours_food_and_school_alone_is_no_search_for_land_or_papers(typed):
    assert QUARREL not in found(typed)[:1] and FOOD not in found(typed)[:1] and SCHOOL not in found(typed)[:1]
