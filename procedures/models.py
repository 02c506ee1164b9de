"""The catalogue: procedures and their dated versions (thủ tục hành chính, bản công bố). Public reference data only."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import AgencyLevel, Branch
from portal.core.durations import Duration, DurationUnit


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
    closed_reason = models.TextField(_("lý do ngừng nhận"), blank=True)
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


class ServiceLevel(models.TextChoices):
    """How far a procedure goes online – NĐ 224/2026/NĐ-CP art. 13–19."""

    FULL = "toan_trinh", _("Toàn trình")
    PARTIAL = "mot_phan", _("Một phần")
    NONE = "truc_tiep", _("Trực tiếp")


class Place(models.TextChoices):
    """Which agency of the right branch and level may receive (nơi tiếp nhận)."""

    RESIDENCE = "residence", _("Nơi cư trú")
    LOCATION = "location", _("Nơi có việc, có tài sản")
    ANY_IN_PROVINCE = "any_in_province", _("Nơi bất kỳ trong tỉnh")
    ANY = "any", _("Nơi bất kỳ trong cả nước")


class ProcedureVersionQuerySet(models.QuerySet["ProcedureVersion"]):
    """Reads over versions."""

    def valid_on(self, day: date) -> Self:
        """Versions in force on a day."""
        return self.filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class ProcedureVersion(models.Model):
    """What a procedure says from one day to another (bản công bố); a dossier keeps the version it was filed under."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("lần công bố"))
    valid_from = models.DateField(_("hiệu lực từ"))
    valid_to = models.DateField(_("hiệu lực đến"), null=True, blank=True)
    content_sha256 = models.CharField(max_length=64)
    name = models.TextField(_("tên"))
    short_name = models.CharField(_("tên ngắn"), max_length=250, blank=True)
    name_en = models.TextField(_("tên tiếng Anh"), blank=True)
    short_name_en = models.CharField(_("tên ngắn tiếng Anh"), max_length=250, blank=True)
    issuer_code = models.CharField(_("mã cơ quan công bố"), max_length=35)
    issuer_name = models.CharField(_("cơ quan công bố"), max_length=300)
    decision_number = models.CharField(_("số quyết định"), max_length=60, blank=True)
    decision_on = models.DateField(_("ngày quyết định"), null=True, blank=True)
    service_level = models.CharField(_("mức độ trực tuyến"), max_length=10, choices=ServiceLevel)
    service_level_reason = models.TextField(_("lý do chưa toàn trình"), blank=True)
    competent_level = models.CharField(_("cấp giải quyết"), max_length=10, choices=AgencyLevel)
    competent_branch = models.CharField(_("ngành giải quyết"), max_length=20, choices=Branch)
    competent_place = models.CharField(_("nơi tiếp nhận"), max_length=16, choices=Place)
    processing_value = models.PositiveIntegerField(_("thời hạn"), null=True, blank=True)
    processing_unit = models.CharField(_("đơn vị thời hạn"), max_length=20, blank=True)
    """A value of portal.core.durations.DurationUnit; value and unit are both empty where the law sets no time."""
    intake_cutoff = models.TimeField(_("giờ chốt tiếp nhận"), null=True, blank=True)
    supplement_rule = models.CharField(_("khi bổ sung"), max_length=12, default="restart")
    supplement_days = models.PositiveSmallIntegerField(_("hạn bổ sung (ngày làm việc)"), default=15)
    sheet = models.JSONField(_("nội dung công bố"), default=dict)
    """Everything the sheet shows beside the columns and rows here; keys in procedures.sheets."""
    form = models.JSONField(_("biểu mẫu điện tử"), default=dict)
    """Pages, fields and value lists (docs/procedure-pack.md), groups expanded; empty = the generic form."""
    source_record = models.JSONField(_("bản ghi gốc"), null=True, blank=True)
    search_text = models.TextField(editable=False, default="")
    search_vector = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản công bố thủ tục")
        verbose_name_plural = _("bản công bố thủ tục")
        ordering = ["procedure", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="version_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(processing_value__isnull=True, processing_unit="")
                | (Q(processing_value__isnull=False, processing_value__gte=1) & ~Q(processing_unit="")),
                name="processing_time_has_a_unit",
            ),
        ]
        indexes = [
            GinIndex(fields=["search_vector"], name="version_search"),
            GinIndex(
                fields=["search_text"],
                opclasses=["gin_trgm_ops"],
                name="version_search_trigrams",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def processing_time(self) -> Duration | None:
        """The processing time (thời hạn giải quyết), or None where the law sets none."""
        if self.processing_value is None:
            return None
        return Duration(self.processing_value, DurationUnit(self.processing_unit))


class ComponentKind(models.TextChoices):
    """What a component of the dossier is (loại thành phần hồ sơ)."""

    EFORM = "eform", _("Biểu mẫu điện tử")
    DOCUMENT = "document", _("Giấy tờ")
    PRESENT_ONLY = "present_only", _("Chỉ xuất trình")
    CO_SIGNATURE = "co_signature", _("Xác nhận của người khác")
    PHOTO = "photo", _("Ảnh")
    DATA = "data", _("Dữ liệu")


class Component(models.Model):
    """A component of the dossier (thành phần hồ sơ) as one version asks for it."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="components")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(_("mã trong thủ tục"), max_length=60)
    """Its key in the pack: stable from version to version, what a dossier refers to."""
    national_code = models.CharField(_("mã thành phần quốc gia"), max_length=60, blank=True)
    name = models.TextField(_("tên"))
    name_en = models.TextField(_("tên tiếng Anh"), blank=True)
    kind = models.CharField(_("loại"), max_length=12, choices=ComponentKind)
    originals = models.PositiveSmallIntegerField(_("bản chính"), default=0)
    copies = models.PositiveSmallIntegerField(_("bản sao"), default=0)
    channels = ArrayField(
        models.CharField(max_length=10),
        verbose_name=_("kênh"),
        default=list,
        blank=True,
    )
    """Channels that ask for it; empty means every channel."""
    is_required = models.BooleanField(_("bắt buộc khi nộp trực tuyến"), default=False)
    when_text = models.TextField(_("khi nào"), blank=True)
    when_text_en = models.TextField(_("khi nào (tiếng Anh)"), blank=True)
    condition = models.JSONField(_("điều kiện"), null=True, blank=True)
    document_types = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("loại giấy tờ đáp ứng"),
        default=list,
        blank=True,
    )
    reuse_from = ArrayField(
        models.CharField(max_length=60), verbose_name=_("nguồn dữ liệu thay thế"), default=list, blank=True
    )
    note = models.TextField(_("ghi chú"), blank=True)
    note_en = models.TextField(_("ghi chú tiếng Anh"), blank=True)

    class Meta:
        verbose_name = _("thành phần hồ sơ")
        verbose_name_plural = _("thành phần hồ sơ")
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_component_per_code")]

    def __str__(self) -> str:
        return self.name


class FeeKind(models.TextChoices):
    """Kind of money: different accounts, receipts and refund rules (phí, lệ phí, giá, nghĩa vụ tài chính)."""

    CHARGE = "phi", _("Phí")
    FEE = "le_phi", _("Lệ phí")
    PRICE = "gia", _("Giá dịch vụ")
    OBLIGATION = "nghia_vu", _("Nghĩa vụ tài chính")


class FeeRule(models.Model):
    """One layer of what a procedure costs (phí, lệ phí): base amount or dated reduction; the lowest applicable wins."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="fees")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(_("mã quy tắc"), max_length=60)
    charge = models.CharField(_("khoản thu"), max_length=60)
    """Rules of one charge compete; different charges add up."""
    kind = models.CharField(_("loại"), max_length=10, choices=FeeKind)
    name = models.TextField(_("tên"))
    name_en = models.TextField(_("tên tiếng Anh"), blank=True)
    amount_vnd = models.PositiveBigIntegerField(_("số tiền (đồng)"), null=True, blank=True)
    """None: the published text did not parse or the province decides; never read as free."""
    foreign_amount = models.CharField(_("số tiền ngoại tệ"), max_length=30, blank=True)
    """Amount and currency for missions abroad, such as "10 USD"; shown, never charged here."""
    channel = models.CharField(_("kênh"), max_length=10, default="all")
    unit = models.CharField(_("đơn vị tính"), max_length=100, blank=True)
    unit_en = models.CharField(_("đơn vị tính (tiếng Anh)"), max_length=100, blank=True)
    quantity_field = models.CharField(_("trường số lượng"), max_length=50, blank=True)
    is_default = models.BooleanField(_("áp dụng cho hồ sơ thông thường"), default=False)
    condition = models.JSONField(_("điều kiện"), null=True, blank=True)
    when_text = models.TextField(_("khi nào"), blank=True)
    when_text_en = models.TextField(_("khi nào (tiếng Anh)"), blank=True)
    provinces = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("tỉnh, thành phố"),
        default=list,
        blank=True,
    )
    """Province codes; empty means the whole country."""
    decided_by = models.CharField(_("thẩm quyền quy định"), max_length=60, blank=True)
    legal_basis = models.CharField(_("căn cứ"), max_length=200, blank=True)
    payable_on = models.CharField(_("thời điểm nộp"), max_length=12, default="filing")
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)

    class Meta:
        verbose_name = _("phí, lệ phí")
        verbose_name_plural = _("phí, lệ phí")
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="one_fee_rule_per_key")]

    def __str__(self) -> str:
        return self.name


class ResultKind(models.TextChoices):
    """What a result is (loại kết quả giải quyết)."""

    DOCUMENT = "document", _("Giấy tờ")
    DATABASE_UPDATE = "database_update", _("Cập nhật cơ sở dữ liệu")
    NOTICE = "notice", _("Thông báo")
    REFUSAL = "refusal", _("Văn bản từ chối")
    MONEY = "money", _("Tiền")
    NONE = "none", _("Không có giấy tờ")


class ResultType(models.Model):
    """What a version yields (kết quả giải quyết) and the document type it becomes in the store."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="results")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(_("mã trong thủ tục"), max_length=60)
    name = models.TextField(_("tên"))
    name_en = models.TextField(_("tên tiếng Anh"), blank=True)
    kind = models.CharField(_("loại"), max_length=16, choices=ResultKind, default=ResultKind.DOCUMENT)
    document_type = models.CharField(_("loại giấy tờ trong kho"), max_length=60, blank=True)
    is_default = models.BooleanField(_("cấp khi được duyệt"), default=False)

    class Meta:
        verbose_name = _("kết quả giải quyết")
        verbose_name_plural = _("kết quả giải quyết")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="one_result_per_code"),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(is_default=True),
                name="one_default_result",
            ),
        ]

    def __str__(self) -> str:
        return self.name
