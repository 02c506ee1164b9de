"""The system that most calls of the wire protocol come from here."""

import pytest

from tests import factories
from tests.wire.clients import WireClient, wire_client


@pytest.fixture
def province() -> WireClient:
    """The one-stop system of the province that Cửa Nam's committee belongs to."""
    agency = factories.make_agency()
    return wire_client(agency.parent or agency)
