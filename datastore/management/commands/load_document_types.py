"""Load the document types (loại giấy tờ) from datastore/reference/document_types.yaml; safe to repeat."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from datastore.models import DocumentGroup, DocumentType

DEFAULT = Path(__file__).resolve().parents[2] / "reference" / "document_types.yaml"
FIELDS = [
    "name",
    "name_en",
    "group",
    "validity_months",
    "is_identity_paper",
    "is_reusable",
    "replaces_earlier",
    "most_megabytes",
    "most_pages",
]


class Command(BaseCommand):
    """Insert and update document types by code; a type that left the file stays, since documents point to it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take another file where one is named."""
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check and write."""
        path: Path = options["file"]
        try:
            items = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise CommandError(f"{path}: cannot be read: {error}") from error
        if not isinstance(items, list):
            raise CommandError(f"{path}: must be a list of document types")
        types = [_document_type(number, item) for number, item in enumerate(items, start=1)]
        codes = [kind.code for kind in types]
        if doubles := sorted({code for code in codes if codes.count(code) > 1}):
            raise CommandError(f"{path}: codes given twice: {', '.join(doubles)}")
        with transaction.atomic():
            DocumentType.objects.bulk_create(types, update_conflicts=True, unique_fields=["code"], update_fields=FIELDS)
        self.stdout.write(f"{len(types)} document types")


def _document_type(number: int, item: Any) -> DocumentType:
    try:
        name = item["name"]
        return DocumentType(
            code=item["code"],
            name=name["vi"],
            name_en=name.get("en", ""),
            group=DocumentGroup(item["group"]),
            validity_months=item.get("validity_months"),
            is_identity_paper=bool(item["is_identity_paper"]),
            is_reusable=bool(item["reusable"]),
            replaces_earlier=_replaces_earlier(item.get("replaces_earlier") or {}),
            most_megabytes=_limit(item.get("most_megabytes")),
            most_pages=_limit(item.get("most_pages")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CommandError(f"entry {number}: {type(error).__name__}: {error}") from error


def _replaces_earlier(rule: dict[str, Any]) -> dict[str, Any]:
    if rule and (not isinstance(rule["legal"], str) or rule.keys() - {"legal", "unless", "compare", "asked"}):
        raise ValueError("replaces_earlier: write legal, unless, compare, asked")
    return rule


def _limit(value: Any) -> int | None:
    if value is not None and (type(value) is not int or value < 1):
        raise ValueError("most_megabytes and most_pages are whole numbers from 1")
    return value
