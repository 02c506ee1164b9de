"""Messages and internal notes on the workbench (trao đổi, ghi chú nội bộ): what is shown of them, and to whom."""

from typing import Any

from django.http import HttpRequest

from dossiers import correspondence, message_files
from dossiers.forms import MessageForm
from dossiers.models import Dossier, DossierMessage, Side
from portal.backoffice.officials import Official

SHOWN = 20
"""The newest messages on the workbench; older ones stay on the page of the whole conversation."""


def context(official: Official, dossier: Dossier, *, template_id: str = "") -> dict[str, Any]:
    """Messages, notes and the words to start from; for officials who act for the deciding agency."""
    rows = correspondence.thread(dossier)
    unread = [row for row in rows if _is_new(row)]
    templates = list(correspondence.templates_for(dossier.agency))
    chosen = next((row for row in templates if str(row.pk) == template_id), None)
    first_words = correspondence.filled_in(chosen, dossier) if chosen else ""
    return {
        "talk": {
            "rows": [_row(row) for row in rows[-SHOWN:]],
            "older": max(0, len(rows) - SHOWN),
            "unread": len(unread),
            "unread_rows": [_row(row) for row in unread[-SHOWN:]],
            "is_open": correspondence.is_open(dossier) and correspondence.correspondent(dossier) is not None,
            "seen": rows[-1].pk if rows else 0,
            "templates": templates,
            "chosen": chosen,
        },
        "notes": correspondence.notes_for(dossier, official.top_paths()),
        "message_form": MessageForm(initial={"text": first_words, "seen": rows[-1].pk if rows else 0}, prefix=""),
        "note_form": MessageForm(auto_id="note_%s"),
    }


def _row(row: DossierMessage) -> dict[str, Any]:
    return {
        "message": row,
        "is_mine": row.side == Side.AGENCY,
        "who": row.author_name if row.side == Side.AGENCY else "",
        "is_new": _is_new(row),
        "files": message_files.shown(row),
    }


def _is_new(row: DossierMessage) -> bool:
    return row.side == Side.APPLICANT and row.read_at is None


def template_of(request: HttpRequest) -> str:
    """The template that the address names."""
    return request.GET.get("mau", "")[:18]
