"""Start one sandbox program and serve until told to stop; the work itself is done by the worker of wsgi.py."""

import os
import sys

from granian import Granian
from granian.constants import Interfaces

from portal.sandbox.environment import PROGRAMS, EnvironmentProblem, read_environment


def main(arguments: list[str]) -> int:
    """Return 0 after a clean stop, 2 when the command or the environment cannot be used."""
    if len(arguments) != 1:
        sys.stderr.write(f"usage: python -m portal.sandbox {'|'.join(PROGRAMS)}\n")
        return 2
    try:
        environment = read_environment(arguments[0])
    except EnvironmentProblem as problem:
        sys.stderr.write(f"portal.sandbox: {problem}\n")
        return 2
    os.environ["SANDBOX_PROGRAM"] = environment.program  # for the worker
    sys.stdout.write(f"{environment.title} ({environment.program}): {environment.public_url}/\n")
    sys.stdout.flush()
    Granian(
        "portal.sandbox.wsgi:application",
        address="127.0.0.1",
        port=environment.port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=1,  # the background threads and the cache of codes live in this one worker
        blocking_threads=4,
        workers_kill_timeout=5,
    ).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
