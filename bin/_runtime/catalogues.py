"""Compile translation catalogues (.po to .mo) without GNU gettext, which small machines lack.

Reads portal/locale/LANG/LC_MESSAGES/django.po, and portal/locale/LANG/parts/*.po after it, where there are such.
"""

import ast
import struct
from pathlib import Path

from _runtime import console
from _runtime.paths import ROOT

LOCALE = ROOT / "portal" / "locale"
Entry = dict[str, str]


def compile_all() -> None:
    """Write django.mo beside each django.po where a source is newer."""
    for language in sorted(path for path in LOCALE.glob("*") if path.is_dir()):
        main = language / "LC_MESSAGES" / "django.po"
        sources = [*([main] if main.exists() else []), *sorted(language.glob("parts/*.po"))]
        target = main.with_suffix(".mo")
        if not sources or (target.exists() and target.stat().st_mtime >= max(path.stat().st_mtime for path in sources)):
            continue
        messages: dict[str, str] = {}
        for source in sources:
            for key, value in parse(source.read_text(encoding="utf-8"), source).items():
                messages.setdefault(key, value)
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.write_bytes(binary(messages))
        fresh.replace(target)


def parse(text: str, source: Path) -> dict[str, str]:
    """Return {key: translation} in gettext's encoding of contexts and plurals, without fuzzy and empty ones."""
    messages: dict[str, str] = {}
    entry: Entry = {}
    field, is_fuzzy = "", False

    def finish() -> None:
        nonlocal entry, is_fuzzy
        plurals = [entry[name] for name in sorted(entry) if name.startswith("msgstr")]
        if "msgid" in entry and plurals and all(plurals) and not (is_fuzzy and entry["msgid"]):
            key = entry["msgid"] + (f"\0{entry['msgid_plural']}" if "msgid_plural" in entry else "")
            messages[f"{entry['msgctxt']}\x04{key}" if "msgctxt" in entry else key] = "\0".join(plurals)
        entry, is_fuzzy = {}, False

    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            if line.startswith("#~"):
                continue
            if "msgstr" in "".join(entry):
                finish()
            is_fuzzy = is_fuzzy or (line.startswith("#,") and "fuzzy" in line)
        elif line.startswith("msg"):
            field, _, value = line.partition(" ")
            if field in {"msgid", "msgctxt"} and any(name.startswith("msgstr") for name in entry):
                finish()
            entry[field] = _unquote(value, source, number)
        elif line.startswith('"'):
            entry[field] = entry.get(field, "") + _unquote(line, source, number)
        elif line:
            raise console.SetupError(f"{source}:{number}: not a line of a .po file: {line[:60]}")
    finish()
    return messages


def binary(messages: dict[str, str]) -> bytes:
    """Return the .mo file: sorted keys, two tables of (length, offset), then the strings."""
    messages = {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"} | messages
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    keys_at, values_at = 28, 28 + 8 * len(pairs)
    offset = values_at + 8 * len(pairs)
    tables, strings = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), offset + len(strings))
            strings += pair[column] + b"\0"
    return (
        struct.pack("<IIIIIII", 0x950412DE, 0, len(pairs), keys_at, values_at, 0, offset)
        + tables[0]
        + tables[1]
        + strings
    )


def _unquote(value: str, source: Path, number: int) -> str:
    try:
        return str(ast.literal_eval(value.strip()))
    except (SyntaxError, ValueError):
        raise console.SetupError(f"{source}:{number}: a string is not closed: {value[:60]}") from None
