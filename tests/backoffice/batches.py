"""Batches of papers as an official sends them: what their tests share."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from datastore import importing, tasks
from datastore.models import DocumentType, ImportJob
from portal.core.work import WorkState
from tests import factories
from tests.datastore.conftest import make_pdf

NEW = "/quan-tri/so-hoa/danh-sach/moi/"
HEADER = ",".join(importing.COLUMNS)


@pytest.fixture
def batch_owner():
    DocumentType.objects.get_or_create(code="GT.KHAC", defaults={"name": "Giấy tờ khác", "group": "upload"})
    return factories.make_citizen()


def packed(*names: str, content: bytes | None = None, way: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", way) as archive:
        for name in names:
            archive.writestr(name, make_pdf() if content is None else content)
    return target.getvalue()


@pytest.fixture
def send_batch(office, batch_owner):
    """Send a list of these files as the desk, with archives."""

    def post(*files: str, scans: tuple[bytes, ...] = (), who: str = "desk", listed: bytes = b"", **changes: str):
        lines = [
            f"{batch_owner.citizen.personal_id},GT.KHAC,{file},{number}/2019,06/05/2019,,Nguyễn Minh An,goc"
            for number, file in enumerate(files)
        ]
        facts = {
            "list": SimpleUploadedFile("khai-sinh.csv", listed or "\n".join([HEADER, *lines]).encode()),
            "folder": [SimpleUploadedFile(f"{number}.zip", scan) for number, scan in enumerate(scans)],
            **changes,
        }
        return office.browser(who).post(NEW, facts)

    return post


def work() -> None:
    """The worker comes by until nothing is due."""
    for _turn in range(10):
        ImportJob.objects.filter(work_state=WorkState.PENDING).update(next_try_at=timezone.now())
        tasks.run_imports()
