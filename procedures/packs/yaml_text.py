"""YAML as packs are written in: read safely, with the line of every key, and written the same way every time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Self

import yaml

from portal.core.text import nfc
from procedures.eforms.definition import DefinitionError

LARGEST = 2_000_000
"""Characters; the longest of our own packs has a hundredth of it."""
DEEPEST = 40
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Problem(str):
    """A problem of a form, which has words for who edits it on pages, too."""

    __slots__ = ("error",)
    error: DefinitionError

    @classmethod
    def of(cls, error: DefinitionError) -> Self:
        """The problem as packs are told it."""
        made = cls(str(error))
        made.error = error
        return made


class PackError(ValueError):
    """A pack cannot be published; ``problems`` says for each: line where known, key, and what to do."""

    def __init__(self, file: str, problems: list[str]) -> None:
        self.file = file
        self.problems = problems
        super().__init__("\n".join(f"{file}: {problem}" for problem in problems))


def parse(text: str, file: str) -> Any:
    """The content of a YAML text. Raises PackError that names the line."""
    if len(text) > LARGEST:
        raise PackError(file, [f"{len(text)} characters, at most {LARGEST} are read"])
    text = nfc(text)
    try:
        root = _tree(text)
        problems = list(_refused(text, root))
        if problems:
            raise PackError(file, problems)
        return _Loader("").construct_document(root) if root is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise PackError(file, [f"{where}not YAML ({getattr(error, 'problem', None) or 'unreadable'})"]) from None
    except ValueError as error:
        if isinstance(error, PackError):
            raise
        raise PackError(file, [f"a value cannot be read ({error})"]) from None
    except RecursionError:
        raise PackError(file, ["nested too deeply"]) from None


def _tree(text: str) -> yaml.Node | None:
    """The nodes of a text with their lines, values still unread."""
    return yaml.compose(text, Loader=_Loader)


def _refused(text: str, root: yaml.Node | None) -> Iterator[str]:
    """What YAML allows and a pack does not: references (they can grow without end), keys twice, great depth."""
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            line = event.start_mark.line + 1 if event.start_mark else 0
            yield f"line {line}: no references (& and *); write it out"
            return
    seen: set[tuple[str, str]] = set()
    for path, key, line in _keys(root):
        if path.count(".") + path.count("[") > DEEPEST:
            yield f"line {line}: nested too deeply"
            return
        if (path, key) in seen:
            yield f"line {line}: {path + '.' if path else ''}{key}: this key is written twice"
        seen.add((path, key))


def _keys(root: yaml.Node | None) -> Iterator[tuple[str, str, int]]:
    """Every key with the path of its mapping and its line, in order."""
    todo = [("", root)]
    while todo:
        path, node = todo.pop()
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                name = str(getattr(key, "value", "?"))
                yield path, name, key.start_mark.line + 1
                todo.append((f"{path}.{name}" if path else name, value))
        elif isinstance(node, yaml.SequenceNode):
            todo.extend((f"{path}[{number}]", item) for number, item in enumerate(node.value))


_FOLDED_AWAY = re.compile(r"\.(?:pages|groups|fields)(?=\[)")


def lines_of(text: str) -> dict[str, int]:
    """The line of each place, named as messages name it: by position, and by the ``key`` of a list's items."""
    lines: dict[str, int] = {}
    names: dict[str, str] = {}
    found: list[tuple[str, int]] = []
    todo: list[tuple[str, Any]] = [("", _tree(nfc(text)))]
    while todo:
        path, node = todo.pop()
        if node is None:
            continue
        found.append((path, node.start_mark.line + 1))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                name = str(getattr(key, "value", "?"))
                if name == "key" and isinstance(value, yaml.ScalarNode):
                    names[path] = value.value
                here = f"{path}.{name}" if path else name
                found.append((here, key.start_mark.line + 1))
                todo.append((here, value))
        elif isinstance(node, yaml.SequenceNode):
            todo.extend((f"{path}[{number}]", item) for number, item in enumerate(node.value))
    for path, line in found:
        lines.setdefault(path, line)
        named = _FOLDED_AWAY.sub("", path)
        for prefix in sorted(names, key=len, reverse=True):
            if path == prefix or path.startswith((f"{prefix}.", f"{prefix}[")):
                named = _named(path, names)
                break
        lines.setdefault(named, line)
    return lines


def _named(path: str, names: dict[str, str]) -> str:
    """The path with items called by their keys, and without the words pages, groups and fields before them."""
    result, done = "", ""
    for part in re.findall(r"\.?[^.\[]+|\[\d+\]", path):
        done += part
        if part.startswith("[") and done in names:
            result = re.sub(r"\.(?:pages|groups|fields)$", "", result) + f".{names[done]}"
        else:
            result += part
    return result


def with_line(problem: str, lines: dict[str, int]) -> str:
    """A problem ``place: message`` with the line of the nearest place that the text has."""
    place = problem.split(": ", 1)[0]
    while place:
        if place in lines:
            return f"line {lines[place]}: {problem}"
        shorter = re.sub(r"(\.[^.\[]+|\[\d+\])$", "", place)
        if shorter == place:
            break
        place = shorter
    return problem


class _Dumper(yaml.SafeDumper):
    """Blocks, keys in the order they came, no references."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never a reference."""
        return True


def dump(data: Any) -> str:
    """The same text for the same data, for people to read and to compare."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False, indent=2
    )
    return text
