"""Production: nothing embedded, nothing assumed. Unsafe settings refuse to start and say why (safety.py)."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings import safety
from portal.settings.base import *  # noqa: F403 - a settings module is its names
from portal.settings.base import BASE_URL, STORAGES, TRUSTED_PROXIES
from portal.settings.storage import PUBLISHED_STATIC_FILES

if problems := safety.problems(globals()):
    raise ImproperlyConfigured("Unsafe settings: " + "; ".join(problems))

STORAGES = {**STORAGES, "staticfiles": PUBLISHED_STATIC_FILES}
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# Browsers only: machines' addresses and probes are answered before this is asked, and are never redirected.
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SANDBOX: dict[str, str] = {}
# Preloading binds a domain for years in every browser: its owner's decision, not a default.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
