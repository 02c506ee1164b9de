"""What a report over the wire costs: sixty clients a site make four calls for each change (protocol §3.1)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.models import Dossier
from procedures import publication
from tests import factories
from tests.wire.clients import line, new_code, record, wire_client

pytestmark = pytest.mark.django_db


def test_the_four_calls_compose_no_query_of_their_own() -> None:
    """The ORM takes longer to compose a statement than all the rest of a call takes."""
    agency = factories.make_agency()
    client = wire_client(agency.parent or agency)
    factories.make_version()
    told = {"SoGiayToChuHoSo": "001090000017", "MaDoiTuong": "TECH-1"}

    def sequence() -> str:
        code = new_code()
        assert client.call("TraCuuHoSo", mahoso=code)["result"] == []
        assert client.call("LayThuTuc", maTTHC="1.000001")["result"]
        assert client.sync(record(code, "2", **told))["error_code"] == "0"
        assert client.progress(line(code, "20250103081500", "4", "Chuyển xử lý"))["error_code"] == "0"
        return code

    sequence()  # the first ones of a process read what it keeps
    with CaptureQueriesContext(connection) as asked:
        code = sequence()
    assert [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]] == []
    assert Dossier.objects.get(code=code).national_status == 4


def test_procedures_that_nobody_published_leave_nothing_behind() -> None:
    """Partners may ask for any text, as often as they like."""
    agency = factories.make_agency()
    client = wire_client(agency)
    factories.make_version()
    client.call("LayThuTuc", maTTHC="1.000001")
    kept = len(publication._remembered)
    for number in range(5):
        assert client.call("LayThuTuc", maTTHC=f"9.99999{number}")["result"] == []
    assert len(publication._remembered) == kept
