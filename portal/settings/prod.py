"""Production: nothing embedded, nothing assumed. Unsafe settings refuse to start and say why."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *  # noqa: F403 - a settings module is its names
from portal.settings.base import (
    ALLOWED_HOSTS,
    BASE_URL,
    FIELD_KEYS,
    INDEX_KEY,
    NPP_SECRET,
    PAYMENT_GATEWAYS,
    SECRET_KEY,
    TRUSTED_PROXIES,
    VNEID_ISSUER,
    VNPAY_HASH_SECRET,
)
from portal.settings.env import env


def _problems() -> list[str]:
    found = []
    if len(SECRET_KEY) < 50:
        found.append("PORTAL_SECRET_KEY must have at least 50 characters")
    if not FIELD_KEYS:
        found.append("PORTAL_FIELD_KEYS must hold at least one Fernet key")
    if len(INDEX_KEY) < 32:
        found.append("PORTAL_INDEX_KEY must have at least 32 characters")
    if not BASE_URL.startswith("https://"):
        found.append("PORTAL_BASE_URL must begin with https://")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        found.append("PORTAL_ALLOWED_HOSTS must name the hosts, without *")
    if not VNEID_ISSUER.startswith("https://"):
        found.append("VNEID_ISSUER must begin with https://")
    found.extend(
        f"{name} must be set"
        for name in (
            "DATABASE_URL",
            "CELERY_BROKER_URL",
            "CACHE_URL",
            "VNEID_CLIENT_SECRET",
            "EMAIL_URL",
        )
        if not env.str(name, "")
    )
    if "vnpay" in PAYMENT_GATEWAYS and len(VNPAY_HASH_SECRET) < 16:
        found.append("VNPAY_HASH_SECRET must have at least 16 characters while PAYMENT_GATEWAYS offers vnpay")
    if "npp" in PAYMENT_GATEWAYS and len(NPP_SECRET) < 16:
        found.append("NPP_SECRET must have at least 16 characters while PAYMENT_GATEWAYS offers npp")
    return found


if problems := _problems():
    raise ImproperlyConfigured("Unsafe settings: " + "; ".join(problems))

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = False  # the proxy redirects browsers; the wire protocol must never be redirected
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SANDBOX: dict[str, str] = {}
