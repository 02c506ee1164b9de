"""Drawing the result paper this agency offers; not the portal's signed one, and marked as a sample."""

from html import escape

from django.utils import timezone

from portal.sandbox.casework.models import ResultFile

_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<title>{title}</title>
<style>
@page {{ size: A4; margin: 25mm 20mm; }} body {{ font: 12pt/1.6 "Be Vietnam Pro", "DejaVu Sans", sans-serif; }}
h1 {{ font-size: 16pt; line-height: 1.4; text-align: center; }}
.mark {{ border: 1pt solid; padding: 6pt; text-align: center; }}
</style></head><body><p class="mark">Môi trường thử nghiệm – không có giá trị pháp lý</p>
<p>{unit}<br>Số: {number}</p><h1>{title}</h1>
<p>Hồ sơ: {code}</p><p>Người nộp: {applicant}</p><p>Ngày ban hành: {day}</p></body></html>"""


def result_bytes(file: ResultFile, unit: str) -> bytes:
    """Return the bytes of a result paper, drawn and kept at the first call so that its digest never changes."""
    if not file.path.exists():
        from weasyprint import HTML  # loads Pango; only this function needs it

        page = _PAGE.format(
            title=escape(file.title),
            unit=escape(unit),
            number=escape(file.document_number),
            code=escape(file.case.code),
            applicant=escape(file.case.applicant_name),
            day=f"{timezone.localtime(file.created_at):%d/%m/%Y}",
        )
        drawn = HTML(string=page).write_pdf()
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
