"""What a form brought for one paper: files sent with it, photos of the camera field, uploads that came in pieces."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from datastore import joining, sniffing, uploading
from datastore.filenames import clean_name
from datastore.sniffing import RefusedFileError
from portal.accounts.models import User
from portal.core.errors import NotFoundError

CAMERA = "-camera"
IN_PIECES = "-uploaded"


@dataclass(slots=True)
class Brought:
    """A file as it will be put into the store, and the uploads in pieces that it came from."""

    name: str
    content: Any
    sessions: list[str] = field(default_factory=list)


def is_anything(request: HttpRequest, name: str) -> bool:
    """Whether the form brought a file for this field."""
    return bool(_files(request, name) or request.POST.getlist(name + IN_PIECES))


@contextmanager
def papers(request: HttpRequest, name: str, owner: User) -> Iterator[list[Brought]]:
    """Give what the form brought for a field, as papers: photos that came together are the pages of one.

    A PDF, and a photo alone, stay as they are. Raises InvalidInputError with field "file" where an upload in pieces is
    gone or not whole, or a page does not open.
    """
    with contextlib.ExitStack() as closing:
        found = [Brought(file.name or "", file) for file in _files(request, name)]
        for public_id in request.POST.getlist(name + IN_PIECES)[: uploading.SESSIONS_MOST]:
            title, content = uploading.whole(owner, public_id)
            found.append(Brought(title, closing.enter_context(content), [public_id]))
        photos = [paper for paper in found if _is_photo(paper)]
        if len(photos) < 2:
            yield found
            return
        joined = closing.enter_context(joining.join([(photo.name, photo.content) for photo in photos]))
        sessions = [public_id for photo in photos for public_id in photo.sessions]
        name = _("%(first)s và %(count)d trang nữa.pdf") % {
            "first": clean_name(photos[0].name, "").strip(),
            "count": len(photos) - 1,
        }
        whole = Brought(name, joined, sessions)
        yield [whole, *(paper for paper in found if paper not in photos)]


def taken(paper: Brought, owner: User) -> None:
    """Forget the uploads in pieces of a paper that now lies in the store."""
    for public_id in paper.sessions:
        with contextlib.suppress(NotFoundError):  # the same form sent twice: the first one took it
            uploading.drop(owner, public_id)


def _files(request: HttpRequest, name: str) -> list[UploadedFile]:
    sent = [*request.FILES.getlist(name), *request.FILES.getlist(name + CAMERA)]
    return [file for file in sent if isinstance(file, UploadedFile)]


def _is_photo(paper: Brought) -> bool:
    stream: IO[bytes] = paper.content
    stream.seek(0)
    head = stream.read(sniffing.HEAD_BYTES)
    stream.seek(0)
    try:
        return sniffing.content_type_of(head, paper.name) in sniffing.IMAGES
    except RefusedFileError:
        return False  # the store says why
