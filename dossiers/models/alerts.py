"""Warnings about deadlines (cảnh báo thời hạn), as rows that keep them from being given twice."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossiers import Dossier


class Alert(models.Model):
    """A warning that was given about a deadline (cảnh báo thời hạn); its row keeps it from being given twice."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="alerts")
    rule = models.CharField(_("quy tắc"), max_length=20)
    """A name of dossiers.watch_rules.RULES."""
    limit_at = models.DateTimeField(_("thời hạn"))
    """What tells one deadline from another: the limit, or what the rule says instead (Rule.key)."""
    raised_at = models.DateTimeField(_("cảnh báo lúc"))

    class Meta:
        verbose_name = _("cảnh báo thời hạn")
        verbose_name_plural = _("cảnh báo thời hạn")
        ordering = ["dossier", "raised_at"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "rule", "limit_at"], name="one_alert_per_rule_and_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.dossier}"
