"""Results that no longer count though their signature holds (danh sách thu hồi), in few signed bytes.

A checker without a network needs to know whether one id is on the list, not who else is: of each id only the first
6 bytes are told. A result that counts is taken for a withdrawn one with a chance of 1 in 28 thousand million for every
ten thousand entries.
"""

import base64
from datetime import datetime
from typing import Any

import cbor2
from django.db.models import QuerySet
from django.utils import timezone

from datastore.models import Credential, DocumentStatus
from datastore.results import key_sets, keys

WIDTH = 6
CONTENT_TYPE = "application/vnd.vn.dvc.withdrawn+cbor"
REVOKED, REPLACED, WIDTH_LABEL = 1, 2, 3


def rows() -> "QuerySet[Credential, tuple[str, str]]":
    """Id and status of every withdrawn result that would count otherwise."""
    return (
        Credential.objects.filter(document__status__in=[DocumentStatus.REVOKED, DocumentStatus.REPLACED])
        .exclude(document__valid_until__lt=timezone.localdate())
        .order_by("public_id")
        .values_list("public_id", "document__status")
    )


def as_json(now: datetime | None = None) -> dict[str, Any]:
    """The list by whole ids, not signed: for programs that fetch it over https when they ask."""
    listed: dict[str, list[str]] = {"revoked": [], "replaced": []}
    for public_id, status in rows().iterator():
        listed[status].append(public_id)
    return {"as_of": (now or timezone.now()).isoformat(timespec="seconds"), **listed}


def as_cose(now: datetime | None = None) -> bytes:
    """The list by beginnings of ids, as a COSE_Sign1 of the current credential key, to be kept and carried."""
    listed: dict[str, list[bytes]] = {"revoked": [], "replaced": []}
    for public_id, status in rows().iterator():
        listed[status].append(base64.b32decode(public_id)[:WIDTH])
    # sorted as bytes: base32 puts figures after letters, a database before them
    revoked, replaced = (b"".join(sorted(listed[name])) for name in ("revoked", "replaced"))
    payload = cbor2.dumps({REVOKED: revoked, REPLACED: replaced, WIDTH_LABEL: WIDTH})
    keys.register()
    current = keys.current()
    # The content type keeps the two apart: a list never passes for a credential, nor a credential for a list.
    header = {
        key_sets.CONTENT_TYPE: CONTENT_TYPE,
        key_sets.KID: bytes.fromhex(current.credential_kid),
        key_sets.CWT_CLAIMS: {key_sets.IAT: int((now or timezone.now()).timestamp())},
    }
    return key_sets.sign1(header, payload, current.credential)
