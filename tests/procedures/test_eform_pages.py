"""Pages of a form filled without scripts: conditions, addresses, locked values, errors at their place."""

import re
from datetime import date

import pytest
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from procedures import eforms
from procedures.models import ProcedureVersion
from tests.procedures.conftest import BIRTH
from tests.procedures.form_filling import FACTS, fill, html_of, page_of

pytestmark = pytest.mark.django_db

CHILD = {
    "birth_case": "ordinary",
    "birth_proof": "paper",
    "birth_notice_no": "12/2026",
    "child_full_name": "Nguyễn Minh An",
    "child_date_of_birth": "1/11/2026",
    "child_gender": "2",
    "child_ethnicity": "kinh",
    "child_nationality": "VN",
    "birth_place": "Bệnh viện Phụ sản Hà Nội",
    "birth_place_address__province_code": "01",
    "birth_place_address__commune_code": "phường cửa nam",
    "home_town__province_code": "48",
    "home_town__commune_code": "hai chau",
}


@pytest.fixture
def birth(publish, territory) -> ProcedureVersion:
    return publish(BIRTH)


def child_values(first_choice=False, **changes):
    values = {**CHILD, **changes}
    return {name: value for name, value in values.items() if value is not None}


def ethnicity(version):
    page = page_of(version, "child")
    return next(field for field in page.fields() if field.key == "child_ethnicity").choices[0].value


def test_a_whole_page_becomes_answers(birth):
    form = fill(birth, "child", child_values(child_ethnicity=ethnicity(birth)))
    assert form.is_valid(), form.error_links()
    answers = eforms.answers_from(form)
    assert answers["child_date_of_birth"] == "2026-11-01"
    assert answers["child_dob_in_words"] == "Ngày một tháng mười một năm hai nghìn không trăm hai mươi sáu"
    assert answers["birth_place_address"] == {"province_code": "01", "commune_code": "00073"}
    assert answers["home_town"]["commune_code"] == "20242"


def test_everything_that_is_missing_is_told_at_its_field(birth):
    form = fill(birth, "child", {})
    assert not form.is_valid()
    assert form.errors["child_full_name"] == ["Hãy điền “Họ, chữ đệm, tên của trẻ”."]
    assert form.errors["child_gender"] == ["Hãy chọn “Giới tính”."]
    assert ("#id_home_town__commune_code", "Quê quán: Hãy điền “Xã, phường, đặc khu”.") in form.error_links()
    assert "home_town__line" not in form.fields, "a home town is told by commune"
    assert ("#id_child_gender_0", "Hãy chọn “Giới tính”.") in form.error_links()


def test_what_has_to_be_answered_begins_with_its_default_again_once_it_is_asked_again(publish, territory):
    version = publish("1.004873")
    said = {"marital_status": "never", "purpose": "other", "purpose_text": "Vay vốn"}
    electronic = fill(version, "delivery", {"result_method": "store"}, answers=said)
    assert electronic.is_valid(), electronic.error_links()
    kept = said | eforms.answers_from(electronic)
    assert kept["number_of_certificates"] is None, "nobody is asked how many on paper who wants none on paper"
    page = next(page for page in eforms.pages(version.form) if page.key == "delivery")
    assert eforms.build_form(page, answers=kept)["number_of_certificates"].value() == "1"
    to_marry = kept | {"purpose": "marriage", "purpose_text": None}
    assert "number_of_certificates" not in eforms.build_form(page, answers=to_marry).fields, "to marry there is one"


def test_who_is_married_is_given_no_certificate_to_marry_unless_for_a_time_that_is_over(publish, territory):
    version = publish("1.004873")
    page = next(page for page in eforms.pages(version.form) if page.key == "purpose")
    married = {"relationship": "self", "marital_status": "married"}
    assert "purpose" not in eforms.build_form(page, answers=married).fields
    over = married | {"period_from": "2010-01-01", "period_to": "2015-01-01"}
    assert "purpose" in eforms.build_form(page, answers=over).fields
    today = date(2026, 11, 20)
    asked = over | {"purpose": "marriage", "intended_spouse": "Trần An"}
    assert "period_to" not in eforms.validate(version.form, asked | {"period_to": "2026-11-19"}, on=today)
    assert "period_to" in eforms.validate(version.form, asked | {"period_to": "2026-11-20"}, on=today), "not over"
    assert "period_from" in eforms.validate(version.form, married | {"period_from": "2026-11-20"}, on=today)
    wrong = eforms.validate(version.form, married | {"purpose": "marriage", "intended_spouse": "Trần An"})
    assert "purpose_text" in wrong, "what the certificate is for has to be said anew"
    whole = eforms.complete(version.form, married | {"purpose": "marriage", "purpose_text": "Vay vốn"})
    assert "purpose" not in whole and whole["purpose_text"] == "Vay vốn"


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        ("never", []),
        ("married", ["spouse_name", "marriage_certificate_issuer"]),  # number and day may be forgotten
        ("divorced", ["divorce_decision_number", "divorce_decided_on", "divorce_court"]),
        ("widowed", ["death_paper_issuer"]),
    ],
)  # fmt: skip
def test_what_the_certificate_says_of_a_marriage_is_asked_with_the_status(publish, territory, status, asked):
    """The declaration of TT 04/2020/TT-BTP: whose wife or husband, by which paper; by which judgment it ended."""
    version = publish("1.004873")
    page = next(page for page in eforms.pages(version.form) if page.key == "person")
    answers = {"relationship": "self", "marital_status": status}
    lacking = set(eforms.validate(version.form, answers)) & set(eforms.build_form(page, answers=answers).fields)
    assert lacking == set(asked)


def test_a_hidden_field_is_neither_asked_nor_kept(birth):
    values = child_values(
        child_ethnicity=ethnicity(birth), birth_case="abandoned", birth_proof="paper", birth_notice_no="x" * 500
    )
    form = fill(birth, "child", values)
    assert form.is_valid(), form.error_links()
    answers = eforms.answers_from(form)
    assert answers["birth_proof"] is None
    assert answers["birth_notice_no"] is None


def test_a_page_that_another_page_empties_shows_nothing_of_it(birth):
    form = fill(birth, "parents", answers={"birth_case": "abandoned"})
    assert form.sections == []
    assert "mother_full_name" in fill(birth, "parents", answers={"birth_case": "ordinary"}).fields


def test_without_scripts_a_condition_stands_in_words(birth):
    html = html_of(fill(birth, "requester"))
    [asked] = re.findall(r"Chỉ điền khi “Bạn là gì của trẻ” là “Người được ủy quyền”: ([^<]+)</summary>", html)
    assert asked.strip(), "closed, it still says what is asked"
    assert '<details class="eform__when eform__section" data-when=' in html
    opened = html_of(fill(birth, "requester", {"relationship": "authorised"}))
    assert '<details class="eform__when eform__section" open data-when=' in opened
    assert "Hãy điền “Họ tên người ủy quyền”." in opened


@pytest.mark.parametrize(
    ("typed", "code"),
    [("Phường Tây Hồ", "00100"), ("tay ho", "00100"), ("00100", "00100"), ("phuong hoa xa", "00201"), ("cua", "00073")],
)
def test_a_commune_is_understood_as_typed(birth, typed, code):
    values = child_values(child_ethnicity=ethnicity(birth), birth_place_address__commune_code=typed)
    form = fill(birth, "child", values)
    assert form.is_valid(), form.error_links()
    assert eforms.answers_from(form)["birth_place_address"]["commune_code"] == code


@pytest.mark.parametrize(
    ("province", "typed", "words"),
    [
        ("01", "hòa xá", "Có nhiều nơi tên như vậy"),
        ("01", "Hải Châu", "không có xã, phường này từ 1/7/2025"),
        ("", "Tây Hồ", "Hãy chọn tỉnh, thành phố trước."),
        ("99", "Tây Hồ", None),
        ("01", "x" * 10_000, "không có xã, phường này"),
    ],
)
def test_a_commune_that_is_not_clear_says_what_to_type(birth, province, typed, words):
    values = child_values(
        child_ethnicity=ethnicity(birth),
        birth_place_address__province_code=province,
        birth_place_address__commune_code=typed,
    )
    form = fill(birth, "child", values)
    assert not form.is_valid()
    if words is None:
        assert form.errors["birth_place_address__province_code"] == ["Hãy chọn tỉnh, thành phố trong danh sách."]
    else:
        assert words in form.errors["birth_place_address__commune_code"][0]
        assert typed[:200] in html_of(form)


@pytest.mark.parametrize("bad", ["x" * 10_000, "a\x00b", "\u202e", "<script>alert(1)</script>"])
def test_strange_texts_are_cleaned_escaped_or_refused_never_lost(birth, bad):
    form = fill(birth, "child", child_values(child_ethnicity=ethnicity(birth), child_full_name=bad))
    html = html_of(form)
    assert "<script>" not in html
    if form.is_valid():
        assert "\x00" not in eforms.answers_from(form)["child_full_name"]
    else:
        assert form.errors["child_full_name"]


def test_a_locked_value_with_a_source_cannot_be_changed(birth):
    answers, sources = eforms.prefill(birth.form, FACTS)
    form = fill(
        birth,
        "requester",
        {"full_name": "Kẻ Khác", "personal_id": "001090999999", "relationship": "father", "phone": "0987654321"},
        answers=answers,
        sources=sources,
    )
    assert "full_name" not in form.fields
    form.is_valid()
    assert "full_name" not in eforms.answers_from(form)
    assert eforms.answers_from(form)["phone"] == "0987654321"
    html = html_of(form)
    assert "Nguyễn Văn An" in html
    assert "VNeID, 20/11/2026" in html
    assert "Kẻ Khác" not in html


def test_a_locked_field_without_a_source_is_asked(birth):
    assert "full_name" in fill(birth, "requester").fields


def test_pages_speak_english(birth):
    with translation.override("en"):
        form = eforms.build_form(page_of(birth, "child"), answers={})
    assert form.fields["child_full_name"].label == "Full name of the child"


def test_multi_value_data_from_a_client_is_read(birth):
    data = MultiValueDict({"relationship": ["father", "mother"]})
    form = eforms.build_form(page_of(birth, "requester"), answers={}, data=data)
    form.is_valid()
    assert eforms.answers_from(form)["relationship"] == "mother"


MOTHER_AT_HOME = {
    "mother_residence__province_code": "01",
    "mother_residence__commune_code": "Phường Cửa Nam",
    "mother_residence__line": "Số 12 ngõ Thử",
    "father_declared": "on",
}


def test_the_fathers_home_is_the_mothers_by_one_press(birth):
    asked = html_of(fill(birth, "parents"))
    assert 'name="_same"' in asked and "Cùng nơi cư trú với mẹ" in asked
    form = fill(birth, "parents", MOTHER_AT_HOME | {"father_full_name": "Lê Văn Cha", "_same": "father_residence"})
    assert form.is_action and not form.is_valid() and not form.errors, "a press of this button is no try to leave"
    assert form.data["father_residence__commune_code"] == "Phường Cửa Nam" and 'value="Số 12 ngõ Thử"' in html_of(form)
    assert form.data["father_full_name"] == "Lê Văn Cha", "what was typed stays"
    odd = fill(birth, "parents", MOTHER_AT_HOME | {"_same": "mother_full_name"})
    assert odd.data["mother_residence__line"] == "Số 12 ngõ Thử" and "father_residence__line" not in odd.data
    left = fill(birth, "parents", {name: form.data[name] for name in form.data if name != "_same"})
    left.is_valid()
    answers = eforms.answers_from(left)
    assert (
        answers["father_residence"]
        == answers["mother_residence"]
        == {
            "province_code": "01",
            "commune_code": "00073",
            "line": "Số 12 ngõ Thử",
        }
    )


def test_a_home_that_came_filled_in_offers_no_other(birth):
    known = {"father_residence": {"province_code": "01", "commune_code": "00073", "line": "Số 1"}}
    asked = html_of(fill(birth, "parents", answers=known, sources={"father_residence": "VNeID"}))
    assert "Cùng nơi cư trú với cha" in asked and "Cùng nơi cư trú với mẹ" not in asked


def test_a_name_typed_small_gets_its_capitals(birth):
    values = child_values(child_ethnicity=ethnicity(birth), child_full_name="nguyễn văn ân", birth_place="nhà riêng")
    form = fill(birth, "child", values)
    assert form.is_valid(), form.error_links()
    answers = eforms.answers_from(form)
    assert answers["child_full_name"] == "Nguyễn Văn Ân" and answers["birth_place"] == "nhà riêng"
    rows = {row.key: row.value for section in eforms.summary(birth.form, answers) for row in section.rows}
    assert rows["child_full_name"] == "Nguyễn Văn Ân", "she sees it on the check page"
