"""Result papers that a small system lays beside its table: the table names them, the worker takes them from there.

They go the way of papers that lie on a partner's server (result_files), with an address that says "in your folder".
"""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from dossiers.partners import drop_folder
from dossiers.partners.drop_folder import FolderError
from dossiers.partners.wire import WireFieldError
from portal.agencies.models import ApiClient
from portal.core.errors import InvalidInputError
from portal.exchange.models import PullProvider, PullSource

log = structlog.get_logger(__name__)

COLUMN = "TepKetQua"
BETWEEN = "|"
PREFIX = "thu-muc:"
NAME_LENGTH = 150
NAME_BYTES = 255
"""Of one file on a disk: Vietnamese letters take up to three each."""


def listed(cell: str, source: PullSource | None = None) -> list[dict[str, Any]]:
    """What the cell of a row names, in the shape of the wire format's papers, each with the mark of the file there.

    By the mark the same row is news where a corrected file was laid down under the old name.
    """
    names = [name.strip() for name in cell.split(BETWEEN)]
    return [
        {"TenTepDinhKem": name, "TenGiayTo": name, **_address(name), **_mark(name, source)} for name in names if name
    ]


def _mark(name: str, source: PullSource | None) -> dict[str, Any]:
    mark = drop_folder.mark_of(source, name) if source is not None and _is_plain(name) else None
    return {"Tep": mark} if mark else {}


def _address(name: str) -> dict[str, str]:
    return {"DuongDanTepTinKetQua": f"{PREFIX}{name}", "DuongDanTaiTepTin": f"{PREFIX}{name}"}


def require_plain(urls: Iterable[str]) -> None:
    """Raise WireFieldError for a name that is none of a file in the folder itself."""
    for url in urls:
        name = url.removeprefix(PREFIX)
        if url.startswith(PREFIX) and not _is_plain(name):
            words = _("Tên tệp kết quả “%(name)s” phải là tên một tệp nằm cùng thư mục, không có đường dẫn.")
            raise WireFieldError(words % {"name": name[:100]})


def _is_plain(name: str) -> bool:
    is_bare = name == PurePosixPath(name).name and "\\" not in name and not name.startswith(".")
    return is_bare and len(name) <= NAME_LENGTH and len(name.encode()) <= NAME_BYTES


def taken(client: ApiClient, url: str) -> bytes:
    """The bytes of a paper; raises FolderError while it is not there whole, InvalidInputError where it is unusable."""
    source = PullSource.objects.filter(client=client, provider=PullProvider.FOLDER).first()
    name = url.removeprefix(PREFIX)
    if source is None or not _is_plain(name):
        raise InvalidInputError(_("Hệ thống này không có thư mục đặt tệp nào."))
    file = drop_folder.folder_of(source) / name
    if not drop_folder.is_settled(file):
        words = _("Chưa có tệp kết quả %(name)s trong thư mục, hoặc tệp còn đang được ghi. Cổng tự xem lại.")
        raise FolderError(words % {"name": name})
    content = drop_folder.content_of(file, most_bytes=settings.UPLOAD_MAX_BYTES)
    if len(content) > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        raise InvalidInputError(_("Tệp kết quả %(name)s lớn quá %(most)d MB.") % {"name": name, "most": most})
    return content


def is_there(client: ApiClient, url: str) -> bool:
    """Whether a file of this name lies in the system's folder now, whole or not."""
    if not url.startswith(PREFIX):
        return False
    source = PullSource.objects.filter(client=client, provider=PullProvider.FOLDER).first()
    return source is not None and drop_folder.mark_of(source, url.removeprefix(PREFIX)) is not None


def put_away(client: ApiClient, urls: Iterable[str]) -> None:
    """Move papers that lie in the store by now; one that cannot be moved stays where it is and hurts nobody."""
    for url in urls:
        source = PullSource.objects.filter(client=client, provider=PullProvider.FOLDER).first()
        if source is None or not url.startswith(PREFIX):
            continue
        try:
            drop_folder.put_away(drop_folder.folder_of(source) / url.removeprefix(PREFIX), drop_folder.TAKEN)
        except FolderError:
            log.warning("drop_papers.left", client_id=client.pk)
