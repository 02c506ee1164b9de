"""Production refuses to start with unsafe settings, and says which and why: the real module, case by case."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from _runtime.paths import ROOT
from tests.runtime.refusal_cases import CASES, GOOD, made_up

# One process loads the libraries; each case is a fork of it that imports the settings afresh.
ASK = """
import importlib, json, os, sys
import cryptography.fernet, environs, structlog, csp.constants, dj_database_url, dj_email_url
answers = {}
for name, environment in json.load(sys.stdin).items():
    read, write = os.pipe()
    if os.fork() == 0:
        os.environ.update(environment)
        try:
            importlib.import_module("portal.settings.prod")
            said = ""
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        answers[name] = pipe.read()
    os.wait()
json.dump(answers, sys.stdout)
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What production said to each case, by its name."""
    var = tmp_path_factory.mktemp("var")
    made = {"secret_key": "d3V" + "elopment-key-9" * 5, "field_key": "ZGV2ZWxvcG1lbnQtZmllbGQta2V5LTAxMjM0NTY3ODk="}
    (var / "secrets").mkdir()
    (var / "secrets" / "django.json").write_text(json.dumps(made))
    store_key = "c3RvcmUtZGV2ZWxvcG1lbnQta2V5LTAxMjM0NTY3ODk="
    (var / "secrets" / "store.json").write_text(json.dumps({"store_key": store_key}))
    (var / "keys" / "1").mkdir(parents=True)
    (var / "keys" / "1" / "authority.pem").write_text("a private key")
    (var / "keys" / "root.pem").write_text("a private key")
    left = {
        "PORTAL_SECRET_KEY": made["secret_key"],
        "PORTAL_FIELD_KEYS": made["field_key"],
        "PORTAL_STORE_KEYS": store_key,
    }
    clean = tmp_path_factory.mktemp("clean")
    asked = {
        name: made_up(changes, var if "VAR" in str(changes) or set(changes.values()) & _LEFT else clean, left)
        for name, (changes, _said) in CASES.items()
    }
    asked["nothing wrong"] = made_up({}, clean, left)
    everything = dict.fromkeys(GOOD, "")
    asked["nothing given"] = made_up(everything, clean, left)
    return _ask(asked)


_LEFT = {"the development portal's own"}


def _ask(cases: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "LD_LIBRARY_PATH", "LANG"}}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=environment,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_a_good_environment_starts(answers: dict[str, str]) -> None:
    assert answers["nothing wrong"] == ""


@pytest.mark.parametrize("name", CASES)
def test_refuses(name: str, answers: dict[str, str]) -> None:
    assert CASES[name][1] in answers[name]


def test_all_that_is_wrong_is_said_at_once(answers: dict[str, str]) -> None:
    said = answers["nothing given"]
    assert said.startswith("ImproperlyConfigured: Unsafe settings: ")
    for name in (
        "SECRET_KEY",
        "FIELD_KEYS",
        "STORE_KEYS",
        "INDEX_KEY",
        "BASE_URL",
        "DATABASE_URL",
        "BROKER_URL",
        "CACHE_URL",
    ):
        assert name in said
    assert "VNPAY" in said
    assert "NPP" in said


def test_a_refusal_never_tells_a_secret(answers: dict[str, str]) -> None:
    secrets = [value for name, value in GOOD.items() if "KEY" in name or "SECRET" in name]
    assert [said for said in answers.values() if any(secret in said for secret in secrets)] == []


@pytest.mark.parametrize("command", [["manage.py", "check"], ["-m", "celery", "-A", "portal.celery", "report"]])
def test_no_program_starts_with_unsafe_settings(command: list[str], tmp_path: object) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "LD_LIBRARY_PATH"}},
        **GOOD,
        "DJANGO_SETTINGS_MODULE": "portal.settings.prod",
        "PORTAL_VAR": str(tmp_path),
        "PORTAL_ALLOWED_HOSTS": "*",
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "PORTAL_ALLOWED_HOSTS must name the hosts, without *" in done.stderr
