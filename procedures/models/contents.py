"""What a version asks for, costs and yields (thành phần hồ sơ, phí và lệ phí, kết quả giải quyết)."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from procedures.models.versions import ProcedureVersion


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
    least_trust = models.CharField(_("mức tin cậy ít nhất"), max_length=1, blank=True, default="", db_default="")
    """Below which a paper of the store does not stand in: A to C of datastore's TrustLevel; empty means any."""
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
    """One layer of what a procedure costs in the whole country (phí, lệ phí): base amount or dated reduction.

    The lowest applicable wins; what one province decides is a ``LocalPolicy``.
    """

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

    def is_in_force(self, on: date) -> bool:
        """Whether a day lies within its dates."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def is_of(self, channel: str) -> bool:
        """Whether it is for a way of filing, ``online`` or ``direct``."""
        return self.channel in {"all", channel}


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
