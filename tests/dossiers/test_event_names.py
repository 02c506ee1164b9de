"""An event is heard by its name: one that is spelt wrongly is heard by nobody, and no error says so."""

import ast
import re
from collections.abc import Iterator

import pytest

from _runtime.paths import ROOT
from dossiers import event_names, watch
from dossiers.lifecycle import TRANSITIONS

NAME = re.compile(r"dossier\.[a-z_]+")
FILES = sorted(
    path
    for app in ("portal", "procedures", "datastore", "dossiers", "payments")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield node.value


def codes_in(tree: ast.AST) -> Iterator[str]:
    """Codes of errors: what is given as `code`, or is one's own by that name."""
    for node in ast.walk(tree):
        is_given = isinstance(node, ast.keyword) and node.arg == "code"
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if is_given or any(isinstance(target, ast.Name) and target.id == "code" for target in targets):
            yield from names_in(node)


def logged_in(tree: ast.AST) -> Iterator[str]:
    """What the log calls something: names of its own, that nobody else reads."""
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "log":
            yield from names_in(node)


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.AST]:
    read = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in FILES}
    return {name: ast.parse(text) for name, text in read.items() if "dossier." in text}


def test_each_name_is_that_of_a_step_or_stands_in_event_names(trees: dict[str, ast.AST]) -> None:
    known = {transition.event for transition in TRANSITIONS.values()}
    known |= set(names_in(trees["dossiers/event_names.py"]))
    known |= {f"dossier.{rule.name}" for rule in watch.ALL_RULES}
    assert len(known) > 80
    codes = {code for tree in trees.values() for code in codes_in(tree)}
    assert not {
        f"{file}: {name}"
        for file, tree in trees.items()
        for name in {*names_in(tree)} - known - codes - {*logged_in(tree)}
    }


def test_no_name_that_no_step_makes_is_kept_when_nobody_says_it(trees: dict[str, ast.AST]) -> None:
    said = {name for file, tree in trees.items() if file != "dossiers/event_names.py" for name in names_in(tree)}
    assert said >= event_names.BESIDE_STEPS | event_names.TOLD_BESIDE
