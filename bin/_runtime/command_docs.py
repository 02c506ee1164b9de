"""Write docs/environment.md: the variables that the settings know, and those of bin/run and bin/test."""

import argparse
import importlib
import sys

from _runtime.paths import ROOT

HEADER = """# Environment

Written by `make docs` from `portal/settings/env.py` and `bin/_runtime/command_docs.py`; a test keeps it current.

## The portal

Each may also be given as `NAME_FILE`, the path of a file that holds the value (secrets by file). With `bin/run` none is
needed: what is absent is embedded or made once under `PORTAL_VAR`. In production, that is with
`DJANGO_SETTINGS_MODULE=portal.settings.prod`, the portal refuses to start without what it cannot guess, and says which.

"""
RUNTIME = {
    "PORTAL_PORT": "port of the portal, default 8000",
    "SANDBOX_PORT": "first of five neighbouring ports: VNeID, province, gateway, ministry, power company; default 8001",
    "PORTAL_VAR": "everything that is written: database, files, keys, logs; default `var/` in the clone",
    "DATABASE_URL": "given: no PostgreSQL is started; this one is migrated and used",
    "CELERY_BROKER_URL": "given together with `CACHE_URL`: no Valkey is started",
    "CACHE_URL": "see above",
    "STORAGE_URL": "given: files go there instead of `var/files`",
    "PORTAL_HOST": "address the web process listens on, default 127.0.0.1",
    "PORTAL_POSTGRES_BIN": "directory of another PostgreSQL's binaries, such as /usr/lib/postgresql/15/bin",
    "PORTAL_CHROMIUM": "Chromium for the browser tests; absent: the first on PATH",
    "PORTAL_REQUIRE_BROWSER": "1: browser tests without a Chromium are an error, not skipped",
}


def main(arguments: list[str]) -> int:
    """Run `docs`."""
    argparse.ArgumentParser(prog="make docs", description=__doc__).parse_args(arguments)
    (ROOT / "docs" / "environment.md").write_text(text(), encoding="utf-8")
    return 0


def text() -> str:
    """Return the page as it should be now."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    known: dict[str, str] = importlib.import_module("portal.settings.env").KNOWN
    return HEADER + _table(known) + "\n## `bin/run` and `bin/test`\n\n" + _table(RUNTIME)


def _table(rows: dict[str, str]) -> str:
    lines = [f"| `{name}` | {meaning.replace('|', '/')} |" for name, meaning in rows.items()]
    return "\n".join(["| variable | meaning |", "|---|---|", *lines]) + "\n"
