"""Demo officials (development only): their password lies in the data directory, never in code."""

import json
import secrets
import time
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.utils.translation import gettext as _

from portal.accounts.models import User

TOTP_PERIOD_SECONDS = 30


def _path() -> Any:
    return settings.VAR_DIR / "secrets" / "demo.json"


def password() -> str:
    """The demo officials' password, made at first use."""
    return _secrets()["password"]


def _secrets() -> dict[str, Any]:
    path = _path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        words = "-".join(secrets.choice(["sen", "lua", "tre", "song", "nui", "bien", "may", "gio"]) for _n in range(3))
        path.write_text(json.dumps({"password": f"{words}-{secrets.randbelow(9000) + 1000}"}), encoding="utf-8")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def make_official(username: str, display_name: str) -> User:
    """Create or refresh one demo official with password and authenticator."""
    user, is_new = User.objects.update_or_create(
        username=username, defaults={"display_name": display_name, "is_official": True, "is_staff": True}
    )
    if is_new or not user.check_password(password()):  # to check none takes as long as to check one
        user.set_password(password())
        user.save(update_fields=["password"])
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        secret = get_adapter().encrypt(generate_totp_secret())
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    return user


def current_code(user: User) -> str:
    """The six figures the official's phone would show now; empty for one whose second factor was taken away."""
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if authenticator is None:
        return ""
    secret = get_adapter().decrypt(authenticator.data["secret"])
    counter = int(time.time()) // TOTP_PERIOD_SECONDS
    return format_hotp_value(hotp_value(secret, counter))


def officials_with_codes() -> list[dict[str, str]]:
    """The demo officials by username, with role, agency, password and current code."""
    if not _path().exists():
        return []
    people = User.objects.filter(is_official=True, username__startswith="demo.").order_by("username")
    return [
        {
            "username": user.username,
            "name": user.display_name,
            "password": password(),
            "code": current_code(user),
            **_post(user),
        }
        for user in people
    ]


def _post(user: User) -> dict[str, str]:
    memberships: Any = getattr(user, "memberships")  # noqa: B009 - defined by agencies, a layer above
    post = memberships.select_related("agency").order_by("pk").first()
    if post is None:
        role = _("Quản trị toàn hệ thống") if user.is_superuser else _("Chưa được phân công tại cơ quan nào")
        return {"role": role, "agency": _("Cả nước") if user.is_superuser else ""}
    return {"role": str(post.get_role_display()), "agency": post.agency.title}
