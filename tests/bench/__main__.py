"""`python -m tests.bench [NAME …]`: run all benches, or these; a missed bound makes the exit code 1.

A bench is a module tests/bench/bench_NAME.py with `main() -> bool`, which ends with `return report.publish(…)`.
"""

import importlib
import sys
from pathlib import Path

import tests.stack  # noqa: F401 - puts bin/ on the path

FOLDER = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run the benches one after another and say at the end which fell short."""
    known = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no bench named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    short = [name for name in names or known if not importlib.import_module(f"tests.bench.bench_{name}").main()]
    print(f"\n{len(names or known) - len(short)} of {len(names or known)} benches hold their bounds", end="")
    print(f"; short: {', '.join(short)}" if short else "")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
