"""The archives of a batch of papers: stored, read with care, lost, forgotten."""

import zipfile
from datetime import timedelta
from typing import ClassVar

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.utils import timezone

from datastore import import_folders, import_jobs
from datastore.models import (
    Document,
    ImportArchive,
    ImportBatch,
    ImportJob,
    ImportRow,
    ImportState,
)
from portal.core.work import WorkState
from tests.backoffice.batches import packed, work

pytestmark = pytest.mark.django_db


class Watched(FileSystemStorage):
    """Knows of each file whether it came within a transaction."""

    within: ClassVar[list[bool]] = []

    def _save(self, name, content):
        self.within.append(connection.in_atomic_block)
        return super()._save(name, content)


@pytest.mark.django_db(transaction=True)
def test_the_bytes_of_the_archives_are_gone(office, batch_owner, send_batch):
    send_batch("1.pdf", scans=(packed("1.pdf"),))
    key = ImportArchive.objects.get().storage_key
    assert default_storage.exists(key)
    work()
    assert not default_storage.exists(key)


@pytest.mark.django_db(transaction=True)
def test_archives_are_stored_while_no_lock_is_held_and_of_a_list_that_reads(office, batch_owner, send_batch, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "BACKEND": f"{__name__}.Watched"},
    }
    Watched.within.clear()
    assert send_batch(listed=b"a,b\n1,2", scans=(packed("1.pdf"),)).status_code == 422 and not Watched.within
    send_batch("1.pdf", scans=(packed("1.pdf"), packed("2.pdf")))
    assert Watched.within == [False, False] and ImportArchive.objects.count() == 2


def test_several_archives_are_one_folder_and_two_files_of_a_name_are_told_apart(batch_owner, send_batch):
    send_batch("1.pdf", "a/2.pdf", "2.pdf", scans=(packed("quet/1.pdf", "quet/a/2.pdf"), packed("quet/b/2.pdf")))
    work()
    states = dict(ImportRow.objects.values_list("line", "state"))
    assert states == {2: ImportState.DONE, 3: ImportState.DONE, 4: ImportState.FAILED}
    assert "nhiều tệp" in ImportRow.objects.get(line=4).error


def test_an_archive_that_was_lost_is_made_good_by_sending_it_again(batch_owner, send_batch):
    send_batch("1.pdf", scans=(packed("1.pdf"),))
    default_storage.delete(ImportArchive.objects.get().storage_key)
    work()
    assert "Hãy gửi lại danh sách" in ImportJob.objects.get().last_error and not Document.objects.exists()
    send_batch("1.pdf", scans=(packed("1.pdf"),))
    work()
    assert Document.objects.count() == 1 and ImportJob.objects.get().work_state == WorkState.DONE


def test_an_archive_that_came_with_the_form_is_no_larger_than_others(send_batch, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    answer = send_batch("1.pdf", scans=(bytes(1024 * 1024) + packed("1.pdf"),))
    assert answer.status_code == 422 and "“0.zip” lớn hơn 1 MB" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_bomb_is_cut_and_refused_and_the_rest_comes_in(batch_owner, send_batch, settings):
    settings.UPLOAD_MAX_BYTES = 200_000
    send_batch(
        "bomb.pdf", "1.pdf", scans=(packed("bomb.pdf", content=b"%PDF-1.7\n" + bytes(50_000_000)), packed("1.pdf"))
    )
    work()
    assert dict(ImportRow.objects.values_list("line", "state")) == {2: ImportState.FAILED, 3: ImportState.DONE}


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_swell_before_they_are_counted_are_not_unpacked(batch_owner, send_batch, way):
    send_batch("bomb.pdf", "1.pdf", scans=(packed("bomb.pdf", way=way), packed("1.pdf")))
    work()
    assert dict(ImportRow.objects.values_list("line", "state")) == {2: ImportState.FAILED, 3: ImportState.DONE}
    assert "không giải nén được" in ImportRow.objects.get(line=2).error


def test_a_table_of_contents_that_is_measured_elsewhere_is_not_read(send_batch, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    scans = bytearray(packed("1.pdf", "2.pdf", "3.pdf"))
    scans[-10:-6] = bytes(4)  # the usual end says that the table is small, and the one before it says the truth
    monkeypatch.setattr(import_folders, "INDEX_MOST_BYTES", 100)
    answer = send_batch("1.pdf", scans=(bytes(scans),))
    assert answer.status_code == 422 and "không phải tệp ZIP đọc được" in answer.content.decode()


def test_an_archive_of_countless_names_is_not_opened(send_batch, monkeypatch):
    monkeypatch.setattr(import_folders, "INDEX_MOST_BYTES", 100)
    answer = send_batch("1.pdf", scans=(packed("1.pdf", "2.pdf", "3.pdf"),))
    assert answer.status_code == 422 and "quá nhiều tệp" in answer.content.decode()


def test_what_is_damaged_or_locked_in_an_archive_fails_its_line(batch_owner, send_batch):
    whole = packed("1.pdf")
    locked = bytearray(whole)
    locked[6] |= 1  # both headers say that it has a password
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    send_batch("1.pdf", scans=(bytes(locked),))
    work()
    assert "có mật khẩu" in ImportRow.objects.get().error


def test_a_name_that_does_not_decode_fails_its_line_only(batch_owner, send_batch):
    damaged = bytearray(packed("giấy.pdf"))
    damaged[30] = 0xFF  # of the name before the file; the table of contents has it whole
    send_batch("giấy.pdf", "1.pdf", scans=(bytes(damaged), packed("1.pdf")))
    work()
    assert dict(ImportRow.objects.values_list("line", "state")) == {2: ImportState.FAILED, 3: ImportState.DONE}
    assert "tệp hỏng" in ImportRow.objects.get(line=2).error


def test_archives_of_a_forgotten_batch_go_after_a_month(office, send_batch):
    address = send_batch("1.pdf", scans=(packed("1.pdf"),))["Location"]
    ImportArchive.objects.update(created_at=timezone.now() - timedelta(days=31))
    import_jobs.sweep()
    assert ImportArchive.objects.exists(), "the job is still to be done"
    office.browser("desk").post(f"{address}dung/")
    import_jobs.sweep()
    assert not ImportArchive.objects.exists()
