"""Results as they are read again, and templates published."""

import io
from datetime import date

from pypdf import PdfReader

from datastore import storage
from datastore.results import templates


def bytes_of(document):
    with storage.open_stream(document.files.get().blob) as file:
        return file.read()


def text_of(pdf):
    """Text of a PDF as a reader copies it, white space evened out."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


PROCEDURES = (
    "1.000656", "1.000894", "1.001193", "1.001612", "1.002755", "1.003197",
    "1.003677", "1.004194", "1.004873", "1.004884", "1.010038", "3.000333",
)  # fmt: skip
"""Those whose papers the portal brings along; 1.000689, 1.004222, 2.002913 and 3.000722 share papers and keys."""


def published(template, body, day=date(2026, 1, 1), user=None):
    draft = templates.begin(template.pk, user=user)
    draft = templates.save(template.pk, seen=draft.revision, body=body, user=user)
    return templates.publish(template.pk, seen=draft.revision, valid_from=day, user=user)


def words(page):
    """What the checker's page says of the signature."""
    return page.locator("[data-signature-title]").inner_text()
