"""Dossiers that a province's system decides, and a token for it: `python -m tests.bench.seed_dossiers COUNT SHOWN`.

Runs inside a throw-away portal. One dossier is filed and paid by the services; the others are copies of its rows, made
by the database, each with a code of its own and, up to OWNERS, with an owner of its own: a million take a few minutes.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

import django

OWNERS = 50_000
"""More accounts than that would only make the seed longer."""
PUSHED_BEFORE = 20_000
"""Requests that the province has had answered: a portal at work does not look among none."""


def main(count: int, shown: int) -> None:
    """Print the token, and the codes of the first `shown` dossiers."""
    from portal.agencies.models import ApiClient, ClientKind
    from portal.site.demo import systems
    from tests.api.callers import token_for

    systems.load_systems()
    province = ApiClient.objects.get(kind=ClientKind.REST, agency__code="H17")
    _answer_before(province, min(count, PUSHED_BEFORE))
    codes = copies_of_one(count)
    print(json.dumps({"codes": codes[:shown], "token": token_for(province), "client": province.pk}))


def _answer_before(province: Any, count: int) -> None:
    from portal.exchange.models import InboundRequest

    answer = {"operation": "dossiers.events", "body_sha256": "0" * 64, "response_status": 201, "response_body": "{}"}
    requests = [InboundRequest(client=province, key=f"before-{number}", **answer) for number in range(count)]
    InboundRequest.objects.bulk_create(requests, batch_size=2000)


def copies_of_one(count: int) -> list[str]:
    """File and pay one dossier, copy it so often, and return the codes of the copies."""
    return _copies(_filed(), count)


def _filed() -> Any:
    """One dossier, filed and paid."""
    from dossiers import filing, obligations
    from portal.agencies.actors import Actor
    from tests import factories
    from tests.faults.seed import draft_for

    user = factories.make_citizen()
    dossier = filing.submit(draft_for(user).public_id, actor=Actor.citizen(user))
    owed = list(dossier.obligations.all())
    reference = f"bench-{dossier.code}"
    return obligations.settle_payment(
        dossier.code or "", actor=Actor.payment("vnpay"), obligations=owed, reference=reference
    )


def _copies(model: Any, count: int) -> list[str]:
    """Copy owner, dossier and events; return the new codes."""
    from django.db import connection, transaction

    from dossiers.models import Dossier, DossierEvent
    from portal.accounts.models import CitizenProfile, User

    owners = min(count, OWNERS)
    code = f"{(model.code or '').rpartition('-')[0]}-"
    owned = (
        f"(SELECT n, id AS owner FROM generate_series(1, {count}) AS n"  # noqa: S608 - our own names
        f" JOIN {User._meta.db_table} ON username = 'cd-bench-' || (n - 1) %% {owners}) AS made"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        _copy(cursor, User, model.owner_id, f"generate_series(0, {owners - 1}) AS n", username="'cd-bench-' || n")
        accounts = f"(SELECT id AS n FROM {User._meta.db_table} WHERE username LIKE 'cd-bench-%%') AS made"  # noqa: S608
        number = "encode(sha256(n::text::bytea), 'hex')"
        _copy(cursor, CitizenProfile, model.owner.citizen.pk, accounts, user_id="n", personal_id_index=number)
        _copy(
            cursor,
            Dossier,
            model.pk,
            owned,
            code=f"'{code}' || (90000000 + n)",
            public_id="gen_random_uuid()",
            owner_id="owner",
            filer_id="owner",
        )
        dossiers = f"(SELECT id AS n FROM {Dossier._meta.db_table} WHERE code LIKE '{code}9_______') AS made"  # noqa: S608
        for event in DossierEvent.objects.filter(dossier=model):
            _copy(cursor, DossierEvent, event.pk, dossiers, dossier_id="n")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return [f"{code}{90_000_000 + number}" for number in range(1, count + 1)]


def _copy(cursor: Any, model: Any, pk: int, numbers: str, **changed: str) -> None:
    """Insert one copy of a row for every `n` of `numbers`, with some columns computed from it."""
    values: Mapping[str, str] = {
        field.column: changed.get(field.column, f'source."{field.column}"')
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    names = ", ".join(f'"{name}"' for name in values)
    table = model._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())}"  # noqa: S608 - our own names
        f" FROM {table} AS source CROSS JOIN {numbers} WHERE source.id = %s",
        [pk],
    )


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
