"""The one door to drafts of a form: begin, change, undo, publish from a day on, discard.

Two editors never overwrite each other: each change names the revision it was made on, and an older one is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from procedures import access, catalogue, desk_log, eforms, form_edits, form_places
from procedures.decisions import Decision
from procedures.eforms.checking import check_form
from procedures.eforms.definition import DefinitionError, Form
from procedures.eforms.reading import read_form
from procedures.linting import Finding, lint
from procedures.linting.running import subject_of
from procedures.models import DraftState, FormDraft, FormRevision, Origin, Procedure, ProcedureVersion
from procedures.national import own_forms
from procedures.packs import PackError, own_reference, read_pack
from procedures.packs.checking import Check
from procedures.packs.exporting import pack_of

log = structlog.get_logger(__name__)

Edit = Callable[[dict[str, Any]], None]
BLOCKING = frozenset({"limits-leave-nothing", "unreachable-field", "undefined-option", "component-never-asked"})
"""Rules about the form itself, which an editor can mend; laws and papers are beyond her."""


def open_draft(code: str) -> FormDraft | None:
    """The draft that is open, if any."""
    found = FormDraft.objects.filter(procedure__code=code, state=DraftState.OPEN)
    return found.select_related("procedure", "base").first()


def waiting(procedure: Procedure) -> list[ProcedureVersion]:
    """The versions that are published and wait for their day, the next one first."""
    return list(procedure.versions.filter(valid_from__gt=timezone.localdate()).order_by("valid_from", "number"))


def last_version(procedure: Procedure) -> ProcedureVersion:
    """The newest version, also one that waits for its day."""
    version = procedure.versions.select_related("procedure__field").order_by("-number").first()
    assert version is not None  # noqa: S101 - nobody edits a procedure without any
    return version


def check_day(valid_from: date, last: ProcedureVersion | None) -> None:
    """The day from which a draft may hold. Raises InvalidInputError for a past one, or one before what waits."""
    today = timezone.localdate()
    if valid_from < today:
        raise InvalidInputError(_("Ngày áp dụng không được ở trong quá khứ."), fields={"valid_from": []})
    if last is not None and today < last.valid_from > valid_from:
        words = _("Bản công bố lần %(number)d đang chờ đến ngày %(day)s. Hãy chọn ngày đó hoặc một ngày sau đó.")
        raise InvalidInputError(
            words % {"number": last.number, "day": f"{last.valid_from:%d/%m/%Y}"}, fields={"valid_from": []}
        )


def lock_procedure(code: str) -> None:
    """Let nobody else publish a version of it meanwhile: sheet and form each follow upon what is published last.

    Who publishes takes this lock before any other, also before that of the draft.
    """
    Procedure.objects.select_for_update().filter(code=code).first()


@transaction.atomic
def begin(code: str, *, user: User) -> FormDraft:
    """Begin a draft from the newest version, or return the open one. Raises NotFoundError.

    That is the one in force, or one that waits for its day: the draft follows upon it and loses nothing of it.
    """
    procedure = access.get_version(code).procedure
    Procedure.objects.select_for_update().get(pk=procedure.pk)
    if known := open_draft(code):
        return known
    version = last_version(procedure)
    form = form_edits.standing_alone(dict(eforms.form_for(version)))
    draft = FormDraft.objects.create(procedure=version.procedure, base=version, form=form)
    words = _("Bắt đầu từ bản công bố lần %(number)d") % {"number": version.number}
    FormRevision.objects.create(draft=draft, number=1, form=form, change=words, by=user)
    return draft


def _lock(code: str, seen: int) -> FormDraft:
    draft = FormDraft.objects.select_for_update().filter(procedure__code=code, state=DraftState.OPEN).first()
    if draft is None:
        raise NotFoundError
    if draft.revision != seen:
        last = draft.revisions.select_related("by").first()
        raise ConflictError(
            _("%(who)s vừa sửa bản thảo này (%(what)s). Chưa ghi gì của bạn; hãy xem bản mới rồi làm lại.")
            % {"who": last.by if last else "", "what": last.change if last else ""}
        )
    return draft


@transaction.atomic
def change(code: str, *, seen: int, user: User, words: str, edit: Edit) -> FormDraft:
    """Apply one edit to the draft that the editor saw, and keep it as a revision.

    Raises ConflictError when somebody else was faster, InvalidInputError when the edit does not leave a form.
    """
    draft = _lock(code, seen)
    form = form_edits.standing_alone(draft.form)
    try:
        edit(form)
        _check(form)
    except DefinitionError as error:
        raise InvalidInputError(form_places.told(error, {"form": form})) from None
    except form_edits.EditError as error:
        raise InvalidInputError(str(error)) from None
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        # an editor may type any JSON; what reading it makes of a wrong shape is no error of ours
        log.warning("form_draft.shape_refused", code=code, error=type(error).__name__)
        raise InvalidInputError(_("Có thuộc tính không đúng kiểu. Hãy xem lại phần JSON.")) from None
    return _keep(draft, form, words, user)


def _check(form: dict[str, Any]) -> None:
    """A draft may have pages and groups without questions yet; everything else must be right already."""
    filled = [{**page, "groups": [group for group in page["groups"] if group["fields"]]} for page in form["pages"]]
    pages = [page for page in filled if page["groups"]]
    if pages:
        check_form(read_form({**form, "pages": pages}))


def _keep(draft: FormDraft, form: dict[str, Any], words: str, user: User) -> FormDraft:
    draft.form = form
    draft.revision += 1
    draft.save(update_fields=["form", "revision", "updated_at"])
    FormRevision.objects.create(draft=draft, number=draft.revision, form=form, change=words[:300], by=user)
    return draft


@transaction.atomic
def restore(code: str, *, seen: int, number: int, user: User) -> FormDraft:
    """Go back to an earlier revision; that is a change like any other, so it can be undone too."""
    draft = _lock(code, seen)
    revision = draft.revisions.filter(number=number).first()
    if revision is None:
        raise NotFoundError
    return _keep(draft, revision.form, _("Trở lại lần sửa %(number)d") % {"number": number}, user)


@transaction.atomic
def discard(code: str, *, seen: int, user: User) -> None:
    """Close a draft without publishing it; its revisions stay."""
    draft = _lock(code, seen)
    draft.state = DraftState.DISCARDED
    draft.save(update_fields=["state", "updated_at"])
    desk_log.discarded(draft, user=user)


def is_changed(draft: FormDraft) -> bool:
    """Whether anything in it differs from the version it began with."""
    return draft.form != form_edits.standing_alone(dict(eforms.form_for(draft.base)))


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a draft can be published: what refuses it, and what the linter has to say."""

    problems: list[str]
    findings: list[Finding]

    @property
    def errors(self) -> list[Finding]:
        """Findings of a form that nobody can fill in, or that asks a thing of nobody: they block publishing."""
        return [finding for finding in self.findings if finding.rule in BLOCKING]

    @property
    def reminders(self) -> list[Finding]:
        """The other findings, which an editor may publish with."""
        return [finding for finding in self.findings if finding.rule not in BLOCKING]


def readiness(draft: FormDraft) -> Readiness:
    """Look a draft over as publishing will."""
    problems: list[str] = []
    findings: list[Finding] = []
    last = last_version(draft.procedure)
    data = _pack(draft, last)
    try:
        form = _form_of(data) if last.origin == Origin.NATIONAL else read_form(read_pack(data).form)
        findings = [finding for finding in lint(subject_of(data, form)) if not finding.waived]
    except PackError as error:
        said, others = form_places.all_told(error, data)
        problems = said + [
            _("Nội dung thủ tục chưa đúng ở: %(places)s. Hãy sửa ở trang nội dung.") % {"places": place}
            for place in others
        ]
    except DefinitionError as error:
        problems = [form_places.told(error, data)]
    if last.pk != draft.base_id and eforms.form_for(last) != eforms.form_for(draft.base):
        problems.append(
            _("Thủ tục đã có bản công bố mới từ khi bắt đầu bản thảo. Hãy bỏ bản thảo này và bắt đầu lại từ bản mới.")
        )
    return Readiness(problems, findings)


def _pack(draft: FormDraft, last: ProcedureVersion) -> dict[str, Any]:
    """The newest version with the form of the draft: what was published of the sheet meanwhile stays."""
    pages = [{**page, "groups": [group for group in page["groups"] if group["fields"]]} for page in draft.form["pages"]]
    form = {**draft.form, "pages": [page for page in pages if page["groups"]]}
    return {**pack_of(last), "form": form}


def _form_of(data: dict[str, Any]) -> Form:
    """The form of a record of the national catalogue, checked: of the rest only the catalogue can judge.

    Raises DefinitionError, PackError.
    """
    form = read_form(data["form"])
    check_form(form)
    check = Check(data, own_reference())
    check.against_form(form)
    if check.problems:
        raise PackError(str(data.get("code", "")), check.problems)
    return form


@transaction.atomic
def publish(
    code: str, *, seen: int, valid_from: date, user: User, decision: Decision | None = None
) -> ProcedureVersion:
    """Publish the draft as the procedure's next version from a day on; open dossiers stay on the version they have.

    ``decision``: under which it stands, that of the version before unless it is given.
    Raises ConflictError, InvalidInputError.
    """
    lock_procedure(code)
    draft = _lock(code, seen)
    check_day(valid_from, last_version(draft.procedure))
    ready = readiness(draft)
    if ready.problems:
        raise InvalidInputError(" ".join(ready.problems))
    if ready.errors:
        raise InvalidInputError(_("Biểu mẫu còn lỗi nên chưa công bố được. Hãy sửa các lỗi nêu dưới đây."))
    version = _publish(draft, valid_from, decision)
    if version is None:
        raise InvalidInputError(_("Bản thảo không khác bản đang công bố."))
    draft.state, draft.published = DraftState.PUBLISHED, version
    draft.save(update_fields=["state", "published", "updated_at"])
    desk_log.published(draft, version, user=user)
    return version


def _publish(draft: FormDraft, valid_from: date, decision: Decision | None) -> ProcedureVersion | None:
    last = last_version(draft.procedure)
    data = _pack(draft, last) if decision is None else decision.put_into(_pack(draft, last))
    if last.origin == Origin.NATIONAL:
        if data["form"] == form_edits.standing_alone(dict(eforms.form_for(last))):
            return None
        return own_forms.publish(last, data["form"], valid_from=valid_from, decision=decision)
    loaded = catalogue.load_pack(read_pack(data), valid_from=valid_from)
    return None if loaded.change == catalogue.UNCHANGED else loaded.version
