"""What a publisher says people type (từ khóa): kept for search and for who reads the catalogue by program."""

from __future__ import annotations

import re
from typing import Any

from procedures.national.checking import Flaws, block, items, quick_fold

MOST = 30
_NO_WORD = re.compile(r"khong (?:co|thong tin)|chua co|csdl quoc gia|[\W\d]*$")


def read(record: dict[str, Any], flaws: Flaws) -> list[str]:
    """What the publisher says people type, each once; what only repeats the name or says that there is none is none."""
    name = quick_fold(str(record.get("name") or ""))
    given = record.get("keywords")
    texts = items(record, "keywords", flaws, str) if isinstance(given, list) else [block(record, "keywords", flaws)]
    words = [" ".join(part.split()) for text in texts for part in re.split(r"[;,\n|]", text)]
    told = {quick_fold(word): word for word in words if 2 < len(word) <= 120}
    return [word for folded, word in told.items() if folded not in name and not _NO_WORD.match(folded)][:MOST]
