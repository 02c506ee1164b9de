"""Two owners, of few and of many papers, and one result: `python -m tests.bench.seed_store FEW MANY`, in a portal.

Prints their session cookies, the result's id, and what its QR says with the keys, as JSON.
"""

import json
import sys

import django
from django.utils import timezone

PEOPLE_BEFORE = 5_000
"""Names that another process of this portal may have given out already."""


def main(sizes: list[int]) -> None:
    """Seed and print."""
    from datastore.models import Document, DocumentType, TrustLevel
    from datastore.results import service, verification
    from tests import factories
    from tests.bench.time_results import _content

    for _number in range(PEOPLE_BEFORE):
        next(factories._number)
    kind, _made = DocumentType.objects.get_or_create(code="GT.KHAC", defaults={"name": "Giấy tờ khác"})
    cookies = {}
    for size in sizes:
        owner = factories.make_citizen(f"Chủ Kho {size}")
        now = timezone.now()
        Document.objects.bulk_create(
            [
                Document(owner=owner, type=kind, title=f"Giấy tờ {number}", trust=TrustLevel.UPLOADED, created_at=now)
                for number in range(size)
            ],
            batch_size=2000,
        )
        cookies[str(size)] = _session_of(owner)
    issued = service.issue(owner=owner, reference="bench-status", result=_content(0)).credential
    told = {
        "cookies": cookies,
        "public_id": issued.public_id,
        "address": service.address(issued.public_id, issued.token),
        "keys": verification.key_set(),
    }
    print(json.dumps(told))


def _session_of(owner: object) -> str:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    client = Client()
    client.force_login(owner)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE datastore_document")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


if __name__ == "__main__":
    django.setup()
    main([int(size) for size in sys.argv[1:]])
