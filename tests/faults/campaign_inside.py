"""Steps of a campaign inside its portal: `python -m tests.faults.campaign_inside seed|start|stop|go-on|look|audit`.

Each prints one line of JSON.
"""

import json
import sys
from typing import Any

import django

QUEUE = "cho-duyet"
TOKEN = "campaign"


def seed(count: int) -> dict[str, Any]:
    """Dossiers of one agency that a specialist proposed to its leader; nothing else waits."""
    from dossiers import services
    from portal.agencies.actors import ActorKind
    from portal.agencies.models import MembershipRole
    from portal.core.work import WorkState
    from tests import factories
    from tests.faults.audit import work_models

    version = factories.make_version("1.999001", needs_paper=False)
    citizen = factories.make_citizen("Nguyễn Thị Thử")
    agency = None
    for _number in range(count):
        dossier = factories.processing_dossier(citizen=citizen, version=version)
        agency = dossier.agency
        assert agency is not None
        services.propose(dossier.code or "", actor=factories.official_actor(agency, ActorKind.AGENCY))
    assert agency is not None
    leader = factories.make_official(agency, MembershipRole.LEADER, "Vũ Minh Lãnh")
    for model in work_models():
        model.objects.filter(work_state=WorkState.PENDING).update(work_state=WorkState.DONE)
    return {"leader": leader.pk}


def start(leader: int) -> dict[str, Any]:
    """What the leader's confirmed press does: approve the whole queue."""
    from portal.backoffice import bulk, gathering, queue_list
    from portal.backoffice.models import BulkKind
    from portal.backoffice.narrowing import EVERYTHING

    official = _official(leader)
    whole, _codes = gathering.look_at(official, queue_list.QUEUES[QUEUE], narrowed=EVERYTHING)
    job = bulk.start_whole(official, BulkKind.APPROVE, whole, arguments={"reason": "Đồng ý"}, form_token=TOKEN)
    return {"job": job.pk, "total": job.total}


def stop(leader: int, job: int) -> dict[str, Any]:
    """Press "Dừng"."""
    from portal.backoffice import bulk

    return {"stopped": bulk.stop(job, official=_official(leader)).stopped_at is not None}


def go_on(leader: int, job: int) -> dict[str, Any]:
    """Press "Làm tiếp"."""
    from portal.backoffice import bulk

    return {"stopped": bulk.go_on(job, official=_official(leader)).stopped_at is not None}


def look(job: int) -> dict[str, Any]:
    """What the page of the job shows: approved ones, and how many results were signed."""
    from portal.backoffice import bulk
    from portal.backoffice.models import BulkJob

    row = BulkJob.objects.get(pk=job)
    done, made = bulk.progress(row), bulk.issuing(row)
    assert made is not None
    told = {"approved": done.done, "refused": done.refused, "waiting": done.waiting, "work": row.work_state}
    return {**told, "signed": made.done, "unsigned": made.waiting, "dead": made.refused, "gathering": row.is_gathering}


def audit(count: int) -> dict[str, Any]:
    """Faults in words: every dossier must have one result, one credential, one file of its own and one number."""
    from django.db.models import Count

    from datastore.models import Credential
    from datastore.results import credential, signing
    from dossiers.lifecycle import DossierState
    from dossiers.models import Dossier, DossierEvent, ResultIssue
    from tests.faults.audit import wait_for_quiet

    wait_for_quiet(60)
    found = {
        "approved dossiers": Dossier.objects.filter(state__in=[DossierState.DECIDED, DossierState.RETURNED]).count(),
        "results made": ResultIssue.objects.filter(work_state="done").count(),
        "credentials": Credential.objects.count(),
        "files": Credential.objects.values("pdf_sha256").distinct().count(),
        "numbers": Credential.objects.values("document__number").distinct().count(),
    }
    faults = [f"{name}: {number} of {count}" for name, number in found.items() if number != count]
    doubled = DossierEvent.objects.values("dossier", "name").annotate(times=Count("pk")).filter(times__gt=1)
    faults += [f"{row['name']} {row['times']} times on dossier {row['dossier']}" for row in doubled[:5]]
    for row in Credential.objects.select_related("document").order_by("?")[:20]:
        stream = row.document.files.first()
        assert stream is not None
        pdf = _bytes(stream)
        if not signing.check_pdf(pdf).is_valid or signing.check_pdf(pdf).sha256 != row.pdf_sha256:
            faults.append(f"the file of {row.public_id} does not hold")
        credential.verify(row.token)
    return {"found": found, "faults": faults}


def _bytes(file: Any) -> bytes:
    from datastore import storage

    with storage.open_stream(file.blob) as stream:
        return bytes(stream.read())


def _official(leader: int) -> Any:
    from portal.accounts.models import User
    from portal.agencies.memberships import current_posts
    from portal.backoffice.officials import Official

    user = User.objects.get(pk=leader)
    return Official(user, list(current_posts(user)))


STEPS = {"seed": seed, "start": start, "stop": stop, "go-on": go_on, "look": look, "audit": audit}

if __name__ == "__main__":
    django.setup()
    print(json.dumps(STEPS[sys.argv[1]](*map(int, sys.argv[2:]))))
