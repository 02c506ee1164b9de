"""Run one of our modules as a process of a throw-away portal: its settings, its database."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.stack import Stack

ROOT = Path(__file__).resolve().parents[2]


def run_inside(stack: Stack, module: str, *arguments: str, timeout: float = 600) -> Any:
    """Run `python -m module …` in the portal's environment and return the JSON of its last line."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=stack.environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{module} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return json.loads(done.stdout.splitlines()[-1])
