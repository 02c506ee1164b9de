"""Change of the keys over the files: resumable, beside a running portal, clear about what an old key is still for."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from datastore import keyring, rotation, services, storage
from datastore.models import Blob, Document
from portal.agencies.actors import Actor
from tests.datastore.conftest import make_pdf, stored_bytes

pytestmark = pytest.mark.django_db
NEW = "bmV3LXN0b3JlLWtleS1vbmx5LWZvci10ZXN0cy0wMTI="


@pytest.fixture
def papers(deposit):
    """Five papers, each with its bytes."""
    return [(deposit(content=content), content) for content in (make_pdf() for _number in range(5))]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def make_plain(document) -> str:
    """Store a paper as it lay before there were keys; return where."""
    blob = document.files.get().blob
    key = default_storage.save("aa/plain", ContentFile(stored_bytes(document)))
    Blob.objects.filter(pk=blob.pk).update(storage_key=key, key_id="", wrapped_key=None)
    return key


def test_after_a_change_the_old_key_may_go_and_every_file_opens(papers, settings):
    old = settings.STORE_KEYS[0]
    lying = {blob.storage_key for blob in Blob.objects.all()}
    settings.STORE_KEYS = [NEW, old]
    said = run()
    assert f"key {keyring.id_of(NEW)}: 5 files, newest" in said
    assert f"key {keyring.id_of(old)}: 0 files, not needed any more" in said
    assert {blob.storage_key for blob in Blob.objects.all()} == lying  # rows were rewritten, files were not
    settings.STORE_KEYS = [NEW]
    assert [stored_bytes(document) for document, _content in papers] == [content for _document, content in papers]


def test_a_change_that_was_stopped_goes_on_where_it_was(papers, settings):
    settings.STORE_KEYS = [NEW, *settings.STORE_KEYS]
    first = next(rotation.rotate(batch=2))  # … and the process is killed
    assert (first.done, rotation.counts()[keyring.id_of(NEW)]) == (2, 2)
    assert sum(turn.done for turn in rotation.rotate(batch=2)) == 3
    assert rotation.counts() == {keyring.id_of(NEW): 5}
    assert list(rotation.rotate()) == []


def test_files_from_before_there_were_keys_are_sealed(papers, django_capture_on_commit_callbacks):
    document, content = papers[0]
    plain = make_plain(document)
    assert stored_bytes(document) == content
    with django_capture_on_commit_callbacks(execute=True):
        said = run()
    assert "1 files wrapped" in said and "not sealed" not in said
    blob = document.files.get().blob
    assert blob.key_id == keyring.current_id() and not default_storage.exists(plain)
    assert stored_bytes(document) == content


def test_who_read_the_row_before_its_file_was_sealed_still_gets_it(papers, django_capture_on_commit_callbacks):
    document, content = papers[0]
    make_plain(document)
    known = document.files.get().blob
    with django_capture_on_commit_callbacks(execute=True):
        run()
    with storage.open_stream(known) as stream:
        assert stream.read() == content


def test_a_missing_key_is_named_and_the_rest_is_done(papers, settings):
    old = settings.STORE_KEYS[0]
    settings.STORE_KEYS = [NEW]
    with pytest.raises(CommandError, match="5 files cannot be opened"):
        run()
    settings.STORE_KEYS = [NEW, old]
    assert "still needed" in run("--check")  # which changes nothing
    assert "not needed any more" in run()


def test_a_sealed_row_without_its_key_is_refused_by_the_database(papers):
    for change in ({"wrapped_key": None}, {"key_id": ""}):
        with pytest.raises(IntegrityError, match="sealed_blob_has_its_key"), transaction.atomic():
            Blob.objects.update(**change)


def test_a_batch_of_nothing_is_refused():
    with pytest.raises(CommandError, match="1 or more"):
        run("--batch", "0")


@pytest.mark.django_db(transaction=True)
def test_keys_change_while_papers_are_read_brought_and_deleted(deposit, citizen, settings):
    """Half of the files move while they are sealed; who reads, brings or deletes notices nothing of it."""
    contents = {deposit(content=content).pk: content for content in (make_pdf() for _number in range(12))}
    documents = Document.objects.in_bulk(contents)
    for pk in list(contents)[::2]:
        blob = documents[pk].files.get().blob
        key = default_storage.save(f"aa/plain-{pk}", ContentFile(contents[pk]))
        default_storage.delete(blob.storage_key)
        Blob.objects.filter(pk=blob.pk).update(storage_key=key, key_id="", wrapped_key=None)
    settings.STORE_KEYS = [NEW, *settings.STORE_KEYS]
    staying, leaving = list(contents)[:8], list(contents)[8:]
    going_on, brought = threading.Event(), {}

    def rotate():
        while sum(turn.done for turn in rotation.rotate(batch=1)):
            pass

    def read():
        while not going_on.is_set():
            for pk in staying:
                assert stored_bytes(Document.objects.get(pk=pk)) == contents[pk]

    def delete():
        for pk in leaving:
            services.delete(pk, Actor.citizen(citizen))

    def bring():
        for _number in range(4):
            content = make_pdf()
            brought[deposit(content=content).pk] = content
        again = contents[staying[1]]  # bytes that lie there already, under the key that is just being changed
        brought[deposit(content=again).pk] = again

    def alone(work):
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        readers = [pool.submit(alone, read) for _number in range(2)]
        others = [pool.submit(alone, work) for work in (rotate, delete, bring)]
        try:
            for work in others:
                work.result(60)
        finally:
            going_on.set()
        for reader in readers:
            reader.result(60)
    assert rotation.counts() == {keyring.id_of(NEW): len(staying) + 4}
    settings.STORE_KEYS = [NEW]
    for pk, content in (*((pk, contents[pk]) for pk in staying), *brought.items()):
        assert stored_bytes(Document.objects.get(pk=pk)) == content
    lying = {
        f"{shelf}/{name}" for shelf in default_storage.listdir("")[0] for name in default_storage.listdir(shelf)[1]
    }
    assert lying == set(Blob.objects.values_list("storage_key", flat=True)), "nothing is left behind"
