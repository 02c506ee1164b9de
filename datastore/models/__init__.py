"""The document store (kho quản lý dữ liệu điện tử): every byte, its owner, its trust, who may read it and who did."""

from datastore.models.accesses import BY_LINK, AccessAction, AccessEnd, AccessHead, AccessLog
from datastore.models.agency_files import AgencyFile, AgencyFileReading
from datastore.models.blobs import Blob, ScanState
from datastore.models.checks import CheckOutcome, ResultCheck
from datastore.models.consents import Consent, ConsentKind
from datastore.models.credentials import Credential, new_public_id
from datastore.models.digitisations import Digitisation, DigitisationState, PaperOriginal
from datastore.models.documents import (
    BY_RANK,
    Document,
    DocumentFile,
    DocumentQuerySet,
    DocumentStatus,
    TrustLevel,
)
from datastore.models.grants import Grant
from datastore.models.imports import BatchStanding, ImportArchive, ImportBatch, ImportJob, ImportRow, ImportState
from datastore.models.keys import KeySetRelease, KeyUse, SigningKey
from datastore.models.result_templates import (
    ResultTemplate,
    ResultTemplateChange,
    ResultTemplateVersion,
    TemplateState,
)
from datastore.models.reuses import Reuse
from datastore.models.shares import CODE_TRIES, Share
from datastore.models.types import DocumentGroup, DocumentType
from datastore.models.uploads import UploadPart, UploadSession

__all__ = [
    "BY_RANK",
    "AccessAction",
    "AccessEnd",
    "AccessHead",
    "AccessLog",
    "AgencyFile",
    "AgencyFileReading",
    "BY_LINK",
    "BatchStanding",
    "Blob",
    "CODE_TRIES",
    "CheckOutcome",
    "Consent",
    "ConsentKind",
    "Credential",
    "Digitisation",
    "DigitisationState",
    "Document",
    "DocumentFile",
    "DocumentGroup",
    "DocumentQuerySet",
    "DocumentStatus",
    "DocumentType",
    "Grant",
    "ImportArchive",
    "ImportBatch",
    "ImportJob",
    "ImportRow",
    "ImportState",
    "PaperOriginal",
    "KeySetRelease",
    "KeyUse",
    "ResultTemplate",
    "ResultTemplateChange",
    "ResultTemplateVersion",
    "ResultCheck",
    "Reuse",
    "ScanState",
    "Share",
    "SigningKey",
    "TemplateState",
    "TrustLevel",
    "UploadPart",
    "UploadSession",
    "new_public_id",
]
