"""Pictures beside what a supplement request asks for (ảnh kèm yêu cầu bổ sung): what is wrong is shown, not only told.

They come through the door of the files of messages, lie in the store of whose dossier it is, and are read as its other
papers are: by the owner, and by the agency while it handles the dossier.
"""

import base64
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from datastore import marking, storage
from datastore.models import Document
from dossiers import papers
from dossiers.models import RequestPicture, SupplementRequest
from portal.core.errors import InvalidInputError, TransitionError

Shots = Mapping[int, Mapping[int, list[dict[str, Any]]]]
"""Pictures by request and by the place of the item: `url`, and `page` where it is drawn from a paper."""
KEY = "pictures"
"""Under which a request's item names its pictures, by the ids of their documents."""
ON_PAPER = (800, 800)
"""Pixels that a picture has at most in the form: as sharp as print of its size needs."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A box that an official drew on a page of a paper of the dossier."""

    file_id: int
    page: int
    box: marking.Box


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that lies in the store and goes with a request, with the mark that it was drawn from."""

    document: Document
    mark: Mark | None = None


def hold(pictures: Iterable[Picture]) -> None:
    """Lock them for the request that is about to refer to them; raises TransitionError where one is gone."""
    if not papers.hold([picture.document.pk for picture in pictures]):
        raise TransitionError(_("Một ảnh vừa gửi đã bị xóa khỏi kho. Hãy chọn lại ảnh."))


def attach(request: SupplementRequest, pictures: Sequence[Sequence[Picture]]) -> None:
    """Keep which pictures go with which item of a request, and let the agency read them."""
    rows = [
        RequestPicture(
            request=request,
            item=at,
            document=picture.document,
            files=papers.digests(picture.document),
            mark=_told(picture.mark) if picture.mark else None,
        )
        for at, several in enumerate(pictures)
        for picture in several
    ]
    if rows:
        RequestPicture.objects.bulk_create(rows)
        papers.share(request.dossier, [row.document for row in rows])


def _told(mark: Mark) -> dict[str, Any]:
    box = mark.box
    return {"file_id": mark.file_id, "page": mark.page, "box": [box.left, box.top, box.width, box.height]}


def of(requests: Iterable[SupplementRequest]) -> Shots:
    """The pictures of requests as pages show them, by request and place of the item; no query where none has any.

    The store decides again who opens them.
    """
    having = [request.pk for request in requests if any(item.get(KEY) for item in request.items)]
    found: dict[int, dict[int, list[dict[str, Any]]]] = {}
    rows = RequestPicture.objects.filter(request__in=having).order_by("pk") if having else []
    for row in rows:
        for file in row.files:
            url = f"{reverse('datastore:file', args=[file['file_id']])}?xem=1"
            of_items = found.setdefault(row.request_id, {})
            of_items.setdefault(row.item, []).append({"url": url, "page": (row.mark or {}).get("page")})
    return found


def items_with(request: SupplementRequest) -> list[dict[str, Any]]:
    """What a request asks for, each with its name and, under `shots`, the pictures beside it."""
    return with_shots(request, of([request]))


def with_shots(request: SupplementRequest, shots: Shots) -> list[dict[str, Any]]:
    """The same where the pictures of several requests were read at once."""
    own = shots.get(request.pk, {})
    return [{**item, "shots": own.get(at, [])} for at, item in enumerate(request.named_items)]


def on_paper(request: SupplementRequest | None) -> list[dict[str, Any]]:
    """The items for form 02, each with its pictures as data of the page; a picture that is gone is left out."""
    if request is None or request.pk is None or not any(item.get(KEY) for item in request.items):
        return list(request.items) if request is not None else []
    drawn: dict[int, list[str]] = defaultdict(list)
    for row in request.pictures.select_related("document").order_by("pk"):
        for file in row.document.files.select_related("blob"):
            try:
                with storage.open_stream(file.blob) as stream:
                    picture = marking.page_picture(stream, file.blob.content_type, 1)
            except (FileNotFoundError, InvalidInputError):
                continue
            picture.thumbnail(ON_PAPER)
            data = base64.b64encode(marking.as_jpeg(picture)).decode()
            drawn[row.item].append(f"data:image/jpeg;base64,{data}")
    return [{**item, "shots": drawn.get(at, [])} for at, item in enumerate(request.items)]
