"""What applicants say the State has already (giấy tờ Nhà nước đã có): asked for again all the same."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossiers import Dossier


class HeldPaper(models.Model):
    """One paper that an applicant was asked for and that, as she says, the State has (báo Nhà nước đã có giấy)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="held_papers")
    component_code = models.CharField(_("mã thành phần"), max_length=60)
    name = models.TextField(_("tên"))
    is_supplement = models.BooleanField(_("khi bị yêu cầu bổ sung"))
    """Said on a request for a supplement; otherwise on the form."""
    words = models.CharField(_("cấp ở đâu, khi nào"), max_length=300, blank=True)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(_("báo lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("giấy tờ báo là Nhà nước đã có")
        verbose_name_plural = _("giấy tờ báo là Nhà nước đã có")
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "component_code", "is_supplement"], name="one_word_per_paper_and_occasion"
            )
        ]
        indexes = [models.Index(fields=["said_at"], name="held_paper_by_time")]

    def __str__(self) -> str:
        return self.name[:100]
