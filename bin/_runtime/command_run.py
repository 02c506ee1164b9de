"""Start the portal with everything around it, or stop or reset it."""

import argparse
import contextlib
import os
import shutil
import signal
import sys
import time
import unicodedata

from _runtime import console, installation, ports, unprivileged
from _runtime.lock import SupervisorLock
from _runtime.paths import var_dir
from _runtime.process import command_of

# What we made under PORTAL_VAR; anything else there is not ours to delete.
OWNED = ("postgres", "valkey", "files", "sandbox", "keys", "secrets", "run", "log", "static", "cache", "bench")
STOP_SECONDS = 45
ACUTE = "\N{COMBINING ACUTE ACCENT}"
"""Who answers with the mark may put it on either vowel."""


def main(arguments: list[str]) -> int:
    """Run `bin/run [--detach | --stop | --reset [--yes]]`."""
    parser = argparse.ArgumentParser(
        prog="bin/run",
        description=__doc__,
        epilog="Variables: PORTAL_PORT (8000), SANDBOX_PORT (8001 and the next four), PORTAL_VAR (var/); "
        "DATABASE_URL, CELERY_BROKER_URL, CACHE_URL, STORAGE_URL replace embedded parts. All: docs/environment.md",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("-d", "--detach", action="store_true", help="return when the portal is ready; it runs on")
    what.add_argument("--stop", action="store_true", help="stop the portal of this clone and all it started")
    what.add_argument(
        "--reset", action="store_true", help="delete this clone's data: database, files, keys; asks first"
    )
    what.add_argument("--setup-only", action="store_true", help="install and build everything; start nothing")
    parser.add_argument("--yes", action="store_true", help="with --reset: do not ask")
    options = parser.parse_args(arguments)
    if options.stop:
        return stop()
    if options.reset:
        return reset(ask=not options.yes)
    print("\n  Cổng Dịch vụ công quốc gia · National Public Service Portal\n", flush=True)
    if not options.setup_only and SupervisorLock(var_dir()).holder() is None:
        ports.chosen()  # before minutes of installing
    installation.complete()
    if options.setup_only:
        return 0
    installation.continue_in_venv("supervise", ["--detach"] if options.detach else [])
    return 0


def stop() -> int:
    """End the supervisor of this data directory, and with it everything it started."""
    lock = SupervisorLock(var_dir())
    holder = lock.holder()
    if holder is None:
        console.say(f"Cổng chưa chạy. · The portal is not running ({var_dir()}).")
        return 0
    # Said before it happens: with PORTAL_VAR forgotten, this is another portal than the one that was meant.
    console.say(f"Đang dừng · Stopping {holder.get('url', 'a portal that is still starting')} ({var_dir()}) …")
    if "pid" in holder:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(holder["pid"]), signal.SIGTERM)
    if not lock.wait_until_free(STOP_SECONDS):
        raise console.SetupError(f"the supervisor (process {holder.get('pid')}) did not end within {STOP_SECONDS} s")
    _wait_until_gone(int(holder.get("pid", 0)))
    console.say("Đã dừng. · Stopped.")
    return 0


def _wait_until_gone(pid: int) -> None:
    """The lock is free an instant before the process is gone."""
    for _ in range(100):
        if "supervise" not in command_of(pid):
            return
        time.sleep(0.05)


def reset(*, ask: bool) -> int:
    """Delete what bin/run made under PORTAL_VAR."""
    var = var_dir()
    if ask:
        print(f"  Xóa cơ sở dữ liệu, hồ sơ, giấy tờ và khóa ký trong {var}?")
        print(f"  Delete the database, dossiers, documents and signing keys in {var}?")
        if not sys.stdin.isatty():
            raise console.SetupError("nobody to ask here: add --yes")
        typed = input("  Gõ 'xoa' để xóa. Type 'xoa' to delete: ").strip().lower()
        if unicodedata.normalize("NFD", typed).replace(ACUTE, "") not in {"xoa", "yes"}:
            console.say("Không xóa gì. · Nothing was deleted.")
            return 1
    if SupervisorLock(var).holder() is not None:
        stop()
    for path in [*(var / name for name in OWNED), unprivileged.outside(var / "postgres")]:
        if path.is_dir():
            shutil.rmtree(path)
    with contextlib.suppress(OSError):
        var.rmdir()
    for name in ("DATABASE_URL", "STORAGE_URL", "CELERY_BROKER_URL"):
        if os.environ.get(name):
            console.warn(f"{name} is given: what lies there was not touched")
    console.say("Đã xóa. · Deleted.")
    return 0
