"""The demo's families: what its people declare is whole, and nobody is her own husband or marries a baby."""

from typing import Any

import pytest

from portal.agencies.models import AdministrativeUnit, UnitLevel
from portal.site.demo import lives, people
from portal.site.demo.answers import sample_answers
from portal.site.demo.dossiers import STORIES
from procedures import eforms
from tests.factories import make_unit
from tests.procedures.conftest import BIRTH, HOUSEHOLD_BUSINESS

pytestmark = pytest.mark.django_db
MARITAL, LINKED_BIRTH = "1.004873", "3.000722"


def account(number: int) -> dict[str, dict[str, Any]]:
    """What VNeID tells of who files a story."""
    found = [person for person in people.citizens() if person["level"] == 2 and person["account_type"] == 1][number]
    identity = {key: found[key] for key in ("full_name", "phone", "ethnicity", "nationality")}
    identity |= {"source": "VNeID, 20/11/2026", "personal_id": found["number"], "date_of_birth": found["birth_date"]}
    gender = lives.FEMALE if found["gender"] == "female" else lives.MALE
    return {"identity": identity | {"gender": gender, "residence": lives.HOME}}


def test_every_story_is_a_whole_declaration_with_people_of_its_own(publish, territory):
    make_unit("00070", "Phường Hoàn Kiếm", UnitLevel.COMMUNE, AdministrativeUnit.objects.get(code="01"))
    publish(BIRTH, MARITAL, HOUSEHOLD_BUSINESS, LINKED_BIRTH)
    forms = {code: publish(code).form for code in {story.procedure for story in STORIES} | {LINKED_BIRTH}}
    told = [(story.who, story.procedure, dict(story.answers)) for story in STORIES]
    told.append((3, LINKED_BIRTH, lives.SON_OF_HUY))
    children = []
    for who, code, said in told:
        answers = sample_answers(forms[code], account(who), said) | said
        assert eforms.validate(forms[code], answers) == {}, (code, said)
        assert all(answers[key] == value for key, value in said.items())
        if "child_full_name" in answers:
            children.append(answers["child_full_name"])
            family = {answers[f"{one}_full_name"] for one in ("child", "mother", "father")}
            assert len(family) == 3 and answers["child_full_name"].split()[0] in answers["father_full_name"]
    assert len(children) == len(set(children)), "births are told apart by the child"
    whole = sample_answers(forms[BIRTH], account(0), lives.SON_OF_HOA)
    assert (whole["mother_full_name"], whole["father_full_name"]) == ("Nguyễn Thị Hoa", "Trần Văn Minh")
    assert not any(child in said.get("intended_spouse", "") for child in children for *_of, said in told)
    alone = sample_answers(forms[BIRTH], {})
    assert len({alone[f"{one}_full_name"] for one in ("child", "mother", "father")}) == 3
