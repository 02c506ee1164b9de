"""Dossiers that two partners decide, and the third one to ask: `python -m tests.faults.seed_events PUSHED ASKED URL`.

Runs inside a throw-away portal. The dossiers are copies of one that was filed (tests.bench.seed_dossiers).
"""

import json
import sys

import django

ASKED_EVERY_SECONDS = 10


def main(pushed: int, asked: int, url: str) -> None:
    """Print the codes of the two systems' dossiers and the token of the first."""
    from dossiers.models import Dossier
    from portal.agencies.models import ApiClient
    from portal.exchange.models import OutboxMessage, PullSource
    from portal.site.demo import systems
    from tests import factories
    from tests.api.callers import token_for
    from tests.bench.seed_dossiers import copies_of_one
    from tests.faults.partners import PULL_KEY

    systems.load_systems()
    PullSource.objects.all().delete()  # the sandbox's own does not run here
    codes = copies_of_one(pushed + asked)
    OutboxMessage.objects.all().delete()  # of the one filing that was copied: nobody is there to take it
    province = ApiClient.objects.get(pk=Dossier.objects.get(code=codes[0]).handled_by_id)
    third = ApiClient.objects.create(
        name="Hệ thống chỉ trả lời",
        agency=province.agency,
        kind="rest",
        oidc_client_id="third",
        receives_dossiers=False,
    )
    Dossier.objects.filter(code__in=codes[pushed:]).update(handled_by=third)
    factories.let_report(third)
    PullSource.objects.create(
        client=third, provider="rest", address=url, secret=PULL_KEY, interval_seconds=ASKED_EVERY_SECONDS
    )
    from datetime import timedelta

    told = {"pushed": codes[:pushed], "asked": codes[pushed:], "token": token_for(province, lives=timedelta(days=1))}
    print(json.dumps(told))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
