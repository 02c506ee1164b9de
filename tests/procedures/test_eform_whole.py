"""A whole form: prefilled, judged with all errors at once, summed up, described as JSON Schema; its papers."""

from datetime import date

import pytest
from django.utils import translation
from jsonschema import Draft202012Validator

from procedures import eforms
from procedures.models import ProcedureVersion
from procedures.packs import REFERENCE, read_pack
from procedures.templatetags.portal_text import procedure_links
from tests.procedures.conftest import BIRTH
from tests.procedures.form_filling import FACTS

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
TOWN = {"province_code": "01", "commune_code": "00073"}
HOME = {"province_code": "01", "commune_code": "00073", "line": "Số 1 phố Thử"}


@pytest.fixture
def birth(publish, territory) -> ProcedureVersion:
    return publish(BIRTH)


def first(version, key):
    return eforms.form_of(version.form).by_key()[key].choices[0].value


def full_answers(version):
    answers, _sources = eforms.prefill(version.form, FACTS)
    kinh = first(version, "child_ethnicity")
    parent = {"full_name": "Trần Thị B", "date_of_birth": "1995-01-02", "ethnicity": kinh, "residence": HOME}
    return answers | {
        "relationship": "father",
        "birth_proof": "paper",
        "birth_notice_no": "12/2026",
        "child_full_name": "Nguyễn Minh An",
        "child_date_of_birth": "2026-11-01",
        "child_gender": "2",
        "child_ethnicity": kinh,
        "birth_place": "Bệnh viện",
        "birth_place_address": TOWN,
        "home_town": TOWN,
        "pledge": True,
        "parents_married": True,  # the number of the certificate is not asked of who does not know it by heart
        **{f"mother_{key}": value for key, value in parent.items()},
        **{f"father_{key}": value for key, value in parent.items()},
    }


def test_a_full_form_has_nothing_wrong(birth):
    assert eforms.validate(birth.form, full_answers(birth), on=DAY) == {}


def test_unmarried_parents_who_name_the_father_are_shown_the_procedure_that_recognises_him(birth):
    unmarried = full_answers(birth) | {"parents_married": False}
    ((path, messages),) = eforms.validate(birth.form, unmarried, on=DAY).items()
    assert path == "father_recognised"
    assert '<a href="/thu-tuc/1.000689/">1.000689</a>' in procedure_links(messages[0])
    assert procedure_links("<1.0006890 1.000.689>") == "&lt;1.0006890 1.000.689&gt;"
    for cured in ({"father_recognised": True}, {"father_declared": False}):
        assert eforms.validate(birth.form, unmarried | cured, on=DAY) == {}


def test_paper_copies_are_asked_where_to_receive_them(birth):
    ordered = full_answers(birth) | {"result_method": "store", "want_extra_copies": True, "extra_copies": 2}
    wanting = {"copies_method": ["Hãy chọn “Nhận bản sao giấy ở đâu”."]}
    assert eforms.validate(birth.form, ordered, on=DAY) == wanting
    for cured in ({"copies_method": "desk"}, {"result_method": "desk"}, {"want_extra_copies": False}):
        assert eforms.validate(birth.form, ordered | cured, on=DAY) == {}
    electronic = eforms.validate(birth.form, ordered | {"copies_method": "store"}, on=DAY)
    assert list(electronic) == ["copies_method"]


def test_an_empty_form_tells_everything_at_once(birth):
    problems = eforms.validate(birth.form, {}, on=DAY)
    assert problems["child_full_name"] == ["Hãy điền “Họ, chữ đệm, tên của trẻ”."]
    assert problems["mother_full_name"] == ["Người mẹ: Hãy điền “Họ, chữ đệm, tên”."]
    assert problems["home_town.commune_code"] == ["Quê quán: Hãy điền “Xã, phường, đặc khu”."]
    assert "home_town.line" not in problems and "mother_residence.line" in problems
    assert problems["pledge"][0].startswith("Hãy đánh dấu vào ô")
    assert "principal_full_name" not in problems
    assert "father_full_name" not in problems


def test_refusing_the_pledge_is_not_filing(birth):
    assert list(eforms.validate(birth.form, full_answers(birth) | {"pledge": False}, on=DAY)) == ["pledge"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"child_date_of_birth": "2026-11-21"}, "child_date_of_birth"),
        ({"child_gender": "9"}, "child_gender"),
        ({"home_town": {**TOWN, "commune_code": "20242"}}, "home_town.commune_code"),
        ({"home_town": "Hà Nội"}, "home_town"),
        ({"child_full_name": ["Nguyễn"]}, "child_full_name"),
        ({"father_personal_id": "123"}, "father_personal_id"),
        ({"relationship": "authorised"}, "principal_full_name"),
    ],
)
def test_what_a_program_sends_wrong_is_named(birth, changes, path):
    assert path in eforms.validate(birth.form, full_answers(birth) | changes, on=DAY)


def test_completing_drops_what_is_not_asked_and_reckons_anew(birth):
    answers = full_answers(birth) | {
        "child_dob_in_words": "bịa",
        "principal_full_name": "Ai đó",
        "no_such": 1,
        "email": "",
    }
    kept = eforms.complete(birth.form, answers, on=DAY)
    assert kept["child_dob_in_words"] == "Ngày một tháng mười một năm hai nghìn không trăm hai mươi sáu"
    assert not {"principal_full_name", "no_such", "email", "postal_address"} & set(kept)


def test_numbers_that_contradict_are_warnings_not_errors(birth):
    answers = full_answers(birth) | {"mother_personal_id": "001090000123"}
    assert eforms.validate(birth.form, answers, on=DAY) == {}
    warnings = eforms.warnings(birth.form, answers, on=DAY)
    assert list(warnings) == ["mother_personal_id"]
    assert "Năm sinh trong số định danh cá nhân khác năm sinh đã khai" in warnings["mother_personal_id"][0]


def test_the_summary_reads_as_people_speak(birth):
    sections = eforms.summary(birth.form, full_answers(birth), "vi", on=DAY)
    titles = [section.title for section in sections]
    assert "Người mẹ" in titles
    assert "Người ủy quyền" not in titles
    child = next(section for section in sections if section.title == "Thông tin của trẻ")
    rows = {key: (label, value) for key, label, value in child.rows}
    assert rows["child_date_of_birth"] == ("Ngày, tháng, năm sinh", "01/11/2026")
    assert rows["child_gender"][1] == "Nữ"
    assert rows["home_town"][1] == "Phường Cửa Nam, Hà Nội"
    assert child.page_key == "child"


def test_the_summary_in_english(birth):
    sections = eforms.summary(birth.form, full_answers(birth), "en", on=DAY)
    assert any(row.label == "Full name of the child" for section in sections for row in section.rows)


def test_the_summary_costs_few_queries(birth, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        eforms.summary(birth.form, full_answers(birth), "vi", on=DAY)


def test_the_summary_survives_answers_of_wrong_shapes(birth):
    eforms.summary(birth.form, {"home_town": "chữ", "child_gender": 5, "parents_married": "có"}, "vi", on=DAY)


def test_prefill_says_where_each_value_came_from(birth):
    answers, sources = eforms.prefill(birth.form, FACTS)
    assert answers["full_name"] == "Nguyễn Văn An"
    assert sources["full_name"] == sources["residence"] == "VNeID, 20/11/2026"
    assert answers["child_nationality"] == "VN"
    assert "child_nationality" not in sources


def test_prefill_turns_words_into_the_list_and_leaves_out_what_does_not_fit(birth):
    facts = {
        "identity": {"full_name": "A" * 500, "gender": "Nam", "personal_id": "12", "date_of_birth": date(1990, 5, 2)}
    }
    answers, sources = eforms.prefill(birth.form, facts)
    assert answers["gender"] == "1"
    assert answers["date_of_birth"] == "1990-05-02"
    assert sources["gender"] == "Tài khoản định danh điện tử (VNeID)"
    assert not {"full_name", "personal_id"} & set(answers)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, {"birth_notice"}),
        ({"birth_proof": "electronic"}, set()),
        ({"birth_proof": "witness"}, {"birth_statement"}),
        ({"birth_case": "abandoned", "birth_proof": "paper"}, {"abandoned_record"}),
        ({"relationship": "authorised"}, {"birth_notice", "authorisation"}),
    ],
)
def test_papers_follow_the_answers(birth, changes, codes):
    wanted = eforms.required_components(birth, full_answers(birth) | changes, on=DAY)
    assert {component.code for component, needed in wanted if needed} == codes
    assert all(component.kind in {"document", "photo"} for component, _needed in wanted)
    assert "paper_form" not in {component.code for component, _needed in wanted}


def test_the_schema_accepts_what_the_rules_accept(birth):
    schema = eforms.json_schema(birth.form, title=birth.name)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    answers = eforms.complete(birth.form, full_answers(birth), on=DAY)
    assert list(validator.iter_errors(answers)) == []
    assert list(validator.iter_errors(answers | {"child_gender": "9"}))
    assert list(validator.iter_errors(answers | {"unknown": 1}))
    assert schema["properties"]["child_dob_in_words"]["readOnly"] is True


def test_a_procedure_without_a_form_has_the_generic_one(territory):
    assert [page.key for page in eforms.pages({})] == ["requester", "request", "delivery", "pledge"]
    answers, _sources = eforms.prefill({}, FACTS)
    assert eforms.validate({}, answers | {"note": "Xin xác nhận", "pledge": True}) == {}


@pytest.mark.parametrize("path", sorted((REFERENCE / "procedures").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_form_we_carry_can_be_shown_judged_and_described(path, reference, territory):
    form = read_pack(path, reference).form
    answers, sources = eforms.prefill(form, FACTS)
    for page in eforms.pages(form):
        for language in ("vi", "en"):
            with translation.override(language):
                shown = eforms.build_form(page, answers=answers, sources=sources)
                assert shown.sections is not None
    Draft202012Validator.check_schema(eforms.json_schema(form))
    eforms.validate(form, answers)
    eforms.summary(form, answers, "vi")
