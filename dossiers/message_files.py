"""Files that go with a message: kept in the store of the person the dossier is about, read by both sides."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore import services as datastore
from datastore.models import Document, TrustLevel
from dossiers import acting, correspondence
from dossiers.forms import MessageForm
from dossiers.models import Dossier, DossierMessage
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, PortalError, Text, TransitionError, UpstreamError

TYPE = "GT.KHAC"


def send(
    dossier: Dossier, uploads: Sequence[UploadedFile], *, actor: Actor, text: str, form_token: str, seen: int | None
) -> None:
    """Keep the files and send the message that they go with: all or nothing, and once however often it is sent.

    What cannot be sent is refused before a byte is kept. Raises as correspondence.write; InvalidInputError names under
    `files` each one that is wrong.
    """
    if correspondence.already_sent(dossier, actor=actor, form_token=form_token) is not None:
        return
    if len(uploads) > correspondence.FILES_LIMIT:
        raise InvalidInputError(fields={"files": [correspondence.too_many_files()]})
    documents: list[Document] = []
    wrong: list[Text] = []
    for upload in uploads:
        try:
            documents.append(_keep(dossier, upload, actor=actor))
        except (InvalidInputError, UpstreamError) as error:
            wrong += [f"{upload.name}: {text}" for text in error.texts]
    if wrong:
        raise InvalidInputError(fields={"files": wrong})
    correspondence.write(
        dossier.code or "", actor=actor, text=text, documents=documents, form_token=form_token, seen=seen
    )


def send_form(dossier: Dossier, form: MessageForm, uploads: Sequence[UploadedFile], *, actor: Actor) -> list[str]:
    """Send what a valid form says; its errors are shown in it, those about files are returned."""
    file_errors: list[str] = []
    try:
        send(
            dossier,
            uploads,
            actor=actor,
            text=form.cleaned_data["text"],
            form_token=form.cleaned_data["token"],
            seen=form.cleaned_data["seen"],
        )
    except InvalidInputError as error:
        form.take(error, file_errors)
    except PortalError as error:
        if error.status != 409:
            raise
        form.add_error(None, str(error.message))
    return file_errors


def _keep(dossier: Dossier, upload: UploadedFile, *, actor: Actor) -> Document:
    if actor.kind == ActorKind.CITIZEN and actor.user is not None:
        owner = dossier.owner if dossier.representation is not None and dossier.owner is not None else actor.user
        return _keep_of_citizen(dossier, upload, owner=owner, sender=actor.user)
    title = _("Cơ quan gửi kèm hồ sơ %(code)s") % {"code": dossier.code}
    return keep_of_official(dossier, upload, name=upload.name or "", title=title, actor=actor)


def _keep_of_citizen(dossier: Dossier, upload: UploadedFile, *, owner: User, sender: User) -> Document:
    """Put a citizen's file into her own store, or whose dossier she filed; the same file sent twice is one."""
    return datastore.deposit(
        owner=owner,
        organisation=dossier.organisation,
        representation=acting.comes_under(dossier, sender),
        content=upload,
        name=upload.name or "",
        type_code=TYPE,
        title=_("Gửi kèm hồ sơ %(code)s") % {"code": dossier.code},
        trust=TrustLevel.UPLOADED,
        procedure_code=dossier.procedure_code,
        once=True,
    )


def keep_of_official(
    dossier: Dossier, content: UploadedFile | bytes, *, name: str, title: str, actor: Actor
) -> Document:
    """Put an official's file into the store of whose dossier it is, whoever filed it, apart from her own papers.

    Raises InvalidInputError as the store does, TransitionError where the portal knows nobody whose dossier it is.
    """
    person = dossier.owner or dossier.filer
    if person is None:
        raise TransitionError(_("Người nộp không có tài khoản trên Cổng nên không gửi tệp được."))
    return datastore.deposit(
        owner=person,
        organisation=dossier.organisation,
        representation=dossier.representation,
        content=content,
        name=name,
        type_code=TYPE,
        title=title,
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
