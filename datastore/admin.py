"""The store as operators see it: types and who looked, read only; personal papers are not browsed here."""

from django.contrib import admin
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from datastore import importing
from datastore.models import (
    AccessHead,
    AccessLog,
    AgencyFileReading,
    Credential,
    DocumentType,
    Grant,
    ImportBatch,
    SigningKey,
)
from portal.core.admin import ServiceOwnedAdmin


@admin.register(DocumentType)
class DocumentTypeAdmin(ServiceOwnedAdmin):
    """Document types, loaded by `load_document_types`."""

    list_display = [
        "code",
        "name",
        "group",
        "validity_months",
        "is_identity_paper",
        "is_reusable",
        "most_megabytes",
        "most_pages",
    ]
    list_filter = ["group", "is_identity_paper", "is_reusable"]
    search_fields = ["code", "name", "name_en"]


@admin.register(AccessLog)
class AccessLogAdmin(ServiceOwnedAdmin):
    """Who looked; the paper's title and owner are the owner's to see."""

    list_display = ["read_at", "agency_name", "reader_name", "reader_role", "action", "dossier_code"]
    list_filter = ["reader_role", "action"]
    search_fields = ["dossier_code", "reader_name"]
    fields = [
        "read_at",
        "agency_name",
        "reader_name",
        "reader_role",
        "action",
        "purpose",
        "dossier_code",
        "position",
        "chain_sha256",
    ]


@admin.register(AgencyFileReading)
class AgencyFileReadingAdmin(ServiceOwnedAdmin):
    """Who opened what agencies sent each other."""

    list_display = ["read_at", "agency", "reader_name", "reader_role", "dossier_code"]
    list_select_related = ["agency"]
    list_filter = ["reader_role"]
    search_fields = ["dossier_code", "reader_name"]


@admin.register(AccessHead)
class AccessHeadAdmin(ServiceOwnedAdmin):
    """Signed heads of the log, day by day."""

    list_display = ["day", "lines", "key"]
    list_select_related = ["key"]
    readonly_fields = ["lines"]
    exclude = ["first_position", "last_position"]

    @admin.display(description=_("các dòng"), ordering="last_position")
    def lines(self, head: AccessHead) -> str:
        """From which line to which, where the day had any."""
        if head.last_position < head.first_position:
            return _now("Không có dòng nào")
        return f"{head.first_position}–{head.last_position}"


@admin.register(Grant)
class GrantAdmin(ServiceOwnedAdmin):
    """Rights of agencies to read."""

    list_display = ["granted_at", "agency", "dossier_code", "purpose", "expires_at", "revoked_at"]
    search_fields = ["dossier_code"]
    list_select_related = ["agency"]
    fields = ["granted_at", "agency", "dossier_code", "purpose", "expires_at", "revoked_at"]


@admin.register(Credential)
class CredentialAdmin(ServiceOwnedAdmin):
    """Issued results by the id in their QR."""

    list_display = ["code_in_qr", "reference", "key", "created_at"]
    search_fields = ["public_id", "reference"]
    list_select_related = ["key"]
    fields = ["public_id", "reference", "key", "content_sha256", "pdf_sha256", "created_at"]

    @admin.display(description=_("mã trong QR"), ordering="public_id")
    def code_in_qr(self, credential: Credential) -> str:
        """The id that a scan tells."""
        return str(credential.public_id)


@admin.register(SigningKey)
class SigningKeyAdmin(ServiceOwnedAdmin):
    """Public halves of the signing keys and their times."""

    list_display = ["kid", "use", "algorithm", "valid_from", "retired_at"]
    list_filter = ["use"]
    fields = ["kid", "use", "algorithm", "public_jwk", "certificate_pem", "valid_from", "retired_at"]


@admin.register(ImportBatch)
class ImportBatchAdmin(ServiceOwnedAdmin):
    """Batches of digitised papers and where they stand; lines name people and are not browsed."""

    list_display = ["started_at", "agency", "name", "total_rows", "done", "finished_at"]
    list_select_related = ["agency"]
    fields = ["started_at", "agency", "name", "total_rows", "done", "started_by", "finished_at"]
    readonly_fields = ["done"]

    @admin.display(description=_("Đã nhập, không nhập được"))
    def done(self, batch: ImportBatch) -> str:
        """How far it is."""
        state = importing.progress(batch)
        return f"{state.done}, {state.failed}"
