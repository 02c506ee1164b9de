"""Nothing that was acknowledged is lost, doubled or stuck, whatever is killed meanwhile (see chaos_smoke)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(1800)
def test_chaos_smoke() -> None:
    command = [sys.executable, "-m", "tests.faults.chaos_smoke"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1700, check=False)
    print(done.stdout)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-4000:]}"
    assert "lost, doubled or stuck: 0" in done.stdout
