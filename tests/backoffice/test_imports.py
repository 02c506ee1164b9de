"""Papers by the list on a page: sent with their scans, brought in by the worker, watched, stopped, gone on with."""

from datetime import timedelta

import pytest
from django.utils import timezone

from datastore import import_jobs, importing, tasks
from datastore.models import (
    Document,
    DocumentGroup,
    DocumentType,
    ImportArchive,
    ImportBatch,
    ImportJob,
    TrustLevel,
)
from portal.agencies.memberships import actors_at
from portal.agencies.models import Membership
from portal.backoffice import views_imports
from portal.core.work import WorkState, claim_next
from tests import factories
from tests.backoffice.batches import HEADER, NEW, packed, work

pytestmark = pytest.mark.django_db


def standing(office) -> str:
    """What the list of batches says of the one there is."""
    page = office.browser("desk").get("/quan-tri/so-hoa/danh-sach/").content.decode()
    return page.split('data-label="Tình trạng">')[1].split("<")[0]


def test_a_list_and_its_scans_come_in_and_the_archives_go(office, batch_owner, send_batch):
    answer = send_batch(
        "1.pdf", "2020/Giấy khai sinh.pdf", scans=(packed("quet/1.pdf", "quet/2020/Giấy khai sinh.pdf"),)
    )
    batch = ImportBatch.objects.get()
    assert answer["Location"] == f"/quan-tri/so-hoa/danh-sach/{batch.pk}/"
    assert ImportArchive.objects.count() == 1
    desk = office.browser("desk")
    page = desk.get(answer["Location"]).content.decode()
    assert "Đang nhập…" in page and "hx-get" in page and not Document.objects.exists()
    work()
    page = desk.get(answer["Location"]).content.decode()
    assert "Đã vào 2, không vào được 0, còn 0." in page and "hx-get" not in page
    assert Document.objects.filter(owner=batch_owner, trust=TrustLevel.DIGITISED).count() == 2
    assert not Document.objects.listed(batch_owner).exists(), "each waits for its check"
    assert not ImportArchive.objects.exists()
    assert "khai-sinh.csv" in desk.get("/quan-tri/so-hoa/danh-sach/").content.decode()


def test_the_page_of_a_new_batch_names_the_codes_that_a_list_may_have(office, batch_owner):
    paper = DocumentType.objects.create(code="GT.CHUNG-SINH", name="Giấy chứng sinh", group=DocumentGroup.UPLOAD)
    letter = DocumentType.objects.create(code="GT.THU", name="Thư", group=DocumentGroup.LETTER)
    page = office.browser("desk").get("/quan-tri/so-hoa/danh-sach/moi/").content.decode()
    assert f"<code>{paper.code}</code>" in page and paper.name in page and letter.code not in page


def test_a_batch_that_was_compared_is_in_the_store_at_once(batch_owner, send_batch):
    send_batch("1.pdf", scans=(packed("1.pdf"),), is_certified="on")
    work()
    assert Document.objects.listed(batch_owner).get().trust == TrustLevel.DIGITISED


def test_a_line_that_is_wrong_is_named_and_tried_again_with_the_same_list(office, batch_owner, send_batch):
    answer = send_batch("1.pdf", "late.pdf", scans=(packed("1.pdf"),))
    work()
    desk = office.browser("desk")
    page = desk.get(answer["Location"]).content.decode()
    assert "Dòng 3" in page and "không có tệp “late.pdf”" in page
    report = desk.get(f"{answer['Location']}bao-cao.csv")
    assert "3,Không nhập được" in report.content.decode("utf-8-sig")
    assert batch_owner.citizen.personal_id not in report.content.decode()
    assert send_batch("1.pdf", "late.pdf", scans=(packed("late.pdf"),))["Location"] == answer["Location"]
    work()
    assert ImportBatch.objects.count() == 1 and Document.objects.count() == 2


def test_stopped_and_gone_on_with(office, batch_owner, send_batch, monkeypatch):
    monkeypatch.setattr(import_jobs, "LINES_A_TURN", 1)
    send_batch("1.pdf", "2.pdf", "3.pdf", scans=(packed("1.pdf", "2.pdf", "3.pdf"),))
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


def test_a_list_that_is_sent_again_is_under_way_again(office, batch_owner, send_batch):
    send_batch("late.pdf", scans=(packed("1.pdf"),))
    work()
    assert standing(office) == "Đã xong"
    answer = send_batch("late.pdf", scans=(packed("late.pdf"),))
    assert standing(office) == "Đang nhập"
    assert "Đang nhập…" in office.browser("desk").get(answer["Location"]).content.decode()
    work()
    assert standing(office) == "Đã xong"


def test_stopped_in_its_last_line_is_done(office, batch_owner, send_batch):
    answer = send_batch("1.pdf", scans=(packed("1.pdf"),))
    claimed = claim_next(ImportJob)
    office.browser("desk").post(f"{answer['Location']}dung/")
    import_jobs.run(claimed)
    assert standing(office) == "Đã xong" and not ImportArchive.objects.exists()


def test_what_the_command_left_is_not_under_way(office, batch_owner):
    line = f"{batch_owner.citizen.personal_id},GT.KHAC,1.pdf,1/2019,06/05/2019,,Nguyễn Minh An,goc"
    (actor,) = actors_at(office.desk, office.agency)
    batch = importing.open_batch(importing.read(f"{HEADER}\n{line}".encode()), "khai-sinh.csv", actor=actor)
    assert standing(office) == "Chưa nhập hết"
    assert "Chưa nhập hết." in office.browser("desk").get(f"/quan-tri/so-hoa/danh-sach/{batch.pk}/").content.decode()


def test_who_lost_her_post_brings_nothing_more_and_a_colleague_goes_on(office, batch_owner, send_batch):
    answer = send_batch("1.pdf", scans=(packed("1.pdf"),))
    Membership.objects.filter(user=office.desk).update(valid_to=timezone.localdate() - timedelta(days=1))
    work()
    job = ImportJob.objects.get()
    assert job.work_state == WorkState.DEAD and "không còn làm việc" in job.last_error and not Document.objects.exists()
    colleague = office.browser("specialist")
    assert "không còn làm việc" in colleague.get(answer["Location"]).content.decode()
    colleague.post(f"{answer['Location']}tiep/")
    work()
    assert Document.objects.count() == 1


def test_a_colleague_who_goes_on_signs_nothing_that_another_compared(office, batch_owner, send_batch, monkeypatch):
    monkeypatch.setattr(import_jobs, "LINES_A_TURN", 1)
    names = ("1.pdf", "2.pdf", "3.pdf")
    address = send_batch(*names, scans=(packed(*names),), is_certified="on")["Location"]
    desk, colleague, warning = office.browser("desk"), office.browser("specialist"), "các bản quét còn lại chờ"
    import_jobs.run(ImportJob.objects.get())
    desk.post(f"{address}dung/")
    assert warning in colleague.get(address).content.decode() and warning not in desk.get(address).content.decode()
    desk.post(f"{address}tiep/")
    import_jobs.run(ImportJob.objects.get())
    assert Document.objects.listed(batch_owner).count() == 2, "she who compared them goes on as before"
    desk.post(f"{address}dung/")
    colleague.post(f"{address}tiep/")
    work()
    assert Document.objects.listed(batch_owner).count() == 2 and Document.objects.count() == 3


def test_nobody_asks_by_lists_whom_the_portal_knows(send_batch, monkeypatch):
    monkeypatch.setattr(views_imports, "LISTS", 2)
    assert [send_batch("1.pdf").status_code for _time in range(3)] == [422, 422, 429]


def test_another_agency_sees_and_moves_nothing(office, send_batch):
    address = send_batch("1.pdf", scans=(packed("1.pdf"),))["Location"]
    stranger = office.browser("foreign_desk")
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}bao-cao.csv").status_code == 404
    assert stranger.post(f"{address}dung/").status_code == 404
    assert "khai-sinh.csv" not in stranger.get("/quan-tri/so-hoa/danh-sach/").content.decode()


def test_a_scanner_that_is_away_stops_nothing_for_good(batch_owner, send_batch, settings):
    send_batch("1.pdf", scans=(packed("1.pdf"),))
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    tasks.run_imports()
    job = ImportJob.objects.get()
    assert job.work_state == WorkState.PENDING and job.last_error and job.archives.exists()
    settings.CLAMAV_ADDRESS = ""
    work()
    assert Document.objects.count() == 1


def test_the_first_hiccup_of_a_long_batch_is_its_first_failure(batch_owner, send_batch, settings, monkeypatch):
    monkeypatch.setattr(import_jobs, "LINES_A_TURN", 1)
    names = [f"{number}.pdf" for number in range(14)]
    send_batch(*names, scans=(packed(*names),))
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
def test_what_cannot_be_read_is_refused_whole(send_batch, facts, words):
    answer = send_batch("1.pdf", **{"scans": (packed("1.pdf"),), **facts})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not ImportBatch.objects.exists() and not ImportArchive.objects.exists()


def test_the_same_list_sent_again_before_it_is_through_takes_the_later_scans(batch_owner, send_batch):
    for _time in range(2):
        send_batch("1.pdf", "2.pdf", scans=(packed("quet/1.pdf"), packed("quet/2.pdf")))
    work()
    assert Document.objects.count() == 2


def test_an_official_of_two_agencies_says_for_which_one(office, batch_owner, send_batch):
    other = factories.make_agency("H26.00004")
    page = office.browser("desk").get(NEW).content.decode()
    assert "cho cơ quan nào" not in page, "with one agency there is nothing to ask"
    Membership.objects.create(user=office.desk, agency=other, role="specialist", valid_from=timezone.localdate())
    page = office.browser("desk").get(NEW).content.decode()
    assert "cho cơ quan nào" in page and other.name in page and office.agency.name in page
    answer = send_batch("1.pdf", scans=(packed("1.pdf"),))
    assert answer.status_code == 422 and "Hãy chọn cơ quan." in answer.content.decode()
    assert send_batch("1.pdf", scans=(packed("1.pdf"),), agency="0").status_code == 422
    assert send_batch("1.pdf", scans=(packed("1.pdf"),), agency=str(other.pk)).status_code == 302
    assert ImportBatch.objects.get().agency == ImportJob.objects.get().agency == other


class Killed(BaseException):
    """What ends a worker in the middle of a line: nothing catches it, and nothing is settled."""


def test_a_worker_that_dies_within_a_line_costs_that_line_another_turn(office, batch_owner, send_batch, monkeypatch):
    send_batch("1.pdf", "2.pdf", "3.pdf", scans=(packed("1.pdf", "2.pdf", "3.pdf"),))
    bring = importing._paper

    def dies_in_the_second(facts, *given, **more):
        made = bring(facts, *given, **more)
        if facts["tep"] == "2.pdf":
            raise Killed
        return made

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_paper", dies_in_the_second)
        with pytest.raises(Killed):
            tasks.run_imports()
    assert Document.objects.count() == 1 and standing(office) == "Đang nhập"
    tasks.run_imports()
    assert Document.objects.count() == 1, "its lease has not run out"
    work()
    assert Document.objects.count() == 3 and standing(office) == "Đã xong"


def test_a_colleague_who_sends_the_same_list_goes_on_with_it(office, batch_owner, send_batch, monkeypatch):
    monkeypatch.setattr(import_jobs, "LINES_A_TURN", 1)
    scans = (packed("1.pdf", "2.pdf"),)
    answer = send_batch("1.pdf", "2.pdf", scans=scans, is_certified="on")
    import_jobs.run(claim_next(ImportJob))
    assert send_batch("1.pdf", "2.pdf", scans=scans, who="specialist")["Location"] == answer["Location"]
    work()
    assert (ImportBatch.objects.count(), Document.objects.count()) == (1, 2), "no line comes in twice"
    assert Document.objects.listed(batch_owner).count() == 1, "she vouched for nothing: her line waits for its check"
