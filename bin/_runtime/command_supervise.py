"""Second half of bin/run, inside the venv: hold the lock, supervise, or hand over to a background process."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from _runtime import console, welcome
from _runtime.lock import SupervisorLock
from _runtime.paths import ROOT, var_dir
from _runtime.supervisor import Supervisor


def main(arguments: list[str]) -> int:
    """Run `supervise [--detach]`."""
    parser = argparse.ArgumentParser(prog="bin/run", description=__doc__)
    parser.add_argument("--detach", action="store_true")
    options = parser.parse_args(arguments)
    var = var_dir()
    lock = SupervisorLock(var)
    if options.detach:
        return _detach(var, lock)
    if not lock.acquire():
        holder = lock.holder() or {}
        console.say(f"Đang chạy rồi: {holder.get('url', '')} · Already running (process {holder.get('pid', '?')}).")
        console.say("bin/run --stop stops it. A second clone needs ports of its own: PORTAL_PORT, SANDBOX_PORT.")
        return 1
    try:
        Supervisor(var, lock).run(on_ready=welcome.show)
    finally:
        lock.release()
    return 0


def _detach(var: Path, lock: SupervisorLock) -> int:
    """Start the supervisor in a session of its own and show its log until it is ready or has failed."""
    holder = lock.holder()
    if holder and holder.get("ready"):
        console.say(f"Đang chạy rồi: {holder['url']} · Already running (process {holder['pid']}).")
        return 0
    log = var / "log" / "supervisor.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output, log.open("rb") as shown:
        shown.seek(0, os.SEEK_END)  # what earlier runs said stays in the file
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent), "supervise"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while True:
            ended, told = process.poll(), lock.holder() or {}
            sys.stdout.buffer.write(shown.read())
            sys.stdout.flush()
            if ended is not None:
                return ended or 1
            if told.get("pid") == process.pid and told.get("ready"):
                sys.stdout.buffer.write(shown.read())
                print(f"  Chạy nền (tiến trình {process.pid}); dừng bằng bin/run --stop.")
                where = os.path.relpath(log)
                print(f"  Runs in the background (process {process.pid}); bin/run --stop ends it. Log: {where}\n")
                return 0
            time.sleep(0.1)
