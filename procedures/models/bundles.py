"""Linked procedures (thủ tục liên thông): one declaration that becomes dossiers of several procedures."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.models.catalogue import Procedure


class Bundle(models.Model):
    """How a linked procedure is split (NĐ 63/2024/NĐ-CP): its dossiers, what each needs, where its answers come from.

    Its form and papers are those of the procedure; `procedures.bundles` reads the definition.
    """

    procedure = models.OneToOneField(Procedure, models.CASCADE, related_name="bundle", verbose_name=_("thủ tục"))
    definition = models.JSONField(_("cách tách hồ sơ"))
    """{nodes: […], not_filed: […]} as in procedures/reference/bundles.yaml."""
    is_open = models.BooleanField(_("đang tách hồ sơ"), default=True)
    """Off: the procedure is filed as one dossier."""
    closed_reason = models.TextField(_("lý do ngừng tách hồ sơ"), blank=True, default="", db_default="")
    """Why an official switched it off; empty while it splits."""
    updated_at = models.DateTimeField(_("sửa lúc"), auto_now=True)

    class Meta:
        verbose_name = _("thủ tục liên thông")
        verbose_name_plural = _("thủ tục liên thông")
        ordering = ["procedure__code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_open=True, closed_reason="") | models.Q(is_open=False),
                name="open_bundle_has_no_reason",
            )
        ]

    def __str__(self) -> str:
        return self.procedure.code
