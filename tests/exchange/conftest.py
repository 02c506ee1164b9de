"""Partners' servers for the tests of the exchange."""

from collections.abc import Iterator

import pytest

from portal.exchange import transport
from tests.exchange.partner import PartnerServer, running


@pytest.fixture
def partner() -> Iterator[PartnerServer]:
    with running() as server:
        yield server
    transport.close_connections()
