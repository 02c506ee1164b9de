"""What changed in the catalogue, in the order it became visible: what ``/api/v1/procedures/changes/`` reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeKind(models.TextChoices):
    """What happened to a procedure."""

    PUBLISHED = "published", _("Công bố")
    CLOSED = "closed", _("Ngừng nhận")
    REOPENED = "reopened", _("Nhận trở lại")
    CHANGED = "changed", _("Sửa thông tin chung")
    POLICY = "policy", _("Chính sách địa phương")


class CatalogueChange(models.Model):
    """One change of one procedure; its number only grows, and a smaller one never appears after a greater one.

    A deferred trigger on the procedures' table writes it at commit, whichever way the change came, and one after the
    other (migration ``0007_catalogue_changes``), so that a reader who has seen a number has seen all below it.
    """

    procedure_code = models.CharField(_("mã thủ tục"), max_length=20, db_index=True)
    kind = models.CharField(_("thay đổi"), max_length=10, choices=ChangeKind)
    changed_at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("thay đổi của danh mục")
        verbose_name_plural = _("thay đổi của danh mục")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.procedure_code} {self.kind}"
