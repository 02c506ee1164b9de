"""Who signs for the head in tests: what is written down, and what is typed for it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from portal.accounts.models import User
from portal.agencies import signing
from portal.agencies.models import Membership, SigningDelegation, SigningManner

if TYPE_CHECKING:
    from tests.backoffice.conftest import Office

PAGE = "/quan-tri/ky-thay/"


def titled(user: User, title: str) -> User:
    Membership.objects.filter(user=user).update(title=title)
    return user


def give(office: "Office", signer: User, **changes: Any) -> SigningDelegation:
    today = timezone.localdate()
    said: dict[str, Any] = {
        "agency": office.agency,
        "principal": office.leader,
        "signer": signer,
        "manner": SigningManner.BY_ORDER,
        "procedures": [],
        "document_number": "12/QĐ-UBND",
        "document_date": today - timedelta(days=1),
        "first_day": today,
        "last_day": today + timedelta(days=30),
        "by": office.administrator,
    }
    return signing.write(**{**said, **changes})


def typed(office: "Office", signer: User, **changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    form = {
        "principal": office.leader.pk,
        "signer": signer.pk,
        "manner": "TL",
        "procedures": "",
        "document_number": "12/QĐ-UBND",
        "document_date": (today - timedelta(days=1)).isoformat(),
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=30)).isoformat(),
    }
    return {**form, **changes}
