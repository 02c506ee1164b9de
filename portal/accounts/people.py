"""People who come in person (người đến làm thủ tục trực tiếp): found by their number, or entered from their card."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts import vneid
from portal.accounts.models import CitizenProfile, IdentityLevel, User
from portal.core.encryption import blind_index

SEEN_AT_DESK = "Giấy xem tại quầy: "
"""Before the paper that an official copied a person from who showed no card, in `from_paper`; kept in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Person:
    """What an official copies from an identity card, or what a birth certificate says."""

    personal_id: str
    full_name: str
    date_of_birth: date | None
    gender: str = ""
    phone: str = ""
    address_line: str = ""
    ethnicity: str = ""
    from_paper: str = ""
    """The certificate that it is copied from, where that is no identity card: its title in a store, or SEEN_AT_DESK and
    what the official says of it."""


def index_of(personal_id: str) -> str:
    """What a number is found by; it is never stored in the clear."""
    return blind_index(personal_id)


def find(personal_id: str) -> User | None:
    """The account of the person with this number, with her profile."""
    profile = CitizenProfile.objects.filter(personal_id_index=blind_index(personal_id)).select_related("user").first()
    if profile is None:
        return None
    user: User = profile.user
    CitizenProfile.user.field.remote_field.set_cached_value(user, profile)
    return user


def enter(person: Person) -> User:
    """Make an account nobody signs in to, or return the one that is there.

    It becomes the person's own at her first sign-in with VNeID, which knows her by the same number and writes the
    profile anew (portal.accounts.vneid). Two desks at once make one.
    """
    known = find(person.personal_id)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            user = User(username=vneid.new_username(), display_name=person.full_name)
            user.set_unusable_password()
            user.save(force_insert=True)
            CitizenProfile.objects.create(
                user=user,
                full_name=person.full_name,
                personal_id=person.personal_id,
                personal_id_index=blind_index(person.personal_id),
                date_of_birth=person.date_of_birth,
                gender=person.gender,
                phone=person.phone,
                address_line=person.address_line,
                ethnicity=person.ethnicity,
                from_paper=person.from_paper,
                identity_level=IdentityLevel.ONE,
                is_from_counter=True,
                confirmed_at=timezone.now(),
            )
    except IntegrityError:
        other = find(person.personal_id)
        if other is None:
            raise
        return other
    return user
