"""Bring the program's own reference data up to date at each start."""

from django.apps import apps
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Load what this sandbox program needs before it serves."

    def handle(self, *args, **options) -> None:
        for config in apps.get_app_configs():
            prepare = getattr(config, "prepare", None)
            if prepare:
                prepare()
