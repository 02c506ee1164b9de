"""Who chooses a handler and presses a step of its own button gives the dossier with it, or does neither."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier
from portal.agencies.models import Membership
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state, press, text

pytestmark = pytest.mark.django_db


def events(dossier: Dossier) -> list[str]:
    return list(dossier.events.order_by("sequence").values_list("name", flat=True))


def test_the_button_of_the_step_belongs_to_the_form_of_the_choice(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    page = text(office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/"))
    (button,) = re.findall(r"<button[^>]*>Tiếp nhận</button>", page)
    assert 'form="assign"' in button and f'formaction="/quan-tri/ho-so/{dossier.code}/buoc/accept/"' in button
    (form,) = re.findall(r'<form class="assign" id="assign".*?</form>', page, re.S)
    assert 'name="official"' in form and 'name="sequence"' in form and "csrfmiddlewaretoken" in form


def test_who_chooses_and_accepts_has_both_done_and_told(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    before = events(dossier)
    assert press(office.browser("desk"), dossier, "accept", official=str(office.specialist.pk)).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.state, dossier.assignee) == (S.ACCEPTED, office.specialist)
    assert events(dossier)[len(before) :] == ["dossier.assigned", "dossier.accepted"]
    assert Message.objects.filter(recipient=office.specialist).exists(), "as with “Giao”"


def test_nothing_chosen_changes_nothing_of_whose_it_is(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    assert press(office.browser("desk"), dossier, "accept", official="").status_code == 302
    dossier.refresh_from_db()
    assert (dossier.state, dossier.assignee) == (S.ACCEPTED, None)
    assert "dossier.assigned" not in events(dossier)
    chosen = in_state(S.SUBMITTED)
    Dossier.objects.filter(pk=chosen.pk).update(assignee=office.specialist)
    assert press(office.browser("desk"), chosen, "accept", official=str(office.specialist.pk)).status_code == 302
    chosen.refresh_from_db()
    assert chosen.assignee == office.specialist and "dossier.assigned" not in events(chosen)


@pytest.mark.parametrize("wrong", ["stranger", "x", "9" * 30])
def test_who_does_not_work_there_is_refused_with_the_step(office: Office, wrong: str) -> None:
    dossier = in_state(S.SUBMITTED)
    told = str(factories.make_citizen("Người lạ").pk) if wrong == "stranger" else wrong
    response = press(office.browser("desk"), dossier, "accept", official=told)
    assert response.status_code == 422 and "Người này không làm việc tại cơ quan của hồ sơ" in text(response)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.assignee) == (S.SUBMITTED, None) and "dossier.assigned" not in events(dossier)


def test_a_second_press_is_idle_and_a_refused_one_keeps_the_choice(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    seen, desk = dossier.last_sequence, office.browser("desk")
    chosen = {"official": str(office.specialist.pk), "sequence": str(seen)}
    press(desk, dossier, "accept", **chosen)
    after = events(dossier)
    desk.post(f"/quan-tri/ho-so/{dossier.code}/buoc/accept/", chosen)
    assert events(dossier) == after
    other = in_state(S.SUBMITTED)
    stale = {"official": str(office.specialist.pk), "sequence": str(other.last_sequence)}
    press(office.browser("leader"), other, "accept")
    Dossier.objects.filter(pk=other.pk).update(state=S.SUBMITTED)  # as if it had come back since
    page = text(desk.post(f"/quan-tri/ho-so/{other.code}/buoc/accept/", stale))
    assert f'<option value="{office.specialist.pk}" selected>' in page


def test_a_handler_who_left_is_still_named_and_keeps_it_until_somebody_is_chosen(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    Dossier.objects.filter(pk=dossier.pk).update(assignee=office.specialist)
    Membership.objects.filter(user=office.specialist).update(valid_to=timezone.localdate() - timedelta(days=1))
    page = text(office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/"))
    assert f'<option value="{office.specialist.pk}" selected>' in page
    assert press(office.browser("desk"), dossier, "accept", official=str(office.specialist.pk)).status_code == 302
    dossier.refresh_from_db()
    assert dossier.assignee == office.specialist


def test_who_takes_work_on_leaves_it_to_whom_she_chose(office: Office) -> None:
    dossier = in_state(S.ACCEPTED)
    Dossier.objects.filter(pk=dossier.pk).update(assignee=None)
    told = str(office.leader.pk)
    assert press(office.browser("specialist"), dossier, "start_processing", official=told).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.state, dossier.assignee) == (S.PROCESSING, office.leader)
