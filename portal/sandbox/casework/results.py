"""Drawing the result paper this agency offers; not the portal's signed one, and marked as a sample."""

import io
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from portal.sandbox.casework import criminal_records
from portal.sandbox.casework.models import Case, ResultFile
from portal.sandbox.casework.reading import form_for, rows_of

_STYLE = Path(__file__).with_name("paper.css")
_FONTS = Path(__file__).resolve().parents[3] / "static" / "build"
MOST_ROWS = 40
"""A form's answers beyond these stay in the dossier; the paper is a sample, not a copy of it."""


def result_bytes(file: ResultFile, issuer: str, official: dict[str, str]) -> bytes:
    """Return the bytes of a result paper, drawn and kept at the first call so that its digest never changes."""
    if not file.path.exists():
        drawn = _drawn(file, issuer, official)
        file.path.parent.mkdir(parents=True, exist_ok=True)
        draft = file.path.with_name(f".{file.token}.{timezone.now().timestamp()}")
        draft.write_bytes(drawn)
        try:
            file.path.hardlink_to(draft)
        except FileExistsError:
            pass  # another request drew it first; its bytes are the ones that count
        finally:
            draft.unlink()
    return file.path.read_bytes()


def _drawn(file: ResultFile, issuer: str, official: dict[str, str]) -> bytes:
    from weasyprint import CSS, HTML  # loads Pango; only this function needs it
    from weasyprint.text.fonts import FontConfiguration

    is_record = file.case.procedure_code == criminal_records.PROCEDURE
    name = "criminal_record" if is_record else "result"
    context = {
        "file": file,
        "issuer": issuer,
        "parent": "Bộ Công an" if issuer.startswith("Công an ") else "",
        "official": official,
        "rows": criminal_records.rows_of(file.case) if is_record else _rows(file.case),
        "qr": _qr(file.url),
    }
    page = render_to_string(f"casework/papers/{name}.html", context)
    fonts = FontConfiguration()
    style = CSS(string=_STYLE.read_text(encoding="utf-8"), base_url=f"{_FONTS.as_uri()}/", font_config=fonts)
    return HTML(string=page).write_pdf(stylesheets=[style], font_config=fonts)


def _rows(case: Case) -> list[tuple[str, Any]]:
    applicant = [("Người nộp", case.applicant_name)] if case.applicant_name else []
    told = rows_of(case.answers, form=form_for(case.procedure_code)) if case.answers else []
    return [*applicant, *told][:MOST_ROWS]


def _qr(address: str) -> SafeString:
    import qrcode  # as WeasyPrint above
    from qrcode.image.svg import SvgPathImage

    picture = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=2).save(picture)
    return mark_safe(picture.getvalue().decode().partition("?>\n")[2])  # noqa: S308 -- the library's own drawing
