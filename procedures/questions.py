"""Questions and answers: what a sheet shows, and bringing those of the reference data up to date."""

from __future__ import annotations

import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import transaction

from procedures import publication
from procedures.models import Question
from procedures.packs import PackError, Reference


def about(code: str) -> list[Question]:
    """The published questions about a procedure, in their order."""
    return list(Question.objects.filter(procedure_codes__contains=[code], is_published=True))


def save(question: Question) -> Question:
    """Check and write a question; sheets show it once it is committed. Raises ValidationError."""
    with transaction.atomic():
        question.full_clean()
        question.save()
        publication.announce()
    return question


@transaction.atomic
def delete(question: Question) -> None:
    """Take a question off the sheets for good."""
    question.delete()
    publication.announce()


@transaction.atomic
def load_questions(reference: Reference) -> int:
    """Bring the questions of the reference data up to date; returns how many rows changed.

    What an editor changed since stays until the reference row itself changes. Raises PackError that names the row.
    """
    changed = 0
    known = {row.code: row for row in Question.objects.all()}
    for position, row in enumerate(reference.questions):
        digest = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
        question = known.get(row["code"]) or Question(code=row["code"])
        if question.source_sha256 == digest:
            continue
        question.procedure_codes = row["procedures"]
        question.question, question.question_en = row["question"]["vi"], row["question"]["en"]
        question.answer, question.answer_en = row["answer"]["vi"], row["answer"]["en"]
        question.legal_basis = row.get("legal") or ""
        question.position, question.is_published, question.source_sha256 = position, True, digest
        try:
            save(question)
        except ValidationError as error:
            raise PackError("questions.yaml", [f"{row['code']}: {text}" for text in error.messages]) from None
        changed += 1
    return changed
