"""A HEAD request is answered as a GET without its body (RFC 9110 §9.3.2): monitors and link checkers ask so."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/thu-tuc/", "/cong-khai/", "/tra-cuu/", "/xm/", "/healthz", "/api/docs/"])
def test_head_is_answered_like_get(path: str) -> None:
    asked, told = Client().get(path), Client().head(path)
    assert (told.status_code, told.content) == (asked.status_code, b"")
    assert told.headers.get("Content-Type") == asked.headers.get("Content-Type")
