"""The transition table against a written grid: every state, every step, every actor."""

from importlib import import_module
from itertools import product
from pathlib import Path

import pytest

from dossiers import lifecycle, lifecycle_page, step_grounds
from dossiers.lifecycle import DossierState as S
from portal.agencies.actors import ActorKind as A
from portal.core.errors import TransitionError

OFFICE = {A.DESK, A.AGENCY, A.LEADER, A.PARTNER}

# step: (states it may start from, who may take it, where it leads; None = the state before)
GRID: dict[str, tuple[set[S], set[A], S | None]] = {
    "submit": ({S.DRAFT}, {A.CITIZEN, A.HELPER, A.DESK}, S.SUBMITTED),
    "accept": ({S.SUBMITTED}, OFFICE, S.ACCEPTED),
    "refuse_intake": ({S.SUBMITTED}, OFFICE, S.REFUSED),
    "start_processing": ({S.ACCEPTED}, OFFICE, S.PROCESSING),
    "request_supplement": ({S.SUBMITTED, S.ACCEPTED, S.PROCESSING}, OFFICE, S.AWAITING_SUPPLEMENT),
    "supplement": ({S.AWAITING_SUPPLEMENT}, {A.CITIZEN, A.DESK, A.PARTNER}, None),
    "go_on_without": ({S.AWAITING_SUPPLEMENT}, {A.DESK, A.AGENCY, A.LEADER}, None),
    "require_payment": ({S.SUBMITTED, S.ACCEPTED, S.PROCESSING}, OFFICE | {A.SYSTEM}, S.AWAITING_PAYMENT),
    "settle_payment": ({S.AWAITING_PAYMENT}, {A.PAYMENT, A.PARTNER}, None),
    "request_withdrawal": (
        {S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.CONSULTING},
        {A.CITIZEN},
        S.WITHDRAWAL_REQUESTED,
    ),
    "confirm_withdrawal": ({S.WITHDRAWAL_REQUESTED}, OFFICE, S.STOPPED),
    "refuse_withdrawal": ({S.WITHDRAWAL_REQUESTED}, OFFICE, None),
    "stop": (
        {S.ACCEPTED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.CONSULTING},
        OFFICE | {A.SYSTEM},
        S.STOPPED,
    ),
    "propose": ({S.PROCESSING}, {A.AGENCY, A.LEADER, A.PARTNER}, S.PROCESSING),
    "send_back": ({S.PROCESSING}, {A.LEADER, A.DELEGATE}, None),
    "end_stage": ({S.PROCESSING}, {A.DESK, A.AGENCY, A.LEADER}, None),
    "skip_stage": ({S.PROCESSING}, {A.DESK, A.AGENCY, A.LEADER}, None),
    "return_stage": ({S.PROCESSING}, {A.DESK, A.AGENCY, A.LEADER}, None),
    "request_consultation": ({S.ACCEPTED, S.PROCESSING, S.CONSULTING}, {A.AGENCY, A.LEADER}, S.CONSULTING),
    "answer_consultation": ({S.CONSULTING}, {A.CONSULTED}, None),
    "cancel_consultation": ({S.CONSULTING}, {A.AGENCY, A.LEADER}, None),
    "forward": ({S.SUBMITTED}, {A.DESK, A.LEADER}, None),
    "rebase": ({S.SUBMITTED, S.ACCEPTED, S.PROCESSING}, {A.LEADER}, None),
    "extend": ({S.ACCEPTED, S.PROCESSING, S.CONSULTING}, {A.AGENCY, A.LEADER}, None),
    "revert": (
        {S.ACCEPTED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT},
        {A.DESK, A.AGENCY, A.LEADER},
        None,
    ),
    "reopen": ({S.REFUSED, S.STOPPED}, {A.LEADER}, None),
    "send_draft": ({S.ACCEPTED, S.PROCESSING}, {A.AGENCY, A.LEADER}, None),
    "confirm_draft": ({S.ACCEPTED, S.PROCESSING}, {A.CITIZEN, A.DESK, A.AGENCY}, None),
    "dispute_draft": ({S.ACCEPTED, S.PROCESSING}, {A.CITIZEN, A.DESK, A.AGENCY}, None),
    "lapse_draft": ({S.ACCEPTED, S.PROCESSING}, {A.SYSTEM}, None),
    "correct_draft": ({S.ACCEPTED, S.PROCESSING}, {A.AGENCY, A.LEADER}, None),
    "approve": ({S.ACCEPTED, S.PROCESSING}, {A.LEADER, A.DELEGATE, A.PARTNER}, S.DECIDED),
    "return_result": ({S.DECIDED}, OFFICE | {A.SYSTEM}, S.RETURNED),
    "replace_result": ({S.DECIDED, S.RETURNED}, {A.LEADER, A.PARTNER}, None),
    "revoke_result": ({S.DECIDED, S.RETURNED}, {A.LEADER, A.PARTNER}, None),
}
DRAFTS = {"send_draft", "confirm_draft", "dispute_draft", "lapse_draft", "correct_draft"}
STAGES = {"end_stage", "skip_stage", "return_stage"}
STAYS = {"rebase", "send_back", "forward", "extend", "replace_result", "revoke_result"} | DRAFTS | STAGES
NEEDS_REASON = {
    "refuse_intake",
    "request_supplement",
    "request_withdrawal",
    "refuse_withdrawal",
    "stop",
    "send_back",
    "return_stage",
    "request_consultation",
    "answer_consultation",
    "cancel_consultation",
    "forward",
    "rebase",
    "extend",
    "revert",
    "reopen",
    "dispute_draft",
    "correct_draft",
    "replace_result",
    "revoke_result",
}


def test_grid_names_every_step() -> None:
    assert set(lifecycle.TRANSITIONS) == set(GRID)


def outcome(step: str, state: S, actor: A) -> S | str | None:
    """Where the table leads, or the code of its refusal."""
    try:
        return lifecycle.check(step, state=state, actor=actor, reason="có lý do").target
    except TransitionError as refused:
        return refused.code


@pytest.mark.parametrize("step", sorted(GRID))
def test_step_is_allowed_exactly_where_the_grid_says(step: str) -> None:
    states, actors, target = GRID[step]
    told, wanted = {}, {}
    for state, actor in product(S, A):
        told[state, actor] = outcome(step, state, actor)
        if actor not in actors:
            wanted[state, actor] = "dossier.actor_not_allowed"
        else:
            wanted[state, actor] = target if state in states else "dossier.transition_not_allowed"
    assert told == wanted


@pytest.mark.parametrize("step", sorted(GRID))
def test_reason_is_asked_for_where_the_law_wants_one(step: str) -> None:
    states, actors, _target = GRID[step]
    state, actor = min(states), min(actors)
    if step in NEEDS_REASON:
        with pytest.raises(TransitionError) as caught:
            lifecycle.check(step, state=state, actor=actor, reason="  ")
        assert caught.value.fields["reason"]
    else:
        lifecycle.check(step, state=state, actor=actor)


def test_every_state_but_the_draft_has_a_national_number() -> None:
    assert set(lifecycle.NATIONAL_STATUS.values()) == set(range(1, 11))
    assert lifecycle.NATIONAL_STATUS[S.CONSULTING] == lifecycle.NATIONAL_STATUS[S.PROCESSING] == 4
    assert lifecycle.STATE_OF_NATIONAL_STATUS[4] == S.PROCESSING
    assert set(lifecycle.NATIONAL_STATUS) == set(S) - {S.DRAFT}
    assert lifecycle.STATE_OF_NATIONAL_STATUS[11] == S.REFUSED


def test_only_a_reopening_leads_out_of_a_closed_state() -> None:
    for row in (row for row in lifecycle.TRANSITIONS.values() if not row.stays):
        leads_out = row.sources & {S.REFUSED, S.STOPPED, S.RETURNED}
        assert leads_out == ({S.REFUSED, S.STOPPED} if row.name == "reopen" else set())


def test_steps_that_stay_are_the_ones_of_the_grid() -> None:
    assert {row.name for row in lifecycle.TRANSITIONS.values() if row.stays} == STAYS


STEPS = {**step_grounds.GROUNDS, "assign": step_grounds.ASSIGN}


def test_every_step_has_its_condition_and_ground() -> None:
    assert set(step_grounds.GROUNDS) == set(lifecycle.TRANSITIONS)
    for name, ground in STEPS.items():
        assert ground.condition.endswith(".") and "\n" not in ground.condition, name
        assert ground.law.removeprefix(step_grounds.ASSUMED).strip(), name
        assert "|" not in ground.condition + ground.law, "a cell of a table"


@pytest.mark.parametrize("name", STEPS)
def test_a_condition_names_the_functions_that_check_it(name: str) -> None:
    for dotted in STEPS[name].checked_by:
        module, _dot, function = dotted.rpartition(".")
        assert callable(getattr(import_module(module), function)), dotted
    assert STEPS[name].checked_by


def test_the_page_for_jurists_is_current_and_whole() -> None:
    page = (Path(lifecycle.__file__).parents[1] / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    assert page == lifecycle_page.text(), "run `make docs`"
    for name, ground in STEPS.items():
        (row,) = [line for line in page.splitlines() if f"<br>`{name}` |" in line]
        assert row.count(" | ") == 7 and ground.condition in row and ground.law in row, name
    assert all(f"| {state.label} | `{state.value}` |" in page for state in S)
