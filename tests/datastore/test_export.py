"""The whole store as one archive: every document, digests that hold, constant memory, nothing of anybody else's."""

import hashlib
import io
import json
import tracemalloc
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pypdf import PdfWriter

from datastore import exporting, services, storage
from datastore.models import Blob, Document, DocumentFile, TrustLevel
from portal.agencies.actors import Actor
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db
ADDRESS = "/kho-du-lieu/tai-ve.zip"


@pytest.fixture
def exported(citizen, signed_in):
    """Download the citizen's store and open it."""
    client = signed_in(citizen)

    def download() -> zipfile.ZipFile:
        answer = client.get(ADDRESS)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
        packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        assert packed.testzip() is None
        return packed

    return download


def manifest_of(packed: zipfile.ZipFile) -> dict:
    return json.loads(packed.read("manifest.json"))


def test_every_document_is_there_with_what_is_known_of_it(deposit, exported, citizen, ward):
    contents = {"Giấy chứng sinh của bé An": make_pdf(), "Thư của phường": make_pdf()}
    first, _letter = (deposit(title=title, content=content) for title, content in contents.items())
    services.name_subject(first.pk, "Nguyễn Minh An")
    Document.objects.filter(title="Thư của phường").update(is_listed=False)
    packed = exported()
    manifest = manifest_of(packed)
    assert (manifest["format"], manifest["owner"]) == ("vn-document-store-export/1", citizen.display_name)
    assert {document["title"] for document in manifest["documents"]} == set(contents)
    told = manifest["documents"][0]
    assert (told["about"], told["trust"]["code"], told["status"]["code"]) == ("Nguyễn Minh An", "D", "valid")
    for document in manifest["documents"]:
        (file,) = document["files"]
        assert packed.read(file["path"]) == contents[document["title"]]
        assert hashlib.sha256(packed.read(file["path"])).hexdigest() == file["sha256"]


def test_what_an_agencys_system_sent_is_called_that(deposit, exported, ward):
    deposit(trust=TrustLevel.FETCHED, issuer=ward)
    (told,) = manifest_of(exported())["documents"]
    assert told["trust"] == {"code": "S", "name": "Cơ quan gửi từ hệ thống của mình"}


def test_the_list_of_digests_is_what_sha256sum_reads(deposit, exported):
    deposit()
    packed = exported()
    lines = packed.read("SHA256SUMS").decode().splitlines()
    assert len(lines) == 1
    digest, _blanks, place = lines[0].partition("  ")
    assert hashlib.sha256(packed.read(place)).hexdigest() == digest


def test_names_make_no_path_out_of_the_folder(deposit, exported):
    document = deposit(title="../../etc/passwd", name="..\\..\\x.pdf")
    (name,) = (name for name in exported().namelist() if name.startswith("giay-to/"))
    assert name == f"giay-to/{document.pk}-etc-passwd/1-x.pdf"


def test_a_letters_folder_has_the_whole_code_of_its_dossier(deposit, exported):
    title = "Giấy tiếp nhận hồ sơ và hẹn trả kết quả hồ sơ H26.00073-261130-0004"
    document = deposit(title=title)
    packed = exported()
    assert any(
        name.startswith(f"giay-to/{document.pk}-") and "26-00073-261130-0004/" in name for name in packed.namelist()
    )


def test_nothing_of_anybody_else_and_nothing_deleted(deposit, exported, stranger, citizen):
    deposit(owner=stranger)
    services.delete(deposit().pk, Actor.citizen(citizen))
    assert manifest_of(exported())["documents"] == []


def test_a_file_that_breaks_in_the_middle_is_named_and_the_rest_comes(deposit, exported):
    writer, content = PdfWriter(io.BytesIO(make_pdf())), io.BytesIO()
    writer.add_metadata({"/Subject": "x" * 300_000})
    writer.write(content)
    broken, _kept = deposit(title="hỏng", content=content.getvalue()), deposit()
    place = default_storage.path(broken.files.get().blob.storage_key)
    with open(place, "r+b") as file:
        file.seek(200_000)
        file.write(b"\x00" * 16)
    manifest = manifest_of(exported())
    assert [document["files"][0]["is_missing"] for document in manifest["documents"]] == [True, False]


def test_a_file_that_cannot_be_read_is_named_and_the_rest_comes(deposit, exported):
    lost, kept = deposit(title="mất"), deposit(title="còn")
    storage.remove(lost.files.get().blob.storage_key)
    packed = exported()
    missing = {d["title"]: d["files"][0]["is_missing"] for d in manifest_of(packed)["documents"]}
    assert missing == {"mất": True, "còn": False}
    assert len([name for name in packed.namelist() if name.startswith("giay-to/")]) == 1
    assert kept.files.get().name in "".join(packed.namelist())


def test_a_file_that_was_changed_behind_our_back_does_not_pass_for_whole(deposit, citizen):
    blob = deposit().files.get().blob
    default_storage.delete(blob.storage_key)
    default_storage.save(blob.storage_key, ContentFile(b"DVC\x01" + bytes(200)))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(exporting.archive(citizen))))
    assert manifest_of(packed)["documents"][0]["files"][0]["is_missing"]


def test_many_large_files_go_through_little_memory(deposit, citizen, monkeypatch):
    documents = [deposit(title=f"Giấy {number}") for number in range(3)]
    size = 16 * 1024 * 1024
    stored = storage.write(io.BytesIO(bytes(size)))
    Blob.objects.filter(uses__document__in=documents[:1]).update(
        storage_key=stored.storage_key, key_id=stored.key_id, wrapped_key=stored.wrapped_key, size_bytes=size
    )
    DocumentFile.objects.filter(document__in=documents[1:]).update(blob=documents[0].files.get().blob_id)
    total = 0
    tracemalloc.start()
    try:
        for part in exporting.archive(citizen):
            total += len(part)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total > 3 * size and peak < size / 8


def test_the_queries_grow_with_pages_of_a_hundred_not_with_documents(deposit, citizen, django_assert_max_num_queries):
    paper = deposit()
    for number in range(30):
        copy = Document.objects.get(pk=paper.pk)
        copy.pk, copy.title = None, f"Bản {number}"
        copy.save()
    with django_assert_max_num_queries(3):
        list(exporting.archive(citizen))
