"""Settings that production must refuse, each as one change to a good environment, with what it says."""

import secrets
from pathlib import Path

from cryptography.fernet import Fernet

GOOD = {
    "PORTAL_SECRET_KEY": secrets.token_urlsafe(64),
    "PORTAL_FIELD_KEYS": Fernet.generate_key().decode(),
    "PORTAL_STORE_KEYS": Fernet.generate_key().decode(),
    "PORTAL_INDEX_KEY": secrets.token_urlsafe(48),
    "PORTAL_BASE_URL": "https://dichvucong.example",
    "PORTAL_ALLOWED_HOSTS": "dichvucong.example",
    "PORTAL_TRUSTED_PROXIES": "1",
    "DATABASE_URL": f"postgres://portal:{secrets.token_hex(16)}@db.internal:5432/portal",
    "CELERY_BROKER_URL": f"redis://:{secrets.token_hex(16)}@redis.internal:6379/0",
    "CACHE_URL": f"redis://:{secrets.token_hex(16)}@redis.internal:6379/1",
    "EMAIL_URL": "submission://portal:long-enough-9@mail.internal:587",
    "CLAMAV_ADDRESS": "clamav.internal:3310",
    "VNEID_ISSUER": "https://vneid.gov.example",
    "VNEID_CLIENT_SECRET": secrets.token_hex(16),
    "PAYMENT_GATEWAYS": "vnpay,npp",
    "VNPAY_PAY_URL": "https://pay.vnpay.example/vpcpay.html",
    "VNPAY_TMN_CODE": "PORTAL01",
    "VNPAY_HASH_SECRET": secrets.token_hex(16),
    "NPP_INIT_URL": "https://npp.gov.example/init",
    "NPP_PARTNER_CODE": "PORTAL01",
    "NPP_SECRET": secrets.token_hex(16),
}

ABSENT = ""
DEVELOPMENT = "the development portal's own"
"""Stands for what a development portal left in PORTAL_VAR; the test puts it in."""

CASES: dict[str, tuple[dict[str, str], str]] = {
    "no secret key": ({"PORTAL_SECRET_KEY": ABSENT}, "PORTAL_SECRET_KEY must have at least 50"),
    "short secret key": ({"PORTAL_SECRET_KEY": "a1B2" * 12}, "PORTAL_SECRET_KEY must have at least 50"),
    "Django's own stand-in": (
        {"PORTAL_SECRET_KEY": "django-insecure-" + secrets.token_urlsafe(48)},
        "PORTAL_SECRET_KEY is a stand-in",
    ),
    "secret key of the suite": ({"PORTAL_SECRET_KEY": "test-only-" + "k" * 60}, "PORTAL_SECRET_KEY is a stand-in"),
    "secret key of one letter": ({"PORTAL_SECRET_KEY": "x" * 80}, "PORTAL_SECRET_KEY is a stand-in"),
    "development's secret key": ({"PORTAL_SECRET_KEY": DEVELOPMENT}, "PORTAL_SECRET_KEY is the development key"),
    "one key for two purposes": (
        {"PORTAL_INDEX_KEY": GOOD["PORTAL_SECRET_KEY"]},
        "PORTAL_INDEX_KEY must differ from PORTAL_SECRET_KEY",
    ),
    "no index key": ({"PORTAL_INDEX_KEY": ABSENT}, "PORTAL_INDEX_KEY must have at least 32"),
    "no field key": ({"PORTAL_FIELD_KEYS": ABSENT}, "PORTAL_FIELD_KEYS must hold at least one"),
    "broken field key": ({"PORTAL_FIELD_KEYS": "not-a-key"}, "PORTAL_FIELD_KEYS holds something that is no Fernet key"),
    "field key of the suite": (
        {"PORTAL_FIELD_KEYS": "dGVzdC1vbmx5LWZpZWxkLWtleS0wMTIzNDU2Nzg5MDE="},
        "PORTAL_FIELD_KEYS holds a stand-in",
    ),
    "development's field key": ({"PORTAL_FIELD_KEYS": DEVELOPMENT}, "PORTAL_FIELD_KEYS holds the development key"),
    "no store key": ({"PORTAL_STORE_KEYS": ABSENT}, "PORTAL_STORE_KEYS must hold at least one"),
    "broken store key": ({"PORTAL_STORE_KEYS": "not-a-key"}, "PORTAL_STORE_KEYS holds something that is no key"),
    "store key of the suite": (
        {"PORTAL_STORE_KEYS": "dGVzdC1vbmx5LXN0b3JlLWtleS0wMTIzNDU2Nzg5MDE="},
        "PORTAL_STORE_KEYS holds a stand-in",
    ),
    "development's store key": ({"PORTAL_STORE_KEYS": DEVELOPMENT}, "PORTAL_STORE_KEYS holds the development key"),
    "one key over columns and files": (
        {"PORTAL_STORE_KEYS": GOOD["PORTAL_FIELD_KEYS"]},
        "PORTAL_STORE_KEYS must differ from PORTAL_FIELD_KEYS",
    ),
    "debug mode": ({"DEBUG": "1"}, "DEBUG is set in the environment"),
    "Django's debug mode": ({"DJANGO_DEBUG": "true"}, "DJANGO_DEBUG is set in the environment"),
    "any host": ({"PORTAL_ALLOWED_HOSTS": "*"}, "PORTAL_ALLOWED_HOSTS must name the hosts"),
    "any host below": ({"PORTAL_ALLOWED_HOSTS": "*.gov.example"}, "PORTAL_ALLOWED_HOSTS must name the hosts"),
    "another host": ({"PORTAL_ALLOWED_HOSTS": "other.example"}, "must contain dichvucong.example"),
    "plain http": ({"PORTAL_BASE_URL": "http://dichvucong.example"}, "PORTAL_BASE_URL must begin with https://"),
    "slash at the end": ({"PORTAL_BASE_URL": "https://dichvucong.example/"}, "no path and no slash"),
    "no database": ({"DATABASE_URL": ABSENT}, "DATABASE_URL must be set"),
    "database without password": (
        {"DATABASE_URL": "postgres://portal@db.internal/portal"},
        "DATABASE_URL must carry a password",
    ),
    "database with its name as password": (
        {"DATABASE_URL": "postgres://portal:portal@db.internal/portal"},
        "DATABASE_URL carries a password that can be guessed",
    ),
    "embedded database": (
        {"DATABASE_URL": "postgres://portal@/portal?host=VAR/postgres/s"},
        "DATABASE_URL names the embedded server",
    ),
    "no broker": ({"CELERY_BROKER_URL": ABSENT}, "CELERY_BROKER_URL must be set"),
    "broker in memory": ({"CELERY_BROKER_URL": "memory://"}, "CELERY_BROKER_URL must be a server"),
    "broker without password": (
        {"CELERY_BROKER_URL": "redis://redis.internal/0"},
        "CELERY_BROKER_URL must carry a password",
    ),
    "embedded broker": (
        {"CELERY_BROKER_URL": "redis+socket://VAR/valkey/valkey.sock?virtual_host=0"},
        "CELERY_BROKER_URL names the embedded server",
    ),
    "no cache": ({"CACHE_URL": ABSENT}, "CACHE_URL must be set"),
    "cache without password": ({"CACHE_URL": "redis://redis.internal/1"}, "CACHE_URL must carry a password"),
    "embedded cache": ({"CACHE_URL": "unix:///tmp/portal-sockets-x/valkey.sock?db=1"}, "CACHE_URL names the embedded"),
    "sandbox sign-in": ({"VNEID_ISSUER": ABSENT}, "VNEID_ISSUER points to this machine"),
    "sign-in without TLS": ({"VNEID_ISSUER": "http://vneid.gov.example"}, "VNEID_ISSUER must begin with https://"),
    "no sign-in secret": ({"VNEID_CLIENT_SECRET": ABSENT}, "VNEID_CLIENT_SECRET must be set"),
    "sandbox population": (
        {"POPULATION_URL": "http://127.0.0.1:8001/csdl-dan-cu/"},
        "POPULATION_URL points to this machine",
    ),
    "sandbox partner": (
        {"SANDBOX_PROVINCE_CLIENT_ID": "province"},
        "SANDBOX_PROVINCE_CLIENT_ID belongs to the sandbox",
    ),
    "sandbox gateway": ({"VNPAY_PAY_URL": ABSENT}, "VNPAY_PAY_URL points to this machine"),
    "sandbox platform": ({"NPP_INIT_URL": ABSENT}, "NPP_INIT_URL points to this machine"),
    "platform's query elsewhere": (
        {"NPP_QUERY_URL": "http://127.0.0.1:8003/npp/query"},
        "NPP_QUERY_URL points to this machine",
    ),
    "gateway without account": ({"VNPAY_TMN_CODE": ABSENT}, "VNPAY_TMN_CODE must be set"),
    "gateway without secret": ({"VNPAY_HASH_SECRET": ABSENT}, "VNPAY_HASH_SECRET must have at least 16"),
    "gateway with a stand-in": ({"VNPAY_HASH_SECRET": "changeme-changeme-1"}, "VNPAY_HASH_SECRET is a stand-in"),
    "platform without account": ({"NPP_PARTNER_CODE": ABSENT}, "NPP_PARTNER_CODE must be set"),
    "platform without secret": ({"NPP_SECRET": "short"}, "NPP_SECRET must have at least 16"),
    "a gateway nobody wrote": ({"PAYMENT_GATEWAYS": "vnpay,demo"}, "PAYMENT_GATEWAYS names 'demo'"),
    "no mail": ({"EMAIL_URL": ABSENT}, "EMAIL_URL must be set"),
    "texts that everybody reads": (
        {"SMS_PROVIDER": "portal.notifications.channels.demo.DemoTextProvider"},
        "SMS_PROVIDER names the demo provider",
    ),
    "mail to the terminal": ({"EMAIL_URL": "console://"}, "EMAIL_URL must be an smtp://"),
    "mail password in the clear": (
        {"EMAIL_URL": "smtp://portal:long-enough-9@mail.internal:25"},
        "EMAIL_URL sends its password in the clear",
    ),
    "no scanner": ({"CLAMAV_ADDRESS": ABSENT}, "CLAMAV_ADDRESS must be set"),
    "partners on this machine": (
        {"PARTNER_NETWORKS": "10.20.0.0/16,127.0.0.0/8"},
        "PARTNER_NETWORKS holds 127.0.0.0/8",
    ),
    "partners anywhere": ({"PARTNER_NETWORKS": "::/0"}, "PARTNER_NETWORKS holds ::/0"),
    "partners on the link": ({"PARTNER_NETWORKS": "169.254.169.254/32"}, "PARTNER_NETWORKS holds 169.254.169.254/32"),
    "a network that is none": ({"PARTNER_NETWORKS": "10.20.0.1/16"}, "PARTNER_NETWORKS holds '10.20.0.1/16'"),
    "a self-made authority's key": ({"SIGNING_KEYS_DIR": "VAR/keys"}, "holds authority.pem"),
    "the key that signs the list of keys": ({"SIGNING_KEYS_DIR": "VAR/keys"}, "holds root.pem"),
    "a secret file that is away": (
        {"PORTAL_SECRET_KEY_FILE": "/nowhere/key", "PORTAL_SECRET_KEY": ABSENT},
        "PORTAL_SECRET_KEY_FILE names /nowhere/key, which cannot be read",
    ),
}


def made_up(changes: dict[str, str], var: Path, left_by_development: dict[str, str]) -> dict[str, str]:
    """Return the good environment with these changes; VAR stands for the data directory."""
    environment = {**GOOD, "PORTAL_VAR": str(var)}
    for name, value in changes.items():
        text = left_by_development[name] if value == DEVELOPMENT else value.replace("VAR", str(var))
        environment[name] = text
        if not text:
            del environment[name]
    return environment
