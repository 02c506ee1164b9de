"""Who is behind a session: asked for by every page of a signed-in person, so by a statement that is composed once."""

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from portal.accounts.models import User
from portal.core.rows import JoinedSelect, Part


class AccountBackend(AuthenticationBackend):
    """allauth's sign-in; only the look-up of the person is our own."""

    def get_user(self, user_id: Any) -> User | None:
        """The account with this key, while it may be used."""
        found = _by_key().first([user_id])
        if found is None:
            return None
        person: User = found[1][0]
        return person if self.user_can_authenticate(person) else None


@cache
def _by_key() -> JoinedSelect:
    return JoinedSelect([Part("person", User)], f"FROM {User._meta.db_table} AS person WHERE person.id = %s")
