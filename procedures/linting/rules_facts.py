"""Rules on what the law and the data say: bases, visits, papers the state has already."""

from __future__ import annotations

import re

from portal.core.text import fold
from procedures.linting.findings import Found, Severity, Subject, rule

# Phrases of a visit. Asking for one while a procedure is "toàn trình" contradicts NĐ 224/2026/NĐ-CP art. 13.
_VISIT = re.compile(
    r"\b(phai den|den truc tiep|co mat (?:tai|khi|de)|xuat trinh ban chinh|truc tiep den|ky truoc mat|ky tai tru so)"
)
_NOT_A_VISIT = re.compile(r"\b(khong phai den|khong can den|khong phai co mat|neu (?:muon|chon)|hoac)\b")
_CONNECTED = frozenset({"identity", "guardian", "ward", "population", "residence", "organisation"})
"""Sources the portal reads by itself: signing in, and the population database behind it."""


@rule("legal-basis-missing", Severity.ERROR)
def legal_basis_missing(subject: Subject) -> Found:
    """A procedure names no act it rests on."""
    if not subject.data.get("legal_basis"):
        yield "legal_basis", "name the acts: citizens and courts ask for them"


@rule("fee-without-basis", Severity.ERROR)
def fee_without_basis(subject: Subject) -> Found:
    """Money is asked for without an act that lets it (Luật Phí và lệ phí 97/2015/QH13 art. 4)."""
    for place, row in subject.rows("fees"):
        asks = bool(row.get("amount_vnd")) or (row.get("amount_vnd") is None and bool(row.get("amount")))
        if asks and not row.get("legal"):
            yield place, "name the act under `legal`"


@rule("fee-dates", Severity.ERROR)
def fee_dates(subject: Subject) -> Found:
    """A fee ends before it begins."""
    for place, row in subject.rows("fees"):
        if row.get("valid_from") and row.get("valid_to") and str(row["valid_from"]) > str(row["valid_to"]):
            yield place, f"valid from {row['valid_from']} to {row['valid_to']}"


@rule("online-yet-visit", Severity.ERROR)
def online_yet_visit(subject: Subject) -> Found:
    """Fully online, and yet a step or a paper asks one to come (NĐ 224/2026/NĐ-CP art. 13)."""
    if subject.data.get("service_level") != "toan_trinh":
        return
    if subject.data.get("channels") and "online" not in subject.data["channels"]:
        yield "channels", "fully online, but `online` is not among the channels"
    for name in ("steps", "requirements", "notes"):
        for number, text in enumerate(subject.data.get(name) or ()):
            words = fold(text.get("vi", ""))
            if _VISIT.search(words) and not _NOT_A_VISIT.search(words):
                yield f"{name}[{number}]", f"asks for a visit: “{text['vi'][:80]}”"
    for place, row in subject.rows("components"):
        if row.get("kind") == "present_only" and row.get("required"):
            yield place, "a paper that must be shown at the desk"


@rule("in-person-yet-online", Severity.ERROR)
def in_person_yet_online(subject: Subject) -> Found:
    """In person only, so that the portal takes no filing, and yet a way on the portal is promised."""
    if subject.data.get("service_level") != "truc_tiep":
        return
    promised = sorted({"online", "booking"} & set(subject.data.get("channels") or ()))
    if promised:
        yield "channels", f"in person only: take out {', '.join(promised)}, or make it `mot_phan`"


@rule("covered-by-data", Severity.WARNING)
def covered_by_data(subject: Subject) -> Found:
    """A paper must be uploaded though the portal reads the same from a data source (NĐ 278/2025/NĐ-CP)."""
    for place, row in subject.rows("components"):
        sources = sorted(_CONNECTED & set(row.get("reuse_from") or ()))
        if row.get("required") and sources and row.get("kind") in {"document", "photo"}:
            yield place, f"{', '.join(sources)} has it; make it `required: false` or `kind: data`"


@rule("covered-by-store", Severity.WARNING)
def covered_by_store(subject: Subject) -> Found:
    """A paper is a result that the store keeps, and the component does not take it from there."""
    for place, row in subject.rows("components"):
        if row.get("kind") not in {"document", "photo"}:
            continue
        name = fold((row.get("name") or {}).get("vi", ""))
        for title, document_type in subject.results_in_store.items():
            if title in name and document_type not in (row.get("document_types") or ()):
                yield place, f"add {document_type} to document_types: the store may have it"


@rule("paper-without-type", Severity.NOTE)
def paper_without_type(subject: Subject) -> Found:
    """A paper to upload has no document type, so that it is kept without one and never offered again."""
    for place, row in subject.rows("components"):
        uploaded = row.get("kind") in {"document", "photo"} and "online" in (row.get("channels") or ["online"])
        if uploaded and not row.get("document_types"):
            yield place, "name its document_types"


@rule("result-without-type", Severity.WARNING)
def result_without_type(subject: Subject) -> Found:
    """What an approval issues cannot be put into the store: it has no document type."""
    for place, row in subject.rows("results"):
        if row.get("default") and row.get("kind", "document") == "document" and not row.get("document_type"):
            yield place, "name its document_type"


@rule("paper-without-number", Severity.NOTE)
def paper_without_number(subject: Subject) -> Found:
    """A paper says neither how many originals nor how many copies."""
    for place, row in subject.rows("components"):
        if row.get("kind") == "document" and not row.get("originals") and not row.get("copies"):
            yield place, "say originals or copies"


@rule("time-without-words", Severity.WARNING)
def time_without_words(subject: Subject) -> Found:
    """There is neither a time in figures nor a sentence why there is none."""
    processing = subject.data.get("processing") or {}
    if not processing.get("value") and not processing.get("text"):
        yield "processing", "say how long it takes, or why the law sets no time"
