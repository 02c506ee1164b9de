"""Pictures for a supplement request on their way in (nhận ảnh kèm yêu cầu): sent by an official, or drawn by her."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from datastore import access, marking
from datastore.models import Document, DocumentFile
from dossiers import message_files
from dossiers.models import Dossier
from dossiers.request_pictures import Mark, Picture
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotFoundError, PortalError

MOST = 3
"""Pictures beside one thing that is asked for, drawn ones among them."""
MOST_OF_ALL = 20
"""Pictures beside all that one request asks for: each is opened, drawn and printed in form 02."""
PICTURES = frozenset({"image/jpeg", "image/png"})
"""What a photo is once the store has written it anew."""


def marks_of(text: str) -> list[Mark]:
    """Read `file:page:left,top,width,height`, several with ";" between them; raises ValueError for anything else."""
    found = []
    for part in filter(None, text.strip().split(";")):
        file_id, page, sides = part.split(":")
        numbers = [file_id, page, *sides.split(",")]
        are_whole = all(number.isascii() and number.isdigit() and len(number) < 12 for number in numbers)
        if len(numbers) != 6 or not are_whole:
            raise ValueError("a mark is made of whole numbers")
        found.append(Mark(int(file_id), int(page), marking.Box(*map(int, sides.split(",")))))
    return found


def too_many() -> str:
    """What is said to who sends more pictures of one thing than it takes."""
    return _("Mỗi mục nhận nhiều nhất %(number)d ảnh, kể cả chỗ đánh dấu trên giấy.") % {"number": MOST}


def too_many_of_all() -> str:
    """What is said to who sends more pictures than a whole request takes."""
    return _("Mỗi yêu cầu nhận nhiều nhất %(number)d ảnh cho tất cả các mục. Hãy bỏ bớt ảnh.") % {"number": MOST_OF_ALL}


def keep(
    dossier: Dossier, uploads: Sequence[UploadedFile], marks: Sequence[Mark], *, actor: Actor
) -> tuple[list[Picture], list[str]]:
    """Keep the pictures of one thing asked for; returns them and what is wrong with those that cannot be kept.

    Nothing refers to them yet: where the request is refused after all, the store's sweep drops them.
    """
    if len(uploads) + len(marks) > MOST:
        return [], [too_many()]
    kept: list[Picture] = []
    wrong: list[str] = []
    for upload in uploads:
        try:
            kept.append(Picture(_picture(dossier, upload, upload.name or "", actor=actor)))
        except PortalError as error:
            wrong.append(f"{upload.name}: {error.words}")
    for mark in marks:
        try:
            kept.append(Picture(_drawn(dossier, mark, actor=actor), mark))
        except PortalError as error:
            wrong.append(error.words)
    return kept, wrong


def _picture(dossier: Dossier, content: Any, name: str, *, actor: Actor) -> Document:
    title = _("Ảnh kèm yêu cầu bổ sung hồ sơ %(code)s") % {"code": dossier.code}
    document = message_files.keep_of_official(dossier, content, name=name, title=title, actor=actor)
    if {file.blob.content_type for file in document.files.select_related("blob")} - PICTURES:
        raise InvalidInputError(_("Chỉ nhận ảnh JPG, PNG hoặc HEIC. Với tệp PDF, hãy chụp màn hình chỗ cần sửa."))
    return document


def _drawn(dossier: Dossier, mark: Mark, *, actor: Actor) -> Document:
    """The page with the box drawn on it; the reading leaves its row, as every reading of a paper does.

    Of a representative's own paper none is drawn: it would lie in the store, and in form 02, of whom she files for.
    """
    if dossier.representation_id is not None and not _is_of_the_owner(dossier, mark.file_id):
        raise InvalidInputError(
            _("Giấy này ở kho riêng của người nộp thay nên không đánh dấu lên được. Hãy ghi chỗ cần sửa bằng lời.")
        )
    content_type, picture = page_of(dossier, mark.file_id, mark.page, actor=actor)
    return _picture(dossier, marking.as_jpeg(picture, mark.box), f"cho-can-sua-trang-{mark.page}.jpg", actor=actor)


def _is_of_the_owner(dossier: Dossier, file_id: int) -> bool:
    return DocumentFile.objects.filter(pk=file_id, document__owner=dossier.owner_id).exists()


def page_of(dossier: Dossier, file_id: int, page: int, *, actor: Actor) -> tuple[str, Any]:
    """The kind of a file and the picture of one of its pages, for an official who handles the dossier.

    Raises NotFoundError for a file of no paper of this dossier, InvalidInputError for a page that is no picture.
    """
    if not DocumentFile.objects.filter(pk=file_id, document__used_in__dossier=dossier).exists():
        raise NotFoundError(access.NOT_FOUND)
    stored, stream = access.open_file(file_id, actor=actor, purpose="")
    with stream:
        return stored.blob.content_type, marking.page_picture(stream, stored.blob.content_type, page)
