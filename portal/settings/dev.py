"""One machine, started by bin/run: real parts, demo people, sandbox outside world."""

from portal.settings.base import *  # noqa: F403 - a settings module is its names
from portal.settings.base import (
    PARTNER_NETWORKS,
    POPULATION_SECRET,
    POPULATION_URL,
    SANDBOX_PORT,
    VAR_DIR,
    VNEID_CLIENT_SECRET,
    VNEID_ISSUER,
)
from portal.settings.env import env
from portal.settings.networks import EVERYWHERE
from portal.settings.secrets import development_secrets

_secrets = development_secrets(VAR_DIR)
SECRET_KEY = env.str("PORTAL_SECRET_KEY", "") or _secrets["secret_key"]
FIELD_KEYS = env.list("PORTAL_FIELD_KEYS", []) or [_secrets["field_key"]]
STORE_KEYS = env.list("PORTAL_STORE_KEYS", []) or [_secrets["store_key"]]
INDEX_KEY = env.str("PORTAL_INDEX_KEY", "") or _secrets["index_key"]
IS_DEVELOPMENT = True
DEMO_TEXTS = "portal.notifications.channels.demo.DemoTextProvider"
SMS_PROVIDER = env.str("SMS_PROVIDER", "") or DEMO_TEXTS
ZALO_PROVIDER = env.str("ZALO_PROVIDER", "") or DEMO_TEXTS
NOTIFICATION_CHANNELS = ["inbox", "email", "sms", "zalo"]
MFA_TOTP_TOLERANCE = 1  # six figures read off a page or a terminal last until they are typed: 30 s at least
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
PARTNER_NETWORKS = PARTNER_NETWORKS or list(EVERYWHERE)  # the sandbox answers on this machine
STATIC_ROOT = None  # files are found where they lie; nothing is collected
POPULATION_URL = POPULATION_URL or f"{VNEID_ISSUER}/csdl-dan-cu/so-dinh-danh/"
POPULATION_SECRET = POPULATION_SECRET or VNEID_CLIENT_SECRET  # the sandbox keeps accounts and people in one program
SANDBOX = {
    "province_url": f"http://127.0.0.1:{SANDBOX_PORT + 1}",
    "gateway_url": f"http://127.0.0.1:{SANDBOX_PORT + 2}",
    "ministry_url": f"http://127.0.0.1:{SANDBOX_PORT + 3}",
    "province_client_id": env.str("SANDBOX_PROVINCE_CLIENT_ID", ""),
    "province_client_secret": env.str("SANDBOX_PROVINCE_CLIENT_SECRET", ""),
    "province_webhook_secret": env.str("SANDBOX_PROVINCE_WEBHOOK_SECRET", ""),
    "ministry_username": env.str("SANDBOX_MINISTRY_USERNAME", ""),
    "ministry_password": env.str("SANDBOX_MINISTRY_PASSWORD", ""),
    "ministry_madonvi": env.str("SANDBOX_MINISTRY_MADONVI", "G01"),
    "ministry_webhook_secret": env.str("SANDBOX_MINISTRY_WEBHOOK_SECRET", ""),
    "power_url": f"http://127.0.0.1:{SANDBOX_PORT + 4}",
    "power_client_id": env.str("SANDBOX_POWER_CLIENT_ID", ""),
    "power_client_secret": env.str("SANDBOX_POWER_CLIENT_SECRET", ""),
    "power_pull_secret": env.str("SANDBOX_POWER_PULL_SECRET", ""),
    "power_webhook_secret": env.str("SANDBOX_POWER_WEBHOOK_SECRET", ""),
}
