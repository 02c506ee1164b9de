"""Messages to people, one row per message and channel (thông báo)."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.work import QueuedWork, WorkQuerySet

if TYPE_CHECKING:
    from portal.accounts.models import User


class Channel(models.TextChoices):
    """Way a message reaches a person (kênh thông báo)."""

    INBOX = "inbox", _("Hộp thư trên Cổng")
    EMAIL = "email", _("Thư điện tử")
    SMS = "sms", _("Tin nhắn SMS")
    ZALO = "zalo", _("Zalo")


class MessageQuerySet(WorkQuerySet):
    """Reads over messages."""

    def in_inbox_of(self, user: "User") -> Self:
        """What a person sees in her inbox."""
        return self.filter(recipient=user, channel=Channel.INBOX)

    def unread(self) -> Self:
        """Messages nobody has opened."""
        return self.filter(read_at__isnull=True)


class Message(QueuedWork):
    """One message to one person over one channel; the inbox channel is delivered by being written."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False
    )
    channel = models.CharField(_("kênh"), max_length=10, choices=Channel)
    kind = models.CharField(_("loại"), max_length=60)
    subject = models.CharField(_("tiêu đề"), max_length=250)
    body = models.TextField(_("nội dung"))
    language = models.CharField(
        _("ngôn ngữ"),
        max_length=2,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
    )
    """What subject and body are written in."""
    link = models.CharField(_("đường dẫn"), max_length=300, blank=True)
    """A path on the portal; personal data never travels in it."""
    reference = models.CharField(max_length=60, blank=True, db_index=True)
    dedupe_key = models.CharField(max_length=120)
    read_at = models.DateTimeField(_("đọc lúc"), null=True, blank=True)
    is_digest = models.BooleanField(_("gộp theo ngày"), default=False, db_default=False)
    """Waits for the day's gathered letter instead of going out alone."""

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("thông báo")
        verbose_name_plural = _("thông báo")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "dedupe_key", "channel"], name="one_message_per_cause_and_channel"
            )
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="message_due", condition=Q(work_state="pending")),
            models.Index(fields=["recipient", "channel", "-id"], name="message_of_person"),
            models.Index(
                fields=["recipient"], name="message_unread", condition=Q(channel=Channel.INBOX, read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class DemoMail(models.Model):
    """What development would have sent (hộp thư thử nghiệm), mail or text, shown on a page; never in production."""

    message_id = models.CharField(max_length=250, unique=True)
    """The mail's own id: one that is sent again after a crash is still one."""
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL, db_default=Channel.EMAIL.value)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("thư thử nghiệm")
        verbose_name_plural = _("thư thử nghiệm")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject or self.body[:60]
