"""The store over the wire protocol (§9.2, kho dữ liệu): what of a person's papers a system may read, and their bytes.

By grant, as over the REST API: papers of dossiers that the calling system handles, while it handles them. Every paper
that is told of and every file that is fetched leaves a row its owner sees. The names of the two services are ours: no
public client shows them (docs/assumptions.md).
"""

import base64
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from datastore import access
from datastore.models import Document, DocumentFile, DocumentStatus
from dossiers.models import Dossier
from dossiers.partners import granted
from portal.agencies.actors import Actor
from portal.api.wire.calls import Call, service
from portal.api.wire.replies import INVALID_FIELD, NOT_PERMITTED, Reply, WireError, done
from portal.core.encryption import blind_index
from portal.core.errors import NotFoundError
from portal.core.text import whole_number

LOOK_UP, FETCH = "TraCuuKhoDuLieu", "LayTepKhoDuLieu"
MOST_PAPERS = 50
MOST_BYTES = 20 * 1024 * 1024
"""A file goes as text inside one answer; larger ones are fetched over the REST API, which streams."""


@service(LOOK_UP)
def look_up(call: Call) -> Reply:
    """The papers of one owner that the system may read now, of the kinds and numbers asked for; all kinds if none."""
    number = call.text("SoDinhDanhChuSoHuu")
    if not number:
        raise WireError(INVALID_FIELD, _("Thiếu SoDinhDanhChuSoHuu"))
    rights = granted.to(call.client)
    if procedure := call.text("MaThuTuc"):
        rights = rights.filter(dossier_code__in=Dossier.objects.filter(procedure_code=procedure[:20]).values("code"))
    of_person = Q(organisation=None, owner__citizen__personal_id_index=blind_index(number))
    found = Document.objects.filter(of_person | Q(organisation__tax_code=number[:14]), _kinds(call))
    found = found.filter(pk__in=rights.values("document")).exclude(status=DocumentStatus.DELETED)
    actor = Actor.partner(call.client)
    papers = [
        access.get_document(pk, actor=actor, purpose="")
        for pk in found.order_by("-created_at", "-pk").values_list("pk", flat=True)[:MOST_PAPERS]
    ]
    return done({"DanhSachGiayToKetQua": [_row(paper) for paper in papers]})


def _kinds(call: Call) -> Q:
    asked = call.body.get("DanhSachDanhMucKetQua")
    if not isinstance(asked, list) or not asked:
        return Q()
    wanted = Q(pk__in=[])
    for item in asked[:MOST_PAPERS]:
        if not isinstance(item, dict):
            raise WireError(INVALID_FIELD, _("DanhSachDanhMucKetQua phải là danh sách các đối tượng"))
        kind, number = (str(item.get(name) or "").strip()[:60] for name in ("MaKetQua", "SoKyHieu"))
        if kind or number:
            wanted |= (Q(type__code=kind) if kind else Q()) & (Q(number=number) if number else Q())
    return wanted


def _row(paper: Document) -> dict[str, Any]:
    return {
        "MaKetQua": paper.type.code,
        "TenGiayTo": paper.title,
        "SoKyHieu": paper.number,
        "TinhTrang": str(DocumentStatus(paper.status).label),
        "CoQuanChuQuan": paper.issuer.code if paper.issuer else "",
        "DanhSachTepDinhKem": [{"TenTep": file.sent_name, "DuongDan": str(file.pk)} for file in paper.files.all()],
    }


@service(FETCH)
def fetch(call: Call) -> Reply:
    """The bytes of one of these files as base64 text; `DuongDan` is what the look-up gave."""
    place = whole_number(call.text("DuongDan"))
    if place is None:
        raise WireError(INVALID_FIELD, _("DuongDan không đúng"))
    file = DocumentFile.objects.select_related("blob").filter(pk=place).first()
    if file is None or not granted.to(call.client).filter(document=file.document_id).exists():
        raise NotFoundError(access.NOT_FOUND)
    if file.blob.size_bytes > MOST_BYTES:
        raise WireError(NOT_PERMITTED, _("Tệp quá lớn cho một lần trả lời. Hãy lấy qua /api/v1/documents/"))
    _file, stream = access.open_file(place, actor=Actor.partner(call.client), purpose="")
    with stream:
        return done(base64.b64encode(stream.read()).decode("ascii"))
