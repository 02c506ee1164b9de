"""What an official found when she looked at a paper of a dossier."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.components import DossierComponent


class Verdict(models.TextChoices):
    """What an official says of a paper."""

    OK = "ok", _("Đạt")
    WRONG = "wrong", _("Chưa đạt")


class ComponentCheck(models.Model):
    """The mark on one paper (đánh dấu kiểm tra giấy tờ): the last one of whoever looked; only officials read it.

    It decides nothing: what the applicant has to mend is told by a supplement request, whose form begins with it.
    """

    component = models.OneToOneField(DossierComponent, models.CASCADE, related_name="check_mark")
    verdict = models.CharField(_("kết luận"), max_length=5, choices=Verdict)
    words = models.CharField(_("sai hoặc thiếu gì"), max_length=1000, blank=True)
    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    official_name = models.CharField(_("người xem"), max_length=200)
    """Name and title as they were."""
    checked_at = models.DateTimeField(_("xem lúc"))
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("đánh dấu giấy tờ")
        verbose_name_plural = _("đánh dấu giấy tờ")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict=Verdict.OK) | (Q(verdict=Verdict.WRONG) & ~Q(words="")),
                name="check_says_what_is_wrong",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.component}"

    @property
    def seen(self) -> str:
        """What a page carries that shows it, so that a colleague's later mark is not overwritten unread."""
        return f"{self.pk}.{self.revision}"
