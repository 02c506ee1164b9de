"""The one door for local policies: load those of the reference data, keep and end those of an administrator."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.agencies.models import Agency
from procedures import changes, policy_lowering, publication
from procedures.models import LocalPolicy
from procedures.packs import PackError, Reference

FILE = "policies.yaml"
_KEYS = frozenset(
    {
        "code", "agency", "name", "legal", "effect", "percent", "amount_vnd", "time", "channel", "provinces",
        "communes", "procedures", "fields", "fee_kinds", "charges", "condition", "when", "valid_from", "valid_to",
        "mark",
    }
)  # fmt: skip


def load_policies(reference: Reference) -> int:
    """Bring the policies of the reference data up to date; returns how many rows changed.

    A row that an administrator changed since is left alone until the reference row itself changes. Raises PackError
    with everything that is wrong; then nothing is changed.
    """
    problems: list[str] = []
    changed = 0
    with transaction.atomic():
        known = dict(LocalPolicy.objects.values_list("code", "source_sha256"))
        for row in reference.policies:
            digest = hashlib.sha256(json.dumps(row, sort_keys=True, default=str).encode()).hexdigest()
            if known.get(row.get("code", "")) == digest:
                continue
            try:
                save(policy_from(row, digest))
            except ValidationError as error:
                problems.extend(f"{row.get('code', '?')}: {message}" for message in error.messages)
            else:
                changed += 1
        if problems:
            raise PackError(FILE, problems)
    return changed


def policy_from(row: Mapping[str, Any], digest: str = "") -> LocalPolicy:
    """A policy as a mapping writes it, not saved yet. Raises ValidationError that names the key and the cure."""
    if unknown := sorted(set(row) - _KEYS):
        raise ValidationError(f"{unknown[0]}: unknown key; see docs/procedure-pack.md")
    agency = Agency.objects.filter(code=row.get("agency")).first()
    if agency is None:
        raise ValidationError(f"agency: {row.get('agency')!r} is not known; load the agencies first")
    policy = LocalPolicy.objects.filter(code=row.get("code")).first() or LocalPolicy(code=row.get("code") or "")
    time = row.get("time") or {}
    values = {
        "agency": agency,
        "name": (row.get("name") or {}).get("vi", ""),
        "name_en": (row.get("name") or {}).get("en", ""),
        "legal_basis": row.get("legal") or "",
        "effect": row.get("effect") or "",
        "percent": row.get("percent"),
        "amount_vnd": row.get("amount_vnd"),
        "time_value": time.get("value"),
        "time_unit": time.get("unit") or "",
        "channel": row.get("channel") or "online",
        "provinces": row.get("provinces") or [],
        "communes": row.get("communes") or [],
        "procedure_codes": row.get("procedures") or [],
        "field_codes": row.get("fields") or [],
        "fee_kinds": row.get("fee_kinds") or [],
        "charges": row.get("charges") or [],
        "condition": row.get("condition"),
        "when_text": (row.get("when") or {}).get("vi", ""),
        "when_text_en": (row.get("when") or {}).get("en", ""),
        "valid_from": row.get("valid_from"),
        "valid_to": row.get("valid_to"),
        "source_sha256": digest,
    }
    for name, value in values.items():
        setattr(policy, name, value)
    return policy


def as_row(policy: LocalPolicy) -> dict[str, Any]:
    """A policy as ``policy_from`` reads it; what is empty is left out."""
    row: dict[str, Any] = {
        "code": policy.code,
        "agency": policy.agency.code,
        "name": {"vi": policy.name, "en": policy.name_en},
        "legal": policy.legal_basis,
        "effect": policy.effect,
        "percent": policy.percent,
        "amount_vnd": policy.amount_vnd,
        "time": {"value": policy.time_value, "unit": policy.time_unit} if policy.time_value else None,
        "channel": policy.channel,
        "provinces": policy.provinces,
        "communes": policy.communes,
        "procedures": policy.procedure_codes,
        "fields": policy.field_codes,
        "fee_kinds": policy.fee_kinds,
        "charges": policy.charges,
        "condition": policy.condition,
        "when": {"vi": policy.when_text, "en": policy.when_text_en} if policy.when_text else None,
        "valid_from": policy.valid_from,
        "valid_to": policy.valid_to,
    }
    return {key: value for key, value in row.items() if value not in (None, [], {})}


@transaction.atomic
def save(policy: LocalPolicy) -> LocalPolicy:
    """Check and write a policy; what is shown and charged follows from the commit on. Raises ValidationError."""
    policy.full_clean()
    policy_lowering.check(policy)
    before = LocalPolicy.objects.filter(pk=policy.pk).values_list("procedure_codes", "field_codes").first()
    policy.save()
    _tell(*(before or ([], [])), *(policy.procedure_codes, policy.field_codes))
    return policy


@transaction.atomic
def withdraw(policy: LocalPolicy, *, today: date) -> None:
    """Take back a policy that has not begun; one that has is ended by its last day, because people filed under it.

    Raises ValidationError.
    """
    if policy.valid_from <= today:
        raise ValidationError("a policy that has begun is ended, not deleted")
    policy.delete()
    _tell([], [], policy.procedure_codes, policy.field_codes)


def _tell(codes: list[str], fields: list[str], more_codes: list[str], more_fields: list[str]) -> None:
    """Everything made from what the policy covers, or covered, is old now."""
    publication.announce()
    changes.note_policy([*codes, *more_codes], [*fields, *more_fields])
