"""What makes a signed PDF one for archives: PDF/A-2u (ISO 19005-2), read from its objects."""

import io
import re

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

RUNS = {"/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/EmbeddedFile", "/RichMedia", "/XFA"}
"""Keys and types of what does something by itself, or carries another file."""
PRINT, HIDDEN = 4, 2


def archive_file(pdf: bytes) -> PdfReader:
    """Assert that a PDF keeps what PDF/A-2u asks of ours, also after it was signed; return its reader."""
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.root_object
    said = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part(=\"|>)2\b", said) and re.search(r"pdfaid:conformance(=\"|>)U\b", said)
    [intent] = root["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"]
    assert profile["/N"] == 3 and profile.get_data()[36:40] == b"acsp", "an ICC profile of three colours"
    assert len(reader.trailer["/ID"]) == 2 and all(reader.trailer["/ID"])
    assert "/Encrypt" not in reader.trailer and root["/Lang"] == "vi"
    names = _names(reader)
    assert not names & RUNS, names & RUNS
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    assert [note["/FT"] for note in notes if note["/Subtype"] == "/Widget"] == ["/Sig"]
    for note in notes:
        assert note["/F"] & PRINT and not note["/F"] & HIDDEN, note
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys() and "/ToUnicode" in font
    return reader


def _names(reader: PdfReader) -> set[str]:
    """Every key, and every name that is a value, of all that hangs on the catalogue."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting: list[object] = [reader.trailer]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if thing.idnum in seen:
                continue
            seen.add(thing.idnum)
            thing = thing.get_object()
        if isinstance(thing, DictionaryObject):
            found |= {str(key) for key in thing}
            waiting.extend(thing.raw_get(key) for key in thing)
        elif isinstance(thing, ArrayObject):
            waiting.extend(list.__iter__(thing))
        elif isinstance(thing, str):
            found.add(str(thing))
    return found
