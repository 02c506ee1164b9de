"""The one door to result templates (mẫu kết quả): which holds on a day; draft, save, publish, discard.

Two editors never overwrite each other: a save names the revision it was made on, and an older one is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import structlog
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore.models import ResultTemplate, ResultTemplateChange, ResultTemplateVersion, TemplateState
from datastore.results import answers, paper_language, paper_names
from datastore.results.composing import Values, fits
from datastore.results.paper_language import Paper, TemplateError
from portal.accounts.models import User
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.text import nfc

log = structlog.get_logger(__name__)


def in_force(document_types: Iterable[str], procedure_code: str, day: date) -> dict[str, ResultTemplateVersion]:
    """For each kind of paper the version that holds on a day; the procedure's own template before the general one."""
    found = (
        ResultTemplateVersion.objects.filter(template__document_type__in=list(document_types))
        .filter(Q(template__procedure_code="") | Q(template__procedure_code=procedure_code))
        .in_force(day)
        .select_related("template")
        .order_by("template__procedure_code")
    )
    return {version.template.document_type: version for version in found}


def choose(kinds: list[str], versions: dict[str, ResultTemplateVersion], values: Values) -> str:
    """Of the kinds of paper that a procedure yields, usual one first, the one whose template asks for these answers.

    Where no template asks, the first.
    """
    for kind in kinds:
        if kind in versions:
            when = paper_language.read(versions[kind].body).when
            if when is not None and fits(when, values):
                return kind
    return kinds[0] if kinds else ""


def check(template: ResultTemplate, body: str) -> Paper:
    """Read a text as a template of this kind of paper; raises TemplateError, each problem with its line and cure."""
    paper = paper_language.read(body)
    versions = answers.versions_with(template.document_type, template.procedure_code)
    problems = paper_names.problems_of(paper, answers.known_of(versions))
    if problems:
        raise TemplateError(problems)
    return paper


def draft_of(template: ResultTemplate) -> ResultTemplateVersion | None:
    """The open draft, if any."""
    return template.versions.filter(state=TemplateState.DRAFT).first()


def ensure(document_type: str, *, procedure_code: str = "", name: str) -> ResultTemplate:
    """The template of a kind of paper, of one procedure or of all; made, without a version, where there is none."""
    found, _made = ResultTemplate.objects.get_or_create(
        document_type=document_type, procedure_code=procedure_code, defaults={"name": name}
    )
    return found


@transaction.atomic
def begin(template_id: int, *, user: User | None) -> ResultTemplateVersion:
    """Begin a draft from the newest published version, or return the open one; raises NotFoundError."""
    template = ResultTemplate.objects.select_for_update().filter(pk=template_id).first()
    if template is None:
        raise NotFoundError
    if (known := draft_of(template)) is not None:
        return known
    last = template.versions.filter(state=TemplateState.PUBLISHED).first()
    number = (template.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    draft = template.versions.create(number=number, body=last.body if last else "")
    words = _("Bắt đầu bản thảo lần %(number)d") % {"number": number}
    draft.changes.create(by=user, words=words, body=draft.body)
    return draft


@transaction.atomic
def save(template_id: int, *, seen: int, body: str, user: User | None) -> ResultTemplateVersion:
    """Keep the text of a draft, right or wrong yet; raises ConflictError when somebody else was faster."""
    draft = _lock(template_id, seen)
    text = nfc(body.replace("\r\n", "\n"))
    if len(text) > paper_language.MAX_CHARACTERS or "\x00" in text:
        raise InvalidInputError(_("Mẫu dài quá hoặc có ký tự lạ."))
    if text != draft.body:
        draft.body, draft.revision = text, draft.revision + 1
        draft.save(update_fields=["body", "revision", "updated_at"])
        draft.changes.create(by=user, words=_("Sửa nội dung, lần %(number)d") % {"number": draft.revision}, body=text)
    return draft


@transaction.atomic
def publish(template_id: int, *, seen: int, valid_from: date, user: User | None) -> ResultTemplateVersion:
    """Publish the draft from a day on; what was issued before keeps its version.

    Raises TemplateError for a text that is no template, InvalidInputError for a day that has passed.
    """
    draft = _lock(template_id, seen)
    check(draft.template, draft.body)
    if user is not None and valid_from < timezone.localdate():
        raise InvalidInputError(_("Ngày áp dụng đã qua. Hãy chọn từ hôm nay trở đi."))
    draft.state, draft.valid_from, draft.published_at = TemplateState.PUBLISHED, valid_from, timezone.now()
    draft.save(update_fields=["state", "valid_from", "published_at", "updated_at"])
    words = _("Công bố lần %(number)d, áp dụng từ %(day)s") % {"number": draft.number, "day": f"{valid_from:%d/%m/%Y}"}
    draft.changes.create(by=user, words=words, body=draft.body)
    log.info("result_template.published", template=draft.template_id, number=draft.number)
    return draft


@transaction.atomic
def discard(template_id: int, *, seen: int, user: User) -> None:
    """Close a draft without publishing it; its changes stay on the log."""
    draft = _lock(template_id, seen)
    draft.state = TemplateState.DISCARDED
    draft.save(update_fields=["state", "updated_at"])
    draft.changes.create(by=user, words=_("Bỏ bản thảo lần %(number)d") % {"number": draft.number}, body=draft.body)


def changes_of(template: ResultTemplate) -> list[ResultTemplateChange]:
    """The log of a template, newest first."""
    return list(
        ResultTemplateChange.objects.filter(version__template=template).select_related("version", "by").order_by("-pk")
    )


def _lock(template_id: int, seen: int) -> ResultTemplateVersion:
    draft = (
        ResultTemplateVersion.objects.select_for_update(of=("self",))
        .filter(template_id=template_id, state=TemplateState.DRAFT)
        .select_related("template")
        .first()
    )
    if draft is None:
        raise NotFoundError
    if draft.revision != seen:
        last = draft.changes.select_related("by").first()
        raise ConflictError(
            _("%(who)s vừa sửa bản thảo này (%(what)s). Chưa ghi gì của bạn; hãy xem bản mới rồi làm lại.")
            % {"who": (last.by if last else "") or "", "what": last.words if last else ""}
        )
    return draft
