"""Run the whole suite on throw-away PostgreSQL and Valkey: random order, in parallel, browser tests included."""

import argparse
import os
from pathlib import Path

from _runtime import chromium, console, installation

DEBIAN_BINARIES = Path("/usr/lib/postgresql")


def main(arguments: list[str]) -> int:
    """Run `bin/test [--system-postgres] [pytest arguments]`."""
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description=__doc__,
        allow_abbrev=False,
        epilog="Everything else goes to pytest: bin/test tests/dossiers -k supplement. DATABASE_URL, CELERY_BROKER_URL "
        "and CACHE_URL replace a throw-away server each. PORTAL_REQUIRE_BROWSER=1 makes a missing Chromium an error.",
    )
    parser.add_argument(
        "--system-postgres", action="store_true", help="use the newest server under /usr/lib/postgresql"
    )
    parser.add_argument("--postgres", metavar="VERSION", help="use this version of it, such as 15")
    parser.add_argument(
        "--setup-only", action="store_true", help="install everything, development tools too; run nothing"
    )
    options, for_pytest = parser.parse_known_args(arguments)
    if options.system_postgres or options.postgres:
        os.environ["PORTAL_POSTGRES_BIN"] = str(_system_binaries(options.postgres or "*"))
    installation.complete(with_dev=True)
    if options.setup_only:
        console.say("ready: bin/run starts the portal, bin/test runs the suite")
        return 0
    if not any(Path(word.partition("::")[0]).exists() for word in for_pytest):
        chromium.ensure()  # a run of a few files need not wait for a browser
    os.environ["PORTAL_CHROMIUM"] = chromium.find() or ""
    installation.continue_in_venv("pytest", for_pytest)
    return 0


def _system_binaries(version: str) -> Path:
    found = sorted(DEBIAN_BINARIES.glob(f"{version}/bin/postgres"), key=lambda path: float(path.parents[1].name))
    if not found:
        raise console.SetupError(
            f"no PostgreSQL {version} under {DEBIAN_BINARIES}. "
            "Run: sudo apt-get install -y --no-install-recommends postgresql"
        )
    return found[-1].parent
