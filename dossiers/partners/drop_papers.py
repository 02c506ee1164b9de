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


def listed(cell: str) -> list[dict[str, Any]]:
    """What the cell of a row names, in the shape of the wire format's papers."""
    names = [name.strip() for name in cell.split(BETWEEN)]
    return [{"TenTepDinhKem": name, "TenGiayTo": name, **_address(name)} for name in names if name]


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
