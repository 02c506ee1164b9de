"""Names every sandbox page uses."""

from django.conf import settings


def program(request) -> dict[str, object]:
    return {
        "program": settings.PROGRAM,
        "program_title": settings.SANDBOX.title,
        "portal_url": settings.SANDBOX.portal_url,
    }
