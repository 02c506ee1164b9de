"""File storage from one address."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env

PUBLISHED_STATIC_FILES = {"BACKEND": "portal.core.static_files.PublishedFiles"}


def storages_from_url(env: Env, var_dir: Path) -> dict[str, dict[str, Any]]:
    """Return STORAGES: s3://key:secret@host[:port]/bucket?region=…&insecure=1, or a directory under var_dir."""
    url = env.str("STORAGE_URL", "")
    storages: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(var_dir / "files")},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    if not url:
        return storages
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname or not parts.path.strip("/"):
        raise ImproperlyConfigured("STORAGE_URL must look like s3://key:secret@host/bucket")
    query = parse_qs(parts.query)
    scheme = "http" if query.get("insecure") else "https"
    port = f":{parts.port}" if parts.port else ""
    storages["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.path.strip("/"),
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "endpoint_url": f"{scheme}://{parts.hostname}{port}",
            "region_name": query.get("region", ["us-east-1"])[0],
            "addressing_style": "path",
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }
    return storages
