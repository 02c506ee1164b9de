"""Compile the translation catalogues where their sources changed."""

import argparse

from _runtime import catalogues


def main(arguments: list[str]) -> int:
    """Run `messages`."""
    argparse.ArgumentParser(prog="make messages", description=__doc__).parse_args(arguments)
    catalogues.compile_all()
    return 0
