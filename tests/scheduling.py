"""Who runs what in a parallel run: whole files, the longest first, and all users of the running portal in one process.

A file stays in one process because what it starts for itself (a sandbox program, a production portal) is dear. Files
come in the random order that pytest-randomly made, after those that would keep everybody waiting if they came last.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

PORTAL_USERS = "tests/browser/"
WITHOUT_PORTAL = ("test_autosave.py", "test_pieces.py", "test_sandbox_pages.py")
LONGEST_FIRST = (
    PORTAL_USERS,
    "tests/faults/test_chaos_smoke.py",
    "tests/runtime/test_production.py",
    "tests/runtime/test_run_command.py",
    "tests/backoffice/test_permissions.py",
    "tests/runtime/test_lint.py",
)


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types for its parents
    """Hands out files, and the browser tests of the running portal as one."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Return the name that all tests share which one process must run."""
    path = nodeid.partition("::")[0]
    return PORTAL_USERS if path.startswith(PORTAL_USERS) and not path.endswith(WITHOUT_PORTAL) else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    """Take the place of xdist's own groups, which pytest 9.2 no longer reads from node ids."""
    return WholeFiles(config, log)


@pytest.hookimpl(trylast=True)  # after the shuffling
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the longest groups to the front; the sort keeps the shuffled order of all others."""
    rank = {group: place for place, group in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(group_of(item.nodeid), len(rank)))
