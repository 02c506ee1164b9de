"""Build the browser assets again where their sources changed."""

import argparse

from _runtime import assets, console


def main(arguments: list[str]) -> int:
    """Run `assets [--force]`."""
    parser = argparse.ArgumentParser(prog="make assets", description=__doc__)
    parser.add_argument("--force", action="store_true", help="build even where nothing changed")
    if not assets.build(force=parser.parse_args(arguments).force):
        console.say("static/build is up to date")
    return 0
