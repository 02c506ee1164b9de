"""The rows of a dossier's history on the workbench (diễn biến): what happened, who did it, and in which words."""

from collections.abc import Iterator, Set
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from dossiers import (
    answer_corrections,
    contradictions,
    delegated,
    paper_gaps,
    paper_results,
    replacing,
    revocation,
    stages,
    taken_back,
    timeline,
    told_words,
    uncharged,
)
from dossiers.event_names import BY_PORTAL, CHANGES, OF_STAGES, SUPPLEMENTED, WITHOUT_PROPOSAL
from dossiers.models import Dossier, DossierEvent
from payments.gateways import registry as gateways
from portal.agencies.actors import ActorKind
from portal.backoffice import passages
from portal.core.masking import hide_numbers

OWN_TITLES = {
    passages.REVEALED: lambda: _("Xem đầy đủ số định danh"),
}


def row(event: DossierEvent, dossier: Dossier, waiting: Set[int]) -> dict[str, Any]:
    """One step as templates/components/timeline.html draws it; `waiting` is of timeline.still_asked."""
    title = OWN_TITLES.get(event.name) or timeline.TITLES.get(event.name)
    text = paper_results.handed_words(event) or taken_back.with_reason(event)
    if basis := event.data.get("legal_basis") if event.name in {replacing.EVENT, revocation.EVENT} else "":
        text += "\n" + _("Căn cứ: %(basis)s.") % {"basis": basis}
    if event.name in OF_STAGES:
        text = "\n".join(_between_stages(event))
    elif event.name == passages.ASSIGNED:
        name = event.data.get("official")
        text = _("Giao cho %(name)s.") % {"name": name} if name else _("Bỏ phân công")
    elif event.data.get(WITHOUT_PROPOSAL):
        text = "\n".join(filter(None, [_("Duyệt khi chưa có đề xuất của chuyên viên."), text]))
    elif event.name == SUPPLEMENTED:
        told = answer_corrections.words_of(event.data.get(CHANGES) or []) + answer_corrections.anew_words(event.data)
        text = "\n".join(filter(None, [str(event.data.get("answer") or ""), *map(hide_numbers, told)]))
    elif event.pk in waiting and event.data.get("components"):
        text = told_words.without_below(text)
    text = "\n".join(filter(None, [text, *timeline.asked_lines(event, dossier, waiting), *_grounds(event)]))
    return {
        "title": title() if title else event.name,
        "at": event.occurred_at,
        "actor": actor(event, dossier),
        "text": text,
        "tone": "neutral" if not event.is_public else timeline.tone(event, waiting),
        "received_at": event.received_at if event.received_at - event.occurred_at > timedelta(minutes=5) else None,
    }


def _between_stages(event: DossierEvent) -> Iterator[str]:
    """From which stage to which, whom it was given to, and what is to be mended."""
    came, goes = event.data.get("stage") or _("Các bước đã xong"), event.data.get("next") or _("trình lãnh đạo")
    yield f"{came} → {goes}."
    if name := event.data.get("official"):
        yield _("Giao cho %(name)s.") % {"name": name}
    if event.reason:
        yield event.reason


def _grounds(event: DossierEvent) -> Iterator[str]:
    """What who proposed or decided had to explain, and what she wrote from the register."""
    if said := delegated.words(event):
        yield said
    if names := event.data.get(paper_gaps.FIELD):
        yield _("Ghi theo sổ: %(names)s.") % {"names": ", ".join(names)}
    if ended := event.data.get(stages.ENDED):
        yield _("Bước “%(stage)s” xong cùng lúc trình.") % {"stage": ended}
    if left := event.data.get(stages.LEFT):
        told = {"names": ", ".join(left), "reason": event.data.get(stages.FIELD) or "–"}
        yield _("Chưa xong các bước: %(names)s. Lý do: %(reason)s") % told
    if said := uncharged.reason_in(event):
        yield _("Không thu phí, lệ phí đã báo: %(reason)s") % {"reason": said}
    if said := contradictions.reason_in(event):
        named = {"papers": contradictions.papers_in(event), "reason": said}
        yield _("Không theo giấy còn hiệu lực %(papers)s: %(reason)s") % named


def actor(event: DossierEvent, dossier: Dossier) -> str:
    """Who took a step, in words for officials."""
    if at_counter := timeline.counter_words(event):
        return at_counter
    if event.data.get(BY_PORTAL):
        return _("Cổng Dịch vụ công, theo hồ sơ liên thông đã khai")
    if event.actor_kind == ActorKind.CITIZEN:
        return _("Người nộp: %(name)s") % {"name": dossier.applicant_name}
    if event.actor_kind == ActorKind.SYSTEM:
        return _("Cổng Dịch vụ công")
    if event.actor_kind == ActorKind.PAYMENT and event.actor_user_id is None and event.actor_name in gateways.KNOWN:
        return str(gateways.KNOWN[event.actor_name].label)
    return event.actor_name or event.get_actor_kind_display()
