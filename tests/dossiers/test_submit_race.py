"""The last button while another window still changes the draft: what it waited for counts, not what it saw before."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from datastore.models import Grant
from dossiers import attaching, drafts, filing
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from procedures.models import Component
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def draft() -> tuple[Dossier, Actor, Component]:
    """A draft that could be submitted, with one paper that may be left out."""
    version = factories.make_version(needs_paper=False)
    paper = Component.objects.create(
        version=version, position=0, code="TEST-THEM", name="Giấy thêm", kind="document", document_types=["GT.KHAC"]
    )
    factories.make_agency()
    actor = Actor.citizen(factories.make_citizen())
    made = drafts.start(version, actor=actor)
    drafts.choose_place(made.public_id, actor=actor, province_code="01", commune_code="00073")
    drafts.save_answers(made.public_id, actor=actor, answers={"full_name": "A", "purpose": "B"}, step="x")
    return made, actor, paper


def submit_while(made: Dossier, actor: Actor, change: Callable[[], object]) -> Dossier:
    """Press the last button while a change is under way in another window, and let the change end first."""
    changing, found = threading.Event(), []

    @transaction.atomic
    def other_window() -> None:
        change()
        changing.set()
        button.join(0.7)  # the submission waits for the row meanwhile

    def press() -> None:
        changing.wait(10)
        try:
            found.append(filing.submit(made.public_id, actor=actor))
        finally:
            connection.close()

    button = threading.Thread(target=press)
    button.start()
    other_window()
    button.join(10)
    (submitted,) = found
    return submitted


def test_first_paper_of_the_other_window_goes_with_the_filing() -> None:
    made, actor, paper = draft()

    def attach() -> None:
        attaching.attach_upload(made.public_id, actor=actor, component=paper, content=factories.png(), name="a.png")

    submitted = submit_while(made, actor, attach)
    attached = submitted.components.get()
    assert Grant.objects.filter(document=attached.document, agency=submitted.agency, expires_at=None).exists()


def test_place_of_the_other_window_is_where_it_goes() -> None:
    made, actor, _paper = draft()
    other = factories.make_other_agency()

    def move() -> None:
        drafts.choose_place(made.public_id, actor=actor, province_code="48", commune_code="20194")

    assert submit_while(made, actor, move).agency == other
