"""`python bin/_runtime COMMAND …`: what bin/run, bin/test and the Makefile call."""

import importlib
import os
import sys
from pathlib import Path

COMMANDS = {
    "run": "start, stop or reset the portal (bin/run)",
    "test": "run the whole test suite (bin/test)",
    "worker": "one more worker beside a running portal",
    "assets": "build static/build again where its sources changed (--force: always)",
    "messages": "compile the translation catalogues",
    "docs": "write docs/environment.md from the settings",
    "compose_secrets": "write the secret files of docker-compose.yml",
    "bucket": "make the bucket that STORAGE_URL names",
}

INNER = ("supervise", "pytest")  # second halves, called by ourselves inside the venv


def main() -> int:
    """Find the command's module `command_NAME` and run it; setup errors end with a sentence, not a traceback."""
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from _runtime import console

    _keep_compiled_modules()
    console.begin()
    name, arguments = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if name not in COMMANDS and name not in INNER:
        for command, purpose in COMMANDS.items():
            print(f"  {command:16} {purpose}")
        return 2
    try:
        return int(importlib.import_module(f"_runtime.command_{name}").main(arguments))
    except console.SetupError as error:
        print(f"\n  ✗ {error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _keep_compiled_modules() -> None:
    """Who wants no `__pycache__` beside the sources gets it in the venv.

    Without any, each of the dozens of processes that we start would compile Django and ourselves anew, five seconds
    each.
    """
    from _runtime.paths import VENV

    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / ".pycache"))


if __name__ == "__main__":
    sys.exit(main())
