"""The bare Django that ratios are taken against: no middleware, one view that answers, one that does one INSERT.

Served by the same server with as many workers as the portal, on the same database: `tests.bench.bare:application`.
"""

from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse

from portal.settings.database import database_from_url
from portal.settings.env import env

PAGE = b"<!doctype html><title>ok</title>" + b"x" * 30_000
"""About as many bytes as a procedure sheet has."""

if not settings.configured:
    database = database_from_url(env, Path(env.str("PORTAL_VAR")))
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests.bench.bare_urls",
        # without the health check that the portal makes before each request's first statement
        DATABASES={"default": {**database, "ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": False}},
        INSTALLED_APPS=[],
        MIDDLEWARE=[],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()

from django.db import connection, models  # noqa: E402 - a model needs settings
from django.utils import timezone  # noqa: E402


class Note(models.Model):
    """The row of the one INSERT."""

    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "bench"
        db_table = "bench_note"

    def __str__(self) -> str:
        return self.text


def page(request: HttpRequest) -> HttpResponse:
    """Answer as many bytes as a sheet has."""
    return HttpResponse(PAGE)


def insert(request: HttpRequest) -> HttpResponse:
    """One INSERT through the ORM."""
    note = Note.objects.create(text=request.headers.get("User-Agent", ""))
    return HttpResponse(str(note.pk), status=201)


def query(request: HttpRequest) -> HttpResponse:
    """One SELECT of twenty procedures with their names, in a page of as many bytes as a sheet has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.code, v.name FROM procedures_procedure p "
            "JOIN procedures_procedureversion v ON v.id = p.current_id "
            "WHERE p.is_open ORDER BY p.code LIMIT 20"
        )
        rows = cursor.fetchall()
    return HttpResponse("".join(f"<li>{code} {name}" for code, name in rows).encode() + PAGE)


application = get_wsgi_application()
