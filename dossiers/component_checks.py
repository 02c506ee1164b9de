"""Marks that officials put on the papers of a dossier while they look at them (đánh dấu kiểm tra giấy tờ)."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access
from dossiers.access import OFFICIALS
from dossiers.lifecycle import DossierState
from dossiers.models import ComponentCheck, Dossier, DossierComponent, Verdict
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, TransitionError
from portal.core.text import clean_block

S = DossierState
LOOKED_AT_IN = frozenset({S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.CONSULTING})
"""While it is the agency's turn; a paper that comes later comes unmarked."""
LONGEST = 1000


def are_open(dossier: Dossier) -> bool:
    """Whether papers are marked now: where the dossier is decided here and nothing is waited for from the applicant."""
    return dossier.is_decided_here and dossier.state in LOOKED_AT_IN


def mark(
    code: str, component_id: int, *, actor: Actor, verdict: str, words: str = "", seen: str = ""
) -> ComponentCheck | None:
    """Mark a paper, or with an empty verdict take the mark away.

    `seen` is the mark that stood on the page (ComponentCheck.seen), "" for none.

    Raises NotFoundError for a paper of another dossier, InvalidInputError for a paper that is wrong without a word,
    ConflictError when a colleague marked it meanwhile, and TransitionError once nothing is to be marked any more.
    """
    if actor.kind not in OFFICIALS or actor.user is None:
        raise NotAllowedError
    said = clean_block(words)
    if verdict not in {"", *Verdict.values}:
        raise InvalidInputError(fields={"verdict": [_("Hãy chọn Đạt hoặc Chưa đạt.")]})
    if verdict == Verdict.WRONG and not said:
        raise InvalidInputError(fields={"words": [_("Hãy viết giấy này sai hoặc thiếu gì.")]})
    if len(said) > LONGEST:
        raise InvalidInputError(fields={"words": [_("Hãy viết ngắn hơn 1.000 chữ.")]})
    with access.locked(code, actor=actor) as dossier:
        if not are_open(dossier):
            raise TransitionError(_("Hồ sơ không còn ở bước xem giấy tờ."))
        component = DossierComponent.objects.filter(dossier=dossier, pk=component_id).first()
        if component is None:
            raise NotFoundError
        before = ComponentCheck.objects.filter(component=component).first()
        if (before.seen if before else "") != seen:
            raise ConflictError(
                _("%(who)s vừa đánh dấu giấy này. Hãy xem rồi đánh dấu lại nếu cần.")
                % {"who": before.official_name if before else _("Đồng nghiệp")}
            )
        if not verdict:
            if before is not None:
                before.delete()
            return None
        found, _made = ComponentCheck.objects.update_or_create(
            component=component,
            defaults={
                "verdict": verdict,
                "words": said if verdict == Verdict.WRONG else "",
                "official": actor.user,
                "official_name": actor.name,
                "checked_at": timezone.now(),
                "revision": before.revision + 1 if before else 1,
            },
        )
        return found


def wrong_ones(dossier: Dossier) -> dict[str, str]:
    """What is wrong with the papers that were marked so, by the code of their component.

    The newest paper of a kind speaks for it: what it took the place of was answered with it.
    """
    papers = dossier.components.select_related("check_mark").order_by("supplement_round", "id")
    newest = {paper.component_code: of(paper) for paper in papers}
    return {code: row.words for code, row in newest.items() if row is not None and row.verdict == Verdict.WRONG}


def of(component: DossierComponent) -> ComponentCheck | None:
    """The mark of a paper that was read with its mark."""
    return getattr(component, "check_mark", None)


def summary(components: Iterable[DossierComponent]) -> dict[str, Any]:
    """How many papers were looked at, and how many are wrong; of papers in their order the newest of a kind counts."""
    marks = list({component.component_code: of(component) for component in components}.values())
    return {
        "all": len(marks),
        "looked_at": sum(mark is not None for mark in marks),
        "wrong": sum(mark is not None and mark.verdict == Verdict.WRONG for mark in marks),
    }
