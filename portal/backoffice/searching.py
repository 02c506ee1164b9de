"""What an official types or scans into the search box: a code, a name, an identification, tax or telephone number."""

import re
from urllib.parse import parse_qs, urlsplit

from django.db.models import Q

from portal.accounts.models import Organisation
from portal.core.encryption import blind_index
from portal.core.errors import PortalError
from portal.core.identifiers import clean_phone
from portal.core.text import clean_line, loose_pattern

MIN_LENGTH = 3
MOST_ORGANISATIONS = 200
"""Organisations of one name that are looked for; who types fewer letters types more."""
MAX_LENGTH = 120
CODE = re.compile(r"[A-Z0-9.]+-[0-9]{6}-[0-9]{4,}")
"""The shape of codes given here: what has it is no name."""


def condition(typed: str) -> Q | None:
    """The filter for what was typed, or None when it is too short to look for.

    Numbers of people are looked up by their blind index and never compared in clear text; a name, of a person or of
    the organisation it was filed for, may be any part of it, with or without tone marks. What holds no letter is no
    name. Organisations are looked up here: the number of a card or a tax code is found by indexes of dossiers alone.
    """
    text = clean_line(_scanned(typed) or typed)[:MAX_LENGTH]
    if len(text) < MIN_LENGTH:
        return None
    squeezed = re.sub(r"\s+", "", text).upper()
    found = Q(pk__in=[])
    if any(letter.isalpha() for letter in text) and not CODE.fullmatch(squeezed):
        name = loose_pattern(text)
        found |= Q(applicant_name__regex=name)
        found |= _filed_for(Q(name__regex=name))
    if re.search(r"\d", squeezed):
        found |= Q(code__startswith=squeezed)
        if re.fullmatch(r"\d{6}-\d{4,}|\d{4}", squeezed):
            found |= Q(code__endswith=f"-{squeezed}")
    digits = re.sub(r"[\s.\-]+", "", text)
    if digits.isascii() and digits.isdigit() and len(digits) in {9, 10, 12, 13}:
        found |= Q(applicant_id_index=blind_index(digits))
        found |= _filed_for(Q(tax_code__in=_tax_codes(digits)))
    phone = _phone(text)
    if phone:
        found |= Q(applicant_phone=phone)
    return found


def _scanned(typed: str) -> str:
    """The code in the address that a letter's QR holds, as a scanner types it; "" where it is no such address."""
    try:
        address = urlsplit(typed.strip())
    except ValueError:
        return ""
    return parse_qs(address.query).get("code", [""])[0] if address.scheme in {"http", "https"} else ""


def _filed_for(wanted: Q) -> Q:
    """Dossiers of the organisations that fit; no condition at all where none does."""
    known = list(Organisation.objects.filter(wanted).order_by("pk").values_list("pk", flat=True)[:MOST_ORGANISATIONS])
    return Q(organisation__in=known) if known else Q()


def _tax_codes(digits: str) -> list[str]:
    """A branch's code stands with a hyphen."""
    return [digits, f"{digits[:10]}-{digits[10:]}"]


def _phone(text: str) -> str:
    try:
        return clean_phone(text)
    except PortalError:
        return ""
