"""A program that cannot work says why and does not start."""

import subprocess
import sys

import pytest

from portal.sandbox.environment import PROGRAMS, REQUIRED, EnvironmentProblem, read_environment
from tests.sandbox.programs import ROOT, SECRETS, clean_environment


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_missing_secret_is_named(program):
    with pytest.raises(EnvironmentProblem) as problem:
        read_environment(program, {})
    for name in REQUIRED[program]:
        assert name in str(problem.value)


def test_program_without_its_secrets_ends_with_their_names(tmp_path):
    environment = clean_environment() | {"PORTAL_VAR": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-m", "portal.sandbox", "vneid"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 2
    assert "VNEID_CLIENT_SECRET" in run.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_PORT", "eight"),
        ("SANDBOX_DELAY_SECONDS", "soon"),
        ("SANDBOX_DELAY_SECONDS", "-1"),
        ("SANDBOX_HANDLING", "x"),
    ],
)
def test_unusable_value_is_named(name, value):
    with pytest.raises(EnvironmentProblem, match=name):
        read_environment("province", SECRETS | {name: value})


def test_ports_follow_each_other():
    ports = [read_environment(program, SECRETS | {"SANDBOX_PORT": "9100"}).port for program in PROGRAMS]
    assert ports == [9100, 9101, 9102, 9103, 9104]


def test_secrets_stay_out_of_the_printed_environment():
    printed = repr(read_environment("gateway", SECRETS))
    assert SECRETS["NPP_SECRET"] not in printed
