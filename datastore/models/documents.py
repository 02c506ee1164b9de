"""A paper in the store: its owner, trust, validity and files (giấy tờ điện tử)."""

import json
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models.blobs import Blob
from datastore.models.types import DocumentGroup, DocumentType
from portal.accounts.models import Organisation, OrganisationMember, Representation, User
from portal.accounts.representing import FILERS
from portal.agencies.models import Agency
from portal.core.encryption import EncryptedTextField
from portal.core.language import in_language, is_english
from procedures import paper_names


class TrustLevel(models.TextChoices):
    """How far a document can be relied on (mức tin cậy) – NĐ 45/2020/NĐ-CP art. 10, 14, 16; TT 01/2023/TT-VPCP."""

    ISSUED = "A", _("Bản điện tử gốc do cơ quan ký số")
    CERTIFIED = "B", _("Bản sao điện tử có chứng thực")
    DIGITISED = "C", _("Cán bộ số hóa và ký xác nhận")
    FETCHED = "S", _("Cơ quan gửi từ hệ thống của mình")
    """Came whole from the system of the agency that issued it (lấy từ hệ thống nguồn): that agency vouches for it."""
    UPLOADED = "D", _("Bạn tự tải lên")

    @property
    def rank(self) -> int:
        """Its place among the levels, the most trusted first; what an agency's system sent stands beside a scan."""
        return _RANKS[self]


_RANKS = {
    TrustLevel.ISSUED: 1,
    TrustLevel.CERTIFIED: 2,
    TrustLevel.DIGITISED: 3,
    TrustLevel.FETCHED: 3,
    TrustLevel.UPLOADED: 4,
}
BY_RANK = models.Case(*(models.When(trust=level, then=rank) for level, rank in _RANKS.items()))
"""The rank of a document's trust, to sort by."""


class DocumentStatus(models.TextChoices):
    """State of a document (tình trạng giấy tờ); expiry is computed from valid_until."""

    VALID = "valid", _("Còn hiệu lực")
    REPLACED = "replaced", _("Đã được thay thế")
    REVOKED = "revoked", _("Đã bị thu hồi")
    DELETED = "deleted", _("Đã xóa khỏi kho")


class DocumentQuerySet(models.QuerySet["Document"]):
    """Reads over documents."""

    def of(self, holder: object) -> Self:
        """What a person holds, or an organisation, without what was deleted."""
        held = self.exclude(status=DocumentStatus.DELETED)
        if isinstance(holder, Organisation):
            return held.filter(organisation=holder)
        return held.filter(owner=holder, organisation=None)

    def listed(self, holder: object) -> Self:
        """What the holder's store shows: no letters and receipts, which stand on the dossier's page."""
        return self.of(holder).filter(is_listed=True)

    def without_letters(self) -> Self:
        """Without what stands on a dossier's page only and repeats it: an organisation's are for who files for it."""
        return self.exclude(type__group=DocumentGroup.LETTER, is_listed=False)

    def usable_by(self, user: User, *, on: date) -> Self:
        """What a person may use in a filing: her own, and those of the organisations she files for on a day."""
        posts = OrganisationMember.objects.filter(user=user, role__in=FILERS).valid_on(on)
        mine = Q(owner=user, organisation=None) | Q(organisation__in=posts.values("organisation"))
        return self.exclude(status=DocumentStatus.DELETED).filter(mine, is_listed=True)


class Document(models.Model):
    """A paper in the store (giấy tờ điện tử): uploaded, reused and issued ones are the same kind of thing."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="documents")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("tổ chức")
    )
    """Whose store it lies in where that is not the owner's own; `owner` is then who brought it."""
    representation = models.ForeignKey(
        Representation, models.PROTECT, null=True, blank=True, related_name="+", editable=False, db_index=False
    )
    """By which somebody filed for the owner what the paper came of: she reads it too, while she represents her."""
    type = models.ForeignKey(DocumentType, models.PROTECT, related_name="documents", verbose_name=_("loại"))
    title = models.CharField(_("tên"), max_length=400)
    about_name = models.CharField(_("giấy của ai"), max_length=200, blank=True, default="", db_default="")
    """Who or what the paper is about: of two birth certificates, which child."""
    about_facts = EncryptedTextField(_("người được nêu trong giấy"), blank=True, default="", db_default="")
    """What the paper says of that person, as JSON; encrypted, since it holds her number."""
    number = models.CharField(_("số, ký hiệu"), max_length=60, blank=True)
    issuer_name = models.CharField(_("cơ quan cấp"), max_length=300, blank=True)
    issuer = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="issued_documents")
    issued_on = models.DateField(_("ngày cấp"), null=True, blank=True)
    valid_until = models.DateField(_("có giá trị đến"), null=True, blank=True)
    status = models.CharField(
        _("tình trạng"),
        max_length=8,
        choices=DocumentStatus,
        default=DocumentStatus.VALID,
    )
    status_reason = models.TextField(_("lý do"), blank=True)
    status_agency_name = models.CharField(
        _("cơ quan đổi tình trạng"), max_length=300, blank=True, default="", db_default=""
    )
    """As it was called when it revoked the paper."""
    status_legal_basis = models.CharField(
        _("căn cứ đổi tình trạng"), max_length=200, blank=True, default="", db_default=""
    )
    status_changed_at = models.DateTimeField(default=timezone.now)
    trust = models.CharField(_("mức tin cậy"), max_length=1, choices=TrustLevel)
    is_listed = models.BooleanField(_("hiện trong kho"), default=True)
    """Letters and receipts of a dossier are bytes of the store but do not crowd its list."""
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, blank=True, db_index=True)
    procedure_code = models.CharField(_("mã thủ tục"), max_length=20, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    reminded_lead = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    """Of which lead before its last day the owner was told (datastore.reminders), in days; empty: of none yet."""
    search_text = models.TextField(editable=False, default="")
    """Title, number and issuer without case and tone marks, for the owner's search."""
    created_at = models.DateTimeField(default=timezone.now)
    was_there = False
    """Set by `datastore.services.deposit` on what lay in the store already, with these very bytes; no column."""

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("giấy tờ điện tử")
        verbose_name_plural = _("giấy tờ điện tử")
        indexes = [
            models.Index(
                fields=["owner", "-created_at", "-id"],
                name="document_of_owner",
                condition=Q(is_listed=True) & ~Q(status="deleted"),
            ),
            models.Index(
                fields=["organisation", "-created_at", "-id"],
                name="document_of_organisation",
                condition=Q(is_listed=True, organisation__isnull=False) & ~Q(status="deleted"),
            ),
            models.Index(
                fields=["owner", "type", "-created_at", "-id"],
                name="document_of_owner_and_type",
                condition=Q(is_listed=True) & ~Q(status="deleted"),
            ),
            models.Index(
                fields=["valid_until", "id"],
                name="document_runs_out",
                condition=Q(is_listed=True, status="valid", valid_until__isnull=False),
            ),
            models.Index(
                fields=["created_at"],
                name="document_not_yet_listed",
                condition=Q(is_listed=False, trust__in=["C", "S"]) & ~Q(status="deleted"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def trust_words(self) -> str:
        """How far it can be relied on, in words."""
        return str(self.trust_level.label)

    @property
    def trust_level(self) -> TrustLevel:
        """The level; a release before this one wrote what an agency's own system sent as digitised, with its issuer."""
        if self.trust == TrustLevel.DIGITISED and self.issuer_id is not None:
            return TrustLevel.FETCHED
        return TrustLevel(self.trust)

    @property
    def shown_title(self) -> str:
        """The title in the reader's language: one that is the name of its type, or of what it was handed in for."""
        if not is_english():
            return self.title
        named_so = self.type.name_en if self.title == self.type.name else paper_names.english_of(self.title)
        return named_so or self.title

    @property
    def shown_issuer(self) -> str:
        """Who issued it, in the reader's language where the agency is one of ours."""
        if not is_english() or self.issuer is None:
            return self.issuer_name
        return in_language(self.issuer_name, self.issuer.name_en)

    @property
    def shown_revoker(self) -> str:
        """Who ended it, in the reader's language where the agency that issued it did so itself."""
        is_issuer = self.status_agency_name in {"", self.issuer_name}
        return self.shown_issuer if is_issuer else self.status_agency_name

    @property
    def about(self) -> dict[str, str]:
        """What the paper says of whom it is about: name, personal_id, date_of_birth, gender; as far as it says so."""
        facts: dict[str, str] = json.loads(self.about_facts) if self.about_facts else {}
        return facts

    @property
    def about_personal_id(self) -> str:
        """The number of the person whom the paper is about."""
        return self.about.get("personal_id", "")

    @property
    def holder(self) -> "User | Organisation":
        """In whose store it lies."""
        return self.organisation or self.owner

    def is_expired(self, day: date) -> bool:
        """Whether its validity ran out before a day."""
        return self.valid_until is not None and self.valid_until < day

    def is_in_force(self, day: date) -> bool:
        """Whether it counts on a day: valid, and not expired."""
        return self.status == DocumentStatus.VALID and not self.is_expired(day)


class DocumentFile(models.Model):
    """One file of a document, with the name it came with."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="files")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="uses")
    name = models.CharField(_("tên tệp"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("tệp của giấy tờ")
        verbose_name_plural = _("tệp của giấy tờ")
        ordering = ["document", "position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="one_file_per_position")]

    def __str__(self) -> str:
        return self.name

    @property
    def sent_name(self) -> str:
        """The name it leaves the store under: one that was revoked or replaced says so first, wherever it goes."""
        if self.document.status not in {DocumentStatus.REVOKED, DocumentStatus.REPLACED}:
            return self.name
        return f"{DocumentStatus(self.document.status).label} - {self.name}"
