"""Taking in a procedure from one text file: the version, and the local policies that came with it."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from procedures import catalogue, policy_register
from procedures.catalogue import Loaded
from procedures.models import LocalPolicy
from procedures.packs import Pack, PackError, Reference
from procedures.packs.exporting import plain_row


@transaction.atomic
def take_in(pack: Pack, *, reference: Reference, valid_from: date | None = None) -> Loaded:
    """Publish a pack and bring its policies up to date. Raises PackError; then nothing is changed."""
    loaded = catalogue.load_pack(pack, reference=reference, valid_from=valid_from)
    problems = []
    for row in pack.data.get("policies") or ():
        known = LocalPolicy.objects.filter(code=row.get("code")).select_related("agency").first()
        if known is not None and plain_row(known) == row:
            continue
        try:
            policy_register.save(policy_register.policy_from(row, known.source_sha256 if known else ""))
        except ValidationError as error:
            problems += [f"policies.{row.get('code', '?')}: {message}" for message in error.messages]
    if problems:
        raise PackError(pack.code, problems)
    return loaded
