"""How much a person may keep of her own uploads (dung lượng kho): results and letters of agencies count for nothing."""

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


def require_room(owner: User, size_bytes: int, *, organisation: Organisation | None = None) -> None:
    """Raise InvalidInputError with field "file" where an upload of this size does not fit into its owner's store.

    Within the transaction that keeps the file; the owner's row stays locked, so that two uploads at once are counted
    one after the other.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    if organisation is not None:
        Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)
    uploads = Document.objects.of(organisation or owner).filter(trust=TrustLevel.UPLOADED)
    if uploads.count() >= settings.STORE_MAX_PAPERS:
        raise refusal(TOO_MANY % {"limit": settings.STORE_MAX_PAPERS})
    own = DocumentFile.objects.filter(blob=OuterRef("pk"), document__in=uploads)
    held = Blob.objects.filter(Exists(own)) if organisation else Blob.objects.filter(Exists(own), owner=owner)
    kept = held.aggregate(size=Sum("size_bytes"))["size"] or 0
    if kept + size_bytes > settings.STORE_MAX_MB * MEGABYTE:
        raise refusal(FULL % {"used": -(-kept // MEGABYTE), "limit": settings.STORE_MAX_MB})
