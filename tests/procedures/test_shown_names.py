"""Names in lists are tidied: no “Thủ tục” in front, no capitals throughout, and abbreviations as they are."""

import pytest

from procedures.shown_names import tidied


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Thủ tục đăng ký kết hôn", "Đăng ký kết hôn"),
        ("Thủ tục: Đăng ký biến động quyền sử dụng đất", "Đăng ký biến động quyền sử dụng đất"),
        ("THỦ TỤC THÀNH LẬP HỘI (CẤP TỈNH).", "Thành lập hội (cấp tỉnh)."),
        ("Thủ tục hải quan đối với hàng hóa xuất khẩu", "Thủ tục hải quan đối với hàng hóa xuất khẩu"),
        ("Thủ tục hành chính liên thông", "Thủ tục hành chính liên thông"),
        ("HƯỞNG TRỢ CẤP BHXH TẠI UBND CẤP XÃ, NHÓM II", "Hưởng trợ cấp BHXH tại UBND cấp xã, nhóm II"),
        ("MỜI TỔ CHỨC NƯỚC NGOÀI VÀO VIỆT NAM", "Mời tổ chức nước ngoài vào Việt Nam"),
        ("Đăng ký, điều chỉnh đóng BHXH, BHYT, BHTN", "Đăng ký, điều chỉnh đóng BHXH, BHYT, BHTN"),
        ("Cấp Giấy phép CITES", "Cấp Giấy phép CITES"),
        ("BHXH", "BHXH"),
        ("Hòa giải tranh chấp, cấp xã \n(1) Trình tự thực hiện:", "Hòa giải tranh chấp, cấp xã"),
        ("Cấp thẻ 1. Trình tự thực hiện", "Cấp thẻ"),
        ("Trình tự thực hiện", "Trình tự thực hiện"),
        ("Công bố trình tự thực hiện kiểm tra", "Công bố trình tự thực hiện kiểm tra"),
        ("Thủ tục", "Thủ tục"),
        ("thủ tục\u00a0 cấp  thẻ", "Cấp thẻ"),
        ("", ""),
    ],
)
def test_a_name_is_tidied(name, shown):
    assert tidied(name) == shown
    assert tidied(shown) == shown
