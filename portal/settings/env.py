"""The environment variables the portal knows, each with its meaning; reading any other name is an error.

Every variable may also be given as NAME_FILE, the path of a file that holds the value (secrets by file).
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

KNOWN: dict[str, str] = {
    "PORTAL_SECRET_KEY": "Django's signing key, at least 50 characters",
    "PORTAL_FIELD_KEYS": "comma-separated Fernet keys for encrypted columns, newest first",
    "PORTAL_STORE_KEYS": "comma-separated keys over the stored files, newest first (32 bytes in URL-safe base64)",
    "PORTAL_INDEX_KEY": "key of the blind index over identifiers, at least 32 characters",
    "PORTAL_BASE_URL": "public address of the portal, without trailing slash",
    "PORTAL_ALLOWED_HOSTS": "comma-separated host names the portal answers to",
    "PORTAL_TRUSTED_PROXIES": "number of reverse proxies in front of the web process",
    "PORTAL_PORT": "port of the web process when it is started by bin/run",
    "SANDBOX_PORT": "first port of the sandbox programs",
    "PORTAL_VAR": "directory for everything the portal writes",
    "PORTAL_LOG_LEVEL": "lowest level that is logged",
    "DATABASE_URL": "PostgreSQL address; absent means the embedded server of bin/run",
    "DATABASE_POOLED": "true when a transaction-mode pooler such as PgBouncer stands between",
    "CELERY_BROKER_URL": "Redis protocol or AMQP address of the broker",
    "CACHE_URL": "Redis protocol address of the cache",
    "API_OPEN_RATE_PER_MINUTE": "requests a minute that one network address may make to the open catalogue",
    "API_RATE_PER_MINUTE": "requests a minute that one partner's system may make over the API",
    "PROMETHEUS_MULTIPROC_DIR": "empty directory in which the processes of one web server add up their figures",
    "PORTAL_METRICS_TOKEN": "bearer token with which /metrics may be read from elsewhere than this machine",
    "STORAGE_URL": "s3://key:secret@host/bucket?options; absent means a directory under PORTAL_VAR",
    "EMAIL_URL": "smtp://user:password@host:port; absent means the demo mailbox",
    "EMAIL_FROM": "sender of the portal's messages",
    "SMS_PROVIDER": "dotted path of a TextProvider class that sends SMS; absent means none, in development the demo",
    "ZALO_PROVIDER": "the same for messages by Zalo",
    "PORTAL_STORE_MAX_MB": "megabytes of own uploads that one person's store holds",
    "PORTAL_STORE_MAX_PAPERS": "papers of her own that one person may keep in her store",
    "CLAMAV_ADDRESS": "host:port of a ClamAV daemon; absent means the null scanner, which says so",
    "PARTNER_NETWORKS": "comma-separated networks that are not public and in which partners' systems may lie, such as "
    "10.20.0.0/16; absent means none, in development any",
    "DROP_DIR": "directory with one folder for each system that lays down CSV files and result papers; "
    "absent means PORTAL_VAR/drop",
    "SIGNING_KEYS_DIR": "directory of the signing keys and certificates; absent means PORTAL_VAR/keys",
    "VNEID_ISSUER": "issuer address of the OpenID provider for citizens",
    "VNEID_CLIENT_ID": "client id registered with that provider",
    "VNEID_CLIENT_SECRET": "client secret registered with that provider",
    "POPULATION_URL": "address where the population database gives personal numbers; absent: registrars write them",
    "POPULATION_SECRET": "secret with which the population database is asked",
    "VNPAY_PAY_URL": "address of VNPAY's payment page",
    "VNPAY_TMN_CODE": "terminal code issued by VNPAY",
    "VNPAY_HASH_SECRET": "hash secret issued by VNPAY",
    "NPP_INIT_URL": "INIT address of the national payment platform",
    "NPP_QUERY_URL": 'address of the platform\'s status query; absent means "query" beside NPP_INIT_URL',
    "NPP_BILL_URL": 'address of the platform\'s GET_BILL; absent means "bill" beside NPP_INIT_URL',
    "NPP_PARTNER_CODE": "partner code on the national payment platform",
    "NPP_SECRET": "secret shared with the national payment platform",
    "PAYMENT_GATEWAYS": "comma-separated names of the gateways offered to payers",
    "SANDBOX_PROVINCE_CLIENT_ID": "client id of the sandbox province (development only)",
    "SANDBOX_PROVINCE_CLIENT_SECRET": "client secret of the sandbox province (development only)",
    "SANDBOX_PROVINCE_WEBHOOK_SECRET": "webhook secret of the sandbox province (development only)",
    "SANDBOX_MINISTRY_USERNAME": "wire account of the sandbox ministry (development only)",
    "SANDBOX_MINISTRY_PASSWORD": "wire password of the sandbox ministry (development only)",
    "SANDBOX_MINISTRY_MADONVI": "agency code of the sandbox ministry on the wire (development only)",
    "SANDBOX_MINISTRY_WEBHOOK_SECRET": "webhook secret of the sandbox ministry (development only)",
    "SANDBOX_POWER_CLIENT_ID": "client id of the sandbox power company (development only)",
    "SANDBOX_POWER_CLIENT_SECRET": "client secret of the sandbox power company (development only)",
    "SANDBOX_POWER_PULL_SECRET": "key with which the sandbox power company is asked (development only)",
    "SANDBOX_POWER_WEBHOOK_SECRET": "webhook secret of the sandbox power company (development only)",
}

BASE_DIR = Path(__file__).resolve().parents[2]


def _read_secret_files() -> None:
    """Let NAME_FILE stand for NAME, as container secrets do."""
    for name in KNOWN:
        path = os.environ.get(f"{name}_FILE")
        if path and name not in os.environ:
            try:
                os.environ[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error}") from None


_read_secret_files()
env = Env(expand_vars=False)
