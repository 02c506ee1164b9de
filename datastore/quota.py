"""How much a person may keep of her own uploads (dung lượng kho): results and letters of agencies count for nothing."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext_lazy as _

from datastore.intake import refusal
from datastore.models import Blob, Document, DocumentFile, TrustLevel
from portal.accounts.models import Organisation, User

MEGABYTE = 1024 * 1024
FULL = _(
    "Kho của bạn đã đầy: giấy tờ bạn tải lên chiếm %(used)d trong %(limit)d MB. "
    "Hãy vào Kho dữ liệu xóa giấy tờ không còn dùng, hoặc chụp lại ở cỡ nhỏ hơn, rồi tải lại."
)
TOO_MANY = _(
    "Kho của bạn đã có %(limit)d giấy tờ tự tải lên, nhiều nhất cho một người. "
    "Hãy vào Kho dữ liệu xóa giấy tờ không còn dùng rồi tải lại."
)


@dataclass(frozen=True, slots=True)
class Use:
    """What of a store's room is taken: own uploads and their bytes, in MB begun, beside the most of both."""

    papers: int
    megabytes: int
    papers_most: int
    megabytes_most: int

    @property
    def is_nearly_full(self) -> bool:
        """Whether a tenth or less is left of either."""
        return 10 * self.papers >= 9 * self.papers_most or 10 * self.megabytes >= 9 * self.megabytes_most


def use_of(holder: User | Organisation) -> Use:
    """How full a store is; reads every upload of it, thus for pages that add one and not for the list."""
    papers, size = _taken(holder)
    return Use(papers, -(-size // MEGABYTE), settings.STORE_MAX_PAPERS, settings.STORE_MAX_MB)


def _taken(holder: User | Organisation) -> tuple[int, int]:
    """How many papers were uploaded, and the bytes that they keep; the same bytes count once."""
    uploads = Document.objects.of(holder).filter(trust=TrustLevel.UPLOADED)
    own = DocumentFile.objects.filter(blob=OuterRef("pk"), document__in=uploads)
    held = Blob.objects.filter(Exists(own))
    if isinstance(holder, User):
        held = held.filter(owner=holder)
    return uploads.count(), held.aggregate(size=Sum("size_bytes"))["size"] or 0


def hold(owner: User, organisation: Organisation | None) -> None:
    """Let uploads into a store go one after the other until the end of the transaction."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    if organisation is not None:
        Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)


def require_room(owner: User, size_bytes: int, *, organisation: Organisation | None = None) -> None:
    """Raise InvalidInputError with field "file" where an upload of this size does not fit into its owner's store.

    Within the transaction that keeps the file; the owner's row stays locked, so that two uploads at once are counted
    one after the other.
    """
    hold(owner, organisation)
    papers, kept = _taken(organisation or owner)
    if papers >= settings.STORE_MAX_PAPERS:
        raise refusal(TOO_MANY % {"limit": settings.STORE_MAX_PAPERS})
    if kept + size_bytes > settings.STORE_MAX_MB * MEGABYTE:
        raise refusal(FULL % {"used": -(-kept // MEGABYTE), "limit": settings.STORE_MAX_MB})
