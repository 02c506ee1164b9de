"""Requests are counted by the same names and labels as django-prometheus gives them, counters found once or not."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from prometheus_client import REGISTRY

from portal.core.language import speaking
from portal.core.middleware import CountingMiddleware

BY_METHOD = "django_http_requests_total_by_method_total"
BY_VIEW = "django_http_responses_total_by_status_view_method_total"


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.django_db
def test_each_request_counts_once_under_its_own_labels(client: Client) -> None:
    posted, got = counted(BY_METHOD, method="POST"), counted(BY_METHOD, method="GET")
    labels = {"status": "200", "view": "dossiers:track", "method": "GET"}
    seen, sent = counted(BY_VIEW, **labels), counted("django_http_requests_body_total_bytes_sum")
    client.get("/tra-cuu/")
    client.get("/tra-cuu/")
    client.post("/tra-cuu/", {"code": "x" * 40})
    assert counted(BY_METHOD, method="GET") - got == 2
    assert counted(BY_METHOD, method="POST") - posted == 1
    assert counted(BY_VIEW, **labels) - seen == 2
    assert counted("django_http_requests_body_total_bytes_sum") - sent > 40


@pytest.mark.parametrize("told", ["", "-1", "12x", "9" * 40])
def test_a_length_that_is_no_number_counts_nothing(rf: RequestFactory, told: str) -> None:
    middleware = CountingMiddleware(lambda request: HttpResponse())
    before = counted("django_http_requests_body_total_bytes_sum")
    middleware.process_request(rf.get("/", CONTENT_LENGTH=told))
    assert counted("django_http_requests_body_total_bytes_sum") == before


def test_a_language_that_is_spoken_already_stays_and_another_ends_with_its_block() -> None:
    with speaking("en"):
        assert translation.get_language() == "en"
        with speaking("en"):
            pass
        assert translation.get_language() == "en"
    assert translation.get_language() == "vi"
