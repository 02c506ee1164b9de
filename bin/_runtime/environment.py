"""The environment that the portal's processes get, and the file through which `manage.py` learns it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from _runtime.secret_values import shared_secrets

REPLACEABLE = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "STORAGE_URL")


@dataclass(frozen=True)
class Addresses:
    """Where everything listens."""

    database_url: str
    broker_url: str
    cache_url: str
    portal_port: int
    sandbox_port: int

    @property
    def portal_url(self) -> str:
        """Return the address people open."""
        return f"http://127.0.0.1:{self.portal_port}"


def portal_environment(var: Path, addresses: Addresses, *, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of the portal's and the sandbox's processes; what the caller's has set already stays."""
    given = dict(os.environ if base is None else base)
    defaults = {"DJANGO_SETTINGS_MODULE": "portal.settings.dev", "PYTHONUNBUFFERED": "1", **shared_secrets(var)}
    fixed = {
        "PORTAL_VAR": str(var),
        "PORTAL_PORT": str(addresses.portal_port),
        "SANDBOX_PORT": str(addresses.sandbox_port),
        "DATABASE_URL": addresses.database_url,
        "CELERY_BROKER_URL": addresses.broker_url,
        "CACHE_URL": addresses.cache_url,
    }
    return {**defaults, **{name: value for name, value in given.items() if value}, **fixed}


def file_for_manage(var: Path) -> Path:
    """Return where a running portal leaves its environment for commands typed by hand."""
    return var / "run" / "environment"


def write_for_manage(var: Path, environment: Mapping[str, str]) -> None:
    """Leave for `manage.py` what differs from the settings' own defaults; only the owner may read it."""
    wanted = {*REPLACEABLE, "PORTAL_VAR", "PORTAL_PORT", "SANDBOX_PORT", "LD_LIBRARY_PATH", "FONTCONFIG_FILE"}
    names = sorted(name for name in environment if name in wanted or name in shared_secrets(var))
    path = file_for_manage(var)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text("".join(f"{name}={environment[name]}\n" for name in names), encoding="utf-8")
    fresh.replace(path)
