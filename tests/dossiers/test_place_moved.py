"""A draft is not filed where its place led once: what decides there may have changed since it was chosen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from dossiers.models import Dossier
from portal.agencies.models import Agency, AgencyLevel, Branch, RoutingRule
from procedures import competence, publication, published
from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import Filing, text

pytestmark = pytest.mark.django_db
HERE = {"province_code": "01", "commune_code": "00073"}
OF_A_MINISTRY = {"competent_level": AgencyLevel.MINISTRY, "competent_branch": Branch.OTHER}


@pytest.fixture
def announce(django_capture_on_commit_callbacks: Any) -> Callable[[], None]:
    """Tell that the catalogue changed: published versions are kept."""

    def tell() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            publication.announce()

    return tell


def version_of(**fields: Any) -> ProcedureVersion:
    """The test procedure with what its record says of who decides."""
    ProcedureVersion.objects.filter(pk=factories.make_version().pk).update(**fields)
    return ProcedureVersion.objects.get()


def ministry(code: str, branch: str = Branch.OTHER) -> Agency:
    """A ministry."""
    own = {"name": f"Bộ {code}", "path": f"{code}/", "branch": branch}
    return Agency.objects.create(code=code, level=AgencyLevel.MINISTRY, **own)


def refused(found: Filing) -> str:
    """The check page after the last button, which filed nothing; it links to the place."""
    page = text(found.submit())
    assert not Dossier.objects.exclude(state="draft").exists()
    assert "noi-nop/?sua=1#id_" in page
    return page


def test_what_went_to_the_wrong_ministry_is_stopped_and_goes_on_to_the_right_one() -> None:
    right, wrong = ministry("G10"), ministry("G04")
    found = Filing(version_of(**OF_A_MINISTRY, sheet={"deciding": ["G10"]})).fill()
    Dossier.objects.update(agency=wrong)
    told = f"Hồ sơ này nay nộp tại {right.name}, không còn tại {wrong.name}."
    assert told in text(found.get("kiem-tra")), "before the last button, too"
    assert told in refused(found)
    assert found.place().status_code == found.submit().status_code == 302
    assert found.fresh().agency == right and found.draft.code


def test_where_nobody_is_known_any_more_the_place_says_so(announce: Callable[[], None]) -> None:
    found = Filing(factories.make_version()).fill()
    ProcedureVersion.objects.update(**OF_A_MINISTRY, sheet={"deciding": []})
    announce()
    assert "Cổng chưa biết đích danh cơ quan nhận hồ sơ" in refused(found)


def test_what_one_province_keeps_for_itself_is_filed_in_no_other(announce: Callable[[], None]) -> None:
    found = Filing().fill()
    factories.make_other_agency()
    procedure = found.version.procedure
    procedure.province_code = "48"
    procedure.save()
    announce()
    assert "Thủ tục này là của riêng" in refused(found)


def test_an_agency_that_ended_takes_in_nothing_more() -> None:
    found = Filing().fill()
    ended, heir = found.fresh().agency, factories.make_agency("H26.00099")
    assert ended is not None and ended != heir
    Agency.objects.filter(pk=ended.pk).update(valid_to=timezone.localdate())
    assert f"Hồ sơ này nay nộp tại {heir.name}" in refused(found)


def test_what_a_rule_sent_elsewhere_stays_there_while_the_rule_holds() -> None:
    found, there = Filing(), factories.make_agency("G01.00073", branch=Branch.POLICE)
    rule = {"agency": there, "procedure_code": "1.000001", "legal_basis": "QĐ thử"}
    kept = RoutingRule.objects.create(**rule, valid_from=timezone.localdate())
    assert found.fill().fresh().agency == there
    kept.delete()
    assert f"không còn tại {there.name}" in refused(found)
    RoutingRule.objects.create(**rule, valid_from=timezone.localdate())
    assert found.submit().status_code == 302 and found.fresh().agency == there


@pytest.mark.parametrize(
    ("fields", "most"),
    [
        ({}, 0),
        (OF_A_MINISTRY | {"sheet": {"deciding": ["G10"]}}, 0),
        (OF_A_MINISTRY | {"sheet": {}, "issuer_code": "G10"}, 0),
        (OF_A_MINISTRY | {"sheet": {}, "issuer_code": "EVN"}, 1),
    ],
    ids=["commune", "record", "pack", "pack of another publisher"],
)
def test_where_nothing_moved_a_submission_asks_next_to_nothing(
    fields: dict[str, Any], most: int, django_assert_num_queries: Any
) -> None:
    own, national = factories.make_agency(), ministry("G10")
    version = published.version(version_of(**{"competent_place": "any", **fields}).pk)
    agency = national if fields else own
    with django_assert_num_queries(most):
        assert competence.now_at(version, agency, **HERE) == agency
    assert competence.route(version, **HERE).agency == agency
