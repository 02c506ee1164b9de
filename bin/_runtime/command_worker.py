"""One more Celery worker beside the portal that bin/run has started, in the foreground."""

import argparse
import os

from _runtime import console, portal_processes
from _runtime.environment import file_for_manage
from _runtime.paths import ROOT, var_dir, venv_python


def main(arguments: list[str]) -> int:
    """Run `make worker`."""
    argparse.ArgumentParser(prog="make worker", description=__doc__).parse_args(arguments)
    path = file_for_manage(var_dir())
    if not path.exists():
        raise console.SetupError("the portal is not running here; start it with bin/run")
    lines = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    environment = {**os.environ, **{name: value for name, _, value in lines}}
    os.chdir(ROOT)
    command = [str(word) for word in portal_processes.worker(environment, beat=False).command]
    os.execve(venv_python(), command, environment)
