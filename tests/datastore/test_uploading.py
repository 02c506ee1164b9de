"""Uploads in pieces: cut at any byte and gone on with, bound to their owner, strictly in order, gone after a day."""

import base64
import io
import tracemalloc
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.http import UnreadablePostError
from django.test import Client
from django.utils import timezone

from datastore import rotation, services, sweeping, uploading
from datastore.models import Document, TrustLevel, UploadPart, UploadSession
from portal.core.errors import InvalidInputError, NotFoundError
from tests.at_once import at_once
from tests.datastore.clamd import EICAR
from tests.datastore.conftest import make_pdf, stored_bytes

pytestmark = pytest.mark.django_db
ADDRESS = "/kho-du-lieu/tai-len/"
PIECE = {"content_type": "application/offset+octet-stream"}


def announce(client: Client, size: int, name: str = "giấy.pdf"):
    metadata = f"filename {base64.b64encode(name.encode()).decode()},filetype YQ=="
    return client.post(ADDRESS, headers={"Upload-Length": str(size), "Upload-Metadata": metadata})


def patch(client: Client, place: str, offset: int, content: bytes):
    return client.patch(place, content, headers={"Upload-Offset": str(offset)}, **PIECE)


def send(client: Client, content: bytes, *cuts: int, name: str = "giấy.pdf") -> str:
    """Upload in pieces cut at these places; return where it lies."""
    place = announce(client, len(content), name)["Location"]
    ends = [*cuts, len(content)]
    for start, end in zip([0, *cuts], ends, strict=True):
        answer = patch(client, place, start, content[start:end])
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(end))
    return place


def id_of(place: str) -> str:
    return place.rstrip("/").rsplit("/", 1)[-1]


def whole(owner, place: str) -> bytes:
    _name, stream = uploading.whole(owner, id_of(place))
    with stream:
        return stream.read()


def test_it_says_what_it_speaks(browser, settings):
    answer = browser.options(ADDRESS)
    assert (answer.status_code, answer["Tus-Version"]) == (204, "1.0.0")
    assert answer["Tus-Max-Size"] == str(settings.UPLOAD_MAX_BYTES)


@pytest.mark.parametrize("cuts", [(), (1,), (7, 8, 9), (100, 200, 300, 400)])
def test_pieces_become_the_file(browser, citizen, cuts):
    content = make_pdf()
    place = send(browser, content, *cuts)
    assert whole(citizen, place) == content
    assert browser.head(place)["Upload-Offset"] == str(len(content))


def test_a_line_cut_at_any_byte_goes_on_behind_what_arrived(browser, citizen, monkeypatch):
    """The body breaks off in the middle of a piece: what came is kept, and the next piece begins there."""
    content = make_pdf()
    place = announce(browser, len(content))["Location"]
    arrived = 137

    def cut(self, size=-1):
        if getattr(self, "was_read", False):
            raise UnreadablePostError("the line is cut")
        self.was_read = True
        return content[:arrived]

    with monkeypatch.context() as broken:
        broken.setattr("django.core.handlers.wsgi.WSGIRequest.read", cut)
        assert patch(browser, place, 0, content)["Upload-Offset"] == str(arrived)
    assert browser.head(place)["Upload-Offset"] == str(arrived)
    assert patch(browser, place, arrived, content[arrived:]).status_code == 204
    assert whole(citizen, place) == content


@pytest.mark.parametrize("offset", [0, 99, 101, 10**14])
def test_a_replay_an_overlap_and_a_gap_change_nothing_and_say_where_to_go_on(browser, citizen, offset):
    content = make_pdf()
    place = announce(browser, len(content))["Location"]
    patch(browser, place, 0, content[:100])
    answer = patch(browser, place, offset, b"x" * 50)
    assert (answer.status_code, answer["Upload-Offset"]) == (409, "100")
    patch(browser, place, 100, content[100:])
    assert whole(citizen, place) == content


@pytest.mark.django_db(transaction=True)
def test_of_two_pieces_at_the_same_place_one_wins(citizen):
    session = uploading.start(citizen, name="a.pdf", size_bytes=20)

    def bring(letter: bytes):
        try:
            return uploading.append(citizen, session.public_id, offset=0, content=io.BytesIO(letter * 10))
        except uploading.OffsetError as error:
            return error.received_bytes

    assert 10 in at_once([lambda: bring(b"a"), lambda: bring(b"b")])
    session.refresh_from_db()
    assert session.received_bytes == 10 and UploadPart.objects.count() == 1


def test_more_than_was_announced_is_refused(browser):
    place = announce(browser, 10)["Location"]
    assert patch(browser, place, 0, b"x" * 11).status_code == 413
    assert browser.head(place)["Upload-Offset"] == "0"


def test_a_piece_larger_than_a_piece_may_be_is_refused(browser, monkeypatch):
    monkeypatch.setattr("datastore.tus.PIECE_MAX_BYTES", 100)
    place = announce(browser, 1000)["Location"]
    assert patch(browser, place, 0, b"x" * 101).status_code == 413


@pytest.mark.parametrize(("size", "status"), [("0", 422), ("-1", 400), ("x", 400), ("", 400), ("9" * 16, 400)])
def test_a_length_that_is_none_is_refused(browser, size, status):
    assert browser.post(ADDRESS, headers={"Upload-Length": size}).status_code == status


def test_what_would_be_too_large_or_find_no_room_is_refused_before_a_byte_is_sent(browser, settings):
    answer = announce(browser, settings.UPLOAD_MAX_BYTES + 1)
    assert answer.status_code == 413 and "20 MB" in answer.content.decode()
    settings.STORE_MAX_MB = 1
    assert announce(browser, 800_000).status_code == 201
    answer = announce(browser, 800_000)  # what is under way counts
    assert answer.status_code == 422 and "Kho của bạn đã đầy" in answer.content.decode()


def test_too_many_at_once_and_too_many_scraps_are_refused(browser, monkeypatch):
    monkeypatch.setattr(uploading, "SESSIONS_MOST", 2)
    place = announce(browser, 10)["Location"]
    announce(browser, 10)
    assert "quá nhiều tệp" in announce(browser, 10).content.decode()
    monkeypatch.setattr(uploading, "PARTS_MOST", 1)
    assert patch(browser, place, 0, b"x").status_code == 204
    assert patch(browser, place, 1, b"x").status_code == 422


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
def test_another_content_type_is_refused(browser, kind):
    place = announce(browser, 10)["Location"]
    answer = browser.patch(place, b"x", content_type=kind, headers={"Upload-Offset": "0"})
    assert answer.status_code == 415


def test_a_piece_without_its_place_is_refused(browser):
    place = announce(browser, 10)["Location"]
    assert browser.patch(place, b"x", **PIECE).status_code == 400


def test_nobody_else_sees_fills_or_ends_it(browser, stranger, signed_in, client):
    place = announce(browser, 10)["Location"]
    other = signed_in(stranger)
    answers = other.head(place), patch(other, place, 0, b"x"), other.delete(place)
    assert {answer.status_code for answer in answers} == {404}
    assert client.head(place)["Location"].startswith("/tai-khoan/vao/")
    with pytest.raises(InvalidInputError):
        uploading.whole(stranger, id_of(place))
    assert browser.head(place)["Upload-Offset"] == "0"


def test_without_the_forms_token_nothing_is_taken(citizen):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(citizen)
    assert announce(strict, 10).status_code == 403


def test_pieces_lie_sealed_and_go_with_their_session(browser, citizen, django_capture_on_commit_callbacks):
    place = send(browser, make_pdf(), 60)
    keys = list(UploadPart.objects.values_list("storage_key", flat=True))
    for key in keys:
        with default_storage.open(key) as file:
            assert b"PDF" not in file.read()
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.delete(place).status_code == 204
    assert browser.head(place).status_code == 404
    assert not UploadPart.objects.exists() and not any(default_storage.exists(key) for key in keys)


def test_after_a_day_it_is_gone_and_swept(browser, citizen, django_capture_on_commit_callbacks):
    place = send(browser, make_pdf())
    kept = announce(browser, 10)["Location"]
    UploadSession.objects.filter(public_id=id_of(place)).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.head(place).status_code == 404
    with pytest.raises(NotFoundError):
        uploading.append(citizen, id_of(place), offset=0, content=io.BytesIO(b"x"))
    with django_capture_on_commit_callbacks(execute=True):
        assert uploading.sweep() == 1
    assert browser.head(kept).status_code == 200


def test_the_sweep_goes_on_behind_what_fails(browser, monkeypatch):
    """Also where whole turns fail, and some run out in the same moment."""
    monkeypatch.setattr(uploading, "SWEPT_A_TURN", 1)
    places = [id_of(announce(browser, 10)["Location"]) for _number in range(4)]
    ended = timezone.now() - timedelta(seconds=9)
    UploadSession.objects.filter(public_id__in=places).update(expires_at=ended)
    UploadSession.objects.filter(public_id=places[3]).update(expires_at=ended + timedelta(seconds=1))
    whole_drop = uploading._drop

    def some(session):
        if str(session.public_id) in places[:2]:
            raise ValueError
        whole_drop(session)

    monkeypatch.setattr(uploading, "_drop", some)
    assert uploading.sweep() == 2
    assert {str(left) for left in UploadSession.objects.values_list("public_id", flat=True)} == set(places[:2])


def test_the_sweep_of_the_storage_leaves_pieces_alone(browser, citizen, monkeypatch):
    content = make_pdf()
    place = send(browser, content, 60)
    later = timezone.now() + timedelta(days=2)
    with monkeypatch.context() as then:
        then.setattr(sweeping.timezone, "now", lambda: later)
        assert sweeping.sweep(list(sweeping.SHELVES)) == (0, 0)
    assert whole(citizen, place) == content


def test_keys_change_under_an_upload(browser, citizen, settings):
    content = make_pdf()
    place = send(browser, content, 60)
    settings.STORE_KEYS = ["bmV3LXN0b3JlLWtleS1vbmx5LWZvci10ZXN0cy0wMTI=", *settings.STORE_KEYS]
    assert sum(turn.done for turn in rotation.rotate()) == 2
    settings.STORE_KEYS = settings.STORE_KEYS[:1]
    assert whole(citizen, place) == content


def test_the_form_takes_it_once_and_through_the_one_door(browser, citizen, upload_type):
    content = make_pdf()
    place = send(browser, content, 10, 20)
    facts = {"type": upload_type.code, "file-uploaded": id_of(place)}
    assert browser.post("/kho-du-lieu/them/", facts).status_code == 302
    document = Document.objects.get()
    assert stored_bytes(document) == content and document.files.get().name == "giấy.pdf"
    assert "Hãy chọn lại tệp" in browser.post("/kho-du-lieu/them/", facts).content.decode()
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ\x90\x00" + b"\0" * 600, "giấy.pdf", "không phải ảnh hay PDF"),
        (make_pdf() + b"PK\x03\x04" + b"x" * 1500, "giấy.pdf", "dữ liệu lạ"),
        (make_pdf()[:-40], "../../\u202egiấy.pdf", "hỏng"),
    ],
)
def test_what_lies_is_refused_however_it_came(browser, upload_type, content, name, words):
    place = send(browser, content, 20, name=name)
    answer = browser.post("/kho-du-lieu/them/", {"type": upload_type.code, "file-uploaded": id_of(place)})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Document.objects.exists()


def test_malware_cut_in_two_is_found_by_the_scanner(daemon, browser, upload_type):
    content = make_pdf().replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF")
    place = send(browser, content, content.index(EICAR) + 30)
    answer = browser.post("/kho-du-lieu/them/", {"type": upload_type.code, "file-uploaded": id_of(place)})
    assert answer.status_code == 422 and "mã độc" in answer.content.decode()
    assert not Document.objects.exists()


def test_path_parts_and_marks_that_turn_text_around_do_not_reach_the_name(browser, citizen, upload_type):
    place = send(browser, make_pdf(), name="..\\..\\x\u202efdp.exe\x00/giấy\u200f.pdf")
    browser.post("/kho-du-lieu/them/", {"type": upload_type.code, "file-uploaded": id_of(place)})
    assert Document.objects.get().files.get().name == "giấy.pdf"


def test_a_large_file_is_put_together_in_little_memory(citizen, upload_type, settings):
    settings.UPLOAD_MAX_BYTES, settings.STORE_MAX_MB = 200 * 1024 * 1024, 1000
    size, piece = 100 * 1024 * 1024, 4 * 1024 * 1024
    session = uploading.start(citizen, name="lớn.pdf", size_bytes=size)
    tracemalloc.start()
    try:
        for offset in range(0, size, piece):
            uploading.append(citizen, session.public_id, offset=offset, content=io.BytesIO(bytes(piece)))
        _name, stream = uploading.whole(citizen, session.public_id)
        with stream, pytest.raises(InvalidInputError):  # no PDF, but read to its end before that is said
            services.deposit(
                owner=citizen, content=stream, name="lớn.pdf", type_code=upload_type.code, trust=TrustLevel.UPLOADED
            )
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * piece, f"{peak} bytes at once for a file of {size}"
