"""What every test stands on: own corners of the shared servers, no network, one running portal for who asks."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from portal.core import collector
from tests.stack import Stack

# On a busy machine, and while hypothesis writes its tables of letters, examples are slow by no fault of their own.
# What fails is not made smaller in the suite: for examples of the database that takes minutes and swallows the limit
# of time. Run alone with `--hypothesis-profile=smaller`, the example that failed becomes the smallest one.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("suite", PATIENT, phases=[Phase.explicit, Phase.reuse, Phase.generate])
settings.register_profile("smaller", PATIENT)
settings.load_profile("suite")

LOOPBACK = ("127.", "::1", "localhost", "::ffff:127.")
NO_BROWSER = "no Chromium that can be driven on this machine"


def pytest_configure(config: pytest.Config) -> None:
    """Give each process of a parallel run its own cache database and file directory."""
    from django.conf import settings

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    number = int(worker.removeprefix("gw"))
    cache = settings.CACHES["default"]
    cache["LOCATION"] = f"{cache['LOCATION'].partition('?')[0]}?db={2 + number % 14}"
    files = Path(settings.VAR_DIR) / f"files-{worker}"
    settings.STORAGES["default"].setdefault("OPTIONS", {})["location"] = str(files)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark browser tests by their folder and the users of the running portal, skip what cannot run."""
    for item in items:
        if "browser" in Path(item.path).parts or "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.timeout(600))
        if item.get_closest_marker("browser") and not chromium_path():
            if os.environ.get("PORTAL_REQUIRE_BROWSER") == "1":
                raise pytest.UsageError(f"{NO_BROWSER}, and PORTAL_REQUIRE_BROWSER=1 makes that an error")
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_collection_finish() -> None:
    """Run as the portal's own processes do, and leave six thousand collected tests out of every look for cycles."""
    collector.settle()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what did not run for want of a browser."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(report.longrepr)]
    if skipped:
        terminalreporter.section(
            f"{len(skipped)} BROWSER TESTS DID NOT RUN: {NO_BROWSER}", sep="!", red=True, bold=True
        )
        for report in skipped:
            terminalreporter.line(f"not run: {report.nodeid}", red=True)
        from _runtime.chromium import PACKAGES

        packages = " ".join(PACKAGES)
        terminalreporter.line(
            f"Cure: sudo apt-get install -y --no-install-recommends {packages}, or PORTAL_CHROMIUM=/path"
        )


def chromium_path() -> str:
    """Return the Chromium that bin/test found, or look for one."""
    if "PORTAL_CHROMIUM" not in os.environ:
        from _runtime import chromium

        os.environ["PORTAL_CHROMIUM"] = chromium.find() or ""
    return os.environ["PORTAL_CHROMIUM"]


@pytest.fixture(autouse=True)
def _no_network_beyond_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}; tests stay on this machine")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Wait for the migrated database that bin/test makes meanwhile; without one, this process migrates for itself."""
    from django.conf import settings

    from _runtime import migrated

    if not migrated.wait():
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = None


@pytest.fixture(autouse=True)
def _in_vietnamese() -> Iterator[None]:
    """Start each test in the source language: a page asked for in English leaves its language in the thread."""
    from django.utils import translation

    translation.activate("vi")
    yield
    translation.activate("vi")


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Start each test with nothing cached, as throttles and sessions live there."""
    from django.core.cache import cache

    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    """End each test with nothing that this process keeps of rows which are gone with the test."""
    from dossiers import step_limits
    from portal.agencies import calendars, processes

    yield
    for kept in (calendars, processes, step_limits):
        kept.forget()


@pytest.fixture(autouse=True)
def _all_requests_answered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the database behind a browser only once what it still asked for is answered: the two would lock each other.

    Whoever opened the browser closes it before this; a thread of the server ends with its request.
    """
    has_server = "live_server" in request.fixturenames
    if has_server:
        request.getfixturevalue("transactional_db")  # so that it is emptied after this
    yield
    until = time.monotonic() + 20
    while has_server and time.monotonic() < until and _answers_are_under_way():
        time.sleep(0.02)


def _answers_are_under_way() -> bool:
    return any("process_request_thread" in thread.name for thread in threading.enumerate())


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A whole running portal with demo people, worker and sandbox world, shared by all tests that ask for it.

    Without the power company, which is the case system of the other two once more (tests/sandbox/test_with_portal.py).
    """
    with Stack(extra_environment={"SANDBOX_DELAY_SECONDS": "0.5", "SANDBOX_SLOW_SECONDS": "2"}) as portal:
        portal.start_portal(demo=True, sandbox=("vneid", "province", "gateway", "ministry"))
        yield portal
