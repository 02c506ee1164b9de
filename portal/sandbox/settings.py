"""Settings of the sandbox programs; SANDBOX_PROGRAM in the environment says which of them this process is."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from portal.sandbox.common.keys import load_or_make_keys
from portal.sandbox.environment import read_environment

SANDBOX = read_environment(os.environ["SANDBOX_PROGRAM"])
PROGRAM = SANDBOX.program
_KEYS = load_or_make_keys(SANDBOX.var, PROGRAM)
_APP = PROGRAM if PROGRAM in {"vneid", "gateway"} else "casework"

SECRET_KEY = _KEYS.secret_key
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "portal.sandbox.common",
    f"portal.sandbox.{_APP}",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.sandbox.common.middleware.FailureSwitchMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if _APP == "casework":
    MIDDLEWARE.insert(4, "portal.sandbox.casework.chaos.ChaosMiddleware")
if PROGRAM == "vneid":
    INSTALLED_APPS += ["allauth", "allauth.account", "allauth.idp.oidc"]
    MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
    AUTH_USER_MODEL = "sandbox_vneid.Account"
    LOGIN_URL = "account_login"
    LOGIN_REDIRECT_URL = "/"
    IDP_OIDC_PRIVATE_KEY = _KEYS.signing_key
    IDP_OIDC_ADAPTER = "portal.sandbox.vneid.adapter.VneidAdapter"
    IDP_OIDC_RP_INITIATED_LOGOUT_ASKS_FOR_OP_LOGOUT = False
    ACCOUNT_USER_MODEL_USERNAME_FIELD = "number"
    ACCOUNT_LOGIN_METHODS = {"username"}
    ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
    ACCOUNT_EMAIL_VERIFICATION = "none"
    PASSWORD_HASHERS = ["portal.sandbox.vneid.hashers.ClientSecretHasher"]

ROOT_URLCONF = f"portal.sandbox.{_APP}.urls"
WSGI_APPLICATION = "portal.sandbox.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "portal.sandbox.common.context.program",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": SANDBOX.var / f"{PROGRAM}.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
FILES_DIR = SANDBOX.var / f"{PROGRAM}-files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

# one host, many programs: cookies are told apart by name
SESSION_COOKIE_NAME = f"sandbox_{PROGRAM}_session"
CSRF_COOKIE_NAME = f"sandbox_{PROGRAM}_csrf"
SESSION_COOKIE_AGE = 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        # Chromium checks form-action on redirects too: signing in and paying both end in a redirect to the portal
        "form-action": [SELF, SANDBOX.portal_url],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
# the portal's own font files, as `make assets` lays them down
STATICFILES_DIRS = [("fonts", Path(__file__).resolve().parents[2] / "static" / "build" / "fonts")]
WHITENOISE_USE_FINDERS = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": f"%(asctime)s {PROGRAM} %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # httpx logs whole addresses, and an IPN address carries the order
    "loggers": {"httpx": {"level": "WARNING"}},
}
