"""What the parts of an e-form are called where editors read of them: kinds of questions, and what is said of one."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

TYPES = [
    ("text", _("Văn bản ngắn")),
    ("long_text", _("Văn bản dài")),
    ("integer", _("Số nguyên")),
    ("decimal", _("Số thập phân")),
    ("money", _("Số tiền")),
    ("date", _("Ngày")),
    ("month", _("Tháng")),
    ("datetime", _("Ngày và giờ")),
    ("choice", _("Chọn một")),
    ("multi_choice", _("Chọn nhiều")),
    ("boolean", _("Có hoặc không")),
    ("consent", _("Cam đoan, đồng ý")),
    ("place", _("Tỉnh rồi xã, phường")),
    ("address", _("Địa chỉ")),
    ("province", _("Tỉnh, thành phố")),
    ("person", _("Người")),
    ("organisation", _("Tổ chức")),
    ("bank_account", _("Tài khoản ngân hàng")),
    ("agency", _("Cơ quan")),
    ("personal_id", _("Số định danh cá nhân")),
    ("tax_code", _("Mã số thuế")),
    ("phone", _("Số điện thoại")),
    ("email", _("Thư điện tử")),
    ("file", _("Tệp đính kèm")),
    ("repeat", _("Nhóm lặp lại")),
    ("computed", _("Tự tính")),
    ("co_signature", _("Xác nhận của người khác")),
    ("readonly", _("Chỉ hiển thị")),
]
"""Kinds of questions, in the order in which a builder offers them."""

COMPUTING = {
    "count": _("đếm số dòng của nhóm lặp"),
    "percent": _("lấy một phần trăm của số tiền"),
    "date_in_words": _("viết ngày thành chữ"),
}
"""How an answer is reckoned (procedures.eforms.computing), as an editor reads it."""

DETAIL_WORDS = {
    "needed": _("phải ghi"),
    "optional": _("ghi cũng được"),
    "none": _("không hỏi"),
}
"""Whether an address asks for house, street and hamlet (procedures.eforms.definition.DETAILS)."""

MESSAGE_WORDS = {
    "required": _("Lời báo khi bỏ trống"),
    "invalid": _("Lời báo khi sai"),
    "min": _("Lời báo khi quá nhỏ"),
    "max": _("Lời báo khi quá lớn"),
    "not_before": _("Lời báo khi sớm hơn ngày kia"),
    "before": _("Lời báo khi không trước ngày kia"),
}
"""When a form speaks in words of its own (procedures.eforms.definition.MESSAGES)."""

SOURCES = {
    "identity": _("tài khoản định danh"),
    "guardian": _("người đại diện, hoặc chính người nộp"),
    "ward": _("người được đại diện"),
    "organisation": _("tổ chức được nộp thay"),
    "population": _("CSDL quốc gia về dân cư"),
    "civil_status": _("CSDL hộ tịch"),
    "health": _("dữ liệu y tế"),
    "licence": _("dữ liệu giấy phép lái xe"),
    "vehicle": _("dữ liệu đăng ký xe"),
    "business": _("dữ liệu đăng ký kinh doanh"),
    "land": _("CSDL đất đai"),
    "social_insurance": _("dữ liệu bảo hiểm xã hội"),
    "tax": _("dữ liệu thuế"),
    "poverty": _("danh sách hộ nghèo, cận nghèo"),
    "residence": _("CSDL về cư trú"),
    "store": _("giấy tờ trong kho"),
    "earlier": _("lần khai trước"),
    "answer": _("câu trả lời khác"),
    "filing": _("nơi nộp hồ sơ"),
}
"""Sources of prefilled answers (procedures.eforms.checking), as an editor reads them."""

ITEMS = {
    "full_name": _("họ và tên"),
    "relation": _("quan hệ"),
    "account_name": _("tên tài khoản"),
    "personal_id": _("số định danh cá nhân"),
    "date_of_birth": _("ngày sinh"),
    "gender": _("giới tính"),
    "residence": _("nơi cư trú"),
    "phone": _("số điện thoại"),
    "email": _("thư điện tử"),
    "nationality": _("quốc tịch"),
    "ethnicity": _("dân tộc"),
    "name": _("tên"),
    "tax_code": _("mã số thuế"),
    "head_office": _("trụ sở"),
    "legal_representative": _("người đại diện theo pháp luật"),
    "agency": _("cơ quan nhận hồ sơ"),
    "number": _("số giấy tờ"),
    "issued_on": _("ngày cấp"),
    "issuer_name": _("nơi cấp"),
    "valid_until": _("hạn dùng"),
    "title": _("tên giấy tờ"),
    "marital_status": _("tình trạng hôn nhân"),
    "marriage_certificate_no": _("số giấy chứng nhận kết hôn"),
    "marriage_agency": _("nơi đăng ký kết hôn"),
    "child_full_name": _("họ và tên của trẻ"),
    "child_gender": _("giới tính của trẻ"),
    "child_date_of_birth": _("ngày sinh của trẻ"),
    "child_personal_id": _("số định danh của trẻ"),
    "household_head_name": _("họ và tên chủ hộ"),
    "household_head_personal_id": _("số định danh của chủ hộ"),
    "deceased_full_name": _("họ và tên người chết"),
    "deceased_gender": _("giới tính người chết"),
    "deceased_date_of_birth": _("ngày sinh người chết"),
    "deceased_personal_id": _("số định danh người chết"),
    "deceased_ethnicity": _("dân tộc người chết"),
    "last_residence": _("nơi cư trú cuối cùng"),
    "birth_place": _("nơi sinh"),
    "birth_notice_no": _("số giấy chứng sinh"),
    "birth_gender": _("giới tính khi sinh"),
    "birth_date": _("ngày giờ sinh"),
    "died_at": _("ngày giờ chết"),
    "death_place": _("nơi chết"),
    "death_cause": _("nguyên nhân chết"),
    "death_notice_no": _("số giấy báo tử"),
    "code": _("mã số"),
    "summary": _("thông tin đăng ký"),
    "stopped_on": _("ngày dừng đóng"),
    "unemployment_months": _("số tháng đóng bảo hiểm thất nghiệp"),
    "has_pension": _("có lương hưu hay không"),
    "employer": _("nơi làm việc"),
    "issued_by": _("cơ quan cấp"),
    "expires_on": _("ngày hết hạn"),
    "class": _("hạng"),
    "type": _("loại"),
    "brand": _("nhãn hiệu"),
    "plate": _("biển số"),
    "plate_colour": _("màu biển số"),
    "frame_number": _("số khung"),
    "engine_number": _("số máy"),
    "settled": _("đã hoàn thành nghĩa vụ hay chưa"),
    "temporary_until": _("hạn tạm trú"),
    "status": _("diện được hưởng"),
    "parcel": _("thửa đất"),
    "paper_number": _("số giấy chứng nhận"),
    "area_m2": _("diện tích"),
}
"""What a source tells (dossiers.facts, procedures.eforms.prefilling), as an editor reads it."""


def prefill_words(prefill: str, asked: Mapping[str, Any], papers: Mapping[str, str] | None = None) -> str:
    """From where a question is filled in, in words.

    ``asked`` are the questions of the form by key, ``papers`` the names of kinds of papers by code.
    """
    return _now("; nếu không có thì ").join(
        _source_words(part.strip(), asked, papers or {}) for part in prefill.split("|") if part.strip()
    )


def _source_words(part: str, asked: Mapping[str, Any], papers: Mapping[str, str]) -> str:
    source, _dot, item = part.partition(".")
    words = str(SOURCES.get(source, source))
    paper, _mark, told = item.rpartition("#")
    if source in {"answer", "earlier"} and item in asked:
        return f"{words}: “{asked[item].label}”"
    said = ITEMS.get(told if paper else item, told or item)
    return ": ".join(filter(None, (words, ", ".join(filter(None, (str(said), papers.get(paper, paper)))))))


PROPERTIES = {
    "title": _("Tiêu đề"),
    "intro": _("Lời dẫn"),
    "label": _("Câu hỏi"),
    "type": _("Loại"),
    "help": _("Hướng dẫn"),
    "required": _("Bắt buộc trả lời"),
    "required_if": _("Bắt buộc khi"),
    "visible_if": _("Chỉ hỏi khi"),
    "prefill": _("Điền sẵn từ"),
    "prefill_if": _("Chỉ điền sẵn khi"),
    "locked": _("Điền sẵn rồi thì không cho sửa"),
    "default": _("Giá trị ban đầu"),
    "min": _("Nhỏ nhất"),
    "max": _("Lớn nhất"),
    "not_before": _("Không sớm hơn"),
    "before": _("Phải trước"),
    "max_length": _("Dài nhất (ký tự)"),
    "pattern": _("Mẫu (biểu thức chính quy)"),
    "pattern_help": _("Cách viết đúng mẫu"),
    "messages": _("Lời báo riêng"),
    "options": _("Các lựa chọn"),
    "fields": _("Các phần"),
    "min_items": _("Ít nhất (dòng)"),
    "max_items": _("Nhiều nhất (dòng)"),
    "compute": _("Cách tính"),
    "signer": _("Ai xác nhận"),
    "document_type": _("Loại giấy tờ trong kho"),
    "routing": _("Nơi nhận"),
    "detail": _("Số nhà, đường, thôn"),
    "with_old_unit": _("Hỏi cả tên đơn vị cũ ghi trên giấy tờ"),
    "same_as": _("Lấy theo địa chỉ ở câu"),
    "same_as_label": _("Chữ trên nút lấy theo"),
    "in_place_of_filing": _("Phải ở nơi nộp hồ sơ"),
    "exactly_one": _("Đánh dấu ở đúng một dòng"),
    "without_gap": _("Không bỏ trống tháng nào"),
    "mark": _("Ghi chú của người soạn"),
}
"""What a form says of a page, a group or a question, by the name it has in the text of a pack."""
