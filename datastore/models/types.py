"""Kinds of paper by their code (loại giấy tờ)."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentGroup(models.TextChoices):
    """Where papers of a type come from."""

    RESULT = "result", _("Kết quả giải quyết")
    LETTER = "letter", _("Văn bản của hồ sơ")
    UPLOAD = "upload", _("Giấy tờ của người nộp")


class DocumentType(models.Model):
    """A kind of paper by its national or own code (loại giấy tờ)."""

    code = models.CharField(_("mã"), max_length=60, unique=True)
    name = models.CharField(_("tên"), max_length=400)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=400, blank=True)
    group = models.CharField(_("nhóm"), max_length=6, choices=DocumentGroup, default=DocumentGroup.RESULT)
    validity_months = models.PositiveSmallIntegerField(_("thời hạn (tháng)"), null=True, blank=True)
    is_reusable = models.BooleanField(_("dùng lại được"), default=True)
    is_identity_paper = models.BooleanField(_("giấy tờ tùy thân"), default=False)

    most_megabytes = models.PositiveSmallIntegerField(
        _("cỡ tệp nhiều nhất (MB)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    most_pages = models.PositiveSmallIntegerField(
        _("số trang nhiều nhất"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    """Of a file that its owner uploads; empty where the limits of every file hold (datastore.intake.Limits)."""

    replaces_earlier = models.JSONField(_("giấy mới thay giấy cũ"), blank=True, default=dict, db_default={})
    """Where a new paper of one person takes the place of the earlier ones: {legal: the act that says so, unless:
    [answers that make it a paper of its own], compare: [answers that two in force may not say differently],
    asked: the answer that says whether there is an earlier one}; else empty."""

    class Meta:
        verbose_name = _("loại giấy tờ")
        verbose_name_plural = _("loại giấy tờ")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
