"""An official of several agencies acts for the one where the dossier lies, and chooses where nothing decides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from datastore.models import AccessLog
from dossiers.lifecycle import DossierState as S
from portal.agencies.memberships import actors_at
from portal.agencies.models import Agency, Membership, MembershipRole
from portal.backoffice import bulk
from portal.backoffice.models import BulkJob
from tests import factories
from tests.backoffice.bulk_jobs import ask, ask_whole, confirm
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.situations import in_state, press
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db


def also_at(office: Office, agency: Agency, who: str = "desk", role: str = MembershipRole.DESK) -> None:
    """A second post, which comes before the first one in the order of agencies."""
    assert agency.path < office.agency.path
    Membership.objects.create(user=getattr(office, who), agency=agency, role=role, valid_from=timezone.localdate())


def test_a_bulk_job_is_of_the_agency_of_its_dossiers(office: Office) -> None:
    also_at(office, factories.make_other_agency())
    assert ask(office, "desk", "accept", [factories.file_dossier()]).status_code == 302
    assert BulkJob.objects.get().agency == office.agency


def test_a_bulk_job_over_a_whole_queue_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 1)
    also_at(office, factories.make_other_agency())
    for _number in range(2):
        factories.file_dossier()
    assert confirm(office, ask_whole(office)).status_code == 302
    assert BulkJob.objects.get().agency == office.agency


def test_who_holds_posts_at_the_agency_and_above_acts_for_the_agency(office: Office) -> None:
    above = office.agency.parent
    assert above is not None
    also_at(office, above)
    dossier = in_state(S.SUBMITTED)
    assert press(office.browser("desk"), dossier, "accept").status_code == 302
    assert dossier.events.get(name="dossier.accepted").actor_agency == office.agency
    assert [actor.agency for actor in actors_at(office.desk, office.agency)] == [office.agency, above]


def test_who_reads_for_the_agency_that_is_asked_is_named_with_it(office: Office) -> None:
    dossier = in_state(S.CONSULTING)
    asked = Agency.objects.get(code="H17.20194")
    first = factories.make_agency("H01.00001")
    assert first.path < asked.path
    reader = with_second_factor(factories.make_official(first, MembershipRole.DESK))
    Membership.objects.create(
        user=reader, agency=asked, role=MembershipRole.DESK, valid_from=timezone.localdate() - timedelta(days=1)
    )
    assert signed_in(reader).get(f"/quan-tri/ho-so/{dossier.code}/").status_code == 200
    assert AccessLog.objects.get(action="dossier").agency == asked


def test_the_register_asks_for_the_agency_where_there_are_several(office: Office) -> None:
    address = "/quan-tri/so-theo-doi/"
    page = text(office.browser("desk").get(address))
    assert "Chọn cơ quan" not in page, "with one agency there is nothing to ask"
    also_at(office, factories.make_other_agency())
    asked = office.browser("desk").get(address)
    assert "Chọn cơ quan" in text(asked) and 'value="" selected' in asked.content.decode()
    today = timezone.localdate()
    refused = office.browser("desk").get(f"{address}?agency=&first={today}&last={today}")
    assert refused.status_code == 422 and "Hãy chọn cơ quan." in text(refused)


def test_who_leads_two_agencies_comes_from_one_board_to_the_other(office: Office) -> None:
    address = "/quan-tri/dieu-hanh/"
    other = factories.make_other_agency()
    assert f"co-quan={other.code}" not in office.browser("leader").get(address).content.decode()
    also_at(office, other, "leader", MembershipRole.LEADER)
    here, there = (
        office.browser("leader").get(f"{address}?co-quan={agency.code}").content.decode()
        for agency in (office.agency, other)
    )
    assert f"co-quan={other.code}" in here and f"co-quan={office.agency.code}" in there
