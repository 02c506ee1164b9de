"""Publish the portal's own result templates (mẫu kết quả) from datastore/reference/result_templates; safe to repeat."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from datastore.models import ResultTemplate, ResultTemplateChange, TemplateState
from datastore.results import templates
from datastore.results.paper_language import TemplateError

DEFAULT = Path(__file__).resolve().parents[2] / "reference" / "result_templates"
BEGIN = date(2026, 1, 1)


class Command(BaseCommand):
    """Each file becomes a published version, unless it is the newest already or an official changed the template."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take another folder where one is named."""
        parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check and publish; a bad file is named and stops nothing else."""
        made, problems = 0, []
        files = sorted(options["folder"].glob("*.txt"))
        for path in files:
            try:
                made += _load(path)
            except (TemplateError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
                problems.append(f"{path.name}: {error}")
        self.stdout.write(f"result templates: {made} published, {len(files) - made - len(problems)} unchanged")
        if problems:
            raise CommandError("\n".join(problems))


@transaction.atomic
def _load(path: Path) -> bool:
    head, _line, body = path.read_text(encoding="utf-8").partition("\n---\n")
    facts = yaml.safe_load(head)
    template, _new = ResultTemplate.objects.get_or_create(
        document_type=facts["document_type"],
        procedure_code=facts.get("procedure", ""),
        defaults={"name": facts["name"]},
    )
    if ResultTemplateChange.objects.filter(version__template=template, by__isnull=False).exists():
        return False  # an official's work is never written over
    newest = template.versions.filter(state=TemplateState.PUBLISHED).first()
    if newest is not None and newest.body == body:
        return False
    draft = templates.begin(template.pk, user=None)
    draft = templates.save(template.pk, seen=draft.revision, body=body, user=None)
    templates.publish(template.pk, seen=draft.revision, valid_from=BEGIN, user=None)
    return True
