"""Public pages answer HEAD as GET without its body (RFC 9110 §9.3.2): monitors and link checkers ask so.

Pages that write down who read them do not: nothing was read.
"""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PUBLIC = ["/", "/thu-tuc/", "/cong-khai/", "/tra-cuu/", "/xm/", "/sitemap.xml", "/healthz", "/api/docs/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_head_is_answered_like_get(path: str) -> None:
    asked, told = Client().get(path), Client().head(path)
    assert (told.status_code, told.content) == (asked.status_code, b"")
    assert told.headers.get("Content-Type") == asked.headers.get("Content-Type")
