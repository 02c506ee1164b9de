"""Pages of a list: where the next one begins, the way back to the first, and what both addresses keep."""

import pytest
from django.test import RequestFactory

from portal.core import keyset
from portal.notifications.models import DemoMail

pytestmark = pytest.mark.django_db


def page_of(address: str, **keep: str) -> keyset.Page[DemoMail]:
    """One row a page."""
    return keyset.newest_first(DemoMail.objects.all(), RequestFactory().get(address), size=1, keep=keep)


def test_both_addresses_keep_what_was_chosen_and_end_in_no_bare_mark() -> None:
    older, newer = (DemoMail.objects.create(message_id=each, to="an@example.vn", body=each) for each in "12")
    first = page_of("/thu/?chua-doc=1", **{"chua-doc": "1"})
    assert (first.rows, first.first_url, first.next_url) == ([newer], "", f"?truoc={newer.pk}&chua-doc=1")
    last = page_of(f"/thu/?truoc={newer.pk}&chua-doc=1", **{"chua-doc": "1"})
    assert (last.rows, last.first_url, last.next_url) == ([older], "/thu/?chua-doc=1", "")
    assert page_of(f"/thu/?truoc={newer.pk}", **{"chua-doc": ""}).first_url == "/thu/"
