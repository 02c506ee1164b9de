"""Numbers and codes that identify people, organisations, procedures and dossiers: checked, never guessed from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.core.errors import InvalidInputError, Text
from portal.core.text import clean_line

MALE, FEMALE = "1", "2"
"""Codes of the gender list that the personal identification number can confirm or contradict."""

_SEPARATORS = re.compile(r"[\s.\-]+")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


class IdentifierError(InvalidInputError):
    """A number or code is not valid; the message names the cure and never repeats what was typed."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(message, code=code)


@dataclass(frozen=True, slots=True)
class IdentifierWarning:
    """Something that contradicts and should be looked at again, but is no reason to refuse."""

    code: str
    message: Text


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", clean_line(text))


def _is_figures(text: str) -> bool:
    # str.isdigit also accepts the figures of other scripts.
    return text.isascii() and text.isdigit()


# Personal identification number (số định danh cá nhân), Luật Căn cước 26/2023/QH15 article 12; NĐ 70/2024/NĐ-CP


def clean_personal_id(text: str) -> str:
    """The twelve figures of a personal identification number (số định danh cá nhân), blanks and dots removed.

    There is no check digit, so only length and figures are checked. Raises IdentifierError.
    """
    number = _digits(text)
    if not _is_figures(number):
        raise IdentifierError(
            "personal_id.not_digits",
            _("Số định danh cá nhân chỉ gồm chữ số. Hãy nhập lại 12 chữ số in trên thẻ căn cước."),
        )
    if len(number) == 9:
        raise IdentifierError(
            "personal_id.former_number",
            _("Đây là số chứng minh nhân dân cũ (9 chữ số). Hãy nhập số định danh cá nhân gồm 12 chữ số."),
        )
    if len(number) != 12:
        raise IdentifierError(
            "personal_id.length",
            _("Số định danh cá nhân có đúng 12 chữ số. Hãy kiểm tra lại số chữ số đã nhập."),
        )
    return number


def personal_id_warnings(
    number: str, *, date_of_birth: date | None = None, gender: str | None = None
) -> list[IdentifierWarning]:
    """What the number says against the declared year of birth and gender; warnings, never refusals.

    The number is ``PPP G YY NNNNNN``: G is 0/1 male/female for the 1900s, 2/3 for the 2000s and so on up to 2399. The
    province code says where the birth was registered, never where somebody lives, so it is not looked at.
    """
    century, female = divmod(int(number[3]), 2)
    year = 1900 + 100 * century + int(number[4:6])
    warnings: list[IdentifierWarning] = []
    if date_of_birth is not None and date_of_birth.year != year:
        warnings.append(
            IdentifierWarning(
                "personal_id.birth_year",
                _("Năm sinh trong số định danh cá nhân khác năm sinh đã khai. Hãy kiểm tra lại cả hai."),
            )
        )
    if gender in {MALE, FEMALE} and (gender == FEMALE) != bool(female):
        warnings.append(
            IdentifierWarning(
                "personal_id.gender",
                _("Giới tính trong số định danh cá nhân khác giới tính đã khai. Hãy kiểm tra lại cả hai."),
            )
        )
    return warnings


# Tax code (mã số thuế), Luật Quản lý thuế 38/2019/QH14 articles 30 and 35(7); TT 86/2024/TT-BTC article 5


def tax_check_digit(first_nine: str) -> int | None:
    """The tenth figure of a tax code from its first nine, or None when such a number is never issued."""
    total = sum(weight * int(figure) for weight, figure in zip(_TAX_WEIGHTS, first_nine, strict=True))
    digit = 10 - total % 11
    return None if digit == 10 else digit


def clean_tax_code(text: str) -> str:
    """A tax code (mã số thuế) in its normal form: 10 figures, ``NNNNNNNNNN-NNN`` for a branch, or 12 for a person.

    The enterprise code is the same number. From 1/7/2025 people and household businesses use their personal
    identification number. Raises IdentifierError.
    """
    number = _digits(text)
    if not _is_figures(number):
        raise IdentifierError(
            "tax_code.not_digits",
            _("Mã số thuế chỉ gồm chữ số, ví dụ 0100109106 hoặc 0100109106-001."),
        )
    if len(number) == 12:
        return number
    if len(number) not in {10, 13}:
        raise IdentifierError(
            "tax_code.length",
            _("Mã số thuế có 10 chữ số (tổ chức), 13 (đơn vị phụ thuộc) hoặc 12 (cá nhân, hộ kinh doanh)."),
        )
    if tax_check_digit(number[:9]) != int(number[9]):
        raise IdentifierError(
            "tax_code.check_digit",
            _("Mã số thuế không đúng: chữ số thứ 10 không khớp. Hãy xem lại giấy đăng ký thuế."),
        )
    if len(number) == 10:
        return number
    if number[10:] == "000":
        raise IdentifierError(
            "tax_code.branch",
            _("Ba chữ số cuối của mã số thuế đơn vị phụ thuộc từ 001 đến 999."),
        )
    return f"{number[:10]}-{number[10:]}"


# Telephone (số điện thoại), national numbering plan of TT 22/2014/TT-BTTTT as amended


def clean_phone(text: str) -> str:
    """A telephone number in its normal form: ``0912345678`` for Vietnam, ``+…`` for other countries.

    Mobile numbers have ten figures and begin 03, 05, 07, 08 or 09; land lines have eleven and begin 02.
    """
    typed = re.sub(r"[\s.\-()]+", "", clean_line(text))
    number = re.sub(r"^(?:\+|00)?84(?=\d{9,10}$)", "0", typed)
    if re.fullmatch(r"0[35789]\d{8}|02\d{9}", number, re.ASCII):
        return number
    if re.fullmatch(r"\+(?!84)[1-9]\d{6,14}", number, re.ASCII):
        return number
    raise IdentifierError(
        "phone.format",
        _("Số điện thoại không đúng. Hãy nhập 10 chữ số, ví dụ 0912345678; số nước ngoài bắt đầu bằng dấu +."),
    )


# Codes of dossiers


DOSSIER_CODE_MAX_LENGTH = 50
_LOCAL_CODE = re.compile(r"[A-Z0-9]+(?:[._][A-Z0-9]+)*-\d{6}-\d{4,}", re.ASCII)


def format_dossier_code(agency_code: str, filed_on: date, number: int) -> str:
    """A dossier code such as ``H15.50.05.13-261008-0975`` (TT 03/2025/TT-VPCP): agency, day of filing, number.

    Raises ValueError when a part does not fit: the agency code is too long, or the number is not positive.
    """
    if isinstance(number, bool) or number < 1:
        raise ValueError("dossier numbers start at 1")
    code = f"{agency_code}-{filed_on:%y%m%d}-{number:04d}"
    if len(code) > DOSSIER_CODE_MAX_LENGTH or not _LOCAL_CODE.fullmatch(code):
        raise ValueError("the agency code does not make a dossier code")
    return code


def clean_dossier_code(text: str) -> str:
    """A dossier code as somebody typed it, ready for look-up: capitals, no blanks, at most fifty characters.

    Other systems send other shapes, so any text of the right length is accepted. Raises IdentifierError.
    """
    code = re.sub(r"\s+", "", clean_line(text)).upper()
    if not code or len(code) > DOSSIER_CODE_MAX_LENGTH:
        raise IdentifierError(
            "dossier_code.format",
            _("Mã hồ sơ không đúng. Hãy nhập như trên giấy tiếp nhận, ví dụ H17.20194-261120-0001."),
        )
    return code
