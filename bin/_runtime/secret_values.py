"""Secrets that the portal and the sandbox share on one machine: made once, kept in a file only its owner reads."""

import base64
import json
import secrets
from pathlib import Path

# Names are fixed so that both sides agree; secrets are random and differ from clone to clone.
NAMES = {
    "VNEID_CLIENT_ID": "portal",
    "VNPAY_TMN_CODE": "SANDBOX1",
    "NPP_PARTNER_CODE": "PORTAL01",
    "SANDBOX_PROVINCE_CLIENT_ID": "province",
    "SANDBOX_MINISTRY_USERNAME": "ministry",
    "SANDBOX_MINISTRY_MADONVI": "G01",
    "SANDBOX_POWER_CLIENT_ID": "power",
}
SECRETS = (
    "VNEID_CLIENT_SECRET",
    "VNPAY_HASH_SECRET",
    "NPP_SECRET",
    "SANDBOX_PROVINCE_CLIENT_SECRET",
    "SANDBOX_MINISTRY_PASSWORD",
    "SANDBOX_POWER_CLIENT_SECRET",
    "SANDBOX_POWER_PULL_SECRET",
)
WEBHOOK_SECRETS = (
    "SANDBOX_PROVINCE_WEBHOOK_SECRET",
    "SANDBOX_MINISTRY_WEBHOOK_SECRET",
    "SANDBOX_POWER_WEBHOOK_SECRET",
)


def shared_secrets(var: Path) -> dict[str, str]:
    """Return what the portal and the sandbox must agree on, making what is missing."""
    path = var / "secrets" / "sandbox.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {name: secrets.token_hex(24) for name in SECRETS if name not in known}
    # The form that standardwebhooks reads.
    made |= {
        name: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        for name in WEBHOOK_SECRETS
        if name not in known
    }
    if made:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(known | made, indent=2))
        fresh.replace(path)
    return NAMES | known | made
