"""Files under lock: nothing readable in the storage, every change of stored bytes noticed, readable from any place."""

import io
import secrets

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from datastore import keyring, sealing, storage
from datastore.models import Blob
from datastore.sealing import MARK, PIECE_BYTES, TAG_BYTES
from tests.datastore.conftest import make_pdf, stored_bytes

KEY = bytes(range(32))
SIZES = [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 3 * PIECE_BYTES + 5]


def sealed(content: bytes) -> bytes:
    out = io.BytesIO()
    sealing.seal(io.BytesIO(content), out, KEY)
    return out.getvalue()


def unsealed(content: bytes, key: bytes = KEY) -> bytes:
    return sealing.Unsealed(io.BytesIO(content), key).read()


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_comes_back(size):
    content = secrets.token_bytes(size)
    assert unsealed(sealed(content)) == content


def test_a_source_that_gives_little_at_a_time_is_sealed_whole():
    class Trickle(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 7000))

    content, out = secrets.token_bytes(2 * PIECE_BYTES + 9), io.BytesIO()
    sealing.seal(Trickle(content), out, KEY)
    assert unsealed(out.getvalue()) == content


@pytest.mark.parametrize("place", [0, 5, PIECE_BYTES - 1, PIECE_BYTES, 2 * PIECE_BYTES + 3, 10**9])
def test_it_reads_from_any_place(place):
    content = secrets.token_bytes(2 * PIECE_BYTES + 100)
    file = sealing.Unsealed(io.BytesIO(sealed(content)), KEY)
    file.seek(place)
    assert file.read(200) == content[place : place + 200][: PIECE_BYTES - place % PIECE_BYTES]
    assert file.seek(-10, io.SEEK_END) == len(content) - 10
    assert file.read() == content[-10:]
    with pytest.raises(ValueError, match="before the beginning"):
        file.seek(-1)


CONTENT = secrets.token_bytes(3 * PIECE_BYTES)
WHOLE = sealed(CONTENT)
PIECE = PIECE_BYTES + TAG_BYTES
HEAD, FIRST, SECOND, LAST = WHOLE[:4], WHOLE[4 : 4 + PIECE], WHOLE[4 + PIECE : 4 + 2 * PIECE], WHOLE[4 + 2 * PIECE :]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(HEAD + SECOND + FIRST + LAST, id="pieces moved"),
        pytest.param(HEAD + FIRST + FIRST + LAST, id="a piece doubled"),
        pytest.param(HEAD + FIRST + SECOND, id="the last piece cut off"),
        pytest.param(HEAD + FIRST + LAST, id="a piece left out"),
        pytest.param(WHOLE + LAST, id="a piece added"),
        pytest.param(WHOLE[:-1], id="a byte cut off"),
        pytest.param(WHOLE[:100] + bytes([WHOLE[100] ^ 1]) + WHOLE[101:], id="a bit flipped"),
        pytest.param(b"DVC\x02" + WHOLE[4:], id="another mark"),
        pytest.param(MARK, id="nothing but the mark"),
        pytest.param(b"%PDF-1.7 plain", id="never sealed"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_every_change_of_stored_bytes_is_noticed(changed):
    with pytest.raises(storage.UnreadableError):
        unsealed(changed)


def test_another_files_key_opens_nothing():
    with pytest.raises(storage.UnreadableError):
        unsealed(WHOLE, bytes(32))


@pytest.mark.django_db
def test_the_storage_holds_nothing_readable(deposit):
    content = make_pdf()
    document = deposit(content=content)
    blob = document.files.get().blob
    with default_storage.open(blob.storage_key) as file:
        lying = file.read()
    assert lying.startswith(MARK) and b"%PDF" not in lying and content[:64] not in lying
    assert stored_bytes(document) == content
    assert blob.key_id == keyring.current_id()


@pytest.mark.django_db
def test_a_wrapped_key_or_a_file_put_in_anothers_place_opens_nothing(deposit):
    mine, other = (deposit(name=name).files.get().blob for name in ("a.pdf", "b.pdf"))
    Blob.objects.filter(pk=mine.pk).update(wrapped_key=other.wrapped_key)
    with pytest.raises(storage.UnreadableError):
        storage.open_stream(Blob.objects.get(pk=mine.pk))
    with default_storage.open(mine.storage_key) as file:
        swapped = file.read()
    default_storage.delete(other.storage_key)
    default_storage.save(other.storage_key, ContentFile(swapped))
    with storage.open_stream(other) as stream, pytest.raises(storage.UnreadableError):
        stream.read()


@pytest.mark.django_db
def test_a_file_whose_key_is_away_says_so_in_words_and_is_not_lost(deposit, signed_in, citizen, settings):
    document = deposit()
    held = settings.STORE_KEYS
    settings.STORE_KEYS = ["b3RoZXItc3RvcmUta2V5LW9ubHktZm9yLXRlc3RzLTA="]
    page = signed_in(citizen).get(f"/kho-du-lieu/tep/{document.files.get().pk}/")
    assert page.status_code == 503
    assert "người vận hành đã được báo" in page.content.decode()
    settings.STORE_KEYS = held
    assert stored_bytes(document).startswith(b"%PDF")
