"""Saved filters: right rows and counts, her own only, renamed, thrown away and had back, first page, a lost place."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dossiers import correspondence, extension
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier
from portal.agencies import processes
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.models import InternalProcess, Membership, MembershipRole, OneStopDesk
from portal.agencies.processes import Stage
from portal.backoffice import queue_list, queues, saved_filters
from portal.backoffice.models import SavedFilter
from portal.backoffice.narrowing import Narrowing
from tests import factories
from tests.api import callers
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state, with_paper

pytestmark = pytest.mark.django_db

LIST = "/quan-tri/bo-loc/"


def save(client: Client, queue: str = "dang-xu-ly", name: str = "Việc của Chuyên", **narrowed: Any) -> Any:
    return client.post(LIST, {"queue": queue, "name": name, **narrowed})


def codes(response: Any) -> list[str]:
    return [row["dossier"].code for row in response.context["rows"]]


def test_a_queue_is_narrowed_saved_and_counted(office: Office) -> None:
    hers, other = in_state(S.ACCEPTED), in_state(S.ACCEPTED)
    Dossier.objects.filter(pk=hers.pk).update(assignee=office.specialist)
    client = office.browser("desk")
    form = client.get("/quan-tri/hang-doi/dang-xu-ly/?loc=1").context["narrow_form"]
    assert (str(office.specialist.pk), str(office.specialist)) in form.fields["nguoi"].choices
    assert hers.procedure_code in dict(form.fields["thu-tuc"].choices)
    saved = save(client, nguoi=office.specialist.pk)
    assert saved.status_code == 302 and saved["Location"] == f"{LIST}{SavedFilter.objects.get().pk}/"
    way, plain = "Lưu bộ lọc này", "/quan-tri/hang-doi/dang-xu-ly/"
    assert way in client.get(f"{plain}?nguoi={office.specialist.pk}").content.decode()
    assert way not in client.get(plain).content.decode(), "there is none to save"
    page = client.get(saved["Location"])
    assert codes(page) == [hers.code] != [other.code]
    assert [(entry["saved"].name, entry["count"]) for entry in page.context["rail_saved"]] == [("Việc của Chuyên", 1)]
    save(client, nguoi=office.specialist.pk)  # the second press
    assert SavedFilter.objects.count() == 1
    refused = save(client, queue="tre-han")
    assert refused.status_code == 422 and 'name="queue" value="tre-han"' in refused.content.decode()


def test_late_dossiers_without_form_04_are_found_and_saved(office: Office) -> None:
    silent, told = in_state(S.PROCESSING), in_state(S.PROCESSING)
    now = timezone.now()
    actor = factories.official_actor(told.agency, ActorKind.AGENCY)
    later = (timezone.localdate() + timedelta(days=n) for n in range(60, 90))
    day = next(day for day in later if work_calendar(told.agency).is_working_day(day))
    extension.extend(told.code or "", actor=actor, reason="Cần xác minh.", new_due_on=day)
    late_since = {"due_at": now - timedelta(days=1), "original_due_at": None}
    Dossier.objects.filter(pk__in=[silent.pk, told.pk]).update(**late_since)
    client, late = office.browser("leader"), "/quan-tri/hang-doi/tre-han/"
    assert set(codes(client.get(late))) == {silent.code, told.code}
    page = client.get(f"{late}?xin-loi=chua&loc=1")
    assert codes(page) == [silent.code] and page.context["parts"] == ["Chưa gửi văn bản xin lỗi (mẫu 04)"]
    assert "xin-loi" in page.context["narrow_form"].fields
    assert "xin-loi" not in client.get("/quan-tri/hang-doi/moi-nop/?loc=1").context["narrow_form"].fields
    save(client, "tre-han", "Phải xin lỗi", **{"xin-loi": "chua"})
    assert codes(client.get(f"{LIST}{SavedFilter.objects.get().pk}/")) == [silent.code]


def test_an_address_names_officials_and_no_citizen(office: Office) -> None:
    citizen = factories.make_citizen("Nguyễn Thị Riêng Tư")
    client = office.browser("desk")
    for user, words in ((office.specialist, "Thụ lý: Đỗ Văn Chuyên"), (citizen, "Thụ lý: –")):
        page = client.get(f"/quan-tri/hang-doi/dang-xu-ly/?nguoi={user.pk}")
        assert page.context["parts"] == [words] and "Riêng Tư" not in page.content.decode()


def test_every_counted_queue_counts_as_its_page_shows(office: Office) -> None:
    """Each has one row of the procedure that is asked for, and as a rule one more of another."""
    at, decided_elsewhere = queue_list.Moment.current(), []
    InternalProcess.objects.create(
        agency=office.agency,
        stages=processes.kept([Stage("Kiểm tra", "desk")]),
        legal_basis="QĐ 1",
        valid_from=date(2026, 1, 1),
    )
    for is_other in (False, True):
        made = {state: in_state(state) for state in (S.SUBMITTED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.DECIDED)}
        made |= {state: in_state(state) for state in (S.WITHDRAWAL_REQUESTED, S.CONSULTING)}
        at_stage = in_state(S.PROCESSING)
        Dossier.objects.filter(pk=at_stage.pk).update(assignee=None)
        with_paper(made[S.DECIDED])
        asking = made[S.PROCESSING]
        late, today, elsewhere = in_state(S.ACCEPTED), in_state(S.ACCEPTED), in_state(S.ACCEPTED)
        correspondence.write(asking.code or "", actor=Actor.citizen(asking.filer), text="Xin hỏi.", form_token="t")
        Dossier.objects.filter(pk=late.pk).update(assignee=office.desk, due_at=at.now - timedelta(days=1))
        Dossier.objects.filter(pk=today.pk).update(due_at=at.day_ends)
        decided_elsewhere.append(elsewhere.pk)
        Dossier.objects.filter(pk=made[S.PROCESSING].pk).update(proposed_at=at.now)
        if is_other:
            of_this_round = {each.pk for each in (*made.values(), at_stage, late, today, elsewhere)}
            Dossier.objects.filter(pk__in=of_this_round).update(procedure_code="9.999999")
    client_of_agency = callers.caller(office.agency).client  # from now on it gets what is filed
    Dossier.objects.filter(pk__in=decided_elsewhere).update(handled_by=client_of_agency)
    narrowed = Narrowing(procedure_code=made[S.SUBMITTED].procedure_code)
    for who in ("desk", "foreign_desk"):
        user, client = getattr(office, who), office.browser(who)
        for name, queue in queue_list.QUEUES.items():
            saved_filters.save(user, name=name, queue=name, narrowed=narrowed)
            page = client.get(f"{LIST}{SavedFilter.objects.get(name=name, official=user).pk}/")
            counted = {entry["saved"].name: entry["count"] for entry in page.context["rail_saved"]}
            assert counted[name] == (len(codes(page)) if queue.is_counted else None), name
            if queue.is_counted and (queue.scope is queue_list.Scope.OF_OTHERS) == (who == "foreign_desk"):
                whole = client.get(f"/quan-tri/hang-doi/{name}/")
                assert 0 < counted[name] < len(codes(whole)), name


def test_the_chosen_order_goes_on_over_the_pages(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = [in_state(S.SUBMITTED) for _n in range(3)]
    now = timezone.now()
    for place, hours in ((1, 3), (0, 2), (2, 1)):
        Dossier.objects.filter(pk=filed[place].pk).update(submitted_at=now - timedelta(hours=hours))
    original = queues.page
    monkeypatch.setattr(queues, "page", lambda *args, **kw: original(*args, **{**kw, "limit": 2}))
    client, seen, address = office.browser("desk"), [], "/quan-tri/hang-doi/moi-nop/?xep=moi"
    for _page in range(2):
        response = client.get(address)
        seen += codes(response)
        address = "/quan-tri/hang-doi/moi-nop/" + response.context["next_url"]
    assert seen == [filed[2].code, filed[0].code, filed[1].code]


def test_a_bulk_step_over_the_queue_takes_what_the_filter_leaves(office: Office) -> None:
    hers, _other = in_state(S.SUBMITTED), in_state(S.SUBMITTED)
    Dossier.objects.filter(pk=hers.pk).update(assignee=office.desk)
    page = office.browser("desk").post(
        "/quan-tri/hang-loat/moi/", {"kind": "accept", "queue": "moi-nop", "all": "1", "nguoi": office.desk.pk}
    )
    assert [one.code for one in page.context["chosen"]] == [hers.code]
    assert page.context["back_url"] == f"/quan-tri/hang-doi/moi-nop/?nguoi={office.desk.pk}"


def test_nobody_else_sees_or_changes_it(office: Office) -> None:
    save(office.browser("desk"))
    saved = SavedFilter.objects.get()
    other = office.browser("specialist")
    assert saved.name not in other.get(LIST).content.decode()
    for method, address in (("get", ""), ("get", "sua/"), ("post", "sua/")):
        assert getattr(other, method)(f"{LIST}{saved.pk}/{address}").status_code == 404
    for deed in ("xoa", "hoan-tac"):
        assert other.post(f"{LIST}{saved.pk}/sua/", {"lam": deed}).status_code == 404
    saved.refresh_from_db()
    assert saved.deleted_at is None


def test_renamed_made_the_first_page_thrown_away_and_had_back(office: Office) -> None:
    client = office.browser("desk")
    save(client, name="Một")
    save(client, name="Hai")
    one, two = SavedFilter.objects.order_by("pk")
    assert client.post(f"{LIST}{one.pk}/sua/", {"name": "Hai"}).status_code == 422
    for saved in (one, two):  # the second takes the place of the first
        client.post(f"{LIST}{saved.pk}/sua/", {"name": f"Trang {saved.pk}", "is_start": "on"})
        assert client.get("/quan-tri/")["Location"] == f"{LIST}{saved.pk}/"
    assert client.get("/quan-tri/?ban=1").status_code == 200
    client.post(f"{LIST}{two.pk}/sua/", {"lam": "xoa"})
    assert client.get(f"{LIST}{two.pk}/").status_code == 404
    assert client.get("/quan-tri/").status_code == 200
    assert client.get(LIST).context["thrown_away"] == [two]
    client.post(f"{LIST}{two.pk}/sua/", {"lam": "hoan-tac"})
    assert client.get(f"{LIST}{two.pk}/").status_code == 200
    client.post(f"{LIST}{two.pk}/sua/", {"lam": "xoa"})
    SavedFilter.objects.filter(pk=two.pk).update(deleted_at=timezone.now() - saved_filters.KEPT_FOR)
    assert client.post(f"{LIST}{two.pk}/sua/", {"lam": "hoan-tac"}).status_code == 404


def test_a_filter_of_a_place_she_lost_says_so(office: Office) -> None:
    other = Membership.objects.get(user=office.foreign_desk).agency
    post = Membership.objects.create(
        user=office.desk, agency=other, role=MembershipRole.DESK, valid_from=timezone.localdate()
    )
    desk = OneStopDesk.objects.create(agency=other, name="Quầy số 2")
    client = office.browser("desk")
    save(client, name="Cơ quan", **{"co-quan": other.pk})
    save(client, name="Quầy", **{"bo-phan": desk.pk})
    agency_one, desk_one = SavedFilter.objects.order_by("pk")
    client.post(f"{LIST}{agency_one.pk}/sua/", {"name": "Cơ quan", "is_start": "on"})
    assert client.get(f"{LIST}{desk_one.pk}/").context["rows"] == []
    post.delete()
    for saved, place in ((agency_one, other.title), (desk_one, desk.name)):
        page = client.get(f"{LIST}{saved.pk}/")
        assert page.status_code == 200 and "Bạn không còn làm việc tại" in page.content.decode()
        assert place in page.content.decode()
    home = client.get("/quan-tri/")
    assert home.status_code == 200 and "không dùng được nữa" in home.content.decode()


def test_a_full_list_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_filters, "MOST", 1)
    client = office.browser("desk")
    save(client, name="Một")
    assert "Hãy xóa bớt rồi lưu" in save(client, name="Hai").content.decode()
    assert save(client, queue="khong-co").status_code == 404
