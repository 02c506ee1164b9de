"""A partner's code table as the readers use it: its own codes in, national ones out. Pure.

A code that the table names is what the table says, even where it looks like one of ours: a system may number its
statuses in another way. What the table does not name is read as the national code it may be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.core.text import clean_line

STATUS, PROCEDURE, AGENCY = "status", "procedure", "agency"
TOLD_LENGTH = 200


def key(told: str) -> str:
    """What two spellings of one code have in common: case and spaces mean nothing."""
    return clean_line(told)[:TOLD_LENGTH].casefold()


@dataclass(frozen=True, slots=True)
class Codebook:
    """The codes of one version."""

    codes: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, str]]) -> "Codebook":
        """From the entries of a stored version."""
        return cls({(entry["kind"], key(entry["told"])): entry["ours"] for entry in entries})

    def find(self, kind: str, told: str) -> str:
        """The national code of a system's own, or nothing."""
        return self.codes.get((kind, key(told)), "") if self.codes and told else ""


EMPTY = Codebook()
