"""A PDF that is drawn for its reader and kept nowhere, as an answer (trả về tệp PDF)."""

from django.http import HttpResponse

POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""Shown, never run: no script, no request, no form; only our own pages may frame it."""


def inline_pdf(content: bytes, *, name: str) -> HttpResponse:
    """Show a PDF in the browser under a name of ours; no cache keeps it."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Content-Security-Policy"] = POLICY
    return response
