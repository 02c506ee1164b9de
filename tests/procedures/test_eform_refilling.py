"""Somebody of a form is who files: her data are put in once she says so, and go when she says otherwise."""

import pytest

from procedures import eforms
from procedures.eforms.checking import check_form
from procedures.eforms.definition import DefinitionError
from procedures.eforms.reading import read_form
from procedures.packs import REFERENCE, read_yaml
from procedures.packs.expansion import expand_form
from tests.procedures.conftest import BIRTH
from tests.procedures.form_filling import FACTS

WOMAN = {**FACTS["identity"], "full_name": "Trần Thị Mẹ", "gender": "2", "ethnicity": "01", "nationality": "VN"}
IDENTITY = {"identity": WOMAN}
LOCKED = {"full_name", "personal_id", "date_of_birth"}


class Forms(dict):
    """Our forms by code, each read when a test looks at it."""

    def __init__(self, reference):
        self.reference = reference

    def __missing__(self, code):
        pack = read_yaml(REFERENCE / "procedures" / f"{code}.yaml")
        self[code] = read_form(expand_form(pack["form"], self.reference.groups, self.reference.lists))
        return self[code]


@pytest.fixture(scope="module")
def forms(reference):
    return Forms(reference)


def said(form, given, *, before=None, facts=IDENTITY, answers=None, sources=None):
    """Answers and sources after somebody gave these answers on a page."""
    known, told = eforms.prefill(form, facts) if answers is None else (answers, sources)
    return eforms.refill(form, known | given, told, before=known, facts=lambda: facts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "given", "prefix"),
    [
        (BIRTH, {"relationship": "mother"}, "mother"),
        (BIRTH, {"relationship": "father"}, "father"),
        ("1.000689", {"relationship": "mother"}, "mother"),
        ("3.000722", {"relationship": "mother"}, "mother"),
        ("1.004884", {"relationship": "self"}, "subject"),
        ("1.004884", {"relationship": "father"}, "father"),
        ("1.001699", {"relationship": "self"}, "subject"),
    ],
)
def test_who_files_is_not_asked_for_herself_again(forms, territory, code, given, prefix):
    answers, sources = said(forms[code], given)
    fields = forms[code].by_key()
    for bare in ("full_name", "personal_id", "date_of_birth", "ethnicity", "nationality", "residence"):
        key = f"{prefix}_{bare}"
        assert answers[key] == WOMAN[bare] and sources[key] == WOMAN["source"]
        assert fields[key].locked == (bare in LOCKED)
    others = {"mother", "father", "subject"} - {prefix}
    assert not any(key.startswith(f"{other}_full_name") for other in others for key in sources)


@pytest.mark.django_db
def test_the_side_of_a_marriage_follows_from_the_account_and_signs_without_typing(forms, territory):
    form = forms["1.000894"]
    answers, sources = eforms.prefill(form, IDENTITY)
    assert answers["filed_by"] == "2" and answers["female_full_name"] == WOMAN["full_name"]
    assert "male_full_name" not in answers
    assert answers["pledge_female"] == {"full_name": WOMAN["full_name"], "personal_id": WOMAN["personal_id"]}
    man = {"male_full_name": "Lê Văn Nam", "male_personal_id": "001090000124"}
    answers, sources = said(form, man, answers=answers, sources=sources)
    assert answers["pledge_male"] == {"full_name": "Lê Văn Nam", "personal_id": "001090000124"}


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["1.004222", "1.004194", "1.002755", "1.010038", "3.000722"])
def test_who_consents_as_head_of_the_household_is_the_head_declared_and_nobody_else(forms, territory, code):
    form = forms[code]
    answers, sources = eforms.prefill(form, IDENTITY)
    head = {"relation_to_head": "child", "head_full_name": "Nguyễn Thị Hoa", "head_personal_id": "001199999001"}
    answers, sources = said(form, head, answers=answers, sources=sources)
    (page,) = [page for page in form.pages if any(field.key == "head_consent" for field in page.fields())]
    asked = eforms.build_form(page, answers=answers, sources=sources)
    assert not [name for name in asked.fields if name.startswith("head_consent")]
    (told,) = [row for part in asked.sections for item in part.items for row in _rows(item) if "Hoa" in row["value"]]
    assert "Bạn đã khai ở bước trước" in told["source"] and "tải lên ở bước giấy tờ" in told["help"]


def _rows(item):
    """Rows of what is shown and not typed, under a condition too."""
    items = item.items if item.kind == "when" else [item]
    return [row for each in items if each.kind == "known" for row in each.rows]


@pytest.mark.django_db
def test_an_owner_is_who_files_only_when_she_says_so(forms, territory):
    for code in ("1.001612", "2.001610"):
        answers, sources = eforms.prefill(forms[code], IDENTITY)
        assert answers["owner_full_name"] == WOMAN["full_name"]
        answers, sources = said(forms[code], {"filed_by": "authorised"}, answers=answers, sources=sources)
        assert "owner_full_name" not in answers and "owner_full_name" not in sources


@pytest.mark.django_db
def test_changing_ones_mind_takes_back_what_came_and_keeps_what_was_typed(forms, territory):
    form = forms[BIRTH]
    answers, sources = said(form, {"relationship": "mother"})
    answers["father_full_name"] = "Lê Văn Cha"
    answers, sources = said(form, {"relationship": "grandparent"}, answers=answers, sources=sources)
    assert "mother_full_name" not in answers and "mother_personal_id" not in sources
    assert answers["mother_nationality"] == "VN", "the form's own first value"
    answers["mother_residence"] = {"province_code": "01", "commune_code": "00073", "line": "Gõ tay"}
    answers["mother_full_name"] = "Gõ tay"
    answers, sources = said(form, {"relationship": "mother"}, answers=answers, sources=sources)
    assert answers["mother_full_name"] == WOMAN["full_name"], "state data: who says she is the mother has her name"
    assert answers["mother_residence"]["line"] == "Gõ tay" and "mother_residence" not in sources
    assert answers["father_full_name"] == "Lê Văn Cha"


@pytest.mark.django_db
def test_rows_accounts_and_names_begin_with_what_is_known(forms, territory):
    answers, sources = eforms.prefill(forms["1.001939"], IDENTITY)
    assert answers["members"] == [{"member_name": WOMAN["full_name"], "member_personal_id": WOMAN["personal_id"]}]
    assert sources["members"] == WOMAN["source"]
    facts = {"identity": WOMAN | {"account_name": WOMAN["full_name"]}, "organisation": {"name": "HTX", "tax_code": "x"}}
    assert eforms.prefill(forms["1.001731"], facts)[0]["bank_account"] == {"account_name": WOMAN["full_name"]}
    assert eforms.prefill(forms["3.000001"], facts)[0]["organisation"]["name"] == "HTX", "a whole value from a source"


FIRST = {"key": "side", "label": {"vi": "Bạn là ai", "en": "You"}, "type": "text"}
NAME = {"key": "name", "label": {"vi": "Họ tên", "en": "Name"}, "type": "text"}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (NAME | {"prefill": "identity.full_name", "prefill_if": {"field": "side", "filled": True}}, "earlier page"),
        (NAME | {"prefill": "answer.side"}, "earlier page"),
        (NAME | {"prefill": "answer.nothing"}, "earlier page"),
        (NAME | {"prefill": "filing.desk"}, "filing.agency"),
        (NAME | {"prefill_if": {"field": "side", "filled": True}}, "say under `prefill`"),
        (NAME | {"prefill": "identity.full_name", "prefill_if": {"field": "none", "filled": True}}, "no field"),
        (NAME | {"detail": "none"}, "of an address"),
    ],
)
def test_a_form_that_would_fill_too_late_is_refused(field, words):
    group = {"key": "g", "title": {"vi": "Nhóm", "en": "Group"}, "fields": [FIRST, field]}
    page = {"key": "p", "title": {"vi": "Trang", "en": "Page"}, "groups": [group]}
    with pytest.raises(DefinitionError, match=words):
        check_form(read_form({"pages": [page]}))
