"""PDFs written byte by byte, as no library would."""

import struct


def pdf_of(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    body, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    size = len(objects) + 1
    return bytes(body) + end % (size, table, size, len(body))


def make_packed_pdf(kind: str, packed: bytes, *, objects: int = 1, first: int = 4) -> bytes:
    """A PDF whose objects are announced to lie in a packed list of this kind."""
    parts = [
        b"%PDF-1.5\n",
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n",
        b"4 0 obj<</Type/%s/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n"
        % (kind.encode(), objects, first, len(packed), packed),
    ]
    body = b"".join(parts)
    rows = [(0, 0, 65535), *((1, body.find(b"%d 0 obj" % number), 0) for number in (1, 2, 3, 4)), (2, 4, 0)]
    rows.append((1, len(body), 0))
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    head = b"6 0 obj<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return body + head + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
