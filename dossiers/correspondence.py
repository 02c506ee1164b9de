"""Citizen and official write to each other about a dossier (trao đổi); officials note for themselves (ghi chú nội bộ).

A message moves no state and stops no clock: what has to be asked for formally is a supplement request (form 02,
TT 03/2025/TT-VPCP), once and complete. Its text is read on the portal only; the notice by e-mail, SMS or Zalo says that
there is one (Luật 91/2025/QH15: no more personal data than the purpose needs).
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore.models import Document
from dossiers import access, audience, naming, papers, placeholders
from dossiers.access import OFFICIALS
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierMessage, InternalNote, MessageFile, MessageTemplate, Side
from portal.accounts.models import User
from portal.agencies import absences, memberships
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, MembershipRole
from portal.agencies.scopes import within
from portal.core.errors import InvalidInputError, NotAllowedError, TransitionError
from portal.core.language import speaking
from portal.core.text import clean_block
from portal.notifications import services as notifications

TEXT_LIMIT = 4000
FILES_LIMIT = 5
MOST_A_DAY = 40
"""Messages of one side about one dossier in a day: more is no conversation, and everybody's page has to carry them."""
SHUT = frozenset({DossierState.RETURNED, DossierState.REFUSED, DossierState.STOPPED})
"""Nobody works on it any more: a new question goes by feedback or by a new dossier."""


def is_open(dossier: Dossier) -> bool:
    """Whether both sides may still write; a dossier that an agency's own system decides is written about there."""
    return dossier.state not in SHUT and dossier.is_decided_here


def correspondent(dossier: Dossier) -> User | None:
    """Who hears of the dossier: who filed it, else who owns it."""
    return dossier.filer or dossier.owner


def write(
    code: str,
    *,
    actor: Actor,
    text: str,
    documents: Iterable[Document] = (),
    form_token: str,
    seen: int | None = None,
) -> DossierMessage:
    """Send a message to the other side; the same form sends once.

    Who answers has read: what the other side wrote up to the message `seen` counts as read, all of it without one.
    Raises InvalidInputError for an empty or too long one, TransitionError where nobody would read it.
    """
    side, author = _side_of(actor)
    cleaned, files = _checked(text, empty_is_fine=True), list(documents)
    with access.locked(code, actor=actor) as dossier:
        if (sent := already_sent(dossier, actor=actor, form_token=form_token)) is not None:
            return sent
        if not cleaned and not files:
            raise InvalidInputError(fields={"text": [_("Hãy viết nội dung, hoặc kèm ít nhất một tệp.")]})
        if len(files) > FILES_LIMIT:
            raise InvalidInputError(fields={"files": [too_many_files()]})
        if not papers.hold([document.pk for document in files]):
            raise InvalidInputError(fields={"files": [_("Một tệp vừa gửi đã bị xóa khỏi kho. Hãy chọn lại tệp.")]})
        message = DossierMessage.objects.create(
            dossier=dossier,
            side=side,
            author=author,
            author_name=actor.name if side == Side.AGENCY else "",
            agency=actor.agency,
            text=cleaned,
            form_token=form_token[:40],
        )
        MessageFile.objects.bulk_create(
            [
                MessageFile(message=message, document=document, digests=papers.digests(document))
                for document in {document.pk: document for document in files}.values()
            ]
        )
        papers.share(dossier, files)
        _mark(dossier, side, seen)
        _tell(dossier, message)
        return message


def already_sent(dossier: Dossier, *, actor: Actor, form_token: str) -> DossierMessage | None:
    """The message that this form sent before, if it did.

    Raises TransitionError where nobody would read another one, or this side has written enough for a day.
    """
    side, author = _side_of(actor)
    if (sent := dossier.messages.filter(author=author, form_token=form_token[:40]).first()) is not None:
        return sent
    if not is_open(dossier):
        raise TransitionError(_("Hồ sơ này không nhận tin nhắn nữa."), code="dossier.messages_closed")
    day_ago = timezone.now() - timedelta(days=1)
    if dossier.messages.filter(side=side, sent_at__gt=day_ago).count() >= MOST_A_DAY:
        raise TransitionError(_("Đã có quá nhiều tin nhắn trong một ngày. Hãy gửi tiếp vào ngày mai."))
    return None


def mark_read(code: str, *, actor: Actor, seen: int | None = None) -> int:
    """Say that this side has read what the other one wrote, up to the message `seen`; returns how many that were."""
    side, _author = _side_of(actor)
    return _mark(access.get_dossier(code, actor=actor), side, seen)


def note(code: str, *, actor: Actor, text: str, form_token: str) -> InternalNote:
    """Keep a note that officials of the deciding agency read and the citizen never does; the same form writes once."""
    if actor.kind not in OFFICIALS or actor.user is None:
        raise NotAllowedError
    cleaned = _checked(text)
    with access.locked(code, actor=actor) as dossier:
        assert dossier.agency is not None  # noqa: S101 - a constraint: submitted dossiers have an agency
        found, _made = InternalNote.objects.get_or_create(
            dossier=dossier,
            author=actor.user,
            form_token=form_token[:40],
            defaults={"agency": dossier.agency, "author_name": actor.name, "text": cleaned},
        )
        return found


def thread(dossier: Dossier) -> list[DossierMessage]:
    """All messages, oldest first, with their files; two queries."""
    return list(dossier.messages.order_by("pk").prefetch_related("files"))


def notes_for(dossier: Dossier, paths: Sequence[str]) -> list[InternalNote]:
    """The notes written at or below these agencies, oldest first."""
    return list(dossier.internal_notes.filter(within(paths)).order_by("pk"))


def unread(side: str) -> "QuerySet[DossierMessage]":
    """Messages that this side has not read yet."""
    other = Side.AGENCY if side == Side.APPLICANT else Side.APPLICANT
    return DossierMessage.objects.filter(side=other, read_at__isnull=True)


def templates_for(agency: Agency | None) -> "QuerySet[MessageTemplate]":
    """Templates of the country, of the agency and of those above it."""
    codes = agency.line_codes if agency is not None else []
    return MessageTemplate.objects.filter(Q(agency__isnull=True) | Q(agency__code__in=codes), is_active=True).order_by(
        "title", "pk"
    )


def filled_in(template: MessageTemplate, dossier: Dossier) -> str:
    """A template's words with the dossier's facts; a name in braces that is not known stays as it was written."""
    return placeholders.filled(template.text, dossier)


def too_many_files() -> str:
    """What is said of more files than one message may carry."""
    return _("Kèm nhiều nhất %(limit)d tệp một lần.") % {"limit": FILES_LIMIT}


def _side_of(actor: Actor) -> tuple[Side, User]:
    if actor.kind == ActorKind.CITIZEN and actor.user is not None:
        return Side.APPLICANT, actor.user
    if actor.kind in OFFICIALS and actor.user is not None:
        return Side.AGENCY, actor.user
    raise NotAllowedError


def _checked(text: str, *, empty_is_fine: bool = False) -> str:
    cleaned = clean_block(text)
    if len(cleaned) > TEXT_LIMIT:
        raise InvalidInputError(
            fields={"text": [_("Nội dung dài quá %(limit)d ký tự. Hãy viết gọn lại.") % {"limit": TEXT_LIMIT}]}
        )
    if not cleaned and not empty_is_fine:
        raise InvalidInputError(fields={"text": [_("Hãy viết nội dung.")]})
    return cleaned


def _mark(dossier: Dossier, side: str, seen: int | None) -> int:
    waiting = unread(side).filter(dossier=dossier)
    if seen is not None:  # one that came after the page was drawn has not been read
        waiting = waiting.filter(pk__lte=seen)
    return waiting.update(read_at=timezone.now())


def _tell(dossier: Dossier, message: DossierMessage) -> None:
    """A notice for whoever reads the other side; one for each message, without its words."""
    if message.side == Side.AGENCY:
        person = correspondent(dossier)
        people = [] if person is None else [person]
        if person is not None and not audience.reads(dossier, person.pk):
            people = audience.representatives(dossier)
        link = f"/ho-so/{dossier.code}/trao-doi/"
    else:
        people = _readers(dossier)
        link = f"/quan-tri/ho-so/{dossier.code}/#trao-doi"
    for person in people:
        with speaking(person.language):
            facts = _facts(dossier)
            notifications.notify(
                recipient=person,
                kind="dossier.message",
                subject=naming.of_procedure(_("Tin nhắn mới về hồ sơ %(code)s") % facts, dossier),
                body=_("%(agency)s nhắn cho bạn về hồ sơ “%(procedure)s”. Đọc và trả lời trên trang hồ sơ.") % facts
                if message.side == Side.AGENCY
                else _("Người nộp nhắn về hồ sơ “%(procedure)s”. Đọc và trả lời ở bàn giải quyết.") % facts,
                link=link,
                reference=dossier.code or "",
                dedupe_key=f"{dossier.code}.message.{message.pk}",
            )


def _facts(dossier: Dossier) -> dict[str, Any]:
    return {
        "code": dossier.code,
        "agency": naming.agency_title(dossier),
        "procedure": naming.dossier_title(dossier),
    }


def _readers(dossier: Dossier) -> list[User]:
    """Whose turn it is to answer: who handles the dossier, else the desk."""
    if dossier.assignee is not None:
        return absences.present([dossier.assignee], dossier.agency)
    if dossier.agency is None:
        return []
    return memberships.holders(dossier.agency, MembershipRole.DESK)
