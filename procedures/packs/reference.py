"""What packs refer to: the shared groups, lists, life events and people of the folder ``procedures/reference``."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Any

from procedures.packs import yaml_text
from procedures.packs.yaml_text import PackError

REFERENCE = Path(__file__).parents[1] / "reference"


class Reference:
    """Groups, lists, life events and applicant types that packs refer to, from the folder ``procedures/reference``."""

    def __init__(self, folder: Path = REFERENCE) -> None:
        self.folder = folder

    def _read(self, name: str) -> Any:
        return read_yaml(self.folder / name)

    @cached_property
    def groups(self) -> dict[str, Any]:
        """Field groups by name."""
        return self._read("field_groups.yaml")

    @cached_property
    def lists(self) -> dict[str, Any]:
        """Value lists by name."""
        return self._read("value_lists.yaml")

    @cached_property
    def life_events(self) -> list[dict[str, Any]]:
        """Life events in the order of the home page."""
        return self._read("life_events.yaml")

    @cached_property
    def policies(self) -> list[dict[str, Any]]:
        """Local policies; an empty list where the folder has none."""
        return self._read("policies.yaml") if (self.folder / "policies.yaml").exists() else []

    @cached_property
    def questions(self) -> list[dict[str, Any]]:
        """Questions and answers; an empty list where the folder has none."""
        return self._read("questions.yaml") if (self.folder / "questions.yaml").exists() else []

    @cached_property
    def bundles(self) -> list[dict[str, Any]]:
        """Bundles of linked procedures; an empty list where the folder has none."""
        return self._read("bundles.yaml") if (self.folder / "bundles.yaml").exists() else []

    @cached_property
    def applicant_types(self) -> dict[str, dict[str, Any]]:
        """Applicant types by code."""
        return {item["code"]: item for item in self._read("applicant_types.yaml")}


@cache
def own_reference() -> Reference:
    """The project's own; read once, as its files only change with the code. Nobody may write into it."""
    return Reference()


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises PackError that names the line."""
    return yaml_text.parse(text_of(path), path.name)


def text_of(path: Path) -> str:
    """The text of a file. Raises PackError that says why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PackError(path.name, ["the file is not UTF-8; save it as UTF-8"]) from None
    except OSError as error:
        raise PackError(path.name, [f"cannot be read ({error.strerror})"]) from None
