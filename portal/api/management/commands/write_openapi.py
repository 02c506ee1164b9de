"""manage.py write_openapi: write docs/api/openapi.yaml from the views; with --check say whether it is up to date."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.api import schema


class Command(BaseCommand):
    """Write the committed OpenAPI description."""

    help = "Write docs/api/openapi.yaml from the views."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--check only compares."""
        parser.add_argument("--check", action="store_true", help="fail when the file is out of date, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, or compare."""
        path = settings.BASE_DIR / "docs" / "api" / "openapi.yaml"
        text = schema.as_yaml(schema.description())
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                raise CommandError("docs/api/openapi.yaml is out of date: run manage.py write_openapi")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"Wrote {path}")
