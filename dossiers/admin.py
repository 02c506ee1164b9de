"""Dossiers in the generic lists: read only; the workbench is where officials work. Templates are kept here."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dossiers import (
    admin_letter_templates,  # noqa: F401 - registers itself
    admin_letter_texts,  # noqa: F401 - registers itself
    admin_processes,  # noqa: F401 - registers itself
    admin_step_limits,  # noqa: F401 - registers itself
    timeline,
)
from dossiers.models import (
    Dossier,
    DossierEvent,
    FinancialObligation,
    Letter,
    MessageTemplate,
    ResultIssue,
    SupplementRequest,
)
from portal.agencies.administration import AgencyKept
from portal.core.admin import ServiceOwnedAdmin
from portal.core.masking import mask_personal_id
from portal.core.text import clean_block

# Citizens' data: an agency's administrator looks after systems, not after cases, so these lists are the superuser's.


@admin.register(Dossier)
class DossierAdmin(ServiceOwnedAdmin):
    """Every dossier; the number masked, the answers left to the workbench."""

    exclude = (
        "applicant_id",
        "applicant_phone",
        "applicant_email",
        "answers",
        "answer_sources",
        "source_record",
        "step",
    )
    readonly_fields = ("masked_id",)
    list_display = ("code", "procedure_code", "state", "agency", "submitted_at", "due_at")
    list_select_related = ("agency",)
    list_filter = ("state", "channel", "is_catalogue_gap")
    search_fields = ("code",)
    ordering = ("-pk",)

    @admin.display(description=_("số giấy tờ"))
    def masked_id(self, dossier: Dossier) -> str:
        """The number's last figures."""
        return mask_personal_id(dossier.applicant_id)


class OfDossierAdmin(ServiceOwnedAdmin):
    """Rows that hang on a dossier."""

    list_select_related = ("dossier",)
    search_fields = ("dossier__code",)
    ordering = ("-pk",)


@admin.register(DossierEvent)
class EventAdmin(OfDossierAdmin):
    """What happened, and when it reached us."""

    exclude = ("data",)
    list_display = ("dossier", "sequence", "happened", "actor_kind", "actor_name", "occurred_at")
    list_filter = ("actor_kind",)

    @admin.display(description=_("việc"), ordering="name")
    def happened(self, event: DossierEvent) -> str:
        """In the words of the timeline; the bare name for what it does not tell."""
        words = timeline.TITLES.get(event.name)
        return words() if words else event.name


@admin.register(FinancialObligation)
class ObligationAdmin(OfDossierAdmin):
    """What is or was owed."""

    list_display = ("dossier", "description", "amount_vnd", "state", "paid_at")
    list_filter = ("state",)


@admin.register(SupplementRequest)
class SupplementRequestAdmin(OfDossierAdmin):
    """Supplement requests and answers."""

    list_display = ("dossier", "round", "requested_at", "answer_due_at", "answered_at")


@admin.register(Letter)
class LetterAdmin(OfDossierAdmin):
    """Letters written or waiting."""

    list_display = ("dossier", "kind", "work_state", "attempts", "done_at")
    list_filter = ("kind", "work_state")


@admin.register(ResultIssue)
class ResultIssueAdmin(OfDossierAdmin):
    """Results made or waiting."""

    exclude = ("fields",)
    list_display = ("dossier", "document_number", "signer_name", "work_state", "attempts", "done_at")
    list_filter = ("work_state",)


class MessageTemplateForm(forms.ModelForm):
    """A template: words that may stand on a citizen's page."""

    def clean_text(self) -> str:
        """Plain text, and something in it."""
        cleaned = clean_block(self.cleaned_data["text"])
        if not cleaned:
            raise forms.ValidationError(_("Hãy viết nội dung."))
        return cleaned


@admin.register(MessageTemplate)
class MessageTemplateAdmin(AgencyKept):
    """Words an agency often writes to applicants: its administrator keeps them; the country's are the superuser's."""

    form = MessageTemplateForm
    list_display = ("title", "agency", "is_active")
    list_select_related = ("agency",)
    list_filter = ("is_active",)
    search_fields = ("title",)
    ordering = ("title", "pk")

    def has_delete_permission(self, request: HttpRequest, obj: MessageTemplate | None = None) -> bool:
        """As changing: what was sent keeps its words."""
        return self.has_view_permission(request)
