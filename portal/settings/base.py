"""Settings that hold in every situation."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

from django.utils.translation import gettext_lazy as _

from portal.settings.content_security import content_security_policy, origins
from portal.settings.database import database_from_url
from portal.settings.env import BASE_DIR, env
from portal.settings.logs import logging_config
from portal.settings.networks import Network, networks
from portal.settings.storage import storages_from_url
from portal.settings.sweeps import beat_schedule

VAR_DIR = Path(env.str("PORTAL_VAR", str(BASE_DIR / "var")))
SECRET_KEY = env.str("PORTAL_SECRET_KEY", "")
FIELD_KEYS: list[str] = env.list("PORTAL_FIELD_KEYS", [])
STORE_KEYS: list[str] = env.list("PORTAL_STORE_KEYS", [])
INDEX_KEY = env.str("PORTAL_INDEX_KEY", "")
PORTAL_PORT = env.int("PORTAL_PORT", 8000)
SANDBOX_PORT = env.int("SANDBOX_PORT", 8001)
BASE_URL = env.str("PORTAL_BASE_URL", f"http://127.0.0.1:{PORTAL_PORT}")
ALLOWED_HOSTS = env.list("PORTAL_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
TRUSTED_PROXIES = env.int("PORTAL_TRUSTED_PROXIES", 0)
DEBUG = False
IS_DEVELOPMENT = False

INSTALLED_APPS = [
    "portal.backoffice.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.idp.oidc",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "django_prometheus",
    "portal.core",
    "portal.accounts",
    "portal.agencies",
    "portal.exchange",
    "portal.notifications",
    "procedures",
    "datastore",
    "dossiers",
    "payments",
    "portal.feedback",
    "portal.indicators",
    "portal.api",
    "portal.site",
    "portal.backoffice",
]

MIDDLEWARE = [
    "portal.api.middleware.WireFastPathMiddleware",
    "portal.core.page_cache.AnonymousPageMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "portal.core.middleware.ContentSecurityMiddleware",
    "portal.core.middleware.UploadAnswerMiddleware",
    "portal.core.middleware.CleanInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.middleware.OfficialSecondFactorMiddleware",
    "portal.accounts.middleware.WorkingLanguageMiddleware",
    "portal.core.middleware.RequestContextMiddleware",
    "portal.core.middleware.ErrorPageMiddleware",
    "portal.core.middleware.CountingMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.site.context.page",
                "portal.backoffice.context.frame",
            ],
        },
    },
]

DATABASE_URL = env.str("DATABASE_URL", "")
DATABASES = {"default": database_from_url(env, VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STORAGES = storages_from_url(env, VAR_DIR)
CACHE_URL = env.str("CACHE_URL", "")
CACHES = {
    "default": {
        "BACKEND": "portal.core.cache.ForgetfulRedisCache",
        "LOCATION": CACHE_URL or f"unix://{VAR_DIR}/run/valkey.sock?db=1",
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

CATALOGUE_GLANCE_SECONDS = 1.0  # how long a process may go on showing the catalogue before another one's publication

# --- people -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "portal.accounts.backends.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "site:home"
LOGOUT_REDIRECT_URL = "site:home"
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.OfficialLoginForm",
    "change_password": "portal.accounts.forms.OfficialPasswordForm",
    "reauthenticate": "portal.accounts.forms.OfficialReauthenticateForm",
}
ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "portal.accounts.adapters.SocialAccountAdapter"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES  # whose address a limit on sign-ins counts
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
VNEID_ISSUER = env.str("VNEID_ISSUER", f"http://127.0.0.1:{SANDBOX_PORT}")
VNEID_CLIENT_SECRET = env.str("VNEID_CLIENT_SECRET", "")
POPULATION_URL = env.str("POPULATION_URL", "")
POPULATION_SECRET = env.str("POPULATION_SECRET", "")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "portal.accounts.oidc.VneidProvider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "vneid",
                "name": "VNeID",
                "client_id": env.str("VNEID_CLIENT_ID", "portal"),
                "secret": VNEID_CLIENT_SECRET,
                "settings": {
                    "server_url": VNEID_ISSUER,
                    "fetch_userinfo": True,
                    "oauth_pkce_enabled": True,
                    "uid_field": "sub",
                },
            }
        ],
    }
}
MFA_ADAPTER = "portal.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Cổng Dịch vụ công"
SESSION_COOKIE_NAME = "portal_session"
CSRF_COOKIE_NAME = "portal_csrf"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
CSRF_FAILURE_VIEW = "portal.site.views_errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# --- language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
FORMAT_MODULE_PATH = "portal.core.formats"  # how days are typed, and how they are shown
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True

# --- files and pages --------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
PDF_FONT_DIR = BASE_DIR / "static" / "build" / "fonts"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a sheet of 300 papers, 300 fees, 300 results and 300 cases on one page
DATA_UPLOAD_MAX_NUMBER_FILES = 40
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
STORE_MAX_MB = env.int("PORTAL_STORE_MAX_MB", 1000)
STORE_MAX_PAPERS = env.int("PORTAL_STORE_MAX_PAPERS", 2000)
CLAMAV_ADDRESS = env.str("CLAMAV_ADDRESS", "")
SIGNING_KEYS_DIR = Path(env.str("SIGNING_KEYS_DIR", str(VAR_DIR / "keys")))

# --- payments ---------------------------------------------------------------------------------
GATEWAY_PORT = SANDBOX_PORT + 2
PAYMENT_GATEWAYS = env.list("PAYMENT_GATEWAYS", ["npp", "vnpay"])
VNPAY_PAY_URL = env.str("VNPAY_PAY_URL", f"http://127.0.0.1:{GATEWAY_PORT}/paymentv2/vpcpay.html")
VNPAY_TMN_CODE = env.str("VNPAY_TMN_CODE", "")
VNPAY_HASH_SECRET = env.str("VNPAY_HASH_SECRET", "")
NPP_INIT_URL = env.str("NPP_INIT_URL", f"http://127.0.0.1:{GATEWAY_PORT}/npp/init")
NPP_QUERY_URL = env.str("NPP_QUERY_URL", "") or urljoin(NPP_INIT_URL, "query")
NPP_BILL_URL = env.str("NPP_BILL_URL", "") or urljoin(NPP_INIT_URL, "bill")
NPP_PARTNER_CODE = env.str("NPP_PARTNER_CODE", "")
NPP_SECRET = env.str("NPP_SECRET", "")

# --- content security -------------------------------------------------------------------------
# A gateway that is not offered is no target: its address may still be the sandbox's.
_PAY_PAGES = {"vnpay": VNPAY_PAY_URL, "npp": NPP_INIT_URL}
_FORM_TARGETS = origins([VNEID_ISSUER, *(url for name, url in _PAY_PAGES.items() if name in PAYMENT_GATEWAYS)])
CONTENT_SECURITY_POLICY = content_security_policy(_FORM_TARGETS)

# --- mail -------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", "")
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "khong-tra-loi@dichvucong.example")
SMS_PROVIDER = env.str("SMS_PROVIDER", "")
ZALO_PROVIDER = env.str("ZALO_PROVIDER", "")
NOTIFICATION_CHANNELS = ["inbox", "email", *(["sms"] if SMS_PROVIDER else []), *(["zalo"] if ZALO_PROVIDER else [])]
if EMAIL_URL:
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = (
        _mail["EMAIL_BACKEND"],
        _mail["EMAIL_HOST"],
        _mail["EMAIL_PORT"],
    )
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        _mail["EMAIL_HOST_USER"],
        _mail["EMAIL_HOST_PASSWORD"],
    )
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
    EMAIL_TIMEOUT = 10  # a mail server that hangs must not hold a worker
else:
    EMAIL_BACKEND = "portal.notifications.channels.demo.DemoMailboxBackend"

# --- background work --------------------------------------------------------------------------
BROKER_URL = env.str("CELERY_BROKER_URL", "")
CELERY_BROKER_URL = BROKER_URL or f"redis+socket://{VAR_DIR}/run/valkey.sock?virtual_host=0"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "ack_emulation": False,  # a bell is not kept in the broker until it is answered: the row it rings for is
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
SWEEP_SECONDS = 5
BELL_RINGS_ALONE = True  # in a thread of its own; False rings in the caller's thread
WORK_LEASE_SECONDS = 120
WEB_ROW_WAIT_SECONDS = 5.0  # for a row that somebody else holds: wire clients wait 6 s for an answer (protocol §0.4)
WORKER_ROW_WAIT_SECONDS = 30.0  # the same in the background; what is not done then is tried again
TOKEN_KEPT_SECONDS = 1.0  # how long a process may go on trusting an access token that was revoked elsewhere
ROUTING_KEPT_SECONDS = 5.0  # how long after a partner's system was switched on or off filings may still go the old way
CALENDAR_KEPT_SECONDS = 60.0  # how old the working calendar and the rows of settings that a process knows may be
CELERY_BEAT_SCHEDULE = beat_schedule(SWEEP_SECONDS)

# --- exchange ---------------------------------------------------------------------------------
HTTP_TIMEOUT_SECONDS = 10
DELIVERY_BUDGET_SECONDS = int(timedelta(days=3).total_seconds())
DELIVERY_THREADS = 8  # partners served at once by one worker; 0 means one after another, in the caller's thread
PARTNER_NETWORKS: list[Network] = networks("PARTNER_NETWORKS", env.list("PARTNER_NETWORKS", []))
PULL_THREADS = 24  # systems asked at once by one worker
DROP_DIR = Path(env.str("DROP_DIR", str(VAR_DIR / "drop")))  # below it one folder for each system that lays down files
WIRE_SESSION_MINUTES = 30
WIRE_BODY_MAX_BYTES = 32 * 1024 * 1024

# --- api --------------------------------------------------------------------------------------
API_BODY_MAX_BYTES = 32 * 1024 * 1024
API_RATE_PER_MINUTE = env.int("API_RATE_PER_MINUTE", 30_000)
API_OPEN_RATE_PER_MINUTE = env.int("API_OPEN_RATE_PER_MINUTE", 300)
METRICS_TOKEN = env.str("PORTAL_METRICS_TOKEN", "")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.api.authentication.ClientCredentialsAuthentication",
        "portal.api.signed_requests.SignedRequestAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api.permissions.HasRequiredScopes"],
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.throttling.ClientThrottle"],
    "DEFAULT_PARSER_CLASSES": ["portal.api.parsers.CleanJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "portal.api.negotiation.JSONNegotiation",
    "EXCEPTION_HANDLER": "portal.api.errors.problem_response",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "portal.api.pagination.CursorPage",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cổng Dịch vụ công quốc gia – API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "PATH_CONVERTER_OVERRIDES": {"dossier": str},
}
IDP_OIDC_ADAPTER = "portal.accounts.adapters.MachineClientAdapter"
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 1800

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = logging_config(env.str("PORTAL_LOG_LEVEL", "INFO"))
