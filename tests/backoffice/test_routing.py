"""Routing by rules: the narrowest in force wins, the law stands behind, and an administrator rules her own."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dossiers import drafts, forwarding
from dossiers.models import Dossier
from portal.agencies import routing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, Branch, MembershipRole, OneStopDesk, RoutingRule
from portal.core.errors import InvalidInputError
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
ASKED = {
    "level": "commune",
    "branch": "peoples_committee",
    "province_code": "01",
    "commune_code": "00073",
    "procedure_code": "1.000001",
}
ADD = "/quan-tri/agencies/routingrule/add/"


def rule(agency: Agency, **scope: Any) -> RoutingRule:
    return RoutingRule.objects.create(
        agency=agency, **{"legal_basis": "QĐ thử", "valid_from": date(2026, 1, 1), **scope}
    )


def neighbour() -> Agency:
    """Another committee of Hà Nội."""
    return factories.make_agency("H26.00099")


def test_without_a_rule_the_law_divides() -> None:
    agency = factories.make_agency()
    assert routing.route(**ASKED) == routing.Route(agency)


def test_the_narrowest_rule_wins_whatever_their_order() -> None:
    factories.make_agency()
    wide, commune, procedure = (factories.make_agency(f"H26.0009{n}") for n in range(3))
    rule(procedure, procedure_code="1.000001")
    rule(commune, commune_code="00073", province_code="01")
    rule(wide, branch="peoples_committee", level="commune", province_code="01")
    assert routing.route(**ASKED).agency == procedure
    assert routing.route(**{**ASKED, "procedure_code": "1.000002"}).agency == commune
    assert routing.route(**{**ASKED, "procedure_code": "1.000002", "commune_code": "00004"}).agency == wide


def test_a_rule_holds_on_its_days_and_with_its_agency() -> None:
    own, other, today = factories.make_agency(), neighbour(), timezone.localdate()
    kept = rule(other, procedure_code="1.000001", valid_from=today - timedelta(days=9), valid_to=today)
    assert routing.route(**ASKED).agency == other
    assert routing.route(**ASKED, on=today + timedelta(days=1)).agency == own
    other.valid_to = today
    other.save()
    assert routing.route(**ASKED).agency == own, kept


def test_a_filing_goes_to_agency_and_desk_of_the_rule() -> None:
    factories.make_agency()
    other = neighbour()
    desk = OneStopDesk.objects.create(agency=other, name="Điểm tiếp nhận số 2")
    rule(other, procedure_code="1.000001", desk=desk)
    filed = factories.file_dossier()
    assert (filed.agency, filed.desk) == (other, desk)
    OneStopDesk.objects.update(is_active=False)
    assert routing.route(**ASKED).desk is None, "a closed desk takes nothing"
    citizen = filed.filer
    assert citizen is not None
    draft = drafts.start(filed.procedure_version, actor=Actor.citizen(citizen))  # type: ignore[arg-type]
    RoutingRule.objects.all().update(valid_to=timezone.localdate() - timedelta(days=1))
    moved = drafts.choose_place(draft.public_id, actor=Actor.citizen(citizen), province_code="01", commune_code="00073")
    assert moved.agency != other and moved.desk is None


def test_the_database_refuses_a_rule_about_nothing_and_the_same_one_twice() -> None:
    agency = factories.make_agency()
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(agency)
    rule(agency, procedure_code="1.000001")
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(agency, procedure_code="1.000001")


def form(agency: Agency, **changes: str) -> dict[str, str]:
    return {
        "procedure_code": "1.000001",
        "branch": "peoples_committee",
        "level": "",
        "province_code": "",
        "commune_code": "00073",
        "agency": str(agency.pk),
        "desk": "",
        "legal_basis": "QĐ 12/2026/QĐ-UBND",
        "valid_from": "01/01/2026",
        "valid_to": "",
        **changes,
    }


def test_an_administrator_writes_the_rules_of_her_own_branch_and_place(office: Office) -> None:
    browser = office.browser("administrator")
    assert browser.post(ADD, form(office.agency)).status_code == 302
    assert RoutingRule.objects.get().agency == office.agency
    again = text(browser.post(ADD, form(office.agency, valid_from="01/06/2026")))
    assert "Đã có quy tắc cùng điều kiện" in again
    for wrong in (
        {"commune_code": "", "province_code": "01"},  # a whole province
        {"branch": "police"},
        {"branch": ""},
        {"procedure_code": "", "commune_code": "", "branch": ""},
        {"commune_code": "99999"},
        {"valid_to": "01/01/2025"},
    ):
        response = browser.post(ADD, form(office.agency, valid_from="02/01/2027", **wrong))
        assert response.status_code == 200, wrong
    foreign = browser.post(ADD, form(neighbour(), valid_from="02/01/2027"))
    assert foreign.status_code == 200
    assert RoutingRule.objects.count() == 1


def test_a_province_sends_its_communes_filings_to_one_of_them(office: Office) -> None:
    province = office.agency.parent
    assert province is not None
    user = with_second_factor(factories.make_official(province, MembershipRole.ADMINISTRATOR))
    sent = signed_in(user).post(ADD, form(office.agency, commune_code="", province_code="01"))
    assert sent.status_code == 302 and RoutingRule.objects.get().province_code == "01"


def test_forwarding_begins_with_the_agency_of_the_rules(office: Office) -> None:
    filed, other = factories.file_dossier(), neighbour()
    rule(other, procedure_code="1.000001")
    page = text(office.browser("desk").get(f"/quan-tri/ho-so/{filed.code}/buoc/forward/"))
    assert f'value="{other.name}"' in page and "Theo quy tắc chuyển hồ sơ" in page


def desk_of(dossier: Dossier, kind: ActorKind = ActorKind.DESK) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency, kind)


def test_a_filing_does_not_go_round_in_a_circle() -> None:
    filed, other = factories.file_dossier(), neighbour()
    own = filed.agency
    assert own is not None and filed.code is not None
    moved = forwarding.forward(filed.code, actor=desk_of(filed), agency=other, reason="Sai nơi.")
    with pytest.raises(InvalidInputError) as refused:
        forwarding.forward(filed.code, actor=desk_of(moved), agency=own, reason="Không phải của chúng tôi.")
    assert "đã chuyển hồ sơ đi" in str(refused.value.fields["agency"][0])
    back = forwarding.forward(filed.code, actor=desk_of(moved, ActorKind.LEADER), agency=own, reason="Đúng nơi.")
    assert back.agency == own


def test_after_three_hands_only_a_leader_sends_it_on() -> None:
    filed = factories.file_dossier()
    assert filed.code is not None
    for number in range(3):
        there = factories.make_agency(f"H26.0009{number}")
        filed = forwarding.forward(filed.code or "", actor=desk_of(filed), agency=there, reason="Sai nơi.")
    last = factories.make_agency("H26.00098", branch=Branch.POLICE)
    with pytest.raises(InvalidInputError):
        forwarding.forward(filed.code or "", actor=desk_of(filed), agency=last, reason="Sai nơi.")
    forwarding.forward(filed.code or "", actor=desk_of(filed, ActorKind.LEADER), agency=last, reason="Đúng nơi.")
