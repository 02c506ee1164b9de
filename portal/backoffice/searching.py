"""What an official types or scans into the search box: a code, a name, an identification, tax or telephone number."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from django.db.models import Q

from datastore.models import Credential
from dossiers import finding
from dossiers.models import Dossier
from portal.accounts.models import Organisation
from portal.backoffice import queues
from portal.backoffice.officials import Official
from portal.core.encryption import blind_index
from portal.core.identity_cards import BAR, is_card_text
from portal.core.text import clean_line

MIN_LENGTH = 3
MAX_LENGTH = 120
CODE = re.compile(r"[A-Z0-9.]+-[0-9]{6}-[0-9]{4,}")
"""The shape of codes given here: what has it is no name. The number of a result holds one, too."""
RESULT_CODE = re.compile(r"[A-Z2-7]{16}")
"""What a result is verified by (datastore.models.credentials)."""


def condition(typed: str, official: Official) -> Q | None:
    """The filter on dossiers for what was typed, or None when it is too short to look for.

    Numbers of people are looked up by their blind index and never compared in clear text. Names, telephone numbers,
    organisations and results are looked up here, so that dossiers are found by their own indexes alone. Who may see
    what is found is asked of the dossiers.
    """
    text = wanted(typed)
    if len(text) < MIN_LENGTH:
        return None
    squeezed = re.sub(r"\s+", "", text).upper()
    found = Q(pk__in=[])
    if (code := CODE.search(squeezed)) is not None:
        found |= Q(code=code[0])
    elif (name := finding.named(text)) is not None:
        found |= _found_by(name, official)
    if re.search(r"\d", squeezed):
        found |= Q(code__startswith=squeezed)
        if re.fullmatch(r"\d{6}-\d{4,}|\d{4}", squeezed):
            found |= Q(code__endswith=f"-{squeezed}")
    if RESULT_CODE.fullmatch(result := _without_dashes(squeezed)):
        found |= _of_result(result)
    digits = re.sub(r"[\s.\-]+", "", text)
    if digits.isascii() and digits.isdigit() and len(digits) in {9, 10, 12, 13}:
        found |= Q(applicant_id_index=blind_index(digits))
        found |= _filed_for(_tax_codes(digits))
    phone = finding.phone_of(text)
    if phone:
        found |= _found_by(Q(phone=phone), official)
    return found


def is_name(typed: str) -> bool:
    """Whether what was typed can only be meant as a name: of who finds nothing by it no code is in question."""
    text = wanted(typed)
    squeezed = re.sub(r"\s+", "", text).upper()
    has_figures = any(letter.isdigit() for letter in text)
    return finding.named(text) is not None and not has_figures and not RESULT_CODE.fullmatch(_without_dashes(squeezed))


def named_elsewhere(typed: str, found: Iterable[Dossier]) -> dict[int, str]:
    """Of dossiers found by a name that is not the applicant's: whose name it is, "" where several names make it."""
    if not is_name(typed):
        return {}
    words = finding.folded_words(wanted(typed)).split()
    others = [dossier.pk for dossier in found if not _has(words, dossier.applicant_name)]
    rows = Dossier.objects.filter(pk__in=others).values_list("pk", "answers", "organisation__name") if others else []
    return {
        pk: next((name for name in [organisation or "", *finding.names_in(answers)] if _has(words, name)), "")
        for pk, answers, organisation in rows
    }


def _has(words: list[str], name: str) -> bool:
    folded = finding.folded_words(name)
    return all(f" {word}" in folded for word in words)


def _without_dashes(text: str) -> str:
    """A code that was written down in groups."""
    return re.sub(r"[-\N{HYPHEN}-\N{EM DASH}]", "", text)


def wanted(typed: str) -> str:
    """What is looked for: as it was typed, or what a scanned code says."""
    return clean_line(_scanned(typed) or typed)[:MAX_LENGTH]


def _scanned(typed: str) -> str:
    """The code in the address that a letter's or a result's QR holds, as a scanner types it, or the number in the QR of
    an identity card; "" where it is none."""
    if is_card_text(typed):
        return typed.split(BAR)[0]
    try:
        address = urlsplit(typed.strip())
    except ValueError:
        return ""
    if address.scheme not in {"http", "https"}:
        return ""
    result = re.search(r"/xm/([a-z2-7]{16})\b", address.path, re.IGNORECASE)
    return result[1] if result is not None else parse_qs(address.query).get("code", [""])[0]


def _found_by(wanted: Q, official: Official) -> Q:
    """The newest dossiers with such a name or telephone, of her agencies and of those that ask hers."""
    found: list[int] = []
    for rows in (official.search_rows(), official.asked_search_rows()):
        if len(found) < queues.PAGE_SIZE:
            found += rows.filter(wanted).order_by("-pk").values_list("pk", flat=True)[: queues.PAGE_SIZE]
    return Q(pk__in=found)


def _of_result(public_id: str) -> Q:
    papers = Credential.objects.filter(public_id=public_id)
    return Q(code__in=list(papers.values_list("document__dossier_code", flat=True)))


def _filed_for(tax_codes: list[str]) -> Q:
    """Dossiers of the organisations with these codes; no condition at all where there are none."""
    known = list(Organisation.objects.filter(tax_code__in=tax_codes).values_list("pk", flat=True))
    return Q(organisation__in=known) if known else Q()


def _tax_codes(digits: str) -> list[str]:
    """A branch's code stands with a hyphen."""
    return [digits, f"{digits[:10]}-{digits[10:]}"]
