"""A bundle's time limit in its dossiers: one day on page, desk and letter, and a sentence where it is not one."""

from datetime import datetime, timedelta

import pytest
import time_machine

from dossiers import bundle_filing, bundles, due_explanation, letters, services
from dossiers.models import BundleFiling, Dossier
from portal.agencies.models import MembershipRole
from portal.core.calendar import VIETNAM
from procedures.models import Bundle, ProcedureVersion
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.dossiers.bundle_situations import PLAN, THIRD, WHOLE, decide, declare, linked, part
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=VIETNAM)
WHOLE_DUE = datetime(2026, 11, 12, 17, 0, tzinfo=VIETNAM)
LATER_WORDS = "Hẹn trả muộn hơn thời hạn chung"


@pytest.fixture
def sent() -> BundleFiling:
    """Three working days for all of it, seven for the third part by itself."""
    version = linked()
    Bundle.objects.update(definition={**PLAN, "due": [{"working_days": 3}]})
    ProcedureVersion.objects.filter(procedure__code=THIRD).update(processing_value=7)
    with time_machine.travel(MONDAY, tick=False):
        draft, actor = declare(version)
        return bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)


def accepted(bundle: BundleFiling, at: datetime = MONDAY + timedelta(hours=1)) -> Dossier:
    third = part(bundle, "third").dossier
    assert third is not None and third.agency is not None
    with time_machine.travel(at, tick=False):
        services.accept(third.code or "", actor=factories.official_actor(third.agency))
    return Dossier.objects.get(pk=third.pk)


def test_a_part_is_promised_no_later_than_the_whole_everywhere(sent: BundleFiling) -> None:
    third = accepted(sent)
    assert third.due_at == WHOLE_DUE
    words = " ".join(due_explanation.lines(third))
    assert "(7 ngày làm việc)" in words and "thời hạn chung 3 ngày làm việc" in words and "đến trước" in words
    letter = third.letters.select_related("event").latest("pk")
    told = letters.context(letter, third)
    assert told["appointed_at"] == WHOLE_DUE
    assert told["processing_time"] == "7 ngày làm việc; cả hồ sơ liên thông 3 ngày làm việc"
    official = with_second_factor(factories.make_official(third.agency, MembershipRole.DESK))
    with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
        desk = text(signed_in(official).get(f"/quan-tri/ho-so/{third.code}/"))
        page = text(signed_in(sent.filer).get(f"/lien-thong/{sent.public_id}/"))
    assert "thời hạn chung 3 ngày làm việc, trước 17:00, 12/11/2026" in desk
    assert "12/11" in page and LATER_WORDS not in page and "18/11" not in page


def test_a_part_that_waited_for_its_applicant_has_its_own_time_and_the_page_says_so(sent: BundleFiling) -> None:
    third = part(sent, "third").dossier
    assert third is not None and third.agency is not None and third.owner is not None
    desk = factories.official_actor(third.agency)
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        services.request_supplement(third.code or "", actor=desk, reason="Ghi rõ nơi ở")
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        client = signed_in(sent.filer)
        assert client.post(f"/ho-so/{third.code}/bo-sung/", {"answer": "Đã ghi"}).status_code == 302
    third = accepted(sent, MONDAY + timedelta(days=2, hours=1))
    assert third.due_at is not None and third.due_at > WHOLE_DUE
    with time_machine.travel(MONDAY + timedelta(days=2, hours=2), tick=False):
        page = text(signed_in(sent.filer).get(f"/lien-thong/{sent.public_id}/"))
        assert LATER_WORDS in page
        assert "thời hạn chung" not in " ".join(due_explanation.lines(third))


def test_accepted_after_the_whole_was_due_its_own_time_counts(sent: BundleFiling) -> None:
    third = accepted(sent, WHOLE_DUE + timedelta(hours=17))
    assert third.due_at is not None and third.due_at > WHOLE_DUE + timedelta(days=7)


def test_a_shorter_time_of_its_own_stays(sent: BundleFiling) -> None:
    ProcedureVersion.objects.filter(procedure__code=THIRD).update(processing_value=1)
    third = accepted(sent)
    assert third.due_at == WHOLE_DUE - timedelta(days=2)
    assert "thời hạn chung" not in " ".join(due_explanation.lines(third))


def test_a_part_that_the_portal_files_keeps_the_limit_and_says_who_filed_it(sent: BundleFiling) -> None:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        decide(part(sent, "first").dossier)
        bundles.go_on()
    second = part(sent, "second").dossier
    assert second is not None and second.code and second.local_terms["whole"]["working_days"] == 3
    with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
        pages = [f"/lien-thong/{sent.public_id}/", f"/ho-so/{second.code}/"]
        for address in pages:
            assert "Cổng Dịch vụ công, theo hồ sơ liên thông đã khai" in text(signed_in(sent.filer).get(address))
        first = part(sent, "first").dossier
        assert first is not None
        own = text(signed_in(sent.filer).get(f"/ho-so/{first.code}/"))
    assert "theo hồ sơ liên thông đã khai" not in own, "that one she sent herself"
