"""Sheet and form of one procedure, published at the same moment: the later one follows upon the earlier."""

import json
import threading
import time

import pytest
from django.db import connection
from django.utils import timezone

from procedures import access, catalogue, drafting, sheet_drafting
from procedures.models import ProcedureVersion, SheetDraft
from procedures.packs import REFERENCE
from tests import factories
from tests.at_once import somebody_waits_for_us

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "1.004873"
TITLE = "Trang đầu khác"


@pytest.fixture
def drafts():
    """A draft of the sheet and one of the form, both of the version in force."""
    catalogue.load_pack(REFERENCE / "procedures" / f"{CODE}.yaml")
    user = factories.make_official(factories.make_agency())
    sheet = sheet_drafting.begin(CODE, user=user)
    written = json.loads(json.dumps(sheet.facts)) | {"summary": {"vi": "Tóm tắt khác"}}
    sheet_drafting.save(CODE, written, seen=1, user=user)
    drafting.begin(CODE, user=user)
    drafting.change(CODE, seen=1, user=user, words="x", edit=lambda form: form["pages"][0]["title"].update(vi=TITLE))
    return SheetDraft.objects.get()


@pytest.mark.parametrize(
    ("first", "looks", "second"),
    [(sheet_drafting, "look", drafting), (drafting, "readiness", sheet_drafting)],
    ids=["sheet-first", "form-first"],
)
def test_neither_takes_back_what_the_other_published(drafts, monkeypatch, first, looks, second):
    today, real, failed = timezone.localdate(), getattr(first, looks), []

    def publish_other():
        try:
            second.publish(CODE, seen=2, valid_from=today, user=drafts.by)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=publish_other)

    def look_while_another_publishes(draft):
        seen = real(draft)
        if threading.current_thread() is not other and other.ident is None:
            other.start()
            until = time.monotonic() + 20
            while other.is_alive() and not somebody_waits_for_us():
                assert time.monotonic() < until, "the other neither waits nor ends"
                time.sleep(0.05)
        return seen

    monkeypatch.setattr(first, looks, look_while_another_publishes)
    first.publish(CODE, seen=2, valid_from=today, user=drafts.by)
    other.join(20)
    assert not failed
    last = access.get_version(CODE)
    assert (last.number, ProcedureVersion.objects.filter(procedure__code=CODE).count()) == (3, 3)
    assert last.form["pages"][0]["title"]["vi"] == TITLE and last.sheet["summary"]["vi"] == "Tóm tắt khác"
