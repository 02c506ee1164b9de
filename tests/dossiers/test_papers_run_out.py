"""A paper of the store that was fit when a draft took it, and is not any more when the draft is filed."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from datastore import services as store
from datastore.models import Document, TrustLevel
from dossiers import attaching, drafts, filing
from dossiers.errors import IncompleteFilingError
from portal.accounts.models import Organisation, OrganisationMember
from portal.agencies.actors import Actor
from tests import factories

pytestmark = pytest.mark.django_db


def taken(organisation: Organisation | None = None) -> tuple[Any, Document]:
    """A draft that is ready to file, with a paper of the store."""
    factories.make_agency()
    citizen, version = factories.make_citizen(), factories.make_version()
    if organisation is not None:
        factories.make_member(organisation, citizen)
    actor = Actor.citizen(citizen)
    draft = drafts.start(version, actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00073")
    answers = {"full_name": citizen.display_name, "purpose": "Thử"}
    drafts.save_answers(draft.public_id, actor=actor, answers=answers, step="x")
    paper = store.deposit(
        owner=citizen,
        organisation=organisation,
        content=factories.png("p"),
        name="p.png",
        type_code="GT.KHAC",
        trust=TrustLevel.UPLOADED,
    )
    component = version.components.get()
    attaching.attach_from_store(draft.public_id, actor=actor, component=component, document_id=paper.pk)
    return draft, paper


def refusal(draft: Any) -> str:
    with pytest.raises(IncompleteFilingError) as refused:
        filing.submit(draft.public_id, actor=Actor.citizen(draft.filer))
    assert list(refused.value.fields) == ["TEST-GIAY"]
    return str(refused.value.fields["TEST-GIAY"][0])


def test_one_that_ran_out_while_the_draft_lay_is_not_filed() -> None:
    draft, paper = taken()
    Document.objects.filter(pk=paper.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert "Hết hiệu lực từ" in refusal(draft)
    Document.objects.filter(pk=paper.pk).update(valid_until=timezone.localdate())
    assert filing.submit(draft.public_id, actor=Actor.citizen(draft.filer)).code, "the last day still counts"


def test_one_of_an_organisation_that_she_left_is_not_filed() -> None:
    draft, _paper = taken(factories.make_company())
    factories.end_membership(draft.filer)
    assert "không còn được nộp hồ sơ thay" in refusal(draft)
    OrganisationMember.objects.update(valid_to=None)
    assert filing.submit(draft.public_id, actor=Actor.citizen(draft.filer)).code
