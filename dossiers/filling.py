"""What fills a draft on the way (điền sẵn): what follows from an answer or the place, and what a chosen paper says."""

from functools import cache
from typing import Any

from django.utils import translation

from dossiers import draft_access, paper_facts
from dossiers.errors import ProcedureClosedError
from dossiers.facts import facts_for
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from portal.core.errors import NotFoundError
from procedures import eforms
from procedures.eforms.prefilling import STORE
from procedures.eforms.refilling import fill_from_paper, refill_locked


def follow(dossier: Dossier, actor: Actor, *, before: dict[str, Any] | None) -> None:
    """Put in, or take out, what hangs on the answers just given, or without ``before`` on the place just chosen.

    The caller holds the draft's row and saves it.
    """
    with translation.override("vi"):  # the words of a source are stored in it, whoever reads them
        dossier.answers, dossier.answer_sources = eforms.refill(
            _form(dossier),
            dossier.answers,
            dossier.answer_sources,
            before=before,
            facts=cache(lambda: facts_for(dossier, with_store=draft_access.may_use_store(dossier, actor=actor))),
        )


def say_again(dossier: Dossier) -> None:
    """Put in what the form of the draft's version locks to an earlier answer. The caller saves it."""
    with translation.override("vi"):
        dossier.answers, dossier.answer_sources = refill_locked(_form(dossier), dossier.answers, dossier.answer_sources)


def from_paper(dossier: Dossier, actor: Actor, *, types: set[str], document_id: int | None) -> None:
    """Put in what one paper of the store says, or with none take out what such papers had filled.

    The caller holds the draft's row and saves it. Raises NotFoundError for a paper that is not there to be used.
    """
    with translation.override("vi"):
        may_look = dossier.owner is not None and draft_access.may_use_store(dossier, actor=actor)
        there = paper_facts.told_by(dossier.owner, types=types) if dossier.owner is not None and may_look else []
        chosen = next((paper for paper in there if paper.document.pk == document_id), None)
        if document_id is not None and chosen is None:
            raise NotFoundError
        words = paper_facts.of_one(chosen) if chosen else {}
        dossier.answers, dossier.answer_sources = fill_from_paper(
            _form(dossier), dossier.answers, dossier.answer_sources, facts={STORE: words}, types=types
        )


def _form(dossier: Dossier) -> eforms.Form:
    if dossier.procedure_version is None:
        raise ProcedureClosedError
    return eforms.form_of(eforms.form_for(dossier.procedure_version))
