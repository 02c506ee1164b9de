"""What an official types into the search box: a code, a name, an identification number or a telephone number."""

import re

from django.db.models import Q

from portal.core.encryption import blind_index
from portal.core.errors import PortalError
from portal.core.identifiers import clean_phone
from portal.core.text import clean_line

MIN_LENGTH = 3
MAX_LENGTH = 120


def condition(typed: str) -> Q | None:
    """The filter for what was typed, or None when it is too short to look for.

    Numbers are looked up by their blind index and never compared in clear text; a name may be any part of it.
    """
    text = clean_line(typed)[:MAX_LENGTH]
    if len(text) < MIN_LENGTH:
        return None
    found = Q(applicant_name__icontains=text)
    squeezed = re.sub(r"\s+", "", text).upper()
    if re.search(r"\d", squeezed):
        found |= Q(code__startswith=squeezed)
        if re.fullmatch(r"\d{6}-\d{4,}|\d{4}", squeezed):
            found |= Q(code__endswith=f"-{squeezed}")
    digits = re.sub(r"[\s.\-]+", "", text)
    if digits.isascii() and digits.isdigit() and len(digits) in {9, 10, 12, 13}:
        found |= Q(applicant_id_index=blind_index(digits))
    phone = _phone(text)
    if phone:
        found |= Q(applicant_phone=phone)
    return found


def _phone(text: str) -> str:
    try:
        return clean_phone(text)
    except PortalError:
        return ""
