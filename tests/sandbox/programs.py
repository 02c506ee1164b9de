"""Sandbox programs as real processes, each with its own data directory and its own fake portal."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from portal.sandbox.environment import PROGRAMS
from tests.sandbox.fake_portal import FakePortal

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "VNEID_CLIENT_SECRET": secrets.token_urlsafe(24),
    "SANDBOX_PROVINCE_CLIENT_SECRET": secrets.token_urlsafe(24),
    "SANDBOX_PROVINCE_WEBHOOK_SECRET": "whsec_" + b64encode(secrets.token_bytes(24)).decode(),
    "SANDBOX_MINISTRY_PASSWORD": secrets.token_urlsafe(24),
    "SANDBOX_MINISTRY_WEBHOOK_SECRET": "whsec_" + b64encode(secrets.token_bytes(24)).decode(),
    "SANDBOX_PROVINCE_PULL_SECRET": secrets.token_urlsafe(24),
    "SANDBOX_POWER_CLIENT_SECRET": secrets.token_urlsafe(24),
    "SANDBOX_POWER_PULL_SECRET": secrets.token_urlsafe(24),
    "SANDBOX_POWER_WEBHOOK_SECRET": "whsec_" + b64encode(secrets.token_bytes(24)).decode(),
    "VNPAY_HASH_SECRET": secrets.token_urlsafe(24),
    "NPP_SECRET": secrets.token_urlsafe(24),
}


@dataclass
class Program:
    """One running sandbox program."""

    name: str
    url: str
    portal: FakePortal
    http: httpx.Client
    environment: dict[str, str]
    process: subprocess.Popen

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=15)

    def start_again(self) -> None:
        self.process = _launch(self.name, self.environment)
        _wait_until_healthy(self.url, self.process)


def clean_environment() -> dict[str, str]:
    """Return this process's environment without anything that would steer a sandbox program."""
    steering = ("DJANGO_", "SANDBOX_", "VNEID_", "NPP_", "VNPAY_", "PORTAL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(steering)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(check: Callable[[], object], seconds: float = 60):
    """Return the first truthy value of `check`, asked every 50 ms; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := check():
            return value
        time.sleep(0.05)
    pytest.fail(f"nothing within {seconds} seconds")


def _launch(name: str, environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "portal.sandbox", name], cwd=ROOT, env=environment)


def _wait_until_healthy(url: str, process: subprocess.Popen) -> None:
    def healthy() -> bool:
        assert process.poll() is None, "the program ended at start"
        try:
            return httpx.get(f"{url}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    until(healthy, 60)


def run(name: str, var: Path, **more: str) -> Iterator[Program]:
    portal, port = FakePortal(), free_port()
    environment = (
        clean_environment()
        | SECRETS
        | {
            "PORTAL_URL": portal.url,
            "PORTAL_VAR": str(var),
            "SANDBOX_PORT": str(port - PROGRAMS.index(name)),
            "SANDBOX_DELAY_SECONDS": "0.1",
            "SANDBOX_RETRY_SECONDS": "0.2",
            "SANDBOX_SLOW_SECONDS": "0.5",
            **more,
        }
    )
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, timeout=30) as http:
        program = Program(name, url, portal, http, environment, _launch(name, environment))
        try:
            _wait_until_healthy(url, program.process)
            yield program
        finally:
            program.stop()
            portal.close()
