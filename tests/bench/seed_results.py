"""Approved dossiers whose results wait to be made: `python -m tests.bench.seed_results COUNT`, inside a portal.

Each was filed, taken in, worked on and approved by the services. Their results are not due yet, and nothing else waits,
so that who starts workers times these results alone. Prints the keys of the work as JSON.
"""

import json
import sys
from datetime import timedelta

import django

PEOPLE_BEFORE = 10
"""Numbers that another process of this portal has given out already."""


def main(count: int) -> None:
    """Seed and print."""
    from django.apps import apps
    from django.utils import timezone

    from dossiers import services
    from dossiers.models import ResultIssue
    from portal.agencies.actors import ActorKind
    from portal.core.work import QueuedWork, WorkState
    from tests import factories

    for _number in range(PEOPLE_BEFORE):
        next(factories._number)
    version = factories.make_version("1.999001", needs_paper=False)
    citizen = factories.make_citizen("Nguyễn Thị Thử")
    for _number in range(count):
        dossier = factories.processing_dossier(citizen=citizen, version=version)
        assert dossier.agency is not None
        services.approve(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER))
    for model in apps.get_models():
        if issubclass(model, QueuedWork) and model is not ResultIssue:
            model._default_manager.filter(work_state=WorkState.PENDING).update(
                work_state=WorkState.DONE, done_at=timezone.now()
            )
    ResultIssue.objects.update(next_try_at=timezone.now() + timedelta(days=1))
    print(json.dumps(list(ResultIssue.objects.order_by("pk").values_list("pk", flat=True))))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
