"""What each sandbox program reads from its environment; the only place here that does."""

import os
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = ("vneid", "province", "gateway", "ministry", "power")
TITLES = {
    "vneid": "VNeID",
    "province": "Một cửa Đà Nẵng",
    "gateway": "Cổng thanh toán",
    "ministry": "Hệ thống hồ sơ Bộ Công an",
    "power": "Hệ thống khách hàng Điện lực",
}
REQUIRED = {
    "vneid": ("VNEID_CLIENT_SECRET",),
    "province": ("SANDBOX_PROVINCE_CLIENT_SECRET", "SANDBOX_PROVINCE_WEBHOOK_SECRET"),
    "gateway": ("VNPAY_HASH_SECRET", "NPP_SECRET"),
    "ministry": ("SANDBOX_MINISTRY_PASSWORD", "SANDBOX_MINISTRY_WEBHOOK_SECRET"),
    "power": ("SANDBOX_POWER_CLIENT_SECRET", "SANDBOX_POWER_PULL_SECRET", "SANDBOX_POWER_WEBHOOK_SECRET"),
}


class EnvironmentProblem(Exception):
    """A variable is missing or unusable; the text says which and what to do."""


@dataclass(frozen=True)
class Environment:
    """The settings of one program, read once at start."""

    program: str
    port: int
    portal_url: str
    var: Path
    slow_seconds: float
    retry_seconds: float
    delay_seconds: float
    handling: str
    values: dict[str, str] = field(repr=False)

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def title(self) -> str:
        return TITLES[self.program]


def read_environment(program: str, source: dict[str, str] | None = None) -> Environment:
    """Read the environment of one program; raises EnvironmentProblem naming every variable at fault."""
    variables = dict(os.environ if source is None else source)
    if program not in PROGRAMS:
        raise EnvironmentProblem(f"Unknown sandbox program {program!r}; choose one of: {', '.join(PROGRAMS)}.")
    missing = [name for name in REQUIRED[program] if not variables.get(name)]
    if missing:
        raise EnvironmentProblem(
            f"The sandbox program {program} needs {', '.join(missing)}. bin/run makes them; "
            "started by hand, export the same value for the portal and for the sandbox."
        )
    portal_url = variables.get("PORTAL_URL") or f"http://127.0.0.1:{variables.get('PORTAL_PORT') or '8000'}"
    portal_url = portal_url.rstrip("/")
    handling = variables.get("SANDBOX_HANDLING") or "auto"
    if handling not in ("auto", "manual"):
        raise EnvironmentProblem(f"SANDBOX_HANDLING is {handling!r}; it must be auto or manual.")
    return Environment(
        program=program,
        port=_whole(variables, "SANDBOX_PORT", 8001) + PROGRAMS.index(program),
        portal_url=portal_url,
        var=Path(variables.get("PORTAL_VAR") or "var").resolve() / "sandbox",
        slow_seconds=_seconds(variables, "SANDBOX_SLOW_SECONDS", 8),
        retry_seconds=_seconds(variables, "SANDBOX_RETRY_SECONDS", 2),
        delay_seconds=_seconds(variables, "SANDBOX_DELAY_SECONDS", 3),
        handling=handling,
        values=_defaults(portal_url) | {name: value for name, value in variables.items() if value},
    )


def _defaults(portal_url: str) -> dict[str, str]:
    callback = "tai-khoan/oidc/vneid/login/callback/"
    return {
        "VNEID_CLIENT_ID": "portal",
        "VNEID_REDIRECT_URIS": f"{portal_url}/{callback} {portal_url}/en/{callback}",
        "SANDBOX_PROVINCE_CLIENT_ID": "province",
        "SANDBOX_MINISTRY_USERNAME": "ministry",
        "SANDBOX_MINISTRY_MADONVI": "G01",
        "SANDBOX_POWER_CLIENT_ID": "power",
        "VNPAY_TMN_CODE": "SANDBOX1",
        "VNPAY_IPN_URL": f"{portal_url}/thanh-toan/vnpay/ipn/",
        "NPP_PARTNER_CODE": "PORTAL01",
        "NPP_IPN_URL": f"{portal_url}/thanh-toan/npp/ipn/",
        "NPP_RETURN_URL": f"{portal_url}/thanh-toan/npp/tra-ve/",
    }


def _whole(variables: dict[str, str], name: str, default: int) -> int:
    text = variables.get(name) or str(default)
    if not text.isdecimal():
        raise EnvironmentProblem(f"{name} is {text!r}; it must be a whole number.")
    return int(text)


def _seconds(variables: dict[str, str], name: str, default: float) -> float:
    text = variables.get(name) or str(default)
    try:
        seconds = float(text)
    except ValueError:
        raise EnvironmentProblem(f"{name} is {text!r}; it must be a number of seconds.") from None
    if not 0 <= seconds <= 3600:
        raise EnvironmentProblem(f"{name} is {text!r}; it must lie between 0 and 3600 seconds.")
    return seconds
