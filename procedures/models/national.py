"""What the national catalogue last said of each procedure: how an import knows new, changed and vanished."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NationalRecord(models.Model):
    """The record of one procedure as the national catalogue sent it last (bản ghi cơ sở dữ liệu quốc gia về TTHC)."""

    procedure = models.OneToOneField("procedures.Procedure", models.CASCADE, related_name="national_record")
    content_sha256 = models.CharField(max_length=64)
    """Of the record and of the edition of the rules that read it: either may change what follows from it."""
    record = models.JSONField(_("bản ghi gốc"), null=True, blank=True)
    """Kept here where a pack of our own is published instead; otherwise the version made from it carries it."""
    as_came = models.TextField(_("bản ghi như lúc đến"), null=True, blank=True)  # noqa: DJ001 - none: the same
    """Its JSON to the letter, where the record kept is not the same: composed, or without what rows refuse."""
    seen = models.JSONField(_("bản ghi như lần xem trước"), null=True, blank=True)
    """What it said when officials last knew it, while it says something else now and the portal's own version stays."""
    changed_at = models.DateTimeField(_("đổi lúc"), null=True, blank=True)
    """When it last changed beside the portal's own version; empty once an official has seen it."""
    imported_at = models.DateTimeField(_("nhập lúc"))

    class Meta:
        verbose_name = _("bản ghi quốc gia")
        verbose_name_plural = _("bản ghi quốc gia")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seen__isnull=True, changed_at__isnull=True)
                | models.Q(seen__isnull=False, changed_at__isnull=False, record__isnull=False),
                name="changed_record_has_what_was_seen",
            ),
        ]

    def __str__(self) -> str:
        return str(self.procedure)
