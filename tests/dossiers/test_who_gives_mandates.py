"""Who may give a mandate, and for which procedures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers import drafts, filing, mandates
from dossiers.errors import IncompleteFilingError, ProcedureClosedError
from dossiers.models import Dossier
from portal.accounts.models import CitizenProfile, Representation, User
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotAllowedError
from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import signed_in
from tests.dossiers.representation_situations import draft_for, mandate

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("years", [None, 17])
def test_who_is_not_of_age_gives_no_mandate(principal: User, years: int | None) -> None:
    born = timezone.localdate() - timedelta(days=years * 365) if years else None
    CitizenProfile.objects.filter(user=principal).update(date_of_birth=born)
    with pytest.raises(NotAllowedError):
        mandates.give(principal=principal, procedure_codes=[], days=7)
    page = signed_in(principal).post("/dai-dien/uy-quyen/", {"scope": "all", "days": "7"})
    assert page.status_code == 422 and "bộ phận một cửa" in page.content.decode()
    assert not Representation.objects.exists()


def test_a_ward_gives_no_mandate(principal: User, clerk: User) -> None:
    today = timezone.localdate()
    Representation.objects.create(
        principal=principal,
        representative=clerk,
        kind="ward",
        valid_from=today,
        proof="official",
        confirmed_by=clerk,
        confirmed_by_name="Cán bộ",
        confirmed_at=timezone.now(),
    )
    with pytest.raises(NotAllowedError):
        mandates.give(principal=principal, procedure_codes=[], days=7)


def test_of_two_codes_taken_up_at_once_the_second_waits(principal: User, clerk: User) -> None:
    given = mandates.give(principal=principal, procedure_codes=[], days=7)
    with CaptureQueriesContext(connection) as queries:
        mandates.claim(given.code, user=clerk)
    locks = [row["sql"] for row in queries if "FOR UPDATE" in row["sql"]]
    assert CitizenProfile._meta.db_table in locks[0], "the claimer's row before any mandate's"


def test_certifying_ones_signature_is_left_to_nobody(principal: User, clerk: User) -> None:
    signature = factories.make_version("2.000884", audience=["citizen"])
    with pytest.raises(InvalidInputError):
        mandates.give(principal=principal, procedure_codes=["2.000884"], days=7)
    held = mandate(principal, clerk, may_use_store=False)
    with pytest.raises(ProcedureClosedError):
        drafts.start(signature, actor=Actor.citizen(clerk), representation=held)


def criminal_record() -> ProcedureVersion:
    said = {"vi": "Phiếu", "en": "Certificate"}
    kind = {"key": "certificate_kind", "type": "text", "label": said}
    form = {"pages": [{"key": "p", "title": said, "groups": [{"key": "g", "title": said, "fields": [kind]}]}]}
    return factories.make_version("3.000333", form=form, needs_paper=False, audience=["citizen"])


@pytest.mark.parametrize(("kind", "is_refused"), [("1", False), ("2", True)])
def test_form_two_of_the_criminal_record_goes_by_no_mandate(
    principal: User, clerk: User, kind: str, is_refused: bool
) -> None:
    version, actor = criminal_record(), Actor.citizen(clerk)
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=False), version)
    drafts.save_answers(draft.public_id, actor=actor, answers={"certificate_kind": kind}, step="x")
    problems = filing.problems(Dossier.objects.get(pk=draft.pk), version, timezone.now())
    assert ("certificate_kind" in problems) is is_refused
    if is_refused:
        with pytest.raises(IncompleteFilingError) as refused:
            filing.submit(draft.public_id, actor=actor)
        assert "không ủy quyền" in str(refused.value.fields["certificate_kind"][0])
    else:
        assert filing.submit(draft.public_id, actor=actor).code


def test_a_parent_asks_for_form_two_by_law(mother: User, held: Representation) -> None:
    version, actor = criminal_record(), Actor.citizen(mother)
    draft = draft_for(mother, held, version)
    drafts.save_answers(draft.public_id, actor=actor, answers={"certificate_kind": "2"}, step="x")
    assert "certificate_kind" not in filing.problems(Dossier.objects.get(pk=draft.pk), version, timezone.now())
