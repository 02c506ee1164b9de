"""Reading one procedure pack: its text, its facts and its form, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from procedures.eforms.checking import check_form
from procedures.eforms.definition import DefinitionError
from procedures.eforms.generic import GENERIC_FORM
from procedures.eforms.reading import read_form
from procedures.packs import yaml_text
from procedures.packs.checking import Check
from procedures.packs.expansion import expand_form
from procedures.packs.reference import Reference, own_reference, text_of
from procedures.packs.yaml_text import PackError, Problem


@dataclass(frozen=True)
class Pack:
    """A checked pack: its data with dates as text, and its form standing alone."""

    code: str
    data: dict[str, Any]
    form: dict[str, Any]
    applicants: list[dict[str, Any]] = field(default_factory=list)


def read_pack_text(text: str, *, file: str, reference: Reference | None = None) -> Pack:
    """Read and check a pack from its YAML text. Raises PackError; each problem names line and key."""
    data = yaml_text.parse(text, file)
    try:
        return read_pack(data if isinstance(data, Mapping) else {}, reference, file=file)
    except PackError as error:
        lines = yaml_text.lines_of(text)
        raise PackError(file, [yaml_text.with_line(problem, lines) for problem in error.problems]) from None


def read_pack(source: Path | Mapping[str, Any], reference: Reference | None = None, *, file: str = "") -> Pack:
    """Read and check a pack from a file or a mapping. Raises PackError with everything that is wrong."""
    if isinstance(source, Path):
        return read_pack_text(text_of(source), file=source.name, reference=reference)
    reference = reference or own_reference()
    file = file or str(source.get("code", "?"))
    if not source:
        raise PackError(file, ["a pack is a mapping that begins with `code:`"])
    data = _plain(source)
    check = Check(data, reference)
    check.whole()
    form: dict[str, Any] = {}
    if data.get("form"):
        try:
            form = expand_form(data["form"], reference.groups, reference.lists)
            read = read_form(form)
            check_form(read)
            check.against_form(read)
        except DefinitionError as error:
            check.problems.append(Problem.of(error))
    else:
        check.against_form(read_form(GENERIC_FORM))
    if check.problems:
        raise PackError(file, check.problems)
    applicants = [reference.applicant_types[code] for code in data.get("applicants") or ()]
    return Pack(data["code"], data, form, applicants)


def _plain(value: Any) -> Any:
    """The data as JSON holds it: dates and times as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
