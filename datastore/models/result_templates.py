"""Result templates (mẫu kết quả): the words and layout of a paper, as versions that are published from a day on."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TemplateState(models.TextChoices):
    """State of one version of a template."""

    DRAFT = "draft", _("Bản thảo")
    PUBLISHED = "published", _("Đã công bố")
    DISCARDED = "discarded", _("Đã bỏ")


class ResultTemplate(models.Model):
    """The paper for a kind of result (mẫu kết quả), of every procedure that yields it, or of one."""

    document_type = models.CharField(_("loại giấy tờ"), max_length=60)
    procedure_code = models.CharField(_("riêng cho thủ tục"), max_length=20, blank=True)
    """Empty: for every procedure that yields this kind."""
    name = models.CharField(_("tên"), max_length=300)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("mẫu kết quả")
        verbose_name_plural = _("mẫu kết quả")
        ordering = ["name", "procedure_code"]
        constraints = [
            models.UniqueConstraint(fields=["document_type", "procedure_code"], name="one_template_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.procedure_code}".strip()


class TemplateVersionQuerySet(models.QuerySet["ResultTemplateVersion"]):
    """Reads over versions."""

    def in_force(self, day: date) -> Self:
        """Of each template the version that holds on a day: the one that began last."""
        begun = self.filter(state=TemplateState.PUBLISHED, valid_from__lte=day)
        order = [F("valid_from").desc(), F("number").desc()]
        latest = begun.annotate(place=Window(RowNumber(), partition_by=F("template_id"), order_by=order)).filter(
            place=1
        )
        return self.filter(pk__in=[version.pk for version in latest])


class ResultTemplateVersion(models.Model):
    """One version; the database refuses to change what was published, since papers were issued by it."""

    template = models.ForeignKey(ResultTemplate, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("lần"))
    state = models.CharField(_("tình trạng"), max_length=9, choices=TemplateState, default=TemplateState.DRAFT)
    body = models.TextField(_("nội dung mẫu"))
    """In the language of datastore/results/paper_language.py."""
    revision = models.PositiveIntegerField(default=1)
    """How often the draft was saved: an editor names the one she saw."""
    valid_from = models.DateField(_("áp dụng từ"), null=True, blank=True)
    published_at = models.DateTimeField(_("công bố lúc"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản của mẫu kết quả")
        verbose_name_plural = _("bản của mẫu kết quả")
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_template_version_per_number"),
            models.UniqueConstraint(fields=["template"], condition=Q(state="draft"), name="one_template_draft"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(valid_from__isnull=False, published_at__isnull=False),
                name="published_template_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.number})"


class ResultTemplateChange(models.Model):
    """Who changed what of a template, and when (nhật ký sửa mẫu)."""

    version = models.ForeignKey(ResultTemplateVersion, models.PROTECT, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """Nobody: the portal's own reference files."""
    words = models.CharField(_("việc đã làm"), max_length=300)
    body = models.TextField(blank=True)
    """The text after the change."""

    class Meta:
        verbose_name = _("lần sửa mẫu kết quả")
        verbose_name_plural = _("lần sửa mẫu kết quả")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.words
