"""A result on paper (trình bày kết quả): what its HTML template gets, and its PDF – NĐ 30/2020/NĐ-CP annex I."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone

from datastore.results import rendering
from datastore.results.composing import Composed
from datastore.results.contents import WHOLE_COUNTRY, ResultContent
from portal.agencies.models import Agency
from portal.core.text import with_small_first_letter

_HOW_LONG = re.compile(r"có giá trị [^.]*\d+ (ngày|tháng|năm)")
LIST_OF_FIELDS, OWN_PAPER = "results/result.html", "results/composed.html"


def draw(
    result: ResultContent,
    *,
    public_id: str,
    qr_svg: str,
    credential: str = "",
    sample_note: str = "",
    hide: Callable[[str], str] | None = None,
) -> bytes:
    """The PDF, not signed yet; `sample_note` stands across every page of one that counts for nothing.

    The `credential`, which is the text of the QR, stands in the file's keywords, too, for programs to find.

    Without a `public_id` it is a draft, which has no number, day, signature or address to check it at yet.
    """
    template = OWN_PAPER if result.composed else LIST_OF_FIELDS
    context = _context(result, public_id, qr_svg) | {"sample_note": sample_note, "credential": credential}
    return rendering.render_pdf(template, context, title=result.title, hide=hide)


def place(agency: Agency) -> str:
    """Where the agency sits, as it stands before the date."""
    return agency.unit.name if agency.unit else ""


def _context(result: ResultContent, public_id: str, qr_svg: str) -> dict[str, Any]:
    composed = result.composed
    has_receivers = composed is None or composed.has_receivers
    is_draft = not public_id
    return {
        "agency_name": result.issuer.name,
        "parent_name": result.issuer.parent.name if result.issuer.parent else "",
        "number": result.number,
        "place": place(result.issuer),
        "decided_on": None if is_draft else timezone.localtime(result.decided_at).date(),
        "qr_svg": qr_svg,
        "opening": _opening(result),
        "heading": composed.title if composed else "",
        "subtitle": composed.subtitle if composed else "",
        "blocks": composed.blocks if composed else (),
        "holder_rows": [row for row in (("Cấp cho", result.holder_name), ("Số định danh", result.holder_id)) if row[1]],
        "fields": result.fields,
        "valid_until": None if composed and _says_how_long(composed) else result.valid_until,
        "scope": "" if result.scope == WHOLE_COUNTRY else result.scope,
        "signer_lines": signature_lines(result.signer_title, result.signs_for),
        "signer_name": result.signer_name,
        "signed_at": timezone.localtime().replace(microsecond=0),
        "receivers": _receivers(result) if has_receivers else [],
        "verify_id": public_id,
        "verify_address": "" if is_draft else f"{settings.BASE_URL}/xm/",
    }


def signature_lines(title: str, signs_for: str = "") -> list[str]:
    """What stands above a signature: a deputy signs for the head, “KT. CHỦ TỊCH” above “PHÓ CHỦ TỊCH”.

    NĐ 30/2020/NĐ-CP art. 13 and annex I, part I, section II, 7: the head's title after “KT.”, then the signer's own.
    `signs_for` is that first line where the head had her sign by a paper, “TL. CHỦ TỊCH” above “TRƯỞNG PHÒNG”.
    """
    words = title.split()
    if signs_for or not words:
        return [line.upper() for line in (signs_for, title) if line]
    head = " ".join(words[1:])
    return [f"KT. {head.upper()}", title.upper()] if head and words[0].casefold() == "phó" else [title.upper()]


def _says_how_long(composed: Composed) -> bool:
    """Whether the paper's own words already say how long it counts, as its form in law has them."""
    return any(_HOW_LONG.search(block.text) for block in composed.blocks if block.kind == "text")


def _receivers(result: ResultContent) -> list[str]:
    return [result.receiver or result.holder_name or "Người nộp hồ sơ", "Lưu: hồ sơ điện tử"]


def _opening(result: ResultContent) -> str:
    name = result.procedure_name.strip().rstrip(".").removeprefix("Thủ tục ")
    about = f" về thủ tục {with_small_first_letter(name)} (mã {result.procedure_code})" if name else ""
    return f"Căn cứ hồ sơ số {result.dossier_code}{about}, {result.issuer.name} cấp văn bản này với nội dung sau:"
