"""Officials at their desks: one agency with a dossier, another one next door, and browsers of each role."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from portal.accounts.models import User
from portal.agencies.models import Agency, MembershipRole
from tests import factories
from tests.backoffice.batches import batch_owner, send_batch  # noqa: F401 - fixtures

SignIn = Callable[[User], Client]


def with_second_factor(user: User) -> User:
    """Give a user an authenticator, as every official has."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def signed_in(user: User) -> Client:
    """A browser of this user."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@dataclass
class Office:
    """One agency with its officials, and strangers to it."""

    agency: Agency
    desk: User
    specialist: User
    leader: User
    administrator: User
    foreign_desk: User

    def browser(self, who: str) -> Client:
        """A browser of one of them, by name."""
        return signed_in(getattr(self, who))


@pytest.fixture
def office() -> Office:
    """Cửa Nam's committee with four officials, and the desk of another agency."""
    agency = factories.make_agency()
    other = factories.make_other_agency()
    return Office(
        agency=agency,
        desk=with_second_factor(factories.make_official(agency, MembershipRole.DESK, "Phạm Thị Quầy")),
        specialist=with_second_factor(factories.make_official(agency, MembershipRole.SPECIALIST, "Đỗ Văn Chuyên")),
        leader=with_second_factor(factories.make_official(agency, MembershipRole.LEADER, "Vũ Minh Lãnh")),
        administrator=with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR, "Hoàng Quản")),
        foreign_desk=with_second_factor(factories.make_official(other, MembershipRole.DESK, "Người Nơi Khác")),
    )
