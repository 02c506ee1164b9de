"""Taking in a procedure from one text file: the version, and the local policies that came with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

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
    bring_policies(pack.code, pack.data.get("policies") or ())
    return loaded


def bring_policies(code: str, rows: Iterable[dict[str, Any]]) -> None:
    """Bring the local policies that came with a procedure up to date. Raises PackError; within a transaction."""
    problems = []
    for row in rows:
        known = LocalPolicy.objects.filter(code=row.get("code")).select_related("agency").first()
        if known is not None and plain_row(known) == row:
            continue
        try:
            policy_register.save(policy_register.policy_from(row, known.source_sha256 if known else ""))
        except ValidationError as error:
            problems += [f"policies.{row.get('code', '?')}: {message}" for message in error.messages]
    if problems:
        raise PackError(code, problems)
