"""Running programs for the tests of the sandbox, shared within one test process."""

from collections.abc import Iterator

import pytest

from tests.sandbox.programs import Program, run


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Stands in for the fixture of the same name: these programs use nothing of the portal's."""


@pytest.fixture(scope="session")
def vneid(tmp_path_factory) -> Iterator[Program]:
    yield from run("vneid", tmp_path_factory.mktemp("vneid"))


@pytest.fixture(scope="session")
def gateway(tmp_path_factory) -> Iterator[Program]:
    yield from run("gateway", tmp_path_factory.mktemp("gateway"))


@pytest.fixture(scope="session")
def _province(tmp_path_factory) -> Iterator[Program]:
    yield from run("province", tmp_path_factory.mktemp("province"))


@pytest.fixture(scope="session")
def _ministry(tmp_path_factory) -> Iterator[Program]:
    yield from run("ministry", tmp_path_factory.mktemp("ministry"))


@pytest.fixture
def province(_province: Program) -> Program:
    return _in_auto(_province)


@pytest.fixture
def ministry(_ministry: Program) -> Program:
    return _in_auto(_ministry)


def _in_auto(program: Program) -> Program:
    program.portal.routes.clear()
    assert program.http.post("/_sandbox/chaos", json={"faults": []}).status_code == 200
    assert program.http.post("/_sandbox/handling", json={"handling": "auto"}).status_code == 200
    return program
