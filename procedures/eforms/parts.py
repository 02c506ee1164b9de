"""The parts that addresses, places, organisations, accounts and other people's consents always have."""

from __future__ import annotations

from dataclasses import replace

from procedures.eforms.definition import NEEDED, NONE, Field, Words

ADDRESS_PARTS = (
    Field("province_code", Words("Tỉnh, thành phố", "Province or city"), "province", required=True),
    Field("commune_code", Words("Xã, phường, đặc khu", "Commune or ward"), "commune", required=True),
    Field(
        "line",
        Words("Số nhà, đường, thôn, tổ dân phố", "House number, street, village"),
        "text",
        required=True,
        max_length=250,
    ),
)
OLD_UNIT = Field(
    "old_unit_text",
    Words("Tên đơn vị cũ ghi trên giấy tờ", "Former unit named in the papers"),
    "text",
    help=Words(
        "Chỉ điền khi giấy tờ ghi tên xã, huyện, tỉnh trước 1/7/2025",
        "Only when the papers name units of before 1 July 2025",
    ),
    max_length=200,
)


def address_parts(detail: str) -> tuple[Field, ...]:
    """Province, commune, and the line below them as far as the purpose of the address needs it.

    Where people live the authority must find the door; a home town (quê quán) and a place of birth are told by
    administrative unit (assumption, docs/assumptions.md).
    """
    *places, line = ADDRESS_PARTS
    return tuple(places) if detail == NONE else (*places, replace(line, required=detail == NEEDED))


FIXED_PARTS: dict[str, tuple[Field, ...]] = {
    "place": ADDRESS_PARTS[:2],
    "organisation": (
        Field("name", Words("Tên tổ chức", "Name of the organisation"), "text", required=True, max_length=300),
        Field("tax_code", Words("Mã số thuế", "Tax code"), "tax_code", required=True),
    ),
    "bank_account": (
        Field("bank", Words("Ngân hàng", "Bank"), "text", required=True, max_length=150),
        Field(
            "account_number",
            Words("Số tài khoản", "Account number"),
            "text",
            required=True,
            max_length=30,
            pattern=r"[0-9A-Za-z]{6,30}",
            pattern_help=Words(
                "Số tài khoản có 6 đến 30 chữ số, viết liền", "An account number has 6 to 30 figures without blanks"
            ),
        ),
        Field("account_name", Words("Tên chủ tài khoản", "Account holder"), "text", required=True, max_length=120),
    ),
    "co_signature": (
        Field("full_name", Words("Họ, chữ đệm, tên", "Full name"), "text", required=True, max_length=120),
        Field(
            "personal_id", Words("Số định danh cá nhân", "Personal identification number"), "personal_id", required=True
        ),
    ),
}
