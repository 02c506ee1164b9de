"""Second half of bin/test, inside the venv: throw-away servers around one run of pytest."""

import os
import shutil
import signal
import subprocess
import sys

from _runtime import migrated, temporary
from _runtime.paths import ROOT
from _runtime.postgres import Postgres
from _runtime.valkey import Valkey

MOST_PROCESSES = 6
"""More would only add databases to make: two of them end with the portals that the browser tests share."""


def main(arguments: list[str]) -> int:
    """Run pytest; its summary is the last thing printed, its exit code is ours."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    directory = temporary.directory("portal-suite-")
    postgres = Postgres(directory / "postgres", directory / "log" / "postgres.log", durable=False)
    valkey = Valkey(directory / "valkey", directory / "log" / "valkey.log")
    environment = dict(os.environ)
    try:
        if not environment.get("DATABASE_URL"):
            postgres.start()
            environment["DATABASE_URL"] = postgres.url()
        if not (environment.get("CELERY_BROKER_URL") and environment.get("CACHE_URL")):
            valkey.start()
            environment |= {"CELERY_BROKER_URL": valkey.broker_url, "CACHE_URL": valkey.cache_url}
        environment |= {"PORTAL_VAR": str(directory / "var"), "DJANGO_SETTINGS_MODULE": "portal.settings.test"}
        if postgres.is_alive:
            environment |= migrated.promised(directory, postgres)
        return _run(_parallel(arguments), environment, postgres)
    finally:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(directory, ignore_errors=True)
        if not postgres.home.is_relative_to(directory):
            shutil.rmtree(postgres.home, ignore_errors=True)


def _run(arguments: list[str], environment: dict[str, str], postgres: Postgres) -> int:
    """Migrate while pytest collects; whatever ends us ends both."""
    with subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment) as pytest:
        try:
            if postgres.is_alive:
                migrated.make(postgres, environment, is_wanted=lambda: pytest.poll() is None)
            return pytest.wait()
        except BaseException:
            pytest.kill()
            raise


def _parallel(arguments: list[str]) -> list[str]:
    """One process more than there are processors, as one waits for browsers; tests/scheduling.py says who runs what."""
    if any(word.startswith(("--pdb", "--collect-only", "--co")) for word in arguments):
        return arguments
    chosen = any(word.startswith(("-n", "--numprocesses")) for word in arguments)
    processes = [] if chosen else ["-n", str(min(MOST_PROCESSES, 1 + max(2, os.cpu_count() or 2)))]
    return ["-p", "tests.scheduling", "--dist", "loadfile", "--no-loadscope-reorder", *processes, *arguments]
