"""What citizen and official write to each other about a dossier (trao đổi), and what officials note for themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers.models.dossiers import Dossier
from portal.agencies.models import Agency


class Side(models.TextChoices):
    """Who wrote a message."""

    APPLICANT = "applicant", _("Người nộp hồ sơ")
    AGENCY = "agency", _("Cơ quan giải quyết")


class DossierMessage(models.Model):
    """One message about a dossier (tin nhắn); it decides nothing: what has legal effect is a letter."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="messages")
    side = models.CharField(_("bên gửi"), max_length=9, choices=Side)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_name = models.CharField(_("người gửi"), max_length=200, blank=True)
    """The official's name and title as they were; empty for the citizen herself."""
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    """For which agency the official wrote."""
    text = models.TextField(_("nội dung"), blank=True)
    sent_at = models.DateTimeField(_("gửi lúc"), default=timezone.now)
    read_at = models.DateTimeField(_("bên kia đọc lúc"), null=True, blank=True)
    form_token = models.CharField(max_length=40)
    """Of the form it was sent with: the second press of a button sends nothing again."""

    class Meta:
        verbose_name = _("tin nhắn về hồ sơ")
        verbose_name_plural = _("tin nhắn về hồ sơ")
        ordering = ["dossier", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "author", "form_token"], name="one_message_per_form"),
        ]
        indexes = [
            models.Index(fields=["dossier"], name="message_unread_by_side", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}, {self.dossier_id}"


class MessageFile(models.Model):
    """A file that came with a message: a reference to the store and its frozen digests."""

    message = models.ForeignKey(DossierMessage, models.CASCADE, related_name="files")
    document = models.ForeignKey(Document, models.PROTECT, related_name="sent_with")
    digests = models.JSONField(default=list)
    """As DossierComponent.files."""

    class Meta:
        verbose_name = _("tệp của tin nhắn")
        verbose_name_plural = _("tệp của tin nhắn")
        constraints = [models.UniqueConstraint(fields=["message", "document"], name="one_document_per_message")]

    def __str__(self) -> str:
        return str(self.document_id)


class InternalNote(models.Model):
    """What officials note among themselves (ghi chú nội bộ): a table of its own, which no citizen's page reads."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="internal_notes")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    """The agency that decided when it was written: where the dossier goes on to, the note does not."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_name = models.CharField(_("người ghi"), max_length=200)
    text = models.TextField(_("nội dung"))
    written_at = models.DateTimeField(_("ghi lúc"), default=timezone.now)
    form_token = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("ghi chú nội bộ")
        verbose_name_plural = _("ghi chú nội bộ")
        ordering = ["dossier", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "author", "form_token"], name="one_note_per_form"),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}, {self.dossier_id}"


class MessageTemplate(models.Model):
    """Words an agency often writes (mẫu tin nhắn); used by it and by the agencies below it."""

    agency = models.ForeignKey(
        Agency, models.CASCADE, null=True, blank=True, related_name="message_templates", verbose_name=_("cơ quan")
    )
    """None means the whole country."""
    title = models.CharField(_("tên mẫu"), max_length=100)
    text = models.TextField(
        _("nội dung"),
        max_length=4000,
        help_text=_(
            "Cổng thay {ma_ho_so}, {thu_tuc}, {nguoi_nop}, {co_quan} và {hen_tra} bằng nội dung của từng hồ sơ."
        ),
    )
    is_active = models.BooleanField(_("đang dùng"), default=True)

    class Meta:
        verbose_name = _("mẫu tin nhắn")
        verbose_name_plural = _("mẫu tin nhắn")
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "title"], name="one_message_template_per_title", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.title
