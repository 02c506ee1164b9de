"""One step for many dossiers: each by the door of the workbench, with its own result; stopped, gone on with."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers import services
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, DossierEvent, ResultIssue
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, Membership
from portal.backoffice import bulk, tasks
from portal.backoffice.models import BulkItem, BulkJob, BulkKind, ItemState
from portal.core.work import WorkState, claim_next
from tests import factories
from tests.backoffice.bulk_jobs import NEW, ask, mark, proposed, results
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state

pytestmark = pytest.mark.django_db


def test_a_queue_is_chosen_confirmed_and_done(office: Office) -> None:
    dossiers = [factories.file_dossier() for _n in range(3)]
    desk = office.browser("desk")
    page = desk.get("/quan-tri/hang-doi/moi-nop/").content.decode()
    assert f'value="{mark(dossiers[0])}"' in page and 'value="accept"' in page and 'value="approve"' not in page
    shown = desk.post(NEW, {"queue": "moi-nop", "kind": "accept", "all": "1"})
    assert shown.status_code == 200 and {one.code for one in shown.context["chosen"]} == {row.code for row in dossiers}
    assert not BulkJob.objects.exists(), "nothing happens before it is confirmed"
    asked = ask(office, "desk", "accept", dossiers)
    job = BulkJob.objects.get()
    assert (asked.status_code, asked["Location"]) == (302, f"/quan-tri/hang-loat/{job.pk}/")
    tasks.run_bulk_jobs()
    assert {Dossier.objects.get(pk=row.pk).state for row in dossiers} == {S.ACCEPTED}
    assert DossierEvent.objects.filter(name="dossier.accepted", actor_user=office.desk).count() == 3
    progress = desk.get(f"/quan-tri/hang-loat/{job.pk}/")
    assert "Xong 3, không làm được 0, còn 0." in progress.content.decode()
    assert "hx-get" not in progress.content.decode(), "a finished job is not asked for again"
    job.refresh_from_db()
    assert job.work_state == WorkState.DONE


def test_each_dossier_has_its_own_result(office: Office) -> None:
    good, finished, changed, withdrawn = (factories.file_dossier() for _n in range(4))
    marks = [mark(row) for row in (good, finished, changed, withdrawn)]
    services.refuse_intake(finished.code or "", actor=factories.official_actor(office.agency), reason="x")
    services.assign(changed.code or "", actor=factories.official_actor(office.agency), official=office.desk)
    Dossier.objects.filter(pk=withdrawn.pk).update(agency=office.agency.parent)
    office.browser("desk").post(NEW, {"kind": "accept", "confirm": "1", "token": "t", "chosen": marks})
    assert withdrawn.code not in results(), "another agency's is not even taken on"
    tasks.run_bulk_jobs()
    found = results()
    assert found[good.code or ""] == (ItemState.DONE, "")
    assert found[finished.code or ""][0] == ItemState.REFUSED
    state, words = found[changed.code or ""]
    assert state == ItemState.REFUSED and "vừa thay đổi" in words
    changed.refresh_from_db()
    assert changed.state == S.SUBMITTED, "nothing of another official's is overwritten"
    page = office.browser("desk").get(f"/quan-tri/hang-loat/{BulkJob.objects.get().pk}/").content.decode()
    assert "Xong 1, không làm được 2, còn 0." in page and "vừa thay đổi" in page


def test_assigning_reaches_only_people_of_the_agency(office: Office) -> None:
    dossiers = [in_state(S.ACCEPTED) for _n in range(2)]
    assert ask(office, "leader", "assign", dossiers, official=str(office.foreign_desk.pk)).status_code == 422
    assert ask(office, "leader", "assign", dossiers, official=str(office.specialist.pk)).status_code == 302
    tasks.run_bulk_jobs()
    assert {Dossier.objects.get(pk=row.pk).assignee for row in dossiers} == {office.specialist}
    hasty = ask(office, "leader", "assign", dossiers, official="", token="u")
    assert hasty.status_code == 422 and "Hãy chọn người thụ lý" in hasty.content.decode()
    assert ask(office, "leader", "assign", dossiers, official="none", token="u").status_code == 302
    tasks.run_bulk_jobs()
    assert {Dossier.objects.get(pk=row.pk).assignee for row in dossiers} == {None}


def test_forwarding_tells_each_applicant_the_reason(office: Office) -> None:
    dossiers = [factories.file_dossier() for _n in range(2)]
    assert ask(office, "desk", "forward", dossiers, agency="H99.1", reason="x").status_code == 422
    assert ask(office, "desk", "forward", dossiers, agency="H17.20194", reason="").status_code == 422
    assert ask(office, "desk", "forward", dossiers, agency="H17.20194", reason="Cư trú nơi khác.").status_code == 302
    tasks.run_bulk_jobs()
    assert {Dossier.objects.get(pk=row.pk).agency.code for row in dossiers} == {"H17.20194"}  # type: ignore[union-attr]
    assert DossierEvent.objects.filter(name="dossier.forwarded", reason="Cư trú nơi khác.").count() == 2
    assert set(results().values()) == {(ItemState.DONE, "")}


def test_many_are_forwarded_to_an_agency_by_its_name_as_one_is(office: Office) -> None:
    dossier, ward = factories.file_dossier(), "Ủy ban nhân dân phường Thử Một"
    here, there = factories.make_agency("H26.10001"), factories.make_agency("H29.10002")
    Agency.objects.filter(pk=here.pk).update(name=f"{ward}, thành phố Hà Nội")
    Agency.objects.filter(pk=there.pk).update(name="Ủy ban nhân dân phường Thử Hai, tỉnh Khác", unit=None)
    unknown = ask(office, "desk", "forward", [dossier], agency="Ủy ban nhân dân phường Thử Ba", reason="x")
    assert unknown.status_code == 422 and "Hãy ghi đúng tên đầy đủ hoặc mã" in unknown.content.decode()
    away = ask(office, "desk", "forward", [dossier], agency="Ủy ban nhân dân phường Thử Hai", reason="x")
    assert away.status_code == 422 and "hãy ghi thêm tỉnh, thành phố" in away.content.decode()
    assert ask(office, "desk", "forward", [dossier], agency=ward, reason="Cư trú nơi khác.").status_code == 302
    tasks.run_bulk_jobs()
    assert Dossier.objects.get(pk=dossier.pk).agency == here


def test_approving_takes_only_what_a_specialist_proposed(office: Office) -> None:
    ready, bare = proposed(office), in_state(S.PROCESSING)
    Membership.objects.filter(user=office.leader).update(title="Chủ tịch")
    assert ask(office, "leader", "approve", [ready, bare]).status_code == 422, "the tick is missing"
    assert ask(office, "leader", "approve", [ready, bare], is_understood="on").status_code == 302
    tasks.run_bulk_jobs()
    assert results()[ready.code or ""][0] == ItemState.DONE
    state, words = results()[bare.code or ""]
    assert state == ItemState.REFUSED and "Chưa có đề xuất" in words
    issue = ResultIssue.objects.get()
    assert (issue.dossier_id, issue.signer_name, issue.signer_title) == (ready.pk, "Vũ Minh Lãnh", "Chủ tịch"), (
        "who pressed"
    )


@pytest.mark.parametrize("who", ["desk", "specialist"])
def test_a_step_that_the_table_forbids_is_not_begun(office: Office, who: str) -> None:
    assert ask(office, who, "approve", [proposed(office)], is_understood="on").status_code == 403
    assert ask(office, who, "khong-co", [proposed(office)]).status_code == 404
    assert not BulkJob.objects.exists()


def test_a_post_that_ended_meanwhile_does_nothing(office: Office) -> None:
    dossier = factories.file_dossier()
    ask(office, "desk", "accept", [dossier])
    Membership.objects.filter(user=office.desk).update(valid_to=timezone.localdate().replace(year=2025, month=8, day=1))
    tasks.run_bulk_jobs()
    dossier.refresh_from_db()
    assert dossier.state == S.SUBMITTED and results()[dossier.code or ""][0] == ItemState.REFUSED


def test_a_post_that_ends_between_two_dossiers_ends_the_rest(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers = [factories.file_dossier() for _n in range(2)]
    ask(office, "desk", "accept", dossiers)
    real = bulk._do

    def end_after_the_first(*args: Any) -> None:
        real(*args)
        ended = timezone.localdate().replace(year=2025, month=8, day=1)
        Membership.objects.filter(user=office.desk).update(valid_to=ended)

    monkeypatch.setattr(bulk, "_do", end_after_the_first)
    tasks.run_bulk_jobs()
    assert [results()[row.code or ""][0] for row in dossiers] == [ItemState.DONE, ItemState.REFUSED]


def test_a_dossier_that_breaks_holds_up_no_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers = [factories.file_dossier() for _n in range(2)]
    ask(office, "desk", "accept", dossiers)
    real = bulk._do

    def break_at_the_first(job: BulkJob, official: Any, item: BulkItem) -> None:
        real(job, official, item)
        if item.dossier_code == dossiers[0].code:
            raise ZeroDivisionError

    monkeypatch.setattr(bulk, "_do", break_at_the_first)
    tasks.run_bulk_jobs()
    state, words = results()[dossiers[0].code or ""]
    assert state == ItemState.REFUSED and "Lỗi của Cổng" in words
    assert results()[dossiers[1].code or ""][0] == ItemState.DONE
    assert Dossier.objects.get(pk=dossiers[0].pk).state == S.SUBMITTED, "what it did was undone"
    assert BulkJob.objects.get().work_state == WorkState.DONE


def test_nobody_approves_her_own_proposals_unseen(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    (leader,) = bulk.Official(office.leader, bulk.posts_of(office.leader)).actors_for(dossier)
    services.propose(dossier.code or "", actor=leader)
    ask(office, "leader", "approve", [dossier], is_understood="on")
    tasks.run_bulk_jobs()
    state, words = results()[dossier.code or ""]
    assert state == ItemState.REFUSED and "chính bạn trình" in words
    assert not ResultIssue.objects.exists()


def test_stopped_between_two_dossiers_and_gone_on_with(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers = [factories.file_dossier() for _n in range(3)]
    ask(office, "desk", "accept", dossiers)
    job = BulkJob.objects.get()
    desk = office.browser("desk")
    real = bulk._do

    def stop_after_the_first(*args: Any) -> None:
        real(*args)
        desk.post(f"/quan-tri/hang-loat/{job.pk}/dung/")

    monkeypatch.setattr(bulk, "_do", stop_after_the_first)
    tasks.run_bulk_jobs()
    assert bulk.progress(job).waiting == 2
    page = desk.get(f"/quan-tri/hang-loat/{job.pk}/").content.decode()
    assert "Đã dừng." in page and "Làm tiếp" in page
    monkeypatch.setattr(bulk, "_do", real)
    tasks.run_bulk_jobs()
    assert bulk.progress(job).waiting == 2, "a stopped job is left alone"
    desk.post(f"/quan-tri/hang-loat/{job.pk}/tiep/")
    tasks.run_bulk_jobs()
    assert bulk.progress(job) == bulk.Progress(done=3, refused=0, waiting=0)


def test_a_worker_that_dies_repeats_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers = [factories.file_dossier() for _n in range(3)]
    ask(office, "desk", "accept", dossiers)
    real, calls = bulk._do, []

    def die_at_the_second(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(bulk, "_do", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        tasks.run_bulk_jobs()
    monkeypatch.setattr(bulk, "_do", real)
    BulkJob.objects.update(next_try_at=timezone.now())  # the lease runs out
    tasks.run_bulk_jobs()
    assert set(results().values()) == {(ItemState.DONE, "")}
    assert DossierEvent.objects.filter(name="dossier.accepted").count() == 3


def test_a_long_job_lets_others_have_their_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_A_TIME", 1)
    ask(office, "desk", "accept", [factories.file_dossier() for _n in range(2)])
    BulkJob.objects.update(created_at=timezone.now() - timedelta(days=2))
    job = claim_next(BulkJob)
    assert job is not None
    bulk.run(job)
    assert bulk.progress(job).waiting == 1
    job.refresh_from_db()
    assert job.work_state == WorkState.PENDING and job.next_try_at <= timezone.now()
    assert job.attempts == 0 and job.created_at > timezone.now() - timedelta(days=1), "a good turn is no failed try"


def test_what_she_did_herself_meanwhile_counts_as_done(office: Office) -> None:
    dossier = factories.file_dossier()
    ask(office, "desk", "accept", [dossier])
    services.accept(
        dossier.code or "",
        actor=bulk.first_actor(
            bulk.Official(office.desk, bulk.posts_of(office.desk)).actors_for(dossier), {ActorKind.DESK}
        ),
    )
    tasks.run_bulk_jobs()
    assert results()[dossier.code or ""] == (ItemState.DONE, "")


def test_the_second_press_starts_nothing_again(office: Office) -> None:
    dossiers = [factories.file_dossier()]
    first, second = (ask(office, "desk", "accept", dossiers) for _n in range(2))
    assert first["Location"] == second["Location"] and BulkJob.objects.count() == 1


def test_jobs_are_seen_by_who_asked_for_them_only(office: Office) -> None:
    ask(office, "desk", "accept", [factories.file_dossier()])
    job = BulkJob.objects.get()
    for who in ("specialist", "leader", "foreign_desk", "administrator"):
        browser = office.browser(who)
        assert browser.get(f"/quan-tri/hang-loat/{job.pk}/").status_code == 404
        assert browser.post(f"/quan-tri/hang-loat/{job.pk}/dung/").status_code == 404
        assert browser.post(f"/quan-tri/hang-loat/{job.pk}/tiep/").status_code == 404
    assert "Tiếp nhận" in office.browser("desk").get("/quan-tri/hang-loat/").content.decode()
    assert f"/hang-loat/{job.pk}/" not in office.browser("leader").get("/quan-tri/hang-loat/").content.decode()


@pytest.mark.parametrize("marks", [[], ["abc"], ["~1"], ["H26~x"], ["H26.00073-000000-0001~1"]])
def test_nothing_chosen_is_said_in_words(office: Office, marks: list[str]) -> None:
    answer = office.browser("desk").post(NEW, {"kind": "accept", "queue": "moi-nop", "chosen": marks}, follow=True)
    assert "Hãy chọn ít nhất một hồ sơ." in answer.content.decode()
    assert office.browser("desk").get(NEW).status_code == 302


def test_a_job_takes_a_thousand_at_most_and_few_queries_to_start(office: Office) -> None:
    official = bulk.Official(office.desk, bulk.posts_of(office.desk))
    chosen = [bulk.Chosen(f"H26.00073-261128-{number:04d}", 1) for number in range(1200)]
    with CaptureQueriesContext(connection) as queries:
        job = bulk.start(official, BulkKind.ACCEPT, chosen, arguments={}, form_token="t")
    assert job.total == job.items.count() == bulk.MOST and len(queries) <= 8
