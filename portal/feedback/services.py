"""Rate a finished dossier (đánh giá mức độ hài lòng) – QĐ 766/QĐ-TTg, satisfaction group."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.core.text import clean_block
from portal.feedback.models import Rating, Satisfaction

RATEABLE_STATES = frozenset({DossierState.RETURNED, DossierState.REFUSED, DossierState.STOPPED})
"""A dossier is rated once the person holds its outcome: statuses 10, 3 and 8."""
CHANGE_WITHIN = timedelta(days=7)
"""A rating may be changed for a week: time to cool down, or to find a mistake in the result."""
REASON_MAX_LENGTH = 2000


def may_rate(dossier: Dossier) -> bool:
    """Whether a dossier's state is one that people are asked about."""
    return dossier.state in RATEABLE_STATES


def may_change(rating: Rating, now: datetime) -> bool:
    """Whether a rating can still be changed."""
    return now - rating.created_at <= CHANGE_WITHIN


def rating_of(dossier: Dossier) -> Rating | None:
    """The dossier's rating, if there is one."""
    return Rating.objects.filter(dossier=dossier).first()


@transaction.atomic
def rate(dossier_code: str, *, actor: Actor, satisfaction: int, reason: str = "") -> Rating:
    """Rate a finished dossier, or change one's rating within a week.

    Raises NotFoundError for a dossier that is not the actor's, ConflictError when it is not finished or the week is
    over, InvalidInputError("satisfaction" or "reason"): dissatisfaction needs a reason.
    """
    user = actor.user
    if user is None:
        raise NotAllowedError
    dossier = access.lock_dossier(dossier_code, actor=actor)
    if not may_rate(dossier):
        raise ConflictError(_("Bạn đánh giá được sau khi hồ sơ có kết quả."), code="rating.too_early")
    if satisfaction not in Satisfaction.values:
        raise InvalidInputError(fields={"satisfaction": [_("Hãy chọn một trong ba mức.")]})
    words = clean_block(reason)
    if satisfaction == Satisfaction.DISSATISFIED and not words:
        raise InvalidInputError(fields={"reason": [_("Hãy cho biết vì sao bạn chưa hài lòng.")]})
    if len(words) > REASON_MAX_LENGTH:
        raise InvalidInputError(
            fields={"reason": [_("Ý kiến dài quá %(limit)d ký tự. Hãy viết gọn lại.") % {"limit": REASON_MAX_LENGTH}]}
        )
    now = timezone.now()
    rating = rating_of(dossier)
    if rating is None:
        return Rating.objects.create(
            dossier=dossier, rater=user, satisfaction=satisfaction, reason=words, created_at=now
        )
    if (rating.satisfaction, rating.reason) == (satisfaction, words):
        return rating
    if not may_change(rating, now):
        raise ConflictError(
            _("Đánh giá chỉ sửa được trong 7 ngày. Đánh giá trước của bạn vẫn được giữ."), code="rating.too_late"
        )
    rating.satisfaction, rating.reason, rating.changed_at = satisfaction, words, now
    rating.save(update_fields=["satisfaction", "reason", "changed_at"])
    return rating
