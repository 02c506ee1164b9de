"""`python -m tests.bench [NAME …]`: run these benches, or those of the main job; a missed bound makes the exit code 1.

The main job's need no large database and take some six minutes together; `all` takes most of an hour.

A bench is a module tests/bench/bench_NAME.py with `main() -> bool`, which ends with `return report.publish(…)`.
"""

import importlib
import sys
from pathlib import Path

import tests.stack  # noqa: F401 - puts bin/ on the path

FOLDER = Path(__file__).parent
MAIN_JOB = ("sheet", "submit", "push", "result")


def main(names: list[str]) -> int:
    """Run the benches one after another and say at the end which fell short."""
    known = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    wanted = known if names == ["all"] else names or MAIN_JOB
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no bench named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    short = [name for name in wanted if not importlib.import_module(f"tests.bench.bench_{name}").main()]
    print(f"\n{len(wanted) - len(short)} of {len(wanted)} benches hold their bounds", end="")
    print(f"; short: {', '.join(short)}" if short else "")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
