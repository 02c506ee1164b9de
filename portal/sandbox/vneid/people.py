"""The invented people: read from people.json into accounts at each start."""

import json
from pathlib import Path

from django.db import transaction
from django.utils.crypto import constant_time_compare

from portal.sandbox.vneid.models import Account

SOURCE = Path(__file__).with_name("people.json")


@transaction.atomic
def load() -> None:
    for position, person in enumerate(json.loads(SOURCE.read_text(encoding="utf-8"))["people"]):
        Account.objects.update_or_create(
            tech_id=person["tech_id"],
            defaults={
                "number": person["number"],
                "email": person["email"],
                "position": position,
                "person": person,
                "password": "!",  # nobody signs in by a Django password; see by_passcode
            },
        )


def by_passcode(number: str, passcode: str) -> Account | None:
    """Return the account with this number when the passcode is right, else None."""
    account = Account.objects.filter(number=number).first()
    if account and constant_time_compare(account.person["passcode"], passcode):
        return account
    return None
