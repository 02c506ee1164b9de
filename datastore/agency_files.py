"""Files of an agency's own work (tệp của cơ quan): the same checks and the same sealed storage as everybody's store.

What agencies send each other about a dossier has no owner among citizens, and none of their pages, exports or systems
reads it. Whoever refers to a file holds it by a protected key and says who may open it (dossiers.consultation_papers).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import IO

from django.core.files import File
from django.db import transaction
from django.db.models import PROTECT, Q
from django.utils import timezone

from datastore import bytes_once, storage
from datastore.intake import inspected
from datastore.models import AgencyFile, AgencyFileReading
from portal.agencies.actors import Actor
from portal.agencies.models import Agency
from portal.core.errors import NotFoundError
from portal.core.sweeping import each

GRACE = timedelta(hours=24)
"""So long a file waits for the step that it came with; a step that was refused leaves it behind."""
FILES_A_TURN = 200


def keep(content: "File[bytes] | IO[bytes] | bytes", name: str, *, agency: Agency) -> tuple[AgencyFile, str]:
    """Keep a file for an agency, once however often it is sent; returns it with the name to show.

    Nothing refers to it yet: what is not held within GRACE is swept. Raises InvalidInputError with field "file" for
    what the store would refuse (empty, too large, unsupported, locked, scripted, infected), UpstreamError where the
    malware scanner does not answer.
    """
    with inspected(content, name, from_agency=True) as file, transaction.atomic():
        return bytes_once.find_or_write(AgencyFile.objects.all(), file, agency=agency), file.name


def hold(ids: Iterable[int]) -> bool:
    """Lock files that something is about to refer to, until the transaction ends; whether all are still there."""
    wanted = sorted(set(ids))
    held = AgencyFile.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    return list(held.values_list("pk", flat=True)) == wanted


def open_stream(file: AgencyFile, *, actor: Actor, dossier_code: str) -> "File[bytes]":
    """Open a file for an official whom the caller let read it; leaves the row that says so.

    Raises NotFoundError where its bytes are gone, or who asks acts for no agency.
    """
    if actor.agency is None:
        raise NotFoundError(storage.GONE)
    try:
        stream = storage.open_stream(file)
    except FileNotFoundError as error:
        raise NotFoundError(storage.GONE) from error
    AgencyFileReading.objects.create(
        file=file,
        dossier_code=dossier_code,
        agency=actor.agency,
        reader=actor.user,
        reader_name=(actor.name or str(actor.kind.label))[:200],
        reader_role=actor.kind,
    )
    return stream


def drop_unheld() -> int:
    """Delete files that came with a step that was refused in the end; return how many."""
    old = AgencyFile.objects.filter(_unheld(), created_at__lt=timezone.now() - GRACE).order_by("pk")
    return each(list(old.values_list("pk", flat=True)[:FILES_A_TURN]), _drop, sweep="datastore.drop_unheld")


def _unheld() -> Q:
    """A filter: nothing holds it by a protected key, whatever the app."""
    holders = [relation for relation in AgencyFile._meta.related_objects if relation.on_delete is PROTECT]
    return Q(**{f"{relation.name}__isnull": True for relation in holders})


def _drop(pk: int) -> bool:
    file = AgencyFile.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if file is None or not AgencyFile.objects.filter(_unheld(), pk=pk).exists():
        return False
    file.delete()
    storage.remove_after_commit(file.storage_key)
    return True
