"""Every part that a version has stands on its sheet, in both languages: nothing vanishes unseen."""

import re
from html import unescape

import pytest
from django.utils import timezone, translation

from portal.core import page_cache
from portal.core.language import column_text, pair_text
from procedures import paper_forms, sheets
from procedures.eforms.definition import COMPOSITE_TYPES
from procedures.models import Procedure
from procedures.packs import REFERENCE
from tests.procedures.national_records import record

pytestmark = pytest.mark.django_db
CODES = sorted(path.stem for path in (REFERENCE / "procedures").glob("*.yaml"))
RESULT_REFUSED = "refusal"


def bare(text):
    """Letters and figures alone: what marks, tags and line breaks a page puts between words says nothing."""
    return re.sub(r"[^\w]+", "", unescape(re.sub(r"<[^>]*>", " ", text))).casefold()


def sheet_of(client, code, language):
    page_cache.shelf.clear()
    html = client.get(f"{'/en' if language == 'en' else ''}/thu-tuc/{code}/").content.decode()
    # what machines read says it once more, and counts for nobody who reads
    return re.sub(r"<(script|style|head)\b.*?</\1>", " ", html, flags=re.DOTALL)


def copies(row):
    words = {"vi": ("bản chính", "bản sao"), "en": ("original", "cop")}[translation.get_language()]
    return [f"{count} {word}" for count, word in zip((row.originals, row.copies), words, strict=True) if count]


def parts_of(version):
    """Everything that the version says, by what it is."""
    sheet = version.sheet
    for name in ("steps", "requirements", "notes"):
        for text in sheet.get(name) or ():
            for line in pair_text(text).splitlines():
                yield name, line
    for way in sheet.get("channels") or ():
        yield "ways", sheets.channel_words(way)
    for applicant in sheet.get("applicants") or ():
        yield "applicants", pair_text(applicant["name"])
    for act in sheet.get("legal_basis") or ():
        yield "legal basis", str(act)
    for row in version.components.all():
        for text in (column_text(row, "name"), column_text(row, "when_text"), *note_of(row), *copies(row)):
            yield f"paper {row.code}", text
    for row in version.results.all():
        if row.kind != RESULT_REFUSED:
            yield "results", column_text(row, "name")
    today = timezone.localdate()
    for row in version.fees.all():
        if row.valid_to is not None and row.valid_to < today:
            continue
        yield "fees", column_text(row, "name")
        yield "fees", sheets.amount_words(row)
        yield "fees", column_text(row, "when_text")


def note_of(row):
    """A note in the parts that a sheet shows: what it says, and the forms it names, called as people call them."""
    said, forms = paper_forms.told(column_text(row, "note"))
    return [said, *(form.label for form in forms)]


def missing(client, version, code):
    gone = []
    for language in ("vi", "en"):
        page = bare(sheet_of(client, code, language))
        with translation.override(language):
            gone += [(language, kind, text) for kind, text in parts_of(version) if bare(text) not in page]
    return gone


@pytest.mark.parametrize("code", CODES)
def test_every_part_of_our_own_stands_on_its_sheet(everything, client, code):
    version = Procedure.objects.get(code=code).current
    assert version.components.exists() and version.results.exists() and version.sheet["steps"]
    assert missing(client, version, code) == []


def test_every_part_of_an_imported_record_stands_on_its_sheet(import_records, client):
    papers = [
        {"name": "Đơn đề nghị", "code": "K1", "original": 1, "copy": 2, "form_template": ["don-rong.docx"]},
        {"case": "Rồng con", "name": "Ảnh rồng", "original": 0, "copy": 3},
    ]
    ways = [
        {"channel": channel, "time": 5, "time_unit": "WORKING_DAY", "description": "", "fee": []}
        for channel in ("online", "direct", "postal")
    ]
    import_records(
        record(
            components=papers,
            methods=ways,
            requirements="Có chuồng rộng.\nCó nước.",
            note="Rồng ngủ ngày.",
            steps=[{"name": "Nộp", "text": f"Bước {number}: làm việc {number}."} for number in range(1, 9)],
            url="https://dichvucong.gov.vn/rong",
            updated="2026-01-02",
        )
    )
    version = Procedure.objects.get(code="1.900001").current
    assert missing(client, version, "1.900001") == []
    for language, words in (("vi", "cập nhật ngày 02/01/2026"), ("en", "02/01/2026")):
        html = sheet_of(client, "1.900001", language)
        assert 'href="https://dichvucong.gov.vn/rong"' in html and words in html
    page = bare(sheet_of(client, "1.900001", "vi"))
    for words in ("1 bản chính, 2 bản sao", "3 bản sao", "Mẫu: Đơn rong", "Qua dịch vụ bưu chính công ích"):
        assert bare(words) in page, words


def test_the_time_to_fill_counts_what_somebody_types(everything):
    """By hand: the questions of the form that are always asked and that nothing fills in."""
    for code in CODES:
        version = Procedure.objects.get(code=code).current
        typed = composite = 0
        for page in version.form.get("pages") or ():
            for group in page["groups"]:
                for field in group["fields"]:
                    is_known = field.get("locked") and field.get("prefill") and not field.get("prefill_if")
                    if field["type"] in {"computed", "file", "consent"} or field.get("visible_if") or is_known:
                        continue
                    if group.get("visible_if"):
                        continue
                    typed += 1
                    composite += field["type"] in COMPOSITE_TYPES
        # a person or an address is one question at the least and a dozen at the most, all others are one
        least, most = (1 + round(asked * sheets.SECONDS_A_FIELD / 60) for asked in (typed, typed + 11 * composite))
        assert least <= sheets.minutes_to_fill(version) <= most, (code, typed, composite)
