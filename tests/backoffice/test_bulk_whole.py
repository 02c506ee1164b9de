"""A whole long queue in one job: as it was shown, gathered in chunks by rows first, stopped and gone on with."""

from typing import Any

import pytest

from dossiers import services
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, ResultIssue
from portal.backoffice import bulk, gathering, tasks
from portal.backoffice.models import BulkItem, BulkJob
from portal.core.work import WorkState
from tests import factories
from tests.backoffice.bulk_jobs import ask_whole, confirm, proposed
from tests.backoffice.conftest import Office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long is three, and a chunk is two."""
    monkeypatch.setattr(bulk, "MOST", 2)
    monkeypatch.setattr(gathering, "AT_A_TIME", 2)


def test_what_was_shown_is_gathered_and_done(office: Office) -> None:
    dossiers = [factories.file_dossier() for _n in range(5)]
    page = ask_whole(office)
    assert "5 hồ sơ" in page.content.decode() and not BulkJob.objects.exists()
    late = factories.file_dossier()
    changed = dossiers[4]
    services.assign(changed.code or "", actor=factories.official_actor(office.agency), official=office.desk)
    asked = confirm(office, page)
    job = BulkJob.objects.get()
    assert asked["Location"] == f"/quan-tri/hang-loat/{job.pk}/" and job.is_gathering and not job.items.exists()
    assert "Đang gom hồ sơ" in office.browser("desk").get(asked["Location"]).content.decode()
    tasks.run_bulk_jobs()
    job.refresh_from_db()
    assert (job.work_state, job.total, job.is_gathering) == (WorkState.DONE, 4, False)
    assert set(job.items.values_list("dossier_code", flat=True)) == {row.code for row in dossiers[:4]}
    assert Dossier.objects.filter(state=S.ACCEPTED).count() == 4
    late.refresh_from_db()
    assert late.state == S.SUBMITTED, "what came after the page was shown is not touched"
    assert confirm(office, page)["Location"] == asked["Location"], "the second press starts nothing again"


def test_a_worker_that_dies_while_gathering_loses_and_doubles_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossiers = [factories.file_dossier() for _n in range(5)]
    confirm(office, ask_whole(office))
    real, chunks = gathering.gather, []

    def die_after_the_first(*args: Any) -> bool:
        if chunks:
            raise KeyboardInterrupt
        chunks.append(real(*args))
        return chunks[-1]

    monkeypatch.setattr(gathering, "gather", die_after_the_first)
    with pytest.raises(KeyboardInterrupt):
        tasks.run_bulk_jobs()
    assert BulkItem.objects.count() == 2 and not Dossier.objects.filter(state=S.ACCEPTED).exists()
    monkeypatch.setattr(gathering, "gather", real)
    bulk.run(BulkJob.objects.get())
    assert BulkItem.objects.count() == 5
    assert Dossier.objects.filter(state=S.ACCEPTED).count() == len(dossiers)


def test_stopped_while_gathering_and_gone_on_with(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(5):
        factories.file_dossier()
    confirm(office, ask_whole(office))
    job, desk, real = BulkJob.objects.get(), office.browser("desk"), gathering.gather

    def stop_after_the_first(*args: Any) -> bool:
        more = real(*args)
        desk.post(f"/quan-tri/hang-loat/{job.pk}/dung/")
        return more

    monkeypatch.setattr(gathering, "gather", stop_after_the_first)
    tasks.run_bulk_jobs()
    assert job.items.count() == 2 and not Dossier.objects.filter(state=S.ACCEPTED).exists()
    monkeypatch.setattr(gathering, "gather", real)
    desk.post(f"/quan-tri/hang-loat/{job.pk}/tiep/")
    tasks.run_bulk_jobs()
    assert bulk.progress(job) == bulk.Progress(done=5, refused=0, waiting=0)


def test_no_more_than_the_most(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST", 3)
    for _n in range(5):
        factories.file_dossier()
    page = ask_whole(office)
    assert "3 hồ sơ" in page.content.decode()
    confirm(office, page)
    tasks.run_bulk_jobs()
    assert BulkJob.objects.get().total == 3 and Dossier.objects.filter(state=S.ACCEPTED).count() == 3


@pytest.mark.parametrize("whole", ["", "x:y", "eyJxdWV1ZSI6IngifQ:1:2"])
def test_a_page_of_nobody_ours_or_of_yesterday_starts_nothing(office: Office, whole: str) -> None:
    for _n in range(3):
        factories.file_dossier()
    answer = confirm(office, ask_whole(office), whole=whole)
    assert answer["Location"] == "/quan-tri/hang-doi/moi-nop/" and not BulkJob.objects.exists()


def test_the_page_of_an_approving_job_counts_the_signed_results(office: Office) -> None:
    for _n in range(3):
        proposed(office)
    page = ask_whole(office, "leader", "cho-duyet", "approve")
    assert confirm(office, page, "leader").status_code == 422, "the tick is missing"
    confirm(office, page, "leader", is_understood="on")
    tasks.run_bulk_jobs()
    one, *_others = ResultIssue.objects.order_by("pk")
    ResultIssue.objects.filter(pk=one.pk).update(work_state=WorkState.DONE, done_at=one.created_at)
    address = f"/quan-tri/hang-loat/{BulkJob.objects.get().pk}/"
    shown = office.browser("leader").get(address).content.decode()
    assert "Kết quả đã ký 1, đang ký 2, lỗi 0." in shown and "hx-get" in shown, "it is watched until all are signed"
    ResultIssue.objects.update(work_state=WorkState.DONE, done_at=one.created_at)
    assert "hx-get" not in office.browser("leader").get(address).content.decode()
