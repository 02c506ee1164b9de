"""What people say of the service (đánh giá mức độ hài lòng)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier

LEAST_RATINGS_TOLD = 5
"""Ratings of an agency from which on they are told: of fewer, who works there knows whose they are."""


class Satisfaction(models.IntegerChoices):
    """The three answers of the national survey; the lowest needs a reason."""

    VERY_SATISFIED = 3, _("Rất hài lòng")
    SATISFIED = 2, _("Hài lòng")
    DISSATISFIED = 1, _("Không hài lòng")


class Rating(models.Model):
    """One rating of one finished dossier by the person who filed it."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="rating")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="ratings")
    satisfaction = models.PositiveSmallIntegerField(_("mức độ hài lòng"), choices=Satisfaction)
    reason = models.TextField(_("lý do"), blank=True)
    created_at = models.DateTimeField(_("đánh giá lúc"), default=timezone.now)
    changed_at = models.DateTimeField(_("sửa lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("đánh giá")
        verbose_name_plural = _("đánh giá")
        constraints = [
            models.CheckConstraint(condition=Q(satisfaction__in=[1, 2, 3]), name="satisfaction_is_an_answer"),
            models.CheckConstraint(condition=~Q(satisfaction=1) | ~Q(reason=""), name="dissatisfaction_has_reason"),
        ]

    def __str__(self) -> str:
        return self.get_satisfaction_display()
