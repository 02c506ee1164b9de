"""The declaration above the last button (lời cam đoan): asked once, kept with the answers, sent with them.

Who files answers for what she declares; NĐ 45/2020/NĐ-CP art. 9 lets her do so in the electronic form.
"""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from dossiers import draft_access, drafts, steps
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.steps import CHECK
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError, NotFoundError
from procedures import eforms
from procedures.models import ProcedureVersion

SENT = "_declared"
"""Says that a post brings the declaration, also where nothing is ticked."""


def form_of(dossier: Dossier, version: ProcedureVersion, request: HttpRequest) -> eforms.PageForm | None:
    """The declaration's own form, with its errors where it was just sent; None where the procedure has none."""
    page = steps.declaration_of(version)
    if page is None:
        return None
    sent: Any = request.POST if SENT in request.POST else None
    form = eforms.build_form(page, answers=dossier.answers, data=sent)
    form.is_valid()
    return form


def keep(request: HttpRequest, public_id: UUID, actor: Actor) -> None:
    """Keep what was ticked beside the last button; a second press finds the dossier sent and changes nothing."""
    if SENT not in request.POST:
        return
    with suppress(NotFoundError, ConflictError):
        dossier = draft_access.get_draft(public_id, actor=actor)
        page = steps.declaration_of(dossier.procedure_version) if dossier.procedure_version else None
        if page is not None and dossier.state == DossierState.DRAFT:
            take(request, dossier, page, actor)


def take(request: HttpRequest, dossier: Dossier, page: eforms.Page, actor: Actor) -> None:
    """Keep the ticks of a declaration with the draft's answers."""
    form = eforms.build_form(page, answers=dossier.answers, data=request.POST)
    form.is_valid()
    answers = eforms.answers_from(form)
    if any(dossier.answers.get(key) != value for key, value in answers.items()):
        drafts.save_answers(dossier.public_id, actor=actor, answers=answers, step=CHECK)
