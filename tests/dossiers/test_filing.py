"""Filing: what is frozen, what is refused, and that a double click files once."""

import pytest
from django.utils import timezone

from dossiers import drafts, filing
from dossiers.errors import IdentityLevelError, IncompleteFilingError, ProcedureClosedError
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError, NotFoundError
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def test_submission_freezes_version_answers_and_digests() -> None:
    dossier = factories.file_dossier()
    assert dossier.state == DossierState.SUBMITTED
    assert dossier.code == f"H26.00073-{timezone.localdate():%y%m%d}-0001"
    assert len(dossier.answers_sha256) == 64
    (component,) = dossier.components.all()
    (file,) = component.files
    assert len(file["content_sha256"]) == 64 and file["size_bytes"] > 0
    event = dossier.events.get()
    assert (event.name, event.to_state) == ("dossier.submitted", DossierState.SUBMITTED)
    assert dossier.letters.get().kind == "00"
    assert dossier.components.get().document.grants.get().agency == dossier.agency


def test_numbers_of_an_agency_count_up_and_never_repeat() -> None:
    first, second = factories.file_dossier(), factories.file_dossier()
    assert (first.code or "").endswith("-0001")
    assert (second.code or "").endswith("-0002")


def test_fee_at_filing_makes_the_dossier_wait_for_payment() -> None:
    dossier = factories.file_dossier(version=factories.make_version(fee_vnd=8000))
    assert dossier.state == DossierState.AWAITING_PAYMENT
    owed = dossier.obligations.get()
    assert (owed.amount_vnd, owed.state) == (8000, "due")


def test_missing_paper_and_answer_are_named_at_once() -> None:
    factories.make_agency()
    actor = Actor.citizen(factories.make_citizen())
    draft = drafts.start(factories.make_version(), actor=actor)
    with pytest.raises(IncompleteFilingError) as caught:
        filing.submit(draft.public_id, actor=actor)
    assert set(caught.value.fields) == {"purpose", "commune_code", "TEST-GIAY"}
    draft.refresh_from_db()
    assert draft.state == DossierState.DRAFT and draft.code is None


def test_level_one_account_cannot_file() -> None:
    with pytest.raises(IdentityLevelError):
        drafts.start(factories.make_version(), actor=Actor.citizen(factories.make_citizen(level=1)))


def test_closed_procedure_takes_no_filing() -> None:
    version = factories.make_version()
    version.procedure.is_open = False
    version.procedure.closed_reason = "Đã thay bằng 1.000002."
    version.procedure.save()
    with pytest.raises(ProcedureClosedError) as caught:
        drafts.start(version, actor=Actor.citizen(factories.make_citizen()))
    assert "1.000002" in str(caught.value.message)


def test_draft_of_another_citizen_looks_as_if_it_did_not_exist() -> None:
    draft = drafts.start(factories.make_version(), actor=Actor.citizen(factories.make_citizen()))
    with pytest.raises(NotFoundError):
        filing.submit(draft.public_id, actor=Actor.citizen(factories.make_citizen()))


def test_submitted_dossier_is_not_edited() -> None:
    dossier = factories.file_dossier()
    assert dossier.filer is not None
    with pytest.raises(ConflictError):
        drafts.save_answers(
            dossier.public_id, actor=Actor.citizen(dossier.filer), answers={"purpose": "khác"}, step="x"
        )


@pytest.mark.django_db(transaction=True)
def test_double_click_files_once() -> None:
    factories.make_agency()
    citizen = factories.make_citizen()
    actor = Actor.citizen(citizen)
    draft = drafts.start(factories.make_version(needs_paper=False), actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00073")
    drafts.save_answers(draft.public_id, actor=actor, answers={"full_name": "A", "purpose": "B"}, step="x")
    submitted = at_once([lambda: filing.submit(draft.public_id, actor=actor)] * 6)
    assert len({dossier.code for dossier in submitted}) == 1
    assert Dossier.objects.get().events.count() == 1
