"""Write the secret files that docker-compose.yml names and that are not there yet."""

import argparse

from _runtime import compose_secrets, console
from _runtime.paths import ROOT


def main(arguments: list[str]) -> int:
    """Run `compose_secrets`."""
    argparse.ArgumentParser(prog="make compose-secrets", description=__doc__).parse_args(arguments)
    folder = ROOT / "var" / "compose" / "secrets"
    made = compose_secrets.write_missing(folder)
    console.say(f"{folder}: wrote {', '.join(made)}" if made else f"{folder}: all there")
    console.say(
        "email_url, vneid_client_secret, population_secret, vnpay_hash_secret, npp_secret and the certificate are "
        "stand-ins: put the real ones in."
    )
    return 0
