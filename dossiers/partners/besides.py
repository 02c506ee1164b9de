"""What a report says beyond the fields that are read, as far as it is kept beside its event. Pure.

It lies in the history in clear for as long as the dossier is kept: papers, and where to reach a person, lie where they
have their own protection, with no copy here (no more data than the purpose needs: Luật Bảo vệ dữ liệu cá nhân
91/2025/QH15; article not read in the original: `gap`).
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

PAPERS = frozenset(
    ["tailieunop", "tailieuxuly", "danhsachtepdinhkemkhac", "danhsachgiaytobosung", "danhsachgiaytoketqua"]
    + ["duongdantaiteptin", "duongdanteptinketqua", "base64", "content_base64"]
)
"""Lists of papers, their addresses (which may hold a key) and their bytes: files are fetched into the store."""
CONTACT = frozenset(
    ["email", "thudientu", "sodienthoai", "dienthoai", "fax", "madoituong", "dinhdanhchs", "thongtinnguoinop"]
)
"""Where to reach the applicant and who she is: the dossier has it, where it may be corrected and deleted."""
ADDRESS = "diachi"
"""Names of fields with a person's address begin so."""

MOST_BYTES = 8 * 1024
"""Of JSON in UTF-8. Beyond it the names alone are kept, which say to an engineer what the system sends."""
NAMES_KEPT, NAME_LENGTH = 50, 60


def beyond(record: Mapping[str, Any], read: frozenset[str], unread: Iterable[str]) -> dict[str, Any]:
    """The fields of a report that are not among those that are read, and those whose value could not be read.

    Where they are more than `MOST_BYTES` every value is None.
    """
    odd = set(unread)
    found = {
        name: _without_persons(value)
        for name, value in record.items()
        if (name not in read or name in odd) and _is_kept(name) and value not in (None, "", [], {})
    }
    if len(json.dumps(found, ensure_ascii=False).encode(errors="replace")) <= MOST_BYTES:
        return found
    return {name[:NAME_LENGTH]: None for name in list(found)[:NAMES_KEPT]}


def _is_kept(name: str) -> bool:
    lower = name.lower()
    return lower not in PAPERS and lower not in CONTACT and not lower.startswith(ADDRESS)


def _without_persons(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_persons(inner) for name, inner in value.items() if _is_kept(name)}
    return [_without_persons(inner) for inner in value] if isinstance(value, list) else value
