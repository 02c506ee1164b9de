"""Consents as records (sự đồng ý của chủ thể dữ liệu) – Luật 91/2025/QH15."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.reuses import Reuse
from datastore.models.shares import Share


class ConsentKind(models.TextChoices):
    """What a person agreed to."""

    REUSE = "reuse", _("Dùng lại giấy tờ trong kho cho một hồ sơ")
    SHARE = "share", _("Chia sẻ giấy tờ bằng liên kết")


class Consent(models.Model):
    """One consent: for what, how far, on which law, from when to when; withdrawing it is a time, not a deletion."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="consents")
    kind = models.CharField(_("loại"), max_length=5, choices=ConsentKind)
    purpose = models.CharField(_("mục đích"), max_length=300)
    scope = models.CharField(_("phạm vi"), max_length=500)
    """The papers it is about, by the names they had."""
    legal_basis = models.CharField(_("căn cứ"), max_length=200)
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, blank=True)
    share = models.OneToOneField(Share, models.PROTECT, null=True, blank=True, related_name="consent")
    reuse = models.OneToOneField(Reuse, models.PROTECT, null=True, blank=True, related_name="consent")
    given_at = models.DateTimeField(_("đồng ý lúc"), default=timezone.now)
    expires_at = models.DateTimeField(_("hết hạn lúc"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("rút lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("sự đồng ý")
        verbose_name_plural = _("sự đồng ý")
        indexes = [models.Index(fields=["owner", "-id"], name="consent_of_owner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="share", share__isnull=False, reuse__isnull=True)
                | Q(kind="reuse", reuse__isnull=False, share__isnull=True),
                name="consent_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_is_withdrawn_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.scope}"

    @property
    def shown_scope(self) -> str:
        """The scope in the reader's language, as long as the paper is called what it was."""
        about = self.share or self.reuse
        return about.document.shown_title if about and about.document.title == self.scope else self.scope
