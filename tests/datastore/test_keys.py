"""Signing keys: made once however many processes start, readable by nobody else, refused where they are missing."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from datastore.models import SigningKey
from datastore.results import keys

ROOT = Path(__file__).resolve().parents[2]


def test_files_are_private(settings):
    keys.current()
    folder = settings.SIGNING_KEYS_DIR / "1"
    assert {path.name for path in folder.iterdir()} == {
        "credential.pem",
        "document.pem",
        "document-chain.pem",
        "authority.pem",
    }
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    assert folder.stat().st_mode & 0o777 == 0o700


def test_several_processes_at_first_start_end_with_one_set(tmp_path):
    directory = tmp_path / "race"
    program = (
        "import sys, pathlib, django; django.setup();"
        "from datastore.results import keys; keys.make(pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", program, str(directory)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    running = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) for _ in range(3)]
    outputs = [process.communicate(timeout=90)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], outputs
    assert [path.name for path in directory.iterdir()] == ["1"]


def test_production_without_keys_says_what_to_do(settings):
    settings.IS_DEVELOPMENT = False
    with pytest.raises(ImproperlyConfigured, match="make_signing_keys"):
        keys.current()


@pytest.mark.django_db
def test_the_command_makes_them_once_and_registers_the_public_halves(settings):
    settings.IS_DEVELOPMENT = False
    said = StringIO()
    call_command("make_signing_keys", stdout=said)
    call_command("make_signing_keys", stdout=said)
    assert said.getvalue().count("made in") == said.getvalue().count("found in") == 1
    assert set(SigningKey.objects.values_list("use", flat=True)) == {"credential", "document"}
    assert "d" not in SigningKey.objects.get(use="credential").public_jwk


@pytest.mark.django_db
def test_the_newest_generation_signs(settings):
    first = keys.register()
    second = settings.SIGNING_KEYS_DIR / "2"
    second.mkdir()
    keys.write_generation(second)
    assert keys.register() != first
