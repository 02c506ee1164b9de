"""What happened to a dossier (sự kiện): the hub that everything else reads."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossiers import Dossier
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, ApiClient


class DossierEvent(models.Model):
    """One thing that happened to a dossier (sự kiện): the hub that timeline, partners, notices and figures read."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField()
    name = models.CharField(_("sự kiện"), max_length=60)
    """In the past: dossier.submitted, dossier.supplement_requested …"""
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24, blank=True)
    """Empty when the event changed no state, or came too late to change it."""
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    actor_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    actor_name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=60, default="portal")
    source_reference = models.CharField(max_length=150, blank=True, default="")
    occurred_at = models.DateTimeField(_("xảy ra lúc"))
    received_at = models.DateTimeField(_("nhận lúc"), default=timezone.now)
    reason = models.TextField(_("lý do"), blank=True)
    data = models.JSONField(default=dict, blank=True)
    is_public = models.BooleanField(default=True)
    partner = models.ForeignKey(
        ApiClient, models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    """The system whose journal tells of it: the one that decides the dossier or reported it, at that moment."""
    journal_number = models.BigIntegerField(null=True, blank=True, editable=False)
    """Its place in that journal, given when it is first read (dossiers.journal)."""

    class Meta:
        verbose_name = _("sự kiện của hồ sơ")
        verbose_name_plural = _("sự kiện của hồ sơ")
        ordering = ["dossier", "sequence"]
        get_latest_by = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "sequence"], name="one_event_per_sequence"),
            models.UniqueConstraint(
                fields=["dossier", "source", "source_reference"],
                condition=~Q(source_reference=""),
                name="one_event_per_source_reference",
            ),
            models.UniqueConstraint(
                fields=["partner", "journal_number"],
                condition=Q(journal_number__isnull=False),
                name="one_event_per_journal_number",
            ),
        ]
        indexes = [
            *(
                models.Index(fields=[name], name=f"event_with_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("actor_agency", "actor_user")
            ),
            models.Index(fields=["-received_at", "-id"], name="event_by_arrival"),
            models.Index(
                fields=["partner", "id"],
                name="event_not_in_journal",
                condition=Q(partner__isnull=False, journal_number__isnull=True, is_public=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.sequence}"
