"""Where a dossier stands among the stages of its agency's internal process (bước đang làm), kept beside the events."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossiers import Dossier
from portal.agencies.models import InternalProcess


class DossierStage(models.Model):
    """The stages that held when the work on a dossier began, and which one it is in; without a row it has none.

    The events say the same (dossiers.stages.folded); the row answers what queues and the watch ask of many dossiers.
    """

    dossier = models.OneToOneField(Dossier, models.CASCADE, primary_key=True, related_name="stage")
    process = models.ForeignKey(InternalProcess, models.PROTECT, related_name="+")
    stages = models.JSONField(_("các bước"))
    """As they were then; portal.agencies.processes.Stage reads them."""
    position = models.PositiveSmallIntegerField(_("bước thứ"), default=0)
    """Counted from 0; as many as there are stages: all are done."""
    name = models.CharField(_("bước đang làm"), max_length=60, blank=True)
    role = models.CharField(_("người làm bước"), max_length=15, blank=True, default="", db_default="")
    """Whose stage it is, a value of StageRole; empty where anybody's, and where all are done."""
    entered_at = models.DateTimeField(_("vào bước lúc"))
    due_at = models.DateTimeField(_("hạn của bước"), null=True, blank=True)
    """The earliest end of the stage: while the clock stands still it moves on (dossiers.step_limits)."""

    class Meta:
        verbose_name = _("bước đang làm")
        verbose_name_plural = _("bước đang làm")
        constraints = [
            models.CheckConstraint(condition=Q(due_at__isnull=True) | ~Q(name=""), name="limit_is_of_a_stage"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_at__gte=F("entered_at")), name="stage_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(fields=["name", "dossier"], name="dossier_in_stage", condition=~Q(name="")),
            models.Index(fields=["dossier", "role"], name="stage_of_role", condition=~Q(name="")),
            models.Index(fields=["due_at"], name="stage_with_limit", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.name}"
