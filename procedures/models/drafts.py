"""Drafts of a procedure in the back office: of its form, every change of which can be undone, and of its sheet."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from procedures.models.catalogue import Procedure
from procedures.models.versions import ProcedureVersion


class DraftState(models.TextChoices):
    """Where a draft stands."""

    OPEN = "open", _("Đang soạn")
    PUBLISHED = "published", _("Đã công bố")
    DISCARDED = "discarded", _("Đã bỏ")


class FormDraft(models.Model):
    """The next version of a procedure's form while it is being edited; one open draft a procedure."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="form_drafts")
    base = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="drafts_from")
    """The version that the editing began from."""
    state = models.CharField(_("trạng thái"), max_length=10, choices=DraftState, default=DraftState.OPEN)
    form = models.JSONField(_("biểu mẫu điện tử"))
    revision = models.PositiveIntegerField(_("lần sửa"), default=1)
    """Rises with every change; who saves must have seen the last one."""
    published = models.ForeignKey(
        ProcedureVersion, models.PROTECT, null=True, blank=True, related_name="published_drafts"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("bản thảo biểu mẫu")
        verbose_name_plural = _("bản thảo biểu mẫu")
        constraints = [
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(state="open"), name="one_open_draft_per_procedure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.procedure.code} · {self.revision}"


class FormRevision(models.Model):
    """The draft's form after one change: who, when, what in words."""

    draft = models.ForeignKey(FormDraft, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("lần sửa"))
    form = models.JSONField(_("biểu mẫu điện tử"))
    change = models.CharField(_("đã sửa gì"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("lần sửa biểu mẫu")
        verbose_name_plural = _("lần sửa biểu mẫu")
        ordering = ["draft", "-number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="one_revision_per_number")]

    def __str__(self) -> str:
        return self.change


class SheetDraft(models.Model):
    """The next version of what a procedure's sheet says (bản thảo nội dung), or the first of a new procedure.

    It holds a pack without its form (docs/procedure-pack.md), of the origin ``desk``; one open draft a procedure.
    """

    code = models.CharField(_("mã thủ tục"), max_length=20)
    base = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, blank=True, related_name="sheet_drafts_from")
    """The version that the writing began from; None for a procedure that is new."""
    state = models.CharField(_("trạng thái"), max_length=10, choices=DraftState, default=DraftState.OPEN)
    facts = models.JSONField(_("nội dung công bố"))
    unfinished = models.JSONField(_("trang đang viết dở"), default=dict, db_default={}, blank=True)
    """What the page held, by control, when it was saved before it was whole; ``facts`` are those of before."""
    revision = models.PositiveIntegerField(_("lần sửa"), default=1)
    """Rises with every change; who saves must have seen the last one."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người sửa"))
    published = models.ForeignKey(
        ProcedureVersion, models.PROTECT, null=True, blank=True, related_name="published_sheets"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("bản thảo nội dung thủ tục")
        verbose_name_plural = _("bản thảo nội dung thủ tục")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(state="open"), name="one_open_sheet_per_procedure")
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.revision}"
