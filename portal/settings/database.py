"""Database settings from one address."""

from pathlib import Path
from typing import Any

from environs import Env


def database_from_url(env: Env, var_dir: Path) -> dict[str, Any]:
    """Return Django's settings for DATABASE_URL, or for the embedded server under var_dir."""
    default = f"postgres://portal@/portal?host={var_dir}/run"
    config: dict[str, Any] = dict(env.dj_db_url("DATABASE_URL", default))
    config["ENGINE"] = "portal.core.postgres"
    config["ATOMIC_REQUESTS"] = False
    options = config.setdefault("OPTIONS", {})
    if "host" in options:  # a socket directory travels as an option of the address
        config["HOST"] = options.pop("host")
    if env.bool("DATABASE_POOLED", False):
        # a transaction-mode pooler keeps no session state between transactions
        config["DISABLE_SERVER_SIDE_CURSORS"] = True
        options["prepare_threshold"] = None
    else:
        # Only portal.core.statements prepares anything: joins of six tables by key, whose plan is always the same. Left
        # to itself PostgreSQL plans them anew at every run, which takes longer than the run.
        options.setdefault("options", "-c plan_cache_mode=force_generic_plan")
        options.setdefault("prepare_threshold", 5)  # Django turns preparing off unless a number is given
    # Kept for the pooler too: it takes a server from its pool per transaction, and signing in costs it milliseconds.
    config["CONN_MAX_AGE"] = 60
    config["CONN_HEALTH_CHECKS"] = True
    options.setdefault("connect_timeout", 5)
    return config
