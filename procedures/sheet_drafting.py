"""The one door to drafts of a procedure's sheet: begin, save, look over, publish from a day on, discard.

What is published is a pack that goes the way of every pack (procedures.catalogue): a new version from a day on, with
the form of the version before; open dossiers stay on the version they have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.agencies.models import Agency, AgencyLevel
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.text import storable
from procedures import (
    catalogue,
    comparison,
    competence,
    desk_log,
    drafting,
    facts,
    form_places,
    sheet_comparing,
    sheet_times,
)
from procedures.decisions import Decision
from procedures.eforms.definition import Field
from procedures.eforms.reading import read_form
from procedures.facts import Facts
from procedures.form_comparing import fields_of
from procedures.linting import Finding, lint
from procedures.linting.running import subject_of
from procedures.models import DraftState, NationalRecord, Origin, Procedure, ProcedureVersion, SheetDraft
from procedures.packs import Pack, PackError, read_pack
from procedures.packs.checking import CODE
from procedures.sheet_words import PLACES

BLOCKING = drafting.BLOCKING | {"fee-dates"}
"""Rules whose findings are mistakes of the writing; what law and wording lack is told, and may wait."""


def _top(place: str) -> str:
    return place.partition(".")[0].partition("[")[0]


def open_draft(code: str) -> SheetDraft | None:
    """The draft that is open, if any."""
    found = SheetDraft.objects.filter(code=code, state=DraftState.OPEN)
    return found.select_related("base__procedure__field", "by").first()


def open_drafts() -> list[SheetDraft]:
    """Every open draft, the one that was changed last first."""
    return list(SheetDraft.objects.filter(state=DraftState.OPEN).order_by("-updated_at", "pk"))


def last_version(code: str) -> ProcedureVersion | None:
    """The newest version of a procedure, also one that waits for its day: what the next one follows."""
    found = ProcedureVersion.objects.filter(procedure__code=code).select_related("procedure__field")
    return found.order_by("-number").first()


@transaction.atomic
def begin(code: str, *, user: User) -> SheetDraft:
    """Begin a draft from the newest version, or return the open one. Raises NotFoundError."""
    procedure = Procedure.objects.select_for_update().filter(code=code).first()
    base = last_version(code)
    if procedure is None or base is None:
        raise NotFoundError
    return open_draft(code) or SheetDraft.objects.create(code=code, base=base, facts=facts.of(base), by=user)


def begin_new(code: str, written: Facts, *, user: User) -> SheetDraft:
    """Begin a procedure that is not in the catalogue yet. Raises InvalidInputError that names the field."""
    if not CODE.fullmatch(code):
        words = _("Mã thủ tục gồm một chữ số, dấu chấm và sáu chữ số, ví dụ 1.001193.")
        raise InvalidInputError(fields={"code": [words]})
    if Procedure.objects.filter(code=code).exists():  # one without a version was replaced, and stays closed
        raise InvalidInputError(fields={"code": [_("Danh mục đã có thủ tục mã này. Hãy sửa nội dung của thủ tục đó.")]})
    try:
        with transaction.atomic():
            return SheetDraft.objects.create(code=code, facts={**written, "code": code}, by=user)
    except IntegrityError:
        raise InvalidInputError(fields={"code": [_("Mã này đang có người soạn.")]}) from None


def _lock(code: str, seen: int) -> SheetDraft:
    found = SheetDraft.objects.select_for_update(of=("self",)).select_related("base__procedure__field", "by")
    draft = found.filter(code=code, state=DraftState.OPEN).first()
    if draft is None:
        raise NotFoundError
    check_seen(draft, seen)
    return draft


def check_seen(draft: SheetDraft, seen: int) -> None:
    """Whether an editor writes on what stands there. Raises ConflictError when somebody else wrote since."""
    if draft.revision != seen:
        raise ConflictError(
            _("%(who)s vừa sửa bản thảo này. Chưa ghi gì của bạn; hãy xem bản mới rồi làm lại.") % {"who": draft.by}
        )


@transaction.atomic
def save(code: str, written: Facts, *, seen: int, user: User) -> SheetDraft:
    """Keep what was written; cases may follow the promised time (sheet_times.following).

    Raises ConflictError when somebody else was faster.
    """
    draft = _lock(code, seen)
    return _keep(draft, user, facts=sheet_times.following(draft.facts, written), unfinished={})


@transaction.atomic
def save_unfinished(code: str, typed: dict[str, list[str]], *, seen: int, user: User) -> SheetDraft:
    """Keep what the page holds, by control, though it is no sheet yet: the next look at it goes on from there.

    It publishes nothing: what is published are facts, and they wait until the page is whole. Raises ConflictError.
    """
    return _keep(_lock(code, seen), user, unfinished=storable(typed))


def _keep(draft: SheetDraft, user: User, **kept: Any) -> SheetDraft:
    for name, value in {**kept, "by": user, "revision": draft.revision + 1}.items():
        setattr(draft, name, value)
    draft.save(update_fields=[*kept, "by", "revision", "updated_at"])
    return draft


@transaction.atomic
def discard(code: str, *, seen: int, user: User) -> None:
    """Close a draft without publishing it."""
    draft = _lock(code, seen)
    draft.state = DraftState.DISCARDED
    draft.save(update_fields=["state", "updated_at"])
    desk_log.discarded(draft, user=user)


@dataclass(slots=True)
class Look:
    """A draft as publishing sees it: what refuses it, what the linter says, all that changes."""

    problems: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    parts: list[comparison.Part] = field(default_factory=list)
    is_taken: bool = True
    """Whether some agency would get its dossiers."""

    @property
    def errors(self) -> list[Finding]:
        """Findings that block publishing."""
        return [finding for finding in self.findings if finding.rule in BLOCKING]

    @property
    def reminders(self) -> list[Finding]:
        """The other findings."""
        return [finding for finding in self.findings if finding.rule not in BLOCKING]


def is_changed(draft: SheetDraft) -> bool:
    """Whether anything in it differs from the version it began with."""
    return draft.base is None or bool(draft.unfinished) or draft.facts != facts.of(draft.base)


def look(draft: SheetDraft) -> Look:
    """Look a draft over. What it would change is found by publishing it and taking that back."""
    before = last_version(draft.code)
    stood = facts.of(before) if before else {}
    seen = Look(problems=_overtaken(draft, before))
    if draft.unfinished:
        seen.problems.append(_("Trang “Soạn nội dung” còn viết dở. Hãy điền nốt các chỗ được báo ở trang ấy rồi lưu."))
    try:
        pack = _pack(draft, before)
    except PackError as error:
        seen.parts = sheet_comparing.between(stood, draft.facts, asked=_asked(before))
        said, others = form_places.all_told(error, {**draft.facts, "form": before.form if before else {}})
        seen.problems += said
        if places := ", ".join(dict.fromkeys(str(PLACES.get(_top(place), place)) for place in others)):
            words = _("Chưa đủ hoặc chưa đúng: %(places)s. Hãy điền lại ở trang “Soạn nội dung” rồi lưu.")
            seen.problems.append(words % {"places": places})
        return seen
    form = read_form(pack.form) if pack.form else None
    seen.findings = [finding for finding in lint(subject_of(pack.data, form)) if not finding.waived]
    with transaction.atomic():
        made = catalogue.load_pack(pack, valid_from=_first_day(before)).version
        read = _renamed_field(before, pack) + comparison.of(before, made)
        seen.is_taken = competence.is_taken(made)
        transaction.set_rollback(True)
    beside = sheet_comparing.between(stood, draft.facts, beside_sheet=True, asked=_asked(before))
    seen.parts = sheet_comparing.merged(read + beside) or _unnamed(draft)
    return seen


def _asked(before: ProcedureVersion | None) -> dict[str, Field]:
    return fields_of(before.form) if before is not None and before.form else {}


def _unnamed(draft: SheetDraft) -> list[comparison.Part]:
    """What has no words here, such as spaces between words: at least where it is."""
    if draft.base is None or not is_changed(draft):
        return []
    named = sheet_comparing.differing(facts.of(draft.base), draft.facts)
    return [comparison.Part(_("Có thay đổi không viết ra được ở đây"), [], named)]


def _first_day(before: ProcedureVersion | None) -> date:
    today = timezone.localdate()
    return max(today, before.valid_from) if before else today


def _renamed_field(before: ProcedureVersion | None, pack: Pack) -> list[comparison.Part]:
    """The field of administration belongs to the procedure, so two versions cannot differ in it."""
    old, new = before.procedure.field.name if before else "", pack.data["field"]["name"]["vi"]
    return [comparison.Part(_("Lĩnh vực"), [old] if old else [], [new])] if old != new else []


def _overtaken(draft: SheetDraft, before: ProcedureVersion | None) -> list[str]:
    if (before.pk if before else None) == draft.base_id:
        return []
    if before is not None and draft.base is not None and facts.of(before) == facts.of(draft.base):
        return []  # only its form was published meanwhile: the draft goes with the new one
    return [_("Thủ tục đã có bản công bố mới từ khi bắt đầu bản thảo. Hãy bỏ bản thảo này và bắt đầu lại từ bản mới.")]


def _pack(draft: SheetDraft, before: ProcedureVersion | None) -> Pack:
    """The draft with the form of the version before it. Raises PackError."""
    form: dict[str, Any] = {"form": before.form} if before is not None and before.form else {}
    return read_pack({**draft.facts, **form})


@transaction.atomic
def publish(
    code: str, *, seen: int, valid_from: date, user: User, decision: Decision | None = None
) -> ProcedureVersion:
    """Publish the draft as the procedure's next version from a day on, or as its first.

    A procedure of the national catalogue becomes one of the portal's own: later imports keep its record beside it.
    ``decision``: under which it stands, what the draft says of it unless it is given.
    Raises ConflictError, InvalidInputError.
    """
    drafting.lock_procedure(code)
    draft = _lock(code, seen)
    before = last_version(code)
    if decision is not None:
        draft.facts = decision.put_into(draft.facts)
    drafting.check_day(valid_from, before)
    looked = look(draft)
    if looked.problems:
        raise InvalidInputError(" ".join(looked.problems))
    if looked.errors:
        raise InvalidInputError(_("Nội dung còn lỗi nên chưa công bố được. Hãy sửa các lỗi nêu dưới đây."))
    if not is_changed(draft):
        raise InvalidInputError(_("Bản thảo không khác bản đang công bố."))
    version = catalogue.load_pack(_pack(draft, before), valid_from=valid_from).version
    if before is None:
        _mark_of_its_province(version)
    if before is not None and before.origin == Origin.NATIONAL:
        kept = NationalRecord.objects.filter(procedure=version.procedure_id, record__isnull=True)
        kept.update(record=before.source_record)
    draft.state, draft.published = DraftState.PUBLISHED, version
    draft.save(update_fields=["facts", "state", "published", "updated_at"])
    desk_log.published(draft, version, user=user)
    return version


def _mark_of_its_province(version: ProcedureVersion) -> None:
    """What a province publishes is shown as that province's own, as in the national catalogue."""
    issuer = Agency.objects.filter(code=version.issuer_code, level=AgencyLevel.PROVINCE).select_related("unit").first()
    if issuer is not None and issuer.unit is not None:
        Procedure.objects.filter(pk=version.procedure_id).update(province_code=issuer.unit.code[:2])
