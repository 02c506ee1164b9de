"""`python bin/_runtime COMMAND …`: what bin/run, bin/test and the Makefile call."""

import importlib
import sys
from pathlib import Path

COMMANDS = {
    "run": "start the portal (bin/run)",
    "test": "run the whole test suite (bin/test)",
    "setup": "make .venv, install everything, build the browser assets; start nothing",
    "assets": "build static/build again where its sources changed (--force: always)",
}


def main() -> int:
    """Find the command's module `command_NAME` and run it; setup errors end with a sentence, not a traceback."""
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from _runtime import console

    name, arguments = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if name not in COMMANDS:
        for command, purpose in COMMANDS.items():
            print(f"  {command:10} {purpose}")
        return 2
    try:
        return importlib.import_module(f"_runtime.command_{name}").main(arguments)
    except console.SetupError as error:
        print(f"\n  ✗ {error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
