"""A listing costs the same number of queries however much it finds."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.agencies.routing import NATIONAL
from procedures.models import Origin, ProcedureVersion
from procedures.packs import REFERENCE
from tests.procedures.conftest import BIRTH, RESIDENCE

pytestmark = pytest.mark.django_db


def queries(client, parameters):
    """Of a listing that nobody drew before, where what all of them share was read for this edition."""
    first_of_an_edition(client, {"q": "hộ chiếu"})
    return asked(client, parameters)


def first_of_an_edition(client, parameters):
    cache.clear()
    return asked(client, parameters)


def asked(client, parameters):
    with CaptureQueriesContext(connection) as captured:
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


def test_what_all_listings_share_costs_a_few_queries_for_a_publisher_and_none_for_a_procedure(publish, client):
    publish(BIRTH, RESIDENCE)
    few = first_of_an_edition(client, {})
    publish(*(path.stem for path in sorted((REFERENCE / "procedures").glob("*.yaml"))))
    publishers = ProcedureVersion.objects.filter(competent_level__in=NATIONAL).values("issuer_code").distinct().count()
    assert publishers < 5
    assert first_of_an_edition(client, {}) <= few + publishers <= 15


def test_a_record_that_says_its_time_in_words_costs_no_query_of_its_own(publish, client):
    publish(*(path.stem for path in sorted((REFERENCE / "procedures").glob("*.yaml"))))
    ProcedureVersion.objects.update(origin=Origin.NATIONAL, processing_value=None, processing_unit="")
    assert queries(client, {}) <= 8


def test_what_was_drawn_before_is_not_asked_for_again(publish, client):
    publish(BIRTH, RESIDENCE)
    queries(client, {"q": "đăng ký"})
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("procedures:search"), {"q": "đăng ký", "khac": "1"}).status_code == 200
    assert len(captured) == 0
