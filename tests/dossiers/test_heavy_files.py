"""A file of 50 MB with a message: refused in words on both sides, nothing of it is kept and nothing typed is lost."""

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from datastore.models import Blob, Document
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, DossierMessage
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import in_state
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
WORDS = "Tôi gửi kèm bản vẽ nhà, xin xem giúp trang cuối."
HEAVY = 50 * 1024 * 1024


def photo(size_bytes: int) -> bytes:
    """A picture that a viewer opens, made heavy behind its end."""
    found = factories.png("bản vẽ")
    return found + b"\0" * (size_bytes - len(found))


def stored() -> set[str]:
    folders = default_storage.listdir("")[0] if default_storage.exists("") else []
    return {f"{folder}/{name}" for folder in folders for name in default_storage.listdir(folder)[1]}


def sides(office: Office, dossier: Dossier) -> list[tuple[Client, str]]:
    citizen = signed_in(dossier.filer)  # type: ignore[arg-type] # it has one
    desk = office.browser("desk")
    return [(citizen, f"/ho-so/{dossier.code}/trao-doi/"), (desk, f"/quan-tri/ho-so/{dossier.code}/tin-nhan/")]


@pytest.mark.parametrize("content", [photo(HEAVY), b"%PDF-1.7\n" + b"\0" * HEAVY], ids=["photo", "pdf"])
def test_fifty_megabytes_are_refused_and_the_words_stay(office: Office, content: bytes) -> None:
    dossier, before = in_state(S.PROCESSING), stored()
    documents, blobs = Document.objects.count(), Blob.objects.count()
    name = "bản vẽ.png" if content.startswith(b"\x89PNG") else "bản vẽ.pdf"
    for client, address in sides(office, dossier):
        files = [SimpleUploadedFile("nhỏ.png", factories.png("nhỏ")), SimpleUploadedFile(name, content)]
        page = client.post(address, {"text": WORDS, "token": "once", "files": files})
        said = text(page)
        assert page.status_code == 422 and WORDS in said, address
        assert f"{name}: Tệp lớn hơn 20 MB. Hãy chụp lại ở cỡ nhỏ hơn hoặc tách thành nhiều tệp." in said
        assert "nhỏ.png:" not in said, "only what is wrong is named"
        sent = client.post(address, {"text": WORDS, "token": "once"})
        assert sent.status_code == 302, "the same form goes without the file"
    assert [row.text for row in DossierMessage.objects.order_by("pk")] == [WORDS, WORDS]
    heavy = Blob.objects.filter(size_bytes__gt=settings.UPLOAD_MAX_BYTES)
    assert not heavy.exists()
    assert Document.objects.count() - documents == 2, "the small file lies in the store once for each sender"
    assert len(stored() - before) == Blob.objects.count() - blobs, "no byte lies without its row"


def test_the_limit_itself_is_taken(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    (client, address), _desk = sides(office, dossier)
    whole = SimpleUploadedFile("vừa.png", photo(settings.UPLOAD_MAX_BYTES))
    assert client.post(address, {"text": WORDS, "token": "a", "files": whole}).status_code == 302
    more = SimpleUploadedFile("hơn.png", photo(settings.UPLOAD_MAX_BYTES + 1))
    assert client.post(address, {"text": WORDS, "token": "b", "files": more}).status_code == 422
    assert DossierMessage.objects.get().files.count() == 1
