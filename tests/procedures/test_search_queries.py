"""A listing costs the same number of queries however much it finds."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from procedures.packs import REFERENCE
from tests.procedures.conftest import BIRTH, RESIDENCE

pytestmark = pytest.mark.django_db


def queries(client, parameters):
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(reverse("procedures:search"), parameters).status_code == 200
    return len(captured)


@pytest.mark.parametrize("parameters", [{}, {"q": "đăng ký"}, {"q": "giấy", "su-kien": "co-con-nho"}])
def test_queries_do_not_grow_with_results(publish, client, parameters):
    publish(BIRTH, RESIDENCE)
    few = queries(client, parameters)
    publish(*(path.stem for path in sorted((REFERENCE / "procedures").glob("*.yaml"))))
    many = queries(client, parameters)
    assert many <= few
    assert many <= 8
