"""The script that checks an export of the log of who looked, without the portal."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from datastore.results import verification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_key")]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def exported(log, tmp_path):
    """The files that somebody outside holds: export and keys."""
    out = StringIO()
    call_command("export_access_log", stdout=out)
    (tmp_path / "log.jsonl").write_text(out.getvalue(), encoding="utf-8")
    (tmp_path / "khoa.json").write_text(json.dumps(verification.key_set()))
    return tmp_path


def script(folder, name="log.jsonl"):
    """Run the script as another program would; return its exit code and what it says."""
    command = [sys.executable, str(ROOT / "datastore" / "log_verifier.py"), "--keys", str(folder / "khoa.json")]
    done = subprocess.run([*command, str(folder / name)], capture_output=True, text=True, check=False, timeout=90)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_the_script_finds_the_export_whole_and_each_change_of_it(exported):
    code, said, _errors = script(exported)
    assert (code, said["status"], said["rows"], said["heads"]) == (0, "whole", 7, 3)
    lines = (exported / "log.jsonl").read_text(encoding="utf-8").splitlines()
    edited = [line.replace("Giải quyết hồ sơ", "Xem chơi") if '"position": 4' in line else line for line in lines]
    removed = [line for line in lines if '"position": 4' not in line]
    inserted = [*lines[:4], lines[3], *lines[4:]]
    cut = [line for line in lines if '"position": 7' not in line]
    endless = [line for line in lines if '"end"' not in line]
    changes = ((edited, "edited"), (removed, "removed"), (inserted, "inserted"), (cut, "removed"))
    for changed, problem in (*changes, (endless, "end_missing")):
        (exported / "changed.jsonl").write_text("\n".join(changed), encoding="utf-8")
        code, said, _errors = script(exported, "changed.jsonl")
        assert (code, said["status"]) == (1, "changed")
        assert problem in {found["problem"] for found in said["problems"]}


def test_the_script_says_what_it_cannot_read(exported):
    (exported / "log.jsonl").write_text("not json")
    code, _said, errors = script(exported)
    assert code == 2
    assert "cannot read" in errors


def test_it_needs_no_django():
    program = "import sys, datastore.log_verifier; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60).returncode == 0
