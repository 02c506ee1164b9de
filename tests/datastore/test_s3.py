"""The store on an S3-compatible service: a server of its own process, spoken to over HTTP with signed requests."""

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from _runtime import command_bucket
from datastore import access, rotation, services, storage, sweeping
from datastore.models import Blob
from portal.agencies.actors import Actor
from portal.core.errors import NotFoundError
from portal.settings.env import env
from portal.settings.storage import storages_from_url
from tests.datastore.conftest import make_pdf, stored_bytes

pytestmark = pytest.mark.django_db
KEYS = ("portal", "secret-of-this-test")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A running server that holds everything in memory; `host:port`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env={**os.environ, "PYTHONWARNINGS": "ignore"}, **quiet) as process:
        try:
            _wait_for(port, process)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the S3 server did not start")


@pytest.fixture(autouse=True)
def on_s3(own_files: None, server: str, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Put the store on a bucket, made by the command that a deployment runs before its first start."""
    bucket = f"store-{tmp_path.name.replace('_', '-')}"[:60].rstrip("-").lower()
    monkeypatch.setenv("STORAGE_URL", f"s3://{KEYS[0]}:{KEYS[1]}@{server}/{bucket}?insecure=1")
    assert command_bucket.main([]) == 0
    assert command_bucket.main([]) == 0  # the second start finds it
    settings.STORAGES = {**settings.STORAGES, "default": storages_from_url(env, tmp_path)["default"]}


def test_a_paper_goes_there_comes_back_and_goes_away(deposit, citizen, django_capture_on_commit_callbacks):
    content = make_pdf()
    document = deposit(content=content)
    blob = document.files.get().blob
    assert stored_bytes(document) == content
    with default_storage.open(blob.storage_key) as lying:
        assert b"%PDF" not in lying.read()
    with django_capture_on_commit_callbacks(execute=True):
        services.delete(document.pk, Actor.citizen(citizen))
    assert not default_storage.exists(blob.storage_key)


def test_a_large_file_goes_in_parts_and_is_read_from_any_place():
    content = os.urandom(1024) * (12 * 1024)  # twelve megabytes: more than one part of a multipart upload
    stored = storage.write(io.BytesIO(content))
    row = Blob(storage_key=stored.storage_key, key_id=stored.key_id, wrapped_key=stored.wrapped_key)
    with storage.open_stream(row) as stream:
        stream.seek(11 * 1024 * 1024)
        assert stream.read(2048) == content[11 * 1024 * 1024 :][:2048]


def test_the_page_sends_what_lies_there(deposit, citizen, signed_in):
    content = make_pdf()
    answer = signed_in(citizen).get(f"/kho-du-lieu/tep/{deposit(content=content).files.get().pk}/")
    assert b"".join(answer.streaming_content) == content


def test_bytes_that_are_gone_there_are_not_found(deposit, citizen):
    file = deposit().files.get()
    storage.remove(file.blob.storage_key)
    with pytest.raises(NotFoundError):
        access.open_file(file.pk, actor=Actor.citizen(citizen), purpose="")


def test_the_sweep_finds_orphans_and_missing_bytes_there(deposit, monkeypatch):
    kept, lost = deposit().files.get().blob, deposit(name="b.pdf").files.get().blob
    orphan = default_storage.save("aa/orphan", ContentFile(b"left behind"))
    default_storage.delete(lost.storage_key)
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(sweeping.timezone, "now", lambda: later)
    assert sweeping.sweep(list(sweeping.SHELVES)) == (1, 1)
    assert default_storage.exists(kept.storage_key) and not default_storage.exists(orphan)


def test_keys_change_there_too(deposit, settings):
    content = make_pdf()
    document = deposit(content=content)
    settings.STORE_KEYS = ["bmV3LXN0b3JlLWtleS1vbmx5LWZvci10ZXN0cy0wMTI=", *settings.STORE_KEYS]
    assert sum(turn.done for turn in rotation.rotate()) == 1
    assert stored_bytes(document) == content


def test_nobody_else_reads_the_bucket(deposit, server, settings):
    blob = deposit().files.get().blob
    bucket = settings.STORAGES["default"]["OPTIONS"]["bucket_name"]
    client = boto3.client(
        "s3", endpoint_url=f"http://{server}", aws_access_key_id=KEYS[0], aws_secret_access_key=KEYS[1]
    )
    grants = client.get_object_acl(Bucket=bucket, Key=blob.storage_key)["Grants"]
    assert [grant for grant in grants if grant["Grantee"]["Type"] == "Group"] == []
    with pytest.raises(ClientError):
        client.head_object(Bucket=bucket, Key="not-there")
