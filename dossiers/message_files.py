"""Files that go with a message: kept in the store of the person the dossier is about, read by both sides."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore import services as datastore
from datastore.models import Document, TrustLevel
from dossiers.models import Dossier, DossierMessage
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.core.errors import TransitionError

TYPE = "GT.KHAC"


def keep_of_citizen(dossier: Dossier, upload: UploadedFile, *, owner: User) -> Document:
    """Put a citizen's file into her own store; the same file sent twice is one. Raises as datastore.deposit."""
    return datastore.deposit(
        owner=owner,
        organisation=dossier.organisation,
        content=upload,
        name=upload.name or "",
        type_code=TYPE,
        title=_("Gửi kèm hồ sơ %(code)s") % {"code": dossier.code},
        trust=TrustLevel.UPLOADED,
        procedure_code=dossier.procedure_code,
        once=True,
    )


def keep_of_official(dossier: Dossier, upload: UploadedFile, *, actor: Actor) -> Document:
    """Put an official's file into the store of whose dossier it is, whoever filed it, apart from her own papers.

    Raises as datastore.deposit, and TransitionError where the dossier has no account to send it to.
    """
    person = dossier.owner or dossier.filer
    if person is None:
        raise TransitionError(_("Người nộp không có tài khoản trên Cổng nên không gửi tệp được."))
    return datastore.deposit(
        owner=person,
        organisation=dossier.organisation,
        content=upload,
        name=upload.name or "",
        type_code=TYPE,
        title=_("Cơ quan gửi kèm hồ sơ %(code)s") % {"code": dossier.code},
        trust=TrustLevel.DIGITISED,
        issuer=actor.agency,
        issued_on=timezone.localdate(),
        dossier_code=dossier.code or "",
        procedure_code=dossier.procedure_code,
        is_listed=False,
    )


def shown(message: DossierMessage) -> list[dict[str, Any]]:
    """Names, sizes and addresses of a message's files; the store decides again who opens them."""
    return [
        {
            "name": file["name"],
            "size_bytes": file["size_bytes"],
            "url": reverse("datastore:file", args=[file["file_id"]]),
        }
        for row in message.files.all()
        for file in row.digests
    ]
