"""The same child filed twice: said before the last button with a link, by name and birth date, and never refused."""

from typing import Any

import pytest
from django.utils import timezone

from dossiers.models import BundlePart, Dossier
from dossiers.repeats import unfinished_like
from portal.agencies.actors import Actor
from tests import factories
from tests.dossiers.bundle_situations import FIRST, WHOLE, linked, send
from tests.dossiers.filing_pages import Filing, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db
HINT = "Bạn có hồ sơ tương tự chưa giải quyết xong"
CHILD = form(page("noi-dung", field("child_full_name", required=True), field("child_date_of_birth", "date")))


def birth_of(name: str, born: str, first: Filing | None = None) -> Filing:
    version = first.version if first else factories.make_version(form=CHILD, needs_paper=False)
    filing = Filing(version, first.citizen if first else None)
    filing.place()
    filing.post("noi-dung", {"child_full_name": name, "child_date_of_birth": born})
    return filing


def test_the_same_child_again_is_said_with_a_link_and_filed_all_the_same() -> None:
    first = birth_of("Trần Gia Bảo", "20/11/2026")
    assert HINT not in text(first.get("kiem-tra"))
    assert first.submit().status_code == 302
    again = birth_of("Trần  gia Bảo", "20/11/2026", first)
    shown = text(again.get("kiem-tra"))
    assert HINT in shown and f"/ho-so/{first.fresh().code}/" in shown
    assert again.submit().status_code == 302, "a hint refuses nothing"
    assert Dossier.objects.exclude(state="draft").count() == 2


@pytest.mark.parametrize(("name", "born"), [("Trần Bảo Ngọc", "20/11/2026"), ("Trần Gia Bảo", "21/11/2026")])
def test_a_twin_and_a_namesake_are_others(name: str, born: str) -> None:
    first = birth_of("Trần Gia Bảo", "20/11/2026")
    first.submit()
    assert HINT not in text(birth_of(name, born, first).get("kiem-tra"))


def test_what_is_finished_or_somebody_elses_is_not_hinted_at() -> None:
    first = birth_of("Trần Gia Bảo", "20/11/2026")
    first.submit()
    second = birth_of("Trần Gia Bảo", "20/11/2026", first)

    def found(citizen: Any) -> Dossier | None:
        return unfinished_like(second.fresh(), {"1.000001"}, actor=Actor.citizen(citizen))

    assert found(first.citizen) == first.fresh()
    assert found(factories.make_citizen()) is None
    Dossier.objects.filter(pk=first.draft.pk).update(state="stopped", finished_at=timezone.now())
    assert found(first.citizen) is None


def test_at_the_counter_only_what_the_person_herself_filed_is_hinted_at() -> None:
    first = birth_of("Trần Gia Bảo", "20/11/2026")
    first.submit()
    filed = first.fresh()
    official = factories.official_actor(filed.agency)
    same = {"answers": filed.answers, "procedure_version": filed.procedure_version}
    assert unfinished_like(Dossier(owner=filed.owner, **same), {filed.procedure_code}, actor=official) == filed
    stranger = Dossier(owner=factories.make_citizen(), **same)
    assert unfinished_like(stranger, {filed.procedure_code}, actor=official) is None


@pytest.mark.parametrize(("purpose", "is_hinted"), [("đi  học", True), ("Vay vốn", False)])
def test_her_own_second_certificate_is_a_repeat_only_for_the_same_purpose(purpose: str, is_hinted: bool) -> None:
    first = Filing().fill()
    first.submit()
    again = Filing(first.version, first.citizen).fill()
    again.answer(purpose=purpose)
    assert (HINT in text(again.get("kiem-tra"))) == is_hinted


def test_a_certificate_about_the_same_child_for_another_purpose_is_no_repeat() -> None:
    asked = form(page("noi-dung", field("subject_full_name"), field("purpose")))
    first = Filing(factories.make_version(form=asked, needs_paper=False))
    said = {"subject_full_name": "Trần Gia Bảo", "purpose": "Du học"}
    first.place()
    first.post("noi-dung", said)
    first.submit()
    again = Filing(first.version, first.citizen)
    again.place()
    for purpose, is_hinted in (("Du học", True), ("Nhận thừa kế", False)):
        again.post("noi-dung", said | {"purpose": purpose})
        assert (HINT in text(again.get("kiem-tra"))) == is_hinted


@pytest.mark.parametrize(("changed", "is_hinted"), [({}, True), ({"licence": "790123456"}, False)])
def test_what_names_nobody_and_no_purpose_is_a_repeat_when_all_of_it_is_the_same(
    changed: dict[str, str], is_hinted: bool
) -> None:
    asked = form(page("noi-dung", field("licence"), field("result_method"), field("pledge", "consent")))
    first = Filing(factories.make_version(form=asked, needs_paper=False))
    first.place()
    first.post("noi-dung", {"licence": "010123456", "result_method": "desk", "pledge": "on"})
    first.submit()
    again = Filing(first.version, first.citizen)
    again.place()
    again.post("noi-dung", {"licence": "010123456", "result_method": "store", **changed})
    assert (HINT in text(again.get("kiem-tra"))) == is_hinted


def test_a_linked_declaration_names_the_dossier_that_one_of_its_parts_would_repeat() -> None:
    bundle = send(linked())
    told = {"child_full_name": "Bé Thử", "child_date_of_birth": "2026-11-20"}
    Dossier.objects.filter(bundle_part__bundle=bundle).update(answers=told)
    found = unfinished_like(Dossier(answers=told), {WHOLE, FIRST}, actor=Actor.citizen(bundle.filer))
    assert found == BundlePart.objects.get(bundle=bundle, node="first").dossier
