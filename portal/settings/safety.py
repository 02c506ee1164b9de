"""What production refuses to start with: one sentence for each unsafe setting, naming the variable and the cure.

Pure rules over the names of a settings module, so that each is a case in tests/runtime/test_refusals.py.
"""

import os
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography.fernet import Fernet

from portal.settings.env import KNOWN
from portal.settings.networks import reach_this_machine
from portal.settings.secrets import known_development_secrets

SECRET_KEY_LENGTH = 50
INDEX_KEY_LENGTH = 32
GATEWAY_SECRET_LENGTH = 16
PASSWORD_LENGTH = 12
DIFFERENT_CHARACTERS = 10
"""Fewer than these and a secret was typed, not made."""
STAND_INS = ("test-only", "django-insecure", "changeme", "change-me", "change_me", "insecure", "password", "example")
WEB_GATEWAYS = ("npp", "vnpay")
TRUE_WORDS = {"1", "true", "yes", "on"}

Values = Mapping[str, Any]


def problems(values: Values) -> list[str]:
    """Return what is unsafe in these settings; an empty list lets production start."""
    checks = (
        _debug,
        _keys,
        _addresses,
        _database,
        _broker_and_cache,
        _sign_in,
        _gateways,
        _mail,
        _texts,
        _files,
        _signing,
        _partners,
    )
    return [problem for check in checks for problem in check(values)]


def _debug(values: Values) -> Iterable[str]:
    for name in ("DEBUG", "DJANGO_DEBUG"):
        if os.environ.get(name, "").strip().lower() in TRUE_WORDS:
            yield f"{name} is set in the environment: the portal has no debug mode; remove it"
    if values["DEBUG"] or values["IS_DEVELOPMENT"]:
        yield "DEBUG and IS_DEVELOPMENT must be False"


def _keys(values: Values) -> Iterable[str]:
    development = known_development_secrets(values["VAR_DIR"])
    lengths = {"SECRET_KEY": SECRET_KEY_LENGTH, "INDEX_KEY": INDEX_KEY_LENGTH}
    for name, length in lengths.items():
        key = values[name]
        if len(key) < length:
            yield f"PORTAL_{name} must have at least {length} characters"
        elif is_guessable(key):
            yield f"PORTAL_{name} is a stand-in that others know; make a random one"
        elif key in development:
            yield f"PORTAL_{name} is the development key of {values['VAR_DIR']}; make one for production"
    if values["SECRET_KEY"] and values["SECRET_KEY"] == values["INDEX_KEY"]:
        yield "PORTAL_INDEX_KEY must differ from PORTAL_SECRET_KEY"
    for name, kind in (("FIELD_KEYS", "Fernet key"), ("STORE_KEYS", "key")):
        yield from _key_list(f"PORTAL_{name}", values[name], kind, development, values["VAR_DIR"])
    if set(values["FIELD_KEYS"]) & set(values["STORE_KEYS"]):
        yield "PORTAL_STORE_KEYS must differ from PORTAL_FIELD_KEYS"


def _key_list(name: str, keys: list[str], kind: str, development: set[str], var_dir: Path) -> Iterable[str]:
    if not keys:
        yield f"{name} must hold at least one {kind}"
    for key in keys:
        try:
            Fernet(key)  # of the same form: 32 bytes
        except ValueError:
            yield f"{name} holds something that is no {kind} (32 bytes in URL-safe base64)"
        else:
            if is_guessable(urlsafe_b64decode(key).decode("latin-1")):
                yield f"{name} holds a stand-in that others know; make a random one"
            elif key in development:
                yield f"{name} holds the development key of {var_dir}; make one for production"


def is_guessable(secret: str) -> bool:
    """Return whether a secret looks like one from a manual or typed by hand."""
    return len(set(secret)) < DIFFERENT_CHARACTERS or any(word in secret.lower() for word in STAND_INS)


def _addresses(values: Values) -> Iterable[str]:
    base = urlsplit(values["BASE_URL"])
    if base.scheme != "https":
        yield "PORTAL_BASE_URL must begin with https://"
    if base.path or base.query or base.fragment:
        yield "PORTAL_BASE_URL must end with the host: no path and no slash"
    hosts = [host.lower() for host in values["ALLOWED_HOSTS"]]
    if not hosts or any("*" in host for host in hosts):
        yield "PORTAL_ALLOWED_HOSTS must name the hosts, without *"
    elif base.hostname and not any(base.hostname == host or _is_below(base.hostname, host) for host in hosts):
        yield f"PORTAL_ALLOWED_HOSTS must contain {base.hostname}, the host of PORTAL_BASE_URL"


def _is_below(host: str, pattern: str) -> bool:
    return pattern.startswith(".") and (host == pattern[1:] or host.endswith(pattern))


def _database(values: Values) -> Iterable[str]:
    if not values["DATABASE_URL"]:
        yield "DATABASE_URL must be set"
        return
    database = values["DATABASES"]["default"]
    host = str(database.get("HOST") or "")
    if is_embedded(host, values["VAR_DIR"]):
        yield "DATABASE_URL names the embedded server of bin/run; give a PostgreSQL of its own"
    elif not host.startswith("/"):
        yield from _password("DATABASE_URL", str(database.get("PASSWORD") or ""))


def _broker_and_cache(values: Values) -> Iterable[str]:
    for name, url in (("CELERY_BROKER_URL", values["BROKER_URL"]), ("CACHE_URL", values["CACHE_URL"])):
        if not url:
            yield f"{name} must be set"
            continue
        parts = urlsplit(url)
        if parts.scheme in {"memory", "filesystem"}:
            yield f"{name} must be a server, not {parts.scheme}://"
        elif not parts.hostname:
            if is_embedded(parts.path, values["VAR_DIR"]):
                yield f"{name} names the embedded server of bin/run; give a Redis of its own"
        else:
            yield from _password(name, unquote(parts.password or ""))


def is_embedded(path: str, var_dir: Path) -> bool:
    """Return whether a socket is one that bin/run makes, below PORTAL_VAR or in its detour for deep folders."""
    if not path.startswith("/"):
        return False
    return Path(path).is_relative_to(var_dir) or "/portal-sockets-" in path


def _password(name: str, password: str) -> Iterable[str]:
    if not password:
        yield f"{name} must carry a password: whoever reaches that port is let in"
    elif len(password) < PASSWORD_LENGTH or is_guessable(password):
        yield f"{name} carries a password that can be guessed; make a random one, {PASSWORD_LENGTH} characters or more"


def _sign_in(values: Values) -> Iterable[str]:
    yield from _public_https("VNEID_ISSUER", values["VNEID_ISSUER"])
    if not values["VNEID_CLIENT_SECRET"]:
        yield "VNEID_CLIENT_SECRET must be set"
    if values["POPULATION_URL"]:
        yield from _public_https("POPULATION_URL", values["POPULATION_URL"])
        if not values["POPULATION_SECRET"]:
            yield "POPULATION_SECRET must be set while POPULATION_URL names a database"
    for name in KNOWN:
        if name.startswith("SANDBOX_") and name != "SANDBOX_PORT" and os.environ.get(name):
            yield f"{name} belongs to the sandbox world, which is never there in production; remove it"


def _public_https(name: str, url: str) -> Iterable[str]:
    parts = urlsplit(url)
    if parts.scheme != "https":
        yield f"{name} must begin with https://"
    host = parts.hostname or ""
    if host in {"localhost", "::1", "0.0.0.0"} or host.startswith("127."):  # noqa: S104 - compared, not listened on
        yield f"{name} points to this machine, where only the sandbox answers"


def _gateways(values: Values) -> Iterable[str]:
    gateways = values["PAYMENT_GATEWAYS"]
    for name in gateways:
        if name not in WEB_GATEWAYS:
            yield f"PAYMENT_GATEWAYS names {name!r}; known are {', '.join(WEB_GATEWAYS)}"
    if "vnpay" in gateways:
        yield from _public_https("VNPAY_PAY_URL", values["VNPAY_PAY_URL"])
        yield from _gateway_account("vnpay", "VNPAY_TMN_CODE", values["VNPAY_TMN_CODE"])
        yield from _gateway_secret("vnpay", "VNPAY_HASH_SECRET", values["VNPAY_HASH_SECRET"])
    if "npp" in gateways:
        for name in ("NPP_INIT_URL", "NPP_QUERY_URL", "NPP_BILL_URL"):
            yield from _public_https(name, values[name])
        yield from _gateway_account("npp", "NPP_PARTNER_CODE", values["NPP_PARTNER_CODE"])
        yield from _gateway_secret("npp", "NPP_SECRET", values["NPP_SECRET"])


def _gateway_account(gateway: str, name: str, code: str) -> Iterable[str]:
    if not code:
        yield f"{name} must be set while PAYMENT_GATEWAYS offers {gateway}"


def _gateway_secret(gateway: str, name: str, secret: str) -> Iterable[str]:
    if len(secret) < GATEWAY_SECRET_LENGTH:
        yield f"{name} must have at least {GATEWAY_SECRET_LENGTH} characters while PAYMENT_GATEWAYS offers {gateway}"
    elif is_guessable(secret):
        yield f"{name} is a stand-in that others know; put the gateway's own in"


def _mail(values: Values) -> Iterable[str]:
    if not values["EMAIL_URL"]:
        yield "EMAIL_URL must be set"
    elif not values["EMAIL_BACKEND"].endswith(".smtp.EmailBackend"):
        yield "EMAIL_URL must be an smtp:// or submission:// address: other kinds deliver nothing"
    elif values["EMAIL_HOST_PASSWORD"] and not (values["EMAIL_USE_TLS"] or values["EMAIL_USE_SSL"]):
        yield "EMAIL_URL sends its password in the clear; use submission://"


def _texts(values: Values) -> Iterable[str]:
    for name in ("SMS_PROVIDER", "ZALO_PROVIDER"):
        if ".demo." in values[name]:
            yield f"{name} names the demo provider, which shows every text to everybody; name a real one or none"


def _files(values: Values) -> Iterable[str]:
    if not values["CLAMAV_ADDRESS"]:
        yield "CLAMAV_ADDRESS must be set: uploads of strangers would be kept without being scanned"


def _signing(values: Values) -> Iterable[str]:
    folder = values["SIGNING_KEYS_DIR"]
    if any(folder.glob("*/authority.pem")):
        yield (
            f"SIGNING_KEYS_DIR ({folder}) holds authority.pem, the private key of a self-made authority: "
            "development keys, or a root that belongs off this machine"
        )
    if (folder / "root.pem").exists():
        yield (
            f"SIGNING_KEYS_DIR ({folder}) holds root.pem, the key that signs the list of keys: move it off this "
            "machine and name it with `manage.py rotate_signing_keys --root FILE` when keys change"
        )


def _partners(values: Values) -> Iterable[str]:
    for network in reach_this_machine(values["PARTNER_NETWORKS"]):
        yield (
            f"PARTNER_NETWORKS holds {network}, which reaches this machine or its link: whoever types a partner's "
            "address could make the portal call itself; name the partners' own networks"
        )
