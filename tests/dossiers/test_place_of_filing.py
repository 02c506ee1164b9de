"""Where the agency of an address decides, a dossier about another place is not sent to it."""

from typing import Any

import pytest
from django.utils import timezone

from dossiers import beginning, drafts, filing
from dossiers.errors import IncompleteFilingError
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from procedures import eforms
from procedures.packs import REFERENCE
from tests import factories
from tests.dossiers.filing_pages import Filing, text

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = ("01", "00073"), ("48", "20263")


def a_form(**changes: Any) -> dict[str, Any]:
    label = {"vi": "Địa chỉ đăng ký", "en": "Address to register"}
    field = {"key": "to_address", "label": label, "type": "address", "required": True, "in_place_of_filing": True}
    group = {"key": "g", "title": {"vi": "Nơi mới", "en": "New home"}, "fields": [field | changes]}
    return {"pages": [{"key": "noi-dung", "title": {"vi": "Nơi mới", "en": "New home"}, "groups": [group]}]}


def filled(place: tuple[str, str], **fields: Any) -> tuple[Filing, Dossier]:
    found = Filing(factories.make_version(form=a_form(), needs_paper=False, **fields))
    actor = Actor.citizen(found.citizen)
    drafts.choose_place(found.draft.public_id, actor=actor, province_code=HERE[0], commune_code=HERE[1])
    address = {"province_code": place[0], "commune_code": place[1], "line": "Số 1 phố Thử"}
    return found, drafts.save_answers(
        found.draft.public_id, actor=actor, answers={"to_address": address}, step="kiem-tra"
    )


def test_an_address_elsewhere_is_told_with_both_places_and_both_cures() -> None:
    found, draft = filled(ELSEWHERE)
    with pytest.raises(IncompleteFilingError) as refused:
        filing.submit(draft.public_id, actor=Actor.citizen(found.citizen))
    (told,) = refused.value.fields["to_address"]
    names = eforms.context_for({}).territory
    assert all(names.name(code) in str(told) for code in (*HERE, *ELSEWHERE))
    assert "commune_code" in refused.value.fields
    page = text(found.get("kiem-tra"))
    assert str(told) in page and f'href="{found.base}noi-nop/?sua=1#id_commune_code">Đổi nơi nộp sang' in page


@pytest.mark.parametrize(
    ("place", "fields"),
    [(HERE, {}), (("01", "00082"), {"competent_place": "any_in_province"})],
    ids=["same commune", "any commune of the province"],
)
def test_an_address_where_the_dossier_is_filed_is_right(place: tuple[str, str], fields: dict[str, str]) -> None:
    _found, draft = filled(place, **fields)
    assert draft.procedure_version is not None
    told = filing.problems(draft, draft.procedure_version, timezone.now())
    assert not {"to_address", "commune_code"} & set(told)


@pytest.mark.parametrize(("prefill", "step"), [("", "noi-nop"), ("identity.residence", "noi-dung")])
def test_who_moves_is_asked_where_to_file(prefill: str, step: str) -> None:
    factories.make_agency()
    version = factories.make_version(form=a_form(prefill=prefill), competent_place="residence")
    begun = beginning.begin(version, factories.make_citizen(), for_whom="", shown=beginning.Shown())
    assert begun.endswith(f"/{step}/")


def test_only_an_address_by_itself_can_be_the_place() -> None:
    with pytest.raises(eforms.DefinitionError):
        eforms.form_of(a_form(type="text"))


@pytest.mark.parametrize("code", ["1.004222", "1.004194", "1.001612", "2.001610", "1.013225", "1.000656"])
def test_the_carried_packs_say_so(code: str) -> None:
    assert "in_place_of_filing: true" in (REFERENCE / "procedures" / f"{code}.yaml").read_text()
