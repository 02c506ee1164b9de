"""Secrets by file for docker-compose.yml: made once, never overwritten; replace any of them by the real one."""

import base64
import datetime
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CERTIFICATE_DAYS = 90


def write_missing(folder: Path) -> list[str]:
    """Write every secret file that is not there yet and return the names of those written.

    Containers run under accounts of their own, so the files are readable and the folder is closed to others.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = [name for name in MAKERS if not (folder / name).exists()]
    for name in made:
        (folder / name).write_text(MAKERS[name](folder), encoding="utf-8")
        (folder / name).chmod(0o644)
    return made


def _of(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8").strip()


def _database(host: str) -> Callable[[Path], str]:
    return lambda folder: f"postgres://portal:{_of(folder, 'postgres_password')}@{host}/portal"


def _redis(number: int) -> Callable[[Path], str]:
    return lambda folder: f"redis://:{_of(folder, 'redis_password')}@redis:6379/{number}"


def _s3_config(folder: Path) -> str:
    keys = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_hex(24)}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    return json.dumps({"identities": [{"name": "portal", "credentials": [keys], "actions": actions}]}, indent=2)


def _storage_url(folder: Path) -> str:
    keys = json.loads(_of(folder, "s3_config"))["identities"][0]["credentials"][0]
    return f"s3://{keys['accessKey']}:{keys['secretKey']}@storage:8333/portal?insecure=1"


def _tls_key(folder: Path) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    form, nothing = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, nothing).decode()


def _tls_certificate(folder: Path) -> str:
    """A certificate that no browser trusts: good for a first look, to be replaced before anybody else looks."""
    key = serialization.load_pem_private_key(_of(folder, "tls_key").encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("tls_key is not an elliptic-curve key; put its certificate beside it as tls_certificate")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=CERTIFICATE_DAYS))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


# In this order: later ones read earlier ones.
MAKERS: dict[str, Callable[[Path], str]] = {
    "portal_secret_key": lambda _: secrets.token_urlsafe(64),
    "portal_field_keys": lambda _: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "portal_store_keys": lambda _: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "portal_index_key": lambda _: secrets.token_urlsafe(48),
    "portal_metrics_token": lambda _: secrets.token_urlsafe(32),
    "postgres_superuser_password": lambda _: secrets.token_hex(24),
    "postgres_password": lambda _: secrets.token_hex(24),
    "redis_password": lambda _: secrets.token_hex(24),
    "redis_conf": lambda folder: f"requirepass {_of(folder, 'redis_password')}\n",
    "broker_url": _redis(0),
    "cache_url": _redis(1),
    "database_url": _database("pgbouncer:6432"),
    "database_url_direct": _database("postgres:5432"),
    "pgbouncer_users": lambda folder: f'"portal" "{_of(folder, "postgres_password")}"\n',
    "s3_config": _s3_config,
    "storage_url": _storage_url,
    "email_url": lambda _: "smtp://mail.example:25",
    "vneid_client_secret": lambda _: secrets.token_hex(24),
    "population_secret": lambda _: secrets.token_hex(24),
    "vnpay_hash_secret": lambda _: secrets.token_hex(24),
    "npp_secret": lambda _: secrets.token_hex(24),
    "tls_key": _tls_key,
    "tls_certificate": _tls_certificate,
}
