"""Dossiers that a province's system decides, and a token for it: `python -m tests.bench.seed_dossiers COUNT`.

Runs inside a throw-away portal.
"""

import json
import sys

import django


def main(count: int) -> None:
    """File and pay by the services, then print codes and token."""
    from portal.agencies.models import ApiClient, ClientKind
    from portal.site.demo import systems
    from tests.api.callers import token_for

    systems.load_systems()
    province = ApiClient.objects.get(kind=ClientKind.REST)
    print(json.dumps({"codes": [_filed() for _number in range(count)], "token": token_for(province)}))


def _filed() -> str:
    from dossiers import filing, services
    from portal.agencies.actors import Actor
    from tests import factories
    from tests.faults.seed import draft_for

    user = factories.make_citizen()
    dossier = filing.submit(draft_for(user).public_id, actor=Actor.citizen(user))
    obligations = list(dossier.obligations.all())
    reference = f"bench-{dossier.code}"
    services.settle_payment(
        dossier.code or "", actor=Actor.payment("vnpay"), obligations=obligations, reference=reference
    )
    return dossier.code or ""


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
