"""Steps that change the course of a dossier: another agency asked, a new date, a filing moved, a step taken back."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils import timezone

from datastore.models import DocumentStatus, Grant
from dossiers import (
    access,
    charging,
    consultation,
    extension,
    forwarding,
    letters,
    obligations,
    reversal,
    services,
    withdrawal,
)
from dossiers.lifecycle import DossierState
from dossiers.models import Consultation, Dossier, Letter, LetterKind
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, NotFoundError, TransitionError
from portal.core.work import WorkState
from portal.exchange.models import OutboxMessage
from tests import factories
from tests.dossiers.course_steps import CALENDAR, actor, asked, other_agency, working_day

pytestmark = pytest.mark.django_db
S = DossierState


class TestConsultation:
    def test_the_other_agency_sees_it_answers_and_loses_sight_of_it(self) -> None:
        dossier = asked(factories.processing_dossier())
        there = Actor(kind=ActorKind.CONSULTED, agency=other_agency(), name="Trần Trả Lời")
        assert access.get_dossier(dossier.code or "", actor=there).state == S.CONSULTING
        assert Grant.objects.filter(agency=other_agency(), expires_at__isnull=True).count() == 1

        consultation.answer_consultation(dossier.code or "", actor=there, answer="Không có tranh chấp.")
        dossier.refresh_from_db()
        assert dossier.state == S.PROCESSING
        with pytest.raises(NotFoundError):
            access.get_dossier(dossier.code or "", actor=there)
        assert not Grant.objects.filter(agency=other_agency(), expires_at__isnull=True).exists()
        assert Grant.objects.filter(agency=dossier.agency, expires_at__isnull=True).exists()

    def test_another_agency_than_the_one_asked_sees_nothing(self) -> None:
        dossier = asked(factories.processing_dossier())
        stranger = Actor(kind=ActorKind.CONSULTED, agency=factories.make_agency("H29.99999"), name="Người lạ")
        with pytest.raises(NotFoundError):
            consultation.answer_consultation(dossier.code or "", actor=stranger, answer="Chen vào.")

    def test_the_time_limit_runs_on_unless_a_law_stops_it(self) -> None:
        running = asked(factories.processing_dossier())
        assert running.clock_stopped_at is None
        stopped = asked(factories.processing_dossier(), legal_basis="Luật Đất đai 2024 điều 1")
        assert stopped.clock_stopped_at is not None
        due = stopped.due_at
        Dossier.objects.filter(pk=stopped.pk).update(clock_stopped_at=timezone.now() - timedelta(days=14))
        consultation.cancel_consultation(stopped.code or "", actor=actor(stopped, ActorKind.LEADER), reason="Thôi.")
        stopped.refresh_from_db()
        assert stopped.clock_stopped_at is None
        assert stopped.due_at is not None and due is not None and stopped.due_at > due

    def test_a_withdrawal_ends_the_question(self) -> None:
        dossier = asked(factories.processing_dossier())
        citizen = Actor.citizen(dossier.filer)  # type: ignore[arg-type]
        withdrawal.request(dossier.code or "", actor=citizen, reason="Không cần nữa.")
        assert not dossier.consultations.filter(ended_at__isnull=True).exists()
        withdrawal.refuse(dossier.code or "", actor=actor(dossier, ActorKind.DESK), reason="Đã có kết quả.")
        dossier.refresh_from_db()
        assert dossier.state == S.PROCESSING

    def test_the_own_agency_and_a_day_off_are_refused_by_name(self) -> None:
        dossier = factories.processing_dossier()
        assert dossier.agency is not None
        for agency, on, field in (
            (dossier.agency, working_day(5), "agency"),
            (other_agency(), timezone.localdate() - timedelta(days=1), "answer_due_on"),
        ):
            with pytest.raises(InvalidInputError) as caught:
                consultation.request_consultation(
                    dossier.code or "",
                    actor=actor(dossier, ActorKind.AGENCY),
                    agency=agency,
                    question="x",
                    answer_due_on=on,
                )
            assert list(caught.value.fields) == [field]

    def test_the_database_keeps_one_open_question_and_no_stop_without_a_law(self) -> None:
        dossier = asked(factories.processing_dossier())
        row = {"dossier": dossier, "agency": other_agency(), "question": "x", "asked_at": timezone.now()}
        for wrong in ({}, {"stops_clock": True, "ended_at": timezone.now()}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Consultation.objects.create(**row, answer_due_at=timezone.now(), **wrong)


class TestExtension:
    def test_the_first_date_stays_beside_the_new_one_and_form_04_says_both(self) -> None:
        dossier = factories.processing_dossier()
        first = dossier.due_at
        extension.extend(
            dossier.code or "",
            actor=actor(dossier, ActorKind.LEADER),
            reason="Chờ kết quả xác minh.",
            new_due_on=working_day(30),
        )
        dossier.refresh_from_db()
        assert dossier.original_due_at == first
        assert dossier.due_at is not None and timezone.localdate(dossier.due_at) == working_day(30)
        letter = Letter.objects.get(dossier=dossier, kind=LetterKind.EXTENSION)
        letters.write(letter)
        letter.refresh_from_db()
        assert letter.document is not None and letter.document.title.startswith("Văn bản xin lỗi")

    def test_only_once(self) -> None:
        dossier = factories.processing_dossier()
        leader = actor(dossier, ActorKind.LEADER)
        extension.extend(dossier.code or "", actor=leader, reason="Một.", new_due_on=working_day(30))
        with pytest.raises(TransitionError):
            extension.extend(dossier.code or "", actor=leader, reason="Hai.", new_due_on=working_day(60))

    def test_an_earlier_day_is_refused_and_nothing_changes(self) -> None:
        dossier = factories.processing_dossier()
        with pytest.raises(InvalidInputError) as caught:
            extension.extend(
                dossier.code or "",
                actor=actor(dossier, ActorKind.LEADER),
                reason="x",
                new_due_on=timezone.localdate(),
            )
        assert "new_due_on" in caught.value.fields
        dossier.refresh_from_db()
        assert dossier.original_due_at is None

    def test_a_slip_of_the_year_is_refused_by_name(self) -> None:
        """At the end of the calendar no clock could ever be moved again."""
        dossier = factories.processing_dossier()
        code, far = dossier.code or "", CALENDAR.this_or_next_working_day(date(9026, 3, 2))
        with pytest.raises(InvalidInputError) as caught:
            extension.extend(code, actor=actor(dossier, ActorKind.LEADER), reason="x", new_due_on=far)
        assert list(caught.value.fields) == ["new_due_on"]
        with pytest.raises(InvalidInputError) as caught:
            consultation.request_consultation(
                code, actor=actor(dossier, ActorKind.AGENCY), agency=other_agency(), question="x", answer_due_on=far
            )
        assert list(caught.value.fields) == ["answer_due_on"]


class TestForwarding:
    def test_the_filing_moves_with_its_papers_and_keeps_its_code(self) -> None:
        dossier = factories.file_dossier()
        old, new, code = dossier.agency, other_agency(), dossier.code or ""
        forwarding.forward(code, actor=actor(dossier, ActorKind.DESK), agency=new, reason="Thuộc phường khác.")
        dossier.refresh_from_db()
        assert (dossier.agency, dossier.code, dossier.state) == (new, code, S.SUBMITTED)
        assert Grant.objects.filter(agency=new, dossier_code=code, expires_at__isnull=True).exists()
        assert not Grant.objects.filter(agency=old, dossier_code=code, expires_at__isnull=True).exists()
        services.accept(code, actor=factories.official_actor(new))
        with pytest.raises(NotFoundError):
            services.start_processing(code, actor=factories.official_actor(old))  # type: ignore[arg-type]

    def test_a_system_that_decides_there_gets_it_as_a_new_filing(self) -> None:
        dossier, new = factories.file_dossier(), other_agency()
        client = factories.make_client(new)
        forwarding.forward(dossier.code or "", actor=actor(dossier, ActorKind.DESK), agency=new, reason="Sai nơi nộp.")
        message = OutboxMessage.objects.get(client=client)
        assert (message.type, message.subject) == ("dossier.submitted", dossier.code)
        dossier.refresh_from_db()
        assert dossier.handled_by == client

    def test_not_to_itself(self) -> None:
        dossier = factories.file_dossier()
        assert dossier.agency is not None
        with pytest.raises(InvalidInputError):
            forwarding.forward(
                dossier.code or "", actor=actor(dossier, ActorKind.DESK), agency=dossier.agency, reason="x"
            )


class TestReversal:
    def test_a_wrong_acceptance_is_as_if_it_had_not_been_and_its_letter_is_void(self) -> None:
        dossier = factories.file_dossier()
        services.accept(dossier.code or "", actor=actor(dossier, ActorKind.DESK))
        letter = Letter.objects.get(dossier=dossier, kind=LetterKind.RECEIPT)
        letters.write(letter)
        reversal.revert(dossier.code or "", actor=actor(dossier, ActorKind.LEADER), reason="Nhận nhầm.")
        dossier.refresh_from_db()
        letter.refresh_from_db()
        assert (dossier.state, dossier.accepted_at, dossier.due_at) == (S.SUBMITTED, None, None)
        assert letter.document is not None and letter.document.status == DocumentStatus.REVOKED
        assert [event.name for event in dossier.events.order_by("sequence")][-2:] == [
            "dossier.accepted",
            "dossier.reverted",
        ]

    def test_who_pressed_by_mistake_takes_it_back_herself_for_a_quarter_of_an_hour(self) -> None:
        dossier = factories.file_dossier()
        code, desk = dossier.code or "", actor(dossier, ActorKind.DESK)
        assert dossier.agency is not None
        colleague = factories.official_actor(dossier.agency, ActorKind.DESK)
        assert colleague.user != desk.user
        with time_machine.travel(timezone.now() - timedelta(hours=2)) as clock:
            services.accept(code, actor=desk)
            clock.shift(timedelta(minutes=14))
            with pytest.raises(TransitionError, match="nhờ lãnh đạo"):
                reversal.revert(code, actor=colleague, reason="Nhầm.")
            reversal.revert(code, actor=desk, reason="Bấm nhầm.")
            dossier.refresh_from_db()
            assert (dossier.state, dossier.due_at) == (S.SUBMITTED, None)
            services.accept(code, actor=desk)
            clock.shift(timedelta(minutes=16))
            with pytest.raises(TransitionError, match="nhờ lãnh đạo"):
                reversal.revert(code, actor=desk, reason="Bấm nhầm.")

    def test_what_asks_the_applicant_for_something_is_a_leaders_to_take_back(self) -> None:
        dossier = factories.processing_dossier()
        code, desk = dossier.code or "", actor(dossier, ActorKind.DESK)
        services.request_supplement(code, actor=desk, reason="Thiếu giấy.")
        with pytest.raises(TransitionError, match="nhờ lãnh đạo"):
            reversal.revert(code, actor=desk, reason="Nhầm.")

    def test_a_letter_that_is_not_yet_written_is_not_written_any_more(self) -> None:
        dossier = factories.file_dossier()
        services.accept(dossier.code or "", actor=actor(dossier, ActorKind.DESK))
        reversal.revert(dossier.code or "", actor=actor(dossier, ActorKind.LEADER), reason="Nhận nhầm.")
        letter = Letter.objects.get(dossier=dossier, kind=LetterKind.RECEIPT)
        assert letter.work_state == WorkState.DONE
        letters.write(letter)
        letter.refresh_from_db()
        assert letter.document is None

    def test_a_wrong_supplement_request_leaves_the_due_date_where_it_was(self) -> None:
        dossier = factories.processing_dossier()
        due = dossier.due_at
        services.request_supplement(
            dossier.code or "",
            actor=actor(dossier, ActorKind.DESK),
            reason="Thiếu.",
            defects=[services.Defect("a", "b", "c")],
        )
        reversal.revert(dossier.code or "", actor=actor(dossier, ActorKind.LEADER), reason="Đủ giấy rồi.")
        dossier.refresh_from_db()
        assert (dossier.state, dossier.due_at, dossier.clock_stopped_at) == (S.PROCESSING, due, None)
        assert not dossier.supplement_requests.filter(answered_at__isnull=True).exists()

    def test_what_the_citizen_answered_is_not_taken_back(self) -> None:
        dossier = factories.processing_dossier()
        services.request_supplement(
            dossier.code or "",
            actor=actor(dossier, ActorKind.DESK),
            reason="Thiếu.",
            defects=[services.Defect("a", "b", "c")],
        )
        citizen = Actor.citizen(dossier.filer)  # type: ignore[arg-type]
        services.supplement(dossier.code or "", actor=citizen, answer="Đây ạ.")
        with pytest.raises(TransitionError):
            reversal.revert(dossier.code or "", actor=actor(dossier, ActorKind.LEADER), reason="Thôi.")

    def test_a_stopped_dossier_goes_on_where_it_was_and_the_pause_does_not_count(self) -> None:
        dossier = factories.processing_dossier()
        due, code = dossier.due_at, dossier.code or ""
        services.stop(code, actor=actor(dossier, ActorKind.DESK), reason="Nhầm hồ sơ.")
        Dossier.objects.filter(pk=dossier.pk).update(finished_at=timezone.now() - timedelta(days=14))
        reversal.reopen(code, actor=actor(dossier, ActorKind.LEADER), reason="Dừng nhầm.")
        dossier.refresh_from_db()
        assert (dossier.state, dossier.finished_at) == (S.PROCESSING, None)
        assert dossier.due_at is not None and due is not None and dossier.due_at > due
        assert Grant.objects.filter(agency=dossier.agency, dossier_code=code, expires_at__isnull=True).exists()

    def test_an_acceptance_that_was_extended_is_not_taken_back(self) -> None:
        """The later date rests on it: taken back, the first date would stay and no acceptance would be possible."""
        dossier = factories.file_dossier()
        code, leader = dossier.code or "", actor(dossier, ActorKind.LEADER)
        services.accept(code, actor=actor(dossier, ActorKind.DESK))
        extension.extend(code, actor=leader, reason="Chờ xác minh.", new_due_on=working_day(30))
        with pytest.raises(TransitionError):
            reversal.revert(code, actor=leader, reason="Nhận nhầm.")

    def test_time_that_the_citizen_took_makes_nobody_late_when_the_dossier_ends(self) -> None:
        dossier = factories.processing_dossier(version=factories.make_version(supplement_rule="pause"))
        code, due = dossier.code or "", dossier.due_at
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            services.request_supplement(code, actor=actor(dossier, ActorKind.DESK), reason="Thiếu.")
        with time_machine.travel(timezone.now() + timedelta(days=40)):
            services.stop(code, actor=actor(dossier, ActorKind.DESK), reason="Không bổ sung.")
            dossier.refresh_from_db()
            assert due is not None and dossier.due_at is not None and dossier.due_at > due
            assert dossier.finished_at is not None and dossier.finished_at <= dossier.due_at
            assert dossier.clock_stopped_at is None
        with time_machine.travel(timezone.now() + timedelta(days=47)):
            reversal.reopen(code, actor=actor(dossier, ActorKind.LEADER), reason="Giấy đã tới.")
            dossier.refresh_from_db()
            assert dossier.due_at > timezone.now(), "it is not late at once"

    @pytest.mark.parametrize("way", ["stop", "withdraw"])
    def test_what_the_end_let_off_is_owed_again(self, way: str) -> None:
        dossier = factories.file_dossier(version=factories.make_version("1.008000", fee_vnd=8000, needs_paper=False))
        code, desk = dossier.code or "", actor(dossier, ActorKind.DESK)
        assert dossier.state == S.AWAITING_PAYMENT
        if way == "stop":
            services.stop(code, actor=desk, reason="Không nộp phí.")
        else:
            withdrawal.request(code, actor=Actor.citizen(dossier.filer), reason="Thôi.")  # type: ignore[arg-type]
            withdrawal.confirm(code, actor=desk)
        reversal.reopen(code, actor=actor(dossier, ActorKind.LEADER), reason="Dừng nhầm.")
        dossier.refresh_from_db()
        assert dossier.state == S.AWAITING_PAYMENT
        owed = [(row.amount_vnd, row.state) for row in dossier.obligations.order_by("pk")]
        assert owed == [(8000, "cancelled"), (8000, "due")]

    def test_what_was_paid_or_taken_back_is_not_owed_again(self) -> None:
        dossier = factories.processing_dossier()
        code, desk, leader = dossier.code or "", actor(dossier, ActorKind.DESK), actor(dossier, ActorKind.LEADER)
        charge = charging.Charge("le_phi", "Lệ phí", 5000)
        obligations.require_payment(code, actor=desk, charges=[charge])
        reversal.revert(code, actor=leader, reason="Nhầm.")
        services.stop(code, actor=desk, reason="Nhầm hồ sơ.")
        reversal.reopen(code, actor=leader, reason="Dừng nhầm.")
        dossier.refresh_from_db()
        assert dossier.state == S.PROCESSING and not dossier.obligations.filter(state="due").exists()

    def test_a_refused_filing_waits_for_intake_again(self) -> None:
        dossier = factories.file_dossier()
        services.refuse_intake(dossier.code or "", actor=actor(dossier, ActorKind.DESK), reason="Nhầm.")
        reversal.reopen(dossier.code or "", actor=actor(dossier, ActorKind.LEADER), reason="Từ chối nhầm.")
        dossier.refresh_from_db()
        assert dossier.state == S.SUBMITTED
        assert dossier.intake_due_at is not None and dossier.intake_due_at > timezone.now()
        with pytest.raises(ObjectDoesNotExist):
            dossier.events.get(name="dossier.accepted")
