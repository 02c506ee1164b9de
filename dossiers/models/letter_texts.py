"""What an agency adds to its letters (lời riêng trên văn bản), as versions that hold from a day on."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models.work import LetterKind
from portal.agencies.models import Agency

MAX_LENGTH = 1500


class LetterText(models.Model):
    """An agency's own words on one kind of letter, its agencies below included; each version holds from its day on.

    They stand beside what the form says, which no agency changes here.
    """

    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="letter_texts", verbose_name=_("cơ quan")
    )
    """None means the whole country."""
    kind = models.CharField(_("văn bản"), max_length=2, choices=LetterKind)
    opening = models.TextField(
        _("lời mở đầu"), max_length=MAX_LENGTH, blank=True, help_text=_("Đứng sau phần thông tin của hồ sơ.")
    )
    closing = models.TextField(
        _("lời kết"),
        max_length=MAX_LENGTH,
        blank=True,
        help_text=_("Đứng cuối văn bản, ví dụ giờ làm việc, số điện thoại. Để trống cả hai là bỏ lời riêng."),
    )
    valid_from = models.DateField(
        _("áp dụng từ"),
        default=timezone.localdate,
        help_text=_("Từ ngày này bản này không sửa được nữa; muốn đổi thì thêm bản mới."),
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lời riêng trên văn bản")
        verbose_name_plural = _("lời riêng trên văn bản")
        ordering = ["kind", "-valid_from", "-id"]
        indexes = [models.Index(fields=["kind", "agency", "valid_from"], name="letter_text_in_force")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.valid_from:%d/%m/%Y})"

    @property
    def has_begun(self) -> bool:
        """Whether letters may carry it already."""
        return self.valid_from <= timezone.localdate()
