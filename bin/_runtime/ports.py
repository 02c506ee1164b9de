"""The ports that a start of the portal asks for: read and looked at before anything is installed or started."""

import os

from _runtime import console, network
from _runtime.portal_processes import SANDBOX_PROGRAMS


def chosen() -> tuple[int, int]:
    """Return PORTAL_PORT and SANDBOX_PORT; raises SetupError for one that is no port, or that somebody else holds."""
    portal, sandbox = _port("PORTAL_PORT", 8000), _port("SANDBOX_PORT", 8001)
    taken = range(sandbox, sandbox + len(SANDBOX_PROGRAMS))
    if portal in taken:
        raise console.SetupError(f"PORTAL_PORT {portal} lies among the sandbox's ports {taken[0]} to {taken[-1]}.")
    for name, port in [("PORTAL_PORT", portal), *(("SANDBOX_PORT", port) for port in taken)]:
        if not network.is_free(port):
            raise console.SetupError(
                f"Cổng {port} đang được chương trình khác dùng. · Port {port} is in use by another program. "
                f"Choose others: PORTAL_PORT={portal + 100} SANDBOX_PORT={portal + 101} bin/run (this is {name})"
            )
    return portal, sandbox


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65_000:
        raise console.SetupError(f"{name} is {text!r}; it must be a port number between 1 and 65000.")
    return int(text)
