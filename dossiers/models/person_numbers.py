"""The personal number that comes with a registration (số định danh cá nhân cấp khi đăng ký khai sinh)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossiers import Dossier
from portal.core.encryption import EncryptedTextField
from portal.core.work import QueuedWork, WorkQuerySet


class PersonNumber(QueuedWork):
    """A number to get from the population database for whom a dossier registers; asked for once, kept encrypted."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="person_number")
    number = EncryptedTextField(_("số định danh cá nhân"), blank=True, default="")

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("số định danh cấp khi đăng ký")
        verbose_name_plural = _("số định danh cấp khi đăng ký")
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="person_number_due", condition=Q(work_state="pending"))
        ]

    def __str__(self) -> str:
        return str(self.dossier)
