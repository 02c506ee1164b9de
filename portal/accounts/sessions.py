"""A person's open sessions (phiên đăng nhập), ended all at once and on every device."""

from django.db.models import F

from portal.accounts.models import User


def end_all(user: User) -> None:
    """Let no session of this person go on; she signs in again.

    Sessions are not looked for: each carries the hash of what it was opened with (`User.get_session_auth_hash`), and
    none fits any longer.
    """
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
