"""manage.py write_lifecycle: write docs/lifecycle.md, the table of states and steps for jurists."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dossiers import lifecycle_page


class Command(BaseCommand):
    """Write the page for jurists."""

    help = "Write docs/lifecycle.md from the transition table."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        path = settings.BASE_DIR / "docs" / "lifecycle.md"
        path.write_text(lifecycle_page.text(), encoding="utf-8")
        self.stdout.write(f"Wrote {path}")
