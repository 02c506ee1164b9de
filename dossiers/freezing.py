"""The digest of frozen answers (mã băm nội dung kê khai), the same wherever they are frozen."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(answers: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the answers as JSON: sorted keys, no blanks, UTF-8."""
    canonical = json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
