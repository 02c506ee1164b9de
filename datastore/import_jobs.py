"""Batches that the worker brings in (việc nhập hàng loạt): a list and archives sent on a page, some lines at a turn.

The lines are those of `importing`; here is what a page needs beside them: the archives until they are used up, stopping
and going on, and the official's posts looked at again at each turn.
"""

import contextlib
import io
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from typing import IO, cast

import structlog
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore import digitising, importing, storage
from datastore.import_folders import Archives, open_archive
from datastore.models import ImportArchive, ImportBatch, ImportJob
from portal.agencies.actors import Actor
from portal.agencies.memberships import actors_at, first_actor
from portal.core import sweeping
from portal.core.errors import InvalidInputError, UpstreamError
from portal.core.language import speaking
from portal.core.work import MORE_TO_DO, WorkState, ring

log = structlog.get_logger(__name__)

RUN_TASK = "datastore.run_imports"
LIST_MOST_BYTES = 5 * 1024 * 1024
LINES_MOST = 20_000
"""Of a list that is sent on a page; longer ones are for `manage.py import_papers`."""
LINES_A_TURN = 25
"""Lines between two looks at other jobs that wait."""
KEPT = timedelta(days=30)
"""Archives of a batch that was stopped and forgotten hold people's papers no longer than that."""


def start(
    content: bytes,
    name: str,
    archives: Sequence[tuple[str, IO[bytes]]],
    *,
    actor: Actor,
    is_certified: bool = False,
) -> ImportBatch:
    """Take up a list with its archives and wake a worker; lines of the same list that failed are tried again.

    Raises InvalidInputError with field "list" or "folder" for what cannot be read or is missing, and NotAllowedError
    for who is no official at work.
    """
    agency, official = digitising.at_work(actor)
    if not archives:
        raise InvalidInputError(fields={"folder": [_("Chọn tệp ZIP chứa các bản quét.")]})
    if len(content) > LIST_MOST_BYTES:
        words = _("Danh sách lớn hơn %(limit)d MB. Hãy chia thành nhiều đợt.")
        raise InvalidInputError(fields={"list": [words % {"limit": LIST_MOST_BYTES // 1024 // 1024}]})
    try:
        listed = importing.read(content, most=LINES_MOST)
    except importing.BadListError as error:
        raise InvalidInputError(fields={"list": [str(error)]}) from error
    for title, stream in archives:
        if stream.seek(0, io.SEEK_END) > settings.UPLOAD_MAX_BYTES:
            words = _("Tệp “%(name)s” lớn hơn %(limit)d MB. Hãy chia thư mục thành nhiều tệp ZIP.")
            limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
            raise InvalidInputError(fields={"folder": [words % {"name": title[:100], "limit": limit}]})
        open_archive(stream, title).close()
    kept = [(title, storage.write(stream)) for title, stream in archives]  # what fails from here on is swept
    with transaction.atomic():
        batch = importing.open_batch(listed, name, actor=actor)
        facts = {"agency": agency, "official": official, "is_certified": is_certified}
        job, is_new = ImportJob.objects.select_for_update(of=("self",)).get_or_create(batch=batch, defaults=facts)
        importing.try_failed_again(batch)
        if not is_new:
            job.official, job.is_certified, job.stopped_at, job.done_at = official, is_certified, None, None
            job.redrive(timezone.now())
            job.save()
        for title, stored in kept:
            ImportArchive.objects.create(
                job=job,
                name=title[:300],
                storage_key=stored.storage_key,
                key_id=stored.key_id,
                wrapped_key=stored.wrapped_key,
            )
        ring(RUN_TASK)
    log.info("import.started", batch_id=batch.pk, archives=len(archives))
    return batch


@transaction.atomic
def stop(batch: ImportBatch, *, actor: Actor) -> None:
    """Leave the rest of the lines; the one that is just coming in is finished. Repeating is idle."""
    digitising.at_work(actor)
    job = ImportJob.objects.select_for_update(of=("self",)).get(batch=batch)
    if job.work_state != WorkState.DONE and job.stopped_at is None:
        job.stopped_at = timezone.now()
        job.mark_done(job.stopped_at)
        job.save(update_fields=["stopped_at", "work_state", "done_at", "last_error"])


@transaction.atomic
def go_on(batch: ImportBatch, *, actor: Actor) -> None:
    """Bring in the rest of a batch that was stopped, or that gave up, as this official. Repeating is idle.

    A colleague compared nothing: what the first official vouched for waits for its check from then on.
    """
    _agency, official = digitising.at_work(actor)
    job = ImportJob.objects.select_for_update(of=("self",)).get(batch=batch)
    if job.stopped_at is not None or job.work_state == WorkState.DEAD:
        job.is_certified = job.is_certified and job.official == official
        job.stopped_at, job.done_at, job.official = None, None, official
        job.redrive(timezone.now())
        job.save()
        ring(RUN_TASK)


def run(work: ImportJob) -> None:
    """Bring in some lines of a claimed job; it is due again at once while there are more.

    Raises UpstreamError where the scanner, the signing key or the storage is away: the job is tried again later.
    """
    job = ImportJob.objects.select_related("batch", "agency", "official").get(pk=work.pk)
    with speaking(job.official.language):
        actor = first_actor(actors_at(job.official, job.agency), digitising.DIGITISED_BY)
        if actor is None or not job.official.is_active:
            _settle(job, error=_("Người phụ trách đợt nhập không còn làm việc ở cơ quan này."))
            return
        with contextlib.ExitStack() as closing:
            folder = _folder(job, closing)
            lines = importing.run(job.batch, folder, actor=actor, is_certified=job.is_certified)
            for count, _progress in enumerate(lines, 1):
                if count == LINES_A_TURN or not _is_wanted(job):
                    break
    _settle(job)


def _folder(job: ImportJob, closing: contextlib.ExitStack) -> Archives:
    """Raises UpstreamError where an archive is lost and none was sent after it: then it was not sent again."""
    opened: list[zipfile.ZipFile] = []
    lost: FileNotFoundError | None = None
    for archive in job.archives.order_by("pk"):
        try:
            stream = closing.enter_context(storage.open_stream(archive))
        except FileNotFoundError as error:
            lost = error
            continue
        opened.append(closing.enter_context(open_archive(_plain(stream), archive.name)))
        lost = None
    if lost is not None:
        raise UpstreamError(_("Không đọc được tệp ZIP đã gửi. Hãy gửi lại danh sách cùng tệp ZIP.")) from lost
    return Archives(opened)


def _plain(stream: "File[bytes]") -> IO[bytes]:
    """The file within Django's, which is false where it has no name: zipfile takes that for closed."""
    return cast(IO[bytes], stream.file)


def _is_wanted(job: ImportJob) -> bool:
    return ImportJob.objects.filter(pk=job.pk, stopped_at__isnull=True).exists()


def _settle(job: ImportJob, error: str = "") -> None:
    """Say what is left: more lines at once, a person's hand, or nothing, and then the archives go."""
    with transaction.atomic():
        current = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
        is_finished = importing.finish(job.batch)
        if current.work_state != WorkState.PENDING:  # stopped meanwhile, and be it in the last line
            if is_finished:
                _forget(current)
            return
        if is_finished:
            current.mark_done(timezone.now())
            _forget(current)
        elif error:
            current.mark_failed(error, now=timezone.now(), budget=timedelta(0), permanent=True)
        else:
            current.mark_more_to_do(timezone.now())
            ring(RUN_TASK)
        current.save(update_fields=[*MORE_TO_DO, "done_at"])


def _forget(job: ImportJob) -> None:
    for archive in job.archives.all():
        storage.remove_after_commit(archive.storage_key)
    job.archives.all().delete()


def sweep() -> int:
    """Forget archives of batches that stand still for a month; return how many batches there were."""
    old = ImportArchive.objects.filter(created_at__lt=timezone.now() - KEPT)
    idle = old.exclude(job__work_state=WorkState.PENDING).values_list("job_id", flat=True).distinct()
    return sweeping.each(list(idle), _forget_idle, sweep="datastore.import_archives")


def _forget_idle(pk: int) -> bool:
    job = ImportJob.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if job is None or job.work_state == WorkState.PENDING:
        return False
    _forget(job)
    return True
