"""The document store (kho quản lý dữ liệu điện tử): every byte, its owner, its trust, who may read it and who did."""

from datastore.models.accesses import AccessAction, AccessHead, AccessLog
from datastore.models.blobs import Blob, ScanState
from datastore.models.credentials import Credential, new_public_id
from datastore.models.documents import Document, DocumentFile, DocumentQuerySet, DocumentStatus, TrustLevel
from datastore.models.grants import Grant
from datastore.models.keys import KeyUse, SigningKey
from datastore.models.reuses import Reuse
from datastore.models.types import DocumentGroup, DocumentType

__all__ = [
    "AccessAction",
    "AccessHead",
    "AccessLog",
    "Blob",
    "Credential",
    "Document",
    "DocumentFile",
    "DocumentGroup",
    "DocumentQuerySet",
    "DocumentStatus",
    "DocumentType",
    "Grant",
    "KeyUse",
    "Reuse",
    "ScanState",
    "SigningKey",
    "TrustLevel",
    "new_public_id",
]
