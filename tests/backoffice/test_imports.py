"""Papers by the list on a page: sent with their scans, brought in by the worker, watched, stopped, gone on with."""

import io
import zipfile
from datetime import timedelta
from typing import ClassVar

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from datastore import import_folders, import_jobs, importing, tasks
from datastore.models import (
    Document,
    DocumentType,
    ImportArchive,
    ImportBatch,
    ImportJob,
    ImportRow,
    ImportState,
    TrustLevel,
)
from portal.agencies.memberships import actors_at
from portal.agencies.models import Membership
from portal.backoffice import views_imports
from portal.core.work import WorkState, claim_next
from tests import factories
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db
NEW = "/quan-tri/so-hoa/danh-sach/moi/"
HEADER = ",".join(importing.COLUMNS)


@pytest.fixture
def owner():
    DocumentType.objects.get_or_create(code="GT.KHAC", defaults={"name": "Giấy tờ khác", "group": "upload"})
    return factories.make_citizen()


class Watched(FileSystemStorage):
    """Knows of each file whether it came within a transaction."""

    within: ClassVar[list[bool]] = []

    def _save(self, name, content):
        self.within.append(connection.in_atomic_block)
        return super()._save(name, content)


def packed(*names: str, content: bytes | None = None, way: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", way) as archive:
        for name in names:
            archive.writestr(name, make_pdf() if content is None else content)
    return target.getvalue()


@pytest.fixture
def send(office, owner):
    """Send a list of these files as the desk, with archives."""

    def post(*files: str, scans: tuple[bytes, ...] = (), who: str = "desk", listed: bytes = b"", **changes: str):
        lines = [
            f"{owner.citizen.personal_id},GT.KHAC,{file},{number}/2019,06/05/2019,,Nguyễn Minh An,goc"
            for number, file in enumerate(files)
        ]
        facts = {
            "list": SimpleUploadedFile("khai-sinh.csv", listed or "\n".join([HEADER, *lines]).encode()),
            "folder": [SimpleUploadedFile(f"{number}.zip", scan) for number, scan in enumerate(scans)],
            **changes,
        }
        return office.browser(who).post(NEW, facts)

    return post


def standing(office) -> str:
    """What the list of batches says of the one there is."""
    page = office.browser("desk").get("/quan-tri/so-hoa/danh-sach/").content.decode()
    return page.split('data-label="Tình trạng">')[1].split("<")[0]


def work() -> None:
    """The worker comes by until nothing is due."""
    for _turn in range(10):
        ImportJob.objects.filter(work_state=WorkState.PENDING).update(next_try_at=timezone.now())
        tasks.run_imports()


def test_a_list_and_its_scans_come_in_and_the_archives_go(office, owner, send):
    answer = send("1.pdf", "2020/Giấy khai sinh.pdf", scans=(packed("quet/1.pdf", "quet/2020/Giấy khai sinh.pdf"),))
    batch = ImportBatch.objects.get()
    assert answer["Location"] == f"/quan-tri/so-hoa/danh-sach/{batch.pk}/"
    assert ImportArchive.objects.count() == 1
    desk = office.browser("desk")
    page = desk.get(answer["Location"]).content.decode()
    assert "Đang nhập…" in page and "hx-get" in page and not Document.objects.exists()
    work()
    page = desk.get(answer["Location"]).content.decode()
    assert "Đã vào 2, không vào được 0, còn 0." in page and "hx-get" not in page
    assert Document.objects.filter(owner=owner, trust=TrustLevel.DIGITISED).count() == 2
    assert not Document.objects.listed(owner).exists(), "each waits for its check"
    assert not ImportArchive.objects.exists()
    assert "khai-sinh.csv" in desk.get("/quan-tri/so-hoa/danh-sach/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_bytes_of_the_archives_are_gone(office, owner, send):
    send("1.pdf", scans=(packed("1.pdf"),))
    key = ImportArchive.objects.get().storage_key
    assert default_storage.exists(key)
    work()
    assert not default_storage.exists(key)


@pytest.mark.django_db(transaction=True)
def test_archives_are_stored_while_no_lock_is_held_and_of_a_list_that_reads(office, owner, send, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "BACKEND": f"{__name__}.Watched"},
    }
    Watched.within.clear()
    assert send(listed=b"a,b\n1,2", scans=(packed("1.pdf"),)).status_code == 422 and not Watched.within
    send("1.pdf", scans=(packed("1.pdf"), packed("2.pdf")))
    assert Watched.within == [False, False] and ImportArchive.objects.count() == 2


def test_a_batch_that_was_compared_is_in_the_store_at_once(owner, send):
    send("1.pdf", scans=(packed("1.pdf"),), is_certified="on")
    work()
    assert Document.objects.listed(owner).get().trust == TrustLevel.DIGITISED


def test_a_line_that_is_wrong_is_named_and_tried_again_with_the_same_list(office, owner, send):
    answer = send("1.pdf", "late.pdf", scans=(packed("1.pdf"),))
    work()
    desk = office.browser("desk")
    page = desk.get(answer["Location"]).content.decode()
    assert "Dòng 3" in page and "không có tệp “late.pdf”" in page
    report = desk.get(f"{answer['Location']}bao-cao.csv")
    assert "3,Không nhập được" in report.content.decode("utf-8-sig")
    assert owner.citizen.personal_id not in report.content.decode()
    assert send("1.pdf", "late.pdf", scans=(packed("late.pdf"),))["Location"] == answer["Location"]
    work()
    assert ImportBatch.objects.count() == 1 and Document.objects.count() == 2


def test_several_archives_are_one_folder_and_two_files_of_a_name_are_told_apart(owner, send):
    send("1.pdf", "a/2.pdf", "2.pdf", scans=(packed("quet/1.pdf", "quet/a/2.pdf"), packed("quet/b/2.pdf")))
    work()
    states = dict(ImportRow.objects.values_list("line", "state"))
    assert states == {2: ImportState.DONE, 3: ImportState.DONE, 4: ImportState.FAILED}
    assert "nhiều tệp" in ImportRow.objects.get(line=4).error


def test_stopped_and_gone_on_with(office, owner, send, monkeypatch):
    monkeypatch.setattr(import_jobs, "LINES_A_TURN", 1)
    send("1.pdf", "2.pdf", "3.pdf", scans=(packed("1.pdf", "2.pdf", "3.pdf"),))
    job = ImportJob.objects.get()
    address = f"/quan-tri/so-hoa/danh-sach/{job.batch_id}/"
    import_jobs.run(job)
    job.refresh_from_db()
    assert Document.objects.count() == 1 and job.work_state == WorkState.PENDING, "others get their turn"
    desk = office.browser("desk")
    assert desk.post(f"{address}dung/")["Location"] == address
    work()
    assert Document.objects.count() == 1
    assert "Nhập tiếp" in desk.get(address).content.decode()
    assert standing(office) == "Đã dừng"
    desk.post(f"{address}tiep/")
    assert standing(office) == "Đang nhập"
    work()
    assert Document.objects.count() == 3 and not ImportArchive.objects.exists()
    assert standing(office) == "Đã xong", "though the last turn ended with the last line"


def test_a_list_that_is_sent_again_is_under_way_again(office, owner, send):
    send("late.pdf", scans=(packed("1.pdf"),))
    work()
    assert standing(office) == "Đã xong"
    answer = send("late.pdf", scans=(packed("late.pdf"),))
    assert standing(office) == "Đang nhập"
    assert "Đang nhập…" in office.browser("desk").get(answer["Location"]).content.decode()
    work()
    assert standing(office) == "Đã xong"


def test_stopped_in_its_last_line_is_done(office, owner, send):
    answer = send("1.pdf", scans=(packed("1.pdf"),))
    claimed = claim_next(ImportJob)
    office.browser("desk").post(f"{answer['Location']}dung/")
    import_jobs.run(claimed)
    assert standing(office) == "Đã xong" and not ImportArchive.objects.exists()


def test_what_the_command_left_is_not_under_way(office, owner):
    line = f"{owner.citizen.personal_id},GT.KHAC,1.pdf,1/2019,06/05/2019,,Nguyễn Minh An,goc"
    (actor,) = actors_at(office.desk, office.agency)
    batch = importing.open_batch(importing.read(f"{HEADER}\n{line}".encode()), "khai-sinh.csv", actor=actor)
    assert standing(office) == "Chưa nhập hết"
    assert "Chưa nhập hết." in office.browser("desk").get(f"/quan-tri/so-hoa/danh-sach/{batch.pk}/").content.decode()


def test_who_lost_her_post_brings_nothing_more_and_a_colleague_goes_on(office, owner, send):
    answer = send("1.pdf", scans=(packed("1.pdf"),))
    Membership.objects.filter(user=office.desk).update(valid_to=timezone.localdate() - timedelta(days=1))
    work()
    job = ImportJob.objects.get()
    assert job.work_state == WorkState.DEAD and "không còn làm việc" in job.last_error and not Document.objects.exists()
    colleague = office.browser("specialist")
    assert "không còn làm việc" in colleague.get(answer["Location"]).content.decode()
    colleague.post(f"{answer['Location']}tiep/")
    work()
    assert Document.objects.count() == 1


def test_a_colleague_who_goes_on_signs_nothing_that_another_compared(office, owner, send, monkeypatch):
    monkeypatch.setattr(import_jobs, "LINES_A_TURN", 1)
    address = send("1.pdf", "2.pdf", "3.pdf", scans=(packed("1.pdf", "2.pdf", "3.pdf"),), is_certified="on")["Location"]
    desk, colleague, warning = office.browser("desk"), office.browser("specialist"), "các bản quét còn lại chờ"
    import_jobs.run(ImportJob.objects.get())
    desk.post(f"{address}dung/")
    assert warning in colleague.get(address).content.decode() and warning not in desk.get(address).content.decode()
    desk.post(f"{address}tiep/")
    import_jobs.run(ImportJob.objects.get())
    assert Document.objects.listed(owner).count() == 2, "she who compared them goes on as before"
    desk.post(f"{address}dung/")
    colleague.post(f"{address}tiep/")
    work()
    assert Document.objects.listed(owner).count() == 2 and Document.objects.count() == 3


def test_an_archive_that_was_lost_is_made_good_by_sending_it_again(owner, send):
    send("1.pdf", scans=(packed("1.pdf"),))
    default_storage.delete(ImportArchive.objects.get().storage_key)
    work()
    assert "Hãy gửi lại danh sách" in ImportJob.objects.get().last_error and not Document.objects.exists()
    send("1.pdf", scans=(packed("1.pdf"),))
    work()
    assert Document.objects.count() == 1 and ImportJob.objects.get().work_state == WorkState.DONE


def test_an_archive_that_came_with_the_form_is_no_larger_than_others(send, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    answer = send("1.pdf", scans=(bytes(1024 * 1024) + packed("1.pdf"),))
    assert answer.status_code == 422 and "“0.zip” lớn hơn 1 MB" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_nobody_asks_by_lists_whom_the_portal_knows(send, monkeypatch):
    monkeypatch.setattr(views_imports, "LISTS", 2)
    assert [send("1.pdf").status_code for _time in range(3)] == [422, 422, 429]


def test_another_agency_sees_and_moves_nothing(office, send):
    address = send("1.pdf", scans=(packed("1.pdf"),))["Location"]
    stranger = office.browser("foreign_desk")
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}bao-cao.csv").status_code == 404
    assert stranger.post(f"{address}dung/").status_code == 404
    assert "khai-sinh.csv" not in stranger.get("/quan-tri/so-hoa/danh-sach/").content.decode()


def test_a_scanner_that_is_away_stops_nothing_for_good(owner, send, settings):
    send("1.pdf", scans=(packed("1.pdf"),))
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    tasks.run_imports()
    job = ImportJob.objects.get()
    assert job.work_state == WorkState.PENDING and job.last_error and job.archives.exists()
    settings.CLAMAV_ADDRESS = ""
    work()
    assert Document.objects.count() == 1


def test_the_first_hiccup_of_a_long_batch_is_its_first_failure(owner, send, settings, monkeypatch):
    monkeypatch.setattr(import_jobs, "LINES_A_TURN", 1)
    names = [f"{number}.pdf" for number in range(14)]
    send(*names, scans=(packed(*names),))
    ImportJob.objects.update(created_at=timezone.now() - timedelta(days=2))
    for _turn in range(13):
        import_jobs.run(claim_next(ImportJob))
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    tasks.run_imports()
    job = ImportJob.objects.get()
    assert job.work_state == WorkState.PENDING and job.attempts == 1, "tries and budget count from the last good turn"
    assert job.next_try_at - timezone.now() < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"scans": ()}, "Chọn tệp ZIP"),
        ({"scans": (b"PK\x03\x04 not whole",)}, "không phải tệp ZIP"),
        ({"scans": (b"x",)}, "không phải tệp ZIP"),
        ({"listed": b"a,b\n1,2"}, "thiếu cột"),
        ({"listed": HEADER.encode("utf-16")}, "UTF-8"),
        ({"listed": HEADER.encode()}, "Danh sách có 0 dòng"),
        ({"listed": b"x" * (import_jobs.LIST_MOST_BYTES + 1)}, "hơn 5 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(send, facts, words):
    answer = send("1.pdf", **{"scans": (packed("1.pdf"),), **facts})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not ImportBatch.objects.exists() and not ImportArchive.objects.exists()


def test_a_bomb_is_cut_and_refused_and_the_rest_comes_in(owner, send, settings):
    settings.UPLOAD_MAX_BYTES = 200_000
    send("bomb.pdf", "1.pdf", scans=(packed("bomb.pdf", content=b"%PDF-1.7\n" + bytes(50_000_000)), packed("1.pdf")))
    work()
    assert dict(ImportRow.objects.values_list("line", "state")) == {2: ImportState.FAILED, 3: ImportState.DONE}


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_swell_before_they_are_counted_are_not_unpacked(owner, send, way):
    send("bomb.pdf", "1.pdf", scans=(packed("bomb.pdf", way=way), packed("1.pdf")))
    work()
    assert dict(ImportRow.objects.values_list("line", "state")) == {2: ImportState.FAILED, 3: ImportState.DONE}
    assert "không giải nén được" in ImportRow.objects.get(line=2).error


def test_a_table_of_contents_that_is_measured_elsewhere_is_not_read(send, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    scans = bytearray(packed("1.pdf", "2.pdf", "3.pdf"))
    scans[-10:-6] = bytes(4)  # the usual end says that the table is small, and the one before it says the truth
    monkeypatch.setattr(import_folders, "INDEX_MOST_BYTES", 100)
    answer = send("1.pdf", scans=(bytes(scans),))
    assert answer.status_code == 422 and "không phải tệp ZIP đọc được" in answer.content.decode()


def test_an_archive_of_countless_names_is_not_opened(send, monkeypatch):
    monkeypatch.setattr(import_folders, "INDEX_MOST_BYTES", 100)
    answer = send("1.pdf", scans=(packed("1.pdf", "2.pdf", "3.pdf"),))
    assert answer.status_code == 422 and "quá nhiều tệp" in answer.content.decode()


def test_what_is_damaged_or_locked_in_an_archive_fails_its_line(owner, send):
    whole = packed("1.pdf")
    locked = bytearray(whole)
    locked[6] |= 1  # both headers say that it has a password
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    send("1.pdf", scans=(bytes(locked),))
    work()
    assert "có mật khẩu" in ImportRow.objects.get().error


def test_a_name_that_does_not_decode_fails_its_line_only(owner, send):
    damaged = bytearray(packed("giấy.pdf"))
    damaged[30] = 0xFF  # of the name before the file; the table of contents has it whole
    send("giấy.pdf", "1.pdf", scans=(bytes(damaged), packed("1.pdf")))
    work()
    assert dict(ImportRow.objects.values_list("line", "state")) == {2: ImportState.FAILED, 3: ImportState.DONE}
    assert "tệp hỏng" in ImportRow.objects.get(line=2).error


def test_the_same_list_sent_again_before_it_is_through_takes_the_later_scans(owner, send):
    for _time in range(2):
        send("1.pdf", "2.pdf", scans=(packed("quet/1.pdf"), packed("quet/2.pdf")))
    work()
    assert Document.objects.count() == 2


def test_archives_of_a_forgotten_batch_go_after_a_month(office, send):
    address = send("1.pdf", scans=(packed("1.pdf"),))["Location"]
    ImportArchive.objects.update(created_at=timezone.now() - timedelta(days=31))
    import_jobs.sweep()
    assert ImportArchive.objects.exists(), "the job is still to be done"
    office.browser("desk").post(f"{address}dung/")
    import_jobs.sweep()
    assert not ImportArchive.objects.exists()


def test_an_official_of_two_agencies_says_for_which_one(office, owner, send):
    other = factories.make_agency("H26.00004")
    page = office.browser("desk").get(NEW).content.decode()
    assert "ở cơ quan nào" not in page, "with one agency there is nothing to ask"
    Membership.objects.create(user=office.desk, agency=other, role="specialist", valid_from=timezone.localdate())
    page = office.browser("desk").get(NEW).content.decode()
    assert "ở cơ quan nào" in page and other.name in page and office.agency.name in page
    answer = send("1.pdf", scans=(packed("1.pdf"),))
    assert answer.status_code == 422 and "Chọn cơ quan nơi bạn làm việc này" in answer.content.decode()
    assert send("1.pdf", scans=(packed("1.pdf"),), agency="0").status_code == 422
    assert send("1.pdf", scans=(packed("1.pdf"),), agency=str(other.pk)).status_code == 302
    assert ImportBatch.objects.get().agency == ImportJob.objects.get().agency == other
