"""Procedures by code, in fields and life events (thủ tục hành chính, lĩnh vực, sự kiện trong đời)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Field(models.Model):
    """A field of administration (lĩnh vực)."""

    code = models.CharField(_("mã"), max_length=60, unique=True)
    name = models.CharField(_("tên"), max_length=250)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("lĩnh vực")
        verbose_name_plural = _("lĩnh vực")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LifeEvent(models.Model):
    """A life event as a way into the catalogue (sự kiện trong đời)."""

    slug = models.SlugField(unique=True)
    name = models.CharField(_("tên"), max_length=100)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=100, blank=True)
    description = models.CharField(_("mô tả"), max_length=200, blank=True)
    description_en = models.CharField(_("mô tả tiếng Anh"), max_length=200, blank=True)
    icon = models.CharField(_("biểu tượng"), max_length=40)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)
    audience = ArrayField(
        models.CharField(max_length=12), verbose_name=_("dành cho"), default=list, db_default=[], blank=True
    )
    """Values of Audience; both entrances may lead to an event."""
    first = models.CharField(_("làm gì trước"), max_length=300, blank=True, db_default="")
    first_en = models.CharField(_("làm gì trước (tiếng Anh)"), max_length=300, blank=True, db_default="")
    steps = models.JSONField(_("các bước"), default=list, db_default=[], blank=True)
    """[{title: {vi, en}, procedures: [codes]}] in the order of life."""

    class Meta:
        verbose_name = _("sự kiện trong đời")
        verbose_name_plural = _("sự kiện trong đời")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Procedure(models.Model):
    """A procedure by its national code (mã thủ tục, e.g. 1.001193); what it says is in its versions."""

    code = models.CharField(_("mã thủ tục"), max_length=20, unique=True)
    field = models.ForeignKey(Field, models.PROTECT, related_name="procedures", verbose_name=_("lĩnh vực"))
    life_events = models.ManyToManyField(LifeEvent, related_name="procedures", blank=True)
    is_open = models.BooleanField(_("đang nhận hồ sơ"), default=True)
    is_internal = models.BooleanField(_("nội bộ giữa các cơ quan"), default=False, db_default=False)
    """Between agencies only (STANDARD_INTERNAL): not offered to citizens – NĐ 63/2010/NĐ-CP leaves these out."""
    province_code = models.CharField(_("tỉnh công bố riêng"), max_length=2, blank=True, db_default="")
    """Where one province published a procedure of its own (SPECIFIC); empty for the whole country."""
    closed_reason = models.TextField(_("lý do ngừng nhận"), blank=True)
    is_closed_by_hand = models.BooleanField(_("do cán bộ ngừng"), default=False, db_default=False)
    """An official closed it in the back office: an import of the national catalogue leaves it closed."""
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    featured_rank = models.PositiveSmallIntegerField(_("thứ tự nổi bật"), null=True, blank=True)
    current = models.OneToOneField(
        "ProcedureVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="current_of",
    )

    class Meta:
        verbose_name = _("thủ tục")
        verbose_name_plural = _("thủ tục")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def takes_dossiers(self) -> bool:
        """Whether citizens and organisations may file it now; what is done between agencies is never filed here."""
        return self.is_open and not self.is_internal
