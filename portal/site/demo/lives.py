"""What the demo's people declare (nội dung khai của người dùng thử): families that fit together, everybody invented.

Who files comes from people.json: Hoa and her husband Minh, who have twins; Tư, a widower; Huy, who is about to marry.
"""

from typing import Any

HOME = {"province_code": "01", "commune_code": "00073", "line": "Số 12 ngõ Thử Nghiệm"}
KINH, MALE, FEMALE = "01", "1", "2"


def _parent(side: str, name: str, born: str, home: dict[str, str] = HOME) -> dict[str, Any]:
    told = {"full_name": name, "date_of_birth": born, "ethnicity": KINH, "nationality": "VN", "residence": home}
    return {f"{side}_{key}": value for key, value in told.items()}


def _birth(relationship: str, child: str, gender: str, **others: Any) -> dict[str, Any]:
    """A child of married parents; who files as one of them is not told of twice."""
    return {
        "relationship": relationship,
        "birth_notice_no": "0417/2026",
        "birth_place": "Bệnh viện Phụ sản Thử Nghiệm",
        "child_full_name": child,
        "child_gender": gender,
        "child_ethnicity": KINH,
        "father_declared": True,
        "parents_married": True,
        **others,
    }


def _married(spouse: str, purpose: str) -> dict[str, Any]:
    """Her own marriage, for something else than to marry, which is not asked for."""
    paper = {
        "marriage_certificate_number": "15/2018",
        "marriage_certificate_issuer": "UBND phường Hải Châu I, quận Hải Châu, Đà Nẵng",
        "marriage_certificate_issued_on": "2018-02-10",
    }
    married = {"relationship": "self", "marital_status": "married", "spouse_name": spouse}
    return {**married, **paper, "purpose_text": purpose}


def _widowed(purpose: str) -> dict[str, Any]:
    paper = {
        "death_paper_number": "31/TLKT",
        "death_paper_issuer": "UBND phường Hải Châu I, quận Hải Châu, Đà Nẵng",
        "death_paper_issued_on": "2021-08-05",
    }
    return {"relationship": "self", "marital_status": "widowed", **paper, "purpose": "other", "purpose_text": purpose}


def _business(name: str, code: str, trade: str) -> dict[str, Any]:
    return {
        "business_name": f"Hộ kinh doanh {name}",
        "industries": [{"industry_code": code, "industry_name": trade, "is_main": True}],
    }


_MINH = _parent("father", "Trần Văn Minh", "1997-10-20")

SON_OF_HOA = _birth("mother", "Trần Gia Bảo", MALE, birth_proof="paper", **_MINH)
"""Who handed in the birth notice itself."""
DAUGHTER_OF_HOA = _birth("mother", "Trần Bảo Ngọc", FEMALE, **_MINH)
NEPHEW_OF_MINH = _birth(
    "relative",
    "Trần Minh Khôi",
    MALE,
    **_parent("mother", "Lê Thu Trang", "1998-07-02"),
    **_parent("father", "Trần Văn Đức", "1995-01-19"),
)
GRANDCHILD_OF_TU = _birth(
    "grandparent",
    "Phạm Hải Đăng",
    MALE,
    **_parent("mother", "Lê Thị Ngọc", "1992-11-05", HOME | {"commune_code": "00070"}),
    **_parent("father", "Phạm Quốc Anh", "1990-02-14", HOME | {"commune_code": "00070"}),
)
NIECE_OF_HUY = _birth(
    "relative",
    "Nguyễn Bảo An",
    FEMALE,
    **_parent("mother", "Võ Thị Diễm", "1994-05-30"),
    **_parent("father", "Nguyễn Quốc Toàn", "1991-08-12"),
)
SON_OF_HUY = _birth(
    "father",
    "Võ Minh Quân",
    MALE,
    **_parent("mother", "Nguyễn Thu Hà", "1993-09-21"),
    register_at=HOME,
    child_relation_to_head="child",
    first_hospital="Trạm Y tế phường Cửa Nam",
    want_card=False,
)

LOAN_OF_HOA = _married("Trần Văn Minh", "Vay vốn ngân hàng mua nhà")
LAND_OF_MINH = _married("Nguyễn Thị Hoa", "Bán nhà đất")
LOAN_OF_MINH = _married("Nguyễn Thị Hoa", "Bổ sung hồ sơ vay vốn")
HEIR_OF_TU = _widowed("Làm thủ tục thừa kế")
LAND_OF_TU = _widowed("Bán nhà đất")
LOAN_OF_TU = _widowed("Vay vốn ngân hàng")
BENEFIT_OF_TU = _widowed("Bổ sung hồ sơ hưởng trợ cấp")
WEDDING_OF_HUY = {
    "relationship": "self",
    "marital_status": "never",
    "purpose": "marriage",
    "intended_spouse": "Nguyễn Thu Hà, sinh năm 1993, quốc tịch Việt Nam, đăng ký tại UBND phường Hải Châu",
}
SHOP_OF_TU = _business("Tạp hóa Ông Tư", "4711", "Bán lẻ hàng hóa tổng hợp")
COFFEE_OF_MINH = _business("Cà phê Minh", "5630", "Dịch vụ phục vụ đồ uống")
FISH_OF_HUY = _business("Hải sản Quốc Huy", "4722", "Bán lẻ thực phẩm")
