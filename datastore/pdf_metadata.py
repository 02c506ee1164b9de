"""What a PDF tells of itself beside its pages, taken out of a copy (siêu dữ liệu của tệp PDF).

The QR's text of a result stands in its file's keywords, inside what was signed. A scan gets the agency's signature,
too: words that somebody wrote into it where nobody looks would be signed with it.
"""

import io
from typing import Any

from pypdf import PdfReader, PdfWriter, apply_configuration
from pypdf.generic import DictionaryObject, NameObject

from datastore.file_verifier import credential_of
from datastore.pdf_safety import NONSENSE, READ_AT_MOST
from portal.core.time_bounds import OvertimeError, bounded

MAX_SECONDS = 10.0
UNSEEN = ("/Metadata", "/Keywords", "/PieceInfo")
"""Keys of what is told and never drawn (ISO 32000-1, 14.3 and 14.5), in whichever dictionary they stand."""
_DEEP = 20


class NotPlainError(ValueError):
    """A file that cannot be written anew, or still tells the QR's text of a result."""


def without(pdf: bytes) -> bytes:
    """The pages of a PDF in a file that tells nothing else: no Info, no XMP, no revisions of before.

    Raises NotPlainError.
    """
    try:
        plain = bounded(lambda: _written_anew(pdf), seconds=MAX_SECONDS)
    except (*NONSENSE, OvertimeError) as error:
        raise NotPlainError from error
    if credential_of(plain):  # as a remark within a drawing, or under a key of its own
        raise NotPlainError
    return plain


def _written_anew(pdf: bytes) -> bytes:
    with apply_configuration(**READ_AT_MOST):
        reader = PdfReader(io.BytesIO(pdf), strict=False)
        writer = PdfWriter()
        writer.clone_reader_document_root(reader)  # what the trailer leads to beside it stays behind
        writer.metadata = None
        for value in writer._objects:
            _forget(value)
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        out = io.BytesIO()
        writer.write(out)
    return out.getvalue()


def _forget(value: Any, depth: int = 0) -> None:
    if depth > _DEEP:
        raise ValueError("nested too deep")
    if isinstance(value, DictionaryObject):
        for key in UNSEEN:
            dict.pop(value, NameObject(key), None)
        children = list(dict.values(value))
    elif isinstance(value, list):
        children = list(list.__iter__(value))
    else:
        return
    for child in children:
        _forget(child, depth + 1)
