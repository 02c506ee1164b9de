"""Words for made-up answers (câu trả lời mẫu): what people would write there, by what a question is called.

An official who tries a form reads them as a citizen's: a person's name where a name is asked, an office where an
office is. They are about nobody; names and places say that they are samples.
"""

from __future__ import annotations

import re

from portal.core.text import fold
from procedures.eforms.definition import Field

MEN = ("Nguyễn Văn Thử", "Lê Minh Ví Dụ", "Phạm Giả Định")
WOMEN = ("Trần Thị Mẫu", "Hoàng Thị Thí Điểm")
NAMES = (MEN[0], WOMEN[0], MEN[1], MEN[2], WOMEN[1])
STREETS = ("Số 12 đường Thí Điểm", "Số 5 ngõ 8 phố Làm Mẫu", "Tổ 3, thôn Ví Dụ", "Phòng 402, nhà B, khu Thử Nghiệm")
CODES = ("01A8000001", "1234567890", "B1234567", "12345678", "0123", "2024", "ABC-12345", "29A-123.45", "4711")
"""What many patterns accept."""
PLAIN = ("Nội dung khai làm mẫu", "Như đã nêu trong giấy tờ kèm theo")

_OFFICES = ("Ủy ban nhân dân phường Làm Mẫu", "Sở Tư pháp tỉnh Thí Điểm", "Phòng Cảnh sát Thử Nghiệm")
_NUMBERS = ("125/2024", "08/2023", "0412/2025")
_BY_LABEL: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"nguyen nhan", ("Tuổi già", "Bệnh")),
    (r"chuc (danh|vu)", ("Giám đốc", "Chủ hộ kinh doanh")),
    (r"nghe nghiep|noi lam viec|cong viec", ("Giáo viên", "Công nhân may", "Kế toán, Công ty Thí Điểm")),
    (r"viet tat|ten nuoc ngoai|ten tieng anh", ("THIDIEM", "Thi Diem Co-op")),
    (r"nganh, nghe|ten nganh", ("Bán lẻ lương thực trong các cửa hàng chuyên doanh",)),
    (r"ten ho kinh doanh", ("Hộ kinh doanh Thí Điểm", "Hộ kinh doanh Làm Mẫu")),
    (
        r"ten to chuc|ten doanh nghiep|ten cong ty|ten tieng viet|^don vi",
        ("Công ty TNHH Thí Điểm", "Hợp tác xã Làm Mẫu"),
    ),
    (r"ten giay to|loai giay to", ("Giấy xác nhận", "Bằng tốt nghiệp")),
    (r"kham (chua )?benh|benh vien", ("Bệnh viện đa khoa Thí Điểm", "Trạm y tế phường Làm Mẫu")),
    (r"toa an", ("Tòa án nhân dân khu vực 1 – Thí Điểm",)),
    (r"ngan hang", ("Ngân hàng Thí Điểm",)),
    (r"truong (hoc|trung|tieu|dai)|co so dao tao", ("Trường Trung học phổ thông Làm Mẫu",)),
    (r"^(noi|co quan|don vi).* cap|cap .*(boi|tai)|co quan|da dang ky tai|noi dang ky", _OFFICES),
    (r"^noi |que quan|dia (chi|diem)|o dau", ("Phường Làm Mẫu, tỉnh Thí Điểm", "Bệnh viện đa khoa Thí Điểm")),
    (r"bien so", ("29A-123.45", "43C1-678.90")),
    (r"nhan hieu", ("Honda Vision",)),
    (r"loai xe", ("Xe mô tô hai bánh",)),
    (r"so (may|khung)", ("JF86E0123456", "RLHJF8601KY123456")),
    (r"thua dat", ("Thửa số 45, tờ bản đồ số 12",)),
    (r"loai tai san|gia tri moi", ("Tiền mặt", "Ô tô tải 1,5 tấn")),
    (r"ma so|ma the|ma co so|ma nganh|^ma ", CODES),
    (r"dan toc", ("Kinh",)),
    (r"quoc tich", ("Việt Nam",)),
    (r"ton giao", ("Không",)),
    (r"^ly do|vi sao", ("Bị mất khi chuyển nhà", "Bị hỏng, không còn đọc rõ", "Theo yêu cầu của nơi làm việc")),
    (r"muc dich|dung (vao viec gi|de)", ("Bổ sung hồ sơ xin việc làm", "Làm hồ sơ nhập học cho con")),
    (r"noi dung|de nghi|yeu cau|noi ro", ("Đề nghị giải quyết theo giấy tờ kèm theo", "Đề nghị cấp lại bản bị mất")),
    (r"ghi (chu|them)|thong tin (them|thay doi)", ("Không có gì thêm", "Xin gọi điện trước khi trả kết quả")),
    (r"hang hoa|san pham|thiet bi|qua|giai", ("Nồi cơm điện 1,8 lít", "Gạo tẻ, bao 10 kg")),
    (r"chuong trinh", ("Tuần lễ tri ân khách hàng",)),
    (r"khach hang", ("Khách mua hàng tại cửa hàng",)),
    (r"(^| )so( |,|$)|so (giay|quyet dinh|the|chung|ho chieu)", _NUMBERS),
)
"""What the folded label of a text says, and what people would write there; the first that fits holds."""
_PEOPLE = re.compile(
    r"ho,? ?(va |chu dem, ?)?ten|^ten (vo|chong|cha|me|con|nguoi)|chu (ho|tai khoan)( |$)|"
    r"nguoi (dai dien|duoc nhan|nhan con|da dang ky)"
)


def is_name(field: Field) -> bool:
    """Whether it asks for the name of a person, by its key or by what it is called."""
    return field.names_person or bool(_PEOPLE.search(fold(field.label.vi)))


def is_birth(field: Field) -> bool:
    """Whether it asks when somebody was born."""
    return "birth" in field.key or bool(re.search(r"\bsinh\b", fold(field.label.vi)))


def texts_for(field: Field) -> tuple[str, ...]:
    """What people would write in a text, best first; PLAIN where its label tells nothing."""
    label = fold(field.label.vi)
    return next((texts for pattern, texts in _BY_LABEL if re.search(pattern, label)), PLAIN)
