"""One question goes to several agencies from one form, named as people call them; to all of them or to none."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Consultation, Dossier
from portal.agencies.models import Agency, MembershipRole
from portal.core.calendar import WorkCalendar
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor

pytestmark = pytest.mark.django_db

WARD = "Ủy ban nhân dân phường Thử Một"


@pytest.fixture
def dossier() -> Dossier:
    return factories.processing_dossier()


@pytest.fixture
def desk(dossier: Dossier) -> Client:
    assert dossier.agency is not None
    return signed_in(with_second_factor(factories.make_official(dossier.agency, MembershipRole.SPECIALIST)))


def named(code: str, name: str, *, near: Dossier | None = None) -> Agency:
    agency = factories.make_agency(code)
    unit = near.agency.unit.parent or near.agency.unit if near and near.agency and near.agency.unit else None
    Agency.objects.filter(pk=agency.pk).update(name=name, unit=unit)
    return Agency.objects.get(pk=agency.pk)


def close(agency: Agency, heir: Agency | None) -> None:
    agency.valid_to, agency.successor = timezone.localdate() - timedelta(days=1), heir
    agency.save(update_fields=["valid_to", "successor"])


def ask(desk: Client, dossier: Dossier, agency: str, also: str = "") -> HttpResponse:
    day = WorkCalendar.national().this_or_next_working_day(timezone.localdate() + timedelta(days=10))
    return desk.post(
        f"/quan-tri/ho-so/{dossier.code}/buoc/request-consultation/",
        {
            "sequence": Dossier.objects.get(pk=dossier.pk).last_sequence,
            "agency": agency,
            "also": also,
            "question": "Đất này có tranh chấp không?",
            "answer_due_on": f"{day:%d/%m/%Y}",
        },
    )


def asked(dossier: Dossier) -> set[str]:
    return set(Consultation.objects.filter(dossier=dossier).values_list("agency__name", flat=True))


def test_one_form_asks_them_all_each_once(dossier: Dossier, desk: Client) -> None:
    first, second, third = (named(f"H29.1000{n}", f"Sở Thử {n}") for n in (1, 2, 3))
    sent = ask(desk, dossier, first.name, f"{second.code}\n\n{third.name.upper()}\n{first.code}\n{second.name}\n")
    assert sent.status_code == 302 and asked(dossier) == {first.name, second.name, third.name}
    assert Dossier.objects.get(pk=dossier.pk).state == DossierState.CONSULTING
    assert dossier.events.filter(name="dossier.consultation_requested").count() == 3


def test_one_that_cannot_be_asked_keeps_all_from_being_asked(dossier: Dossier, desk: Client) -> None:
    first, own = named("H29.10001", "Sở Thử 1"), dossier.agency
    assert own is not None
    refused = ask(desk, dossier, first.name, own.code)
    page = refused.content.decode()
    assert refused.status_code == 422 and f"{own.name}: Hãy chọn cơ quan khác" in page
    assert not asked(dossier) and Dossier.objects.get(pk=dossier.pk).state == DossierState.PROCESSING
    unknown = ask(desk, dossier, first.name, "Sở Không Có")
    assert unknown.status_code == 422 and "Không có cơ quan “Sở Không Có”" in unknown.content.decode()
    many = ask(desk, dossier, first.name, "\n".join([first.name] * 11))
    assert many.status_code == 422 and "nhiều nhất 10" in many.content.decode() and not asked(dossier)


def test_a_name_needs_no_province_where_the_dossier_is_of_it(dossier: Dossier, desk: Client) -> None:
    here = named("H29.10001", f"{WARD}, thành phố Hà Nội", near=dossier)
    named("H29.10002", f"{WARD}, tỉnh Khác")
    assert ask(desk, dossier, WARD).status_code == 302 and asked(dossier) == {here.name}


def test_of_two_in_other_provinces_the_province_is_asked_for(dossier: Dossier, desk: Client) -> None:
    for code, place in (("H29.10001", "tỉnh Này"), ("H29.10002", "tỉnh Kia")):
        named(code, f"{WARD}, {place}")
    refused = ask(desk, dossier, WARD)
    assert refused.status_code == 422 and "Hãy ghi thêm tỉnh, thành phố" in refused.content.decode()
    assert ask(desk, dossier, f"{WARD}, tỉnh Kia").status_code == 302


def test_the_only_one_of_the_name_in_another_province_is_named_and_not_taken(dossier: Dossier, desk: Client) -> None:
    other = f"{WARD}, tỉnh Khác"
    named("H29.10001", other)
    for agency, also in ((WARD, ""), (dossier.agency.parent.code, WARD)):  # type: ignore[union-attr]  # it has both
        refused = ask(desk, dossier, agency, also)
        assert refused.status_code == 422 and not asked(dossier)
        assert "hãy ghi thêm tỉnh, thành phố" in refused.content.decode() and f"“{other}”" in refused.content.decode()
    Dossier.objects.filter(pk=dossier.pk).update(province_code="")
    assert ask(desk, dossier, WARD).status_code == 422 and not asked(dossier)
    assert ask(desk, dossier, other).status_code == 302 and asked(dossier) == {other}


def test_of_one_that_closed_here_the_heir_is_named(dossier: Dossier, desk: Client) -> None:
    closed = named("H29.10001", f"{WARD}, thành phố Hà Nội", near=dossier)
    heir = named("H29.10002", "Ủy ban nhân dân phường Thử Hai, thành phố Hà Nội", near=dossier)
    named("H29.10003", WARD)
    between = named("H29.10004", "Ủy ban nhân dân phường Thử Giữa, thành phố Hà Nội")
    close(closed, between)
    close(between, heir)
    for typed in (WARD, closed.name):
        refused = ask(desk, dossier, typed)
        assert refused.status_code == 422 and f"việc nay thuộc “{heir.name}”" in refused.content.decode()
    Agency.objects.filter(pk=closed.pk).update(unit=None)
    Agency.objects.filter(pk=between.pk).update(unit=heir.unit)
    assert f"“{heir.name}”" in ask(desk, dossier, WARD).content.decode(), "closed with its province, followed here"
    close(heir, None)
    assert ask(desk, dossier, closed.name).status_code == 422 and not asked(dossier)
    assert ask(desk, dossier, WARD).status_code == 302, "nobody followed it: what bears the whole name is meant"


def test_a_dossier_is_not_forwarded_to_another_province_by_half_a_name(desk: Client) -> None:
    filed = factories.file_dossier()
    assert filed.agency is not None
    named("H29.10001", f"{WARD}, tỉnh Khác")
    clerk = signed_in(with_second_factor(factories.make_official(filed.agency, MembershipRole.DESK)))
    sent = {"sequence": filed.last_sequence, "agency": WARD, "reason": "Nơi đó giải quyết"}
    refused = clerk.post(f"/quan-tri/ho-so/{filed.code}/buoc/forward/", sent)
    assert refused.status_code == 422 and "hãy ghi thêm tỉnh" in refused.content.decode()
    assert Dossier.objects.get(pk=filed.pk).agency == filed.agency
