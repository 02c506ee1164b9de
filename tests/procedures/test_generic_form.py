"""A procedure without a form of its own can be filed: the form follows from its subject and its components."""

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures import eforms
from procedures.eforms import own_case
from procedures.eforms.checking import check_form
from procedures.eforms.free_components import Role, role_of_component, role_of_heading
from procedures.eforms.generic import generic_form
from procedures.eforms.reading import read_form
from procedures.models import Component, FeeRule
from tests import factories
from tests.dossiers.filing_pages import Filing, text

CASE = "a) Trường hợp ủy quyền thực hiện thủ tục:"


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("", Role.FILED),
        ("* Giấy tờ phải nộp:", Role.FILED),
        ("Thành phần hồ sơ bao gồm", Role.FILED),
        ("01 bộ hồ sơ", Role.FILED),
        ("* Lưu ý :", Role.REMARK),
        ("- Ghi chú", Role.REMARK),
        ("* Giấy tờ phải xuất trình:", Role.SHOWN),
        ("* Xuất trình hoặc gửi bản chính", Role.FILED),
        (CASE, Role.CASE),
        ("b) Đối với cấp lại", Role.CASE),
        ("Đối với cấp mới", Role.CASE),
    ],
)
def test_what_a_heading_is(heading, role):
    assert role_of_heading(heading) == role


def test_a_remark_among_the_papers_is_no_paper():
    assert role_of_component("Lưu ý: mang theo bản chính", "Giấy tờ phải nộp") == Role.REMARK
    assert role_of_component("Xuất trình thẻ căn cước", "") == Role.SHOWN


@given(
    st.lists(st.sampled_from(["citizen", "organisation", "other"]), max_size=3),
    st.dictionaries(st.sampled_from(["case_1", "case_2"]), st.text(min_size=1).map(lambda text: f"Trường hợp {text}")),
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_every_generic_form_is_a_form(audience, cases):
    form = read_form(generic_form(audience=audience, cases=cases))
    check_form(form)
    assert ("organisation_name" in form.by_key()) == ("organisation" in audience)
    assert ("files_for" in form.by_key()) == ({"citizen", "organisation"} <= set(audience))
    assert ("cases" in form.by_key()) == bool(cases)


def test_cases_that_differ_only_at_their_end_are_told_whole():
    """As 1.014272 has them: the first three hundred letters are the same."""
    begins = "Trường hợp " + "đề nghị cấp đổi giấy phép khai thác kết hợp với điều chỉnh " * 40
    cases = {"case_1": f"- {begins}tăng sản lượng:", "case_2": f"- {begins}giảm sản lượng:"}
    form = read_form(generic_form(cases=cases))
    check_form(form)
    told = [choice.label.vi for choice in form.by_key()["cases"].choices]
    assert told == [f"{begins}tăng sản lượng", f"{begins}giảm sản lượng"]
    sheet = {"subcases": [{"name": {"vi": cases[key]}, "value": n, "unit": "day"} for n, key in enumerate(cases, 1)]}
    rules = [
        FeeRule(channel="all", charge="phi", when_text=cases[key], amount_vnd=n * 1000) for n, key in enumerate(cases)
    ]
    asked = own_case.questions(SimpleNamespace(sheet=sheet), rules)
    for words in (*asked["subcase"].values(), *asked["fee_case"].values()):
        assert "sản lượng (" in words and "…" not in words


@pytest.fixture
def imported(db):
    """A procedure as the national catalogue brings it: no form, components as free text under headings."""
    version = factories.make_version(form={}, needs_paper=False, audience=["citizen", "organisation"])
    rows = [
        ("p1", "Đơn đề nghị theo mẫu số 01", "* Giấy tờ phải nộp:"),
        ("p2", "Văn bản ủy quyền", CASE),
        ("p3", "Bản sao giấy phép đã cấp", "b) Đối với cấp lại"),
        ("p4", "Thẻ căn cước", "* Giấy tờ phải xuất trình:"),
        ("p5", "Cá nhân chịu trách nhiệm về hồ sơ", "* Lưu ý:"),
    ]
    for position, (code, name, heading) in enumerate(rows):
        Component.objects.create(
            version=version,
            position=position,
            code=code,
            name=name,
            when_text=heading,
            kind="document",
            is_required=code in {"p1", "p2"},
        )
    return version


def codes(version, answers):
    return [component.code for component, _needed in eforms.required_components(version, answers)]


def test_papers_follow_the_cases(imported):
    assert codes(imported, {}) == ["p1"]
    assert codes(imported, {"cases": ["case_1"]}) == ["p1", "p2"]
    assert codes(imported, {"cases": ["case_1", "case_2"]}) == ["p1", "p2", "p3"]


def test_it_is_filed_from_start_to_code(imported):
    filing = Filing(imported)
    filing.place()
    page = text(filing.get("requester"))
    assert "Bạn nộp hồ sơ cho ai" in page and "Tên tổ chức, doanh nghiệp" in page
    who = {
        "residence__province_code": "01",
        "residence__commune_code": "cua nam",
        "residence__line": "Số 1",
        "phone": "0912345678",
    }
    missing = filing.post("requester", who | {"files_for": "organisation"})
    assert missing.status_code == 422 and 'href="#id_organisation_name"' in text(missing)
    filled = who | {
        "files_for": "organisation",
        "organisation_name": "Công ty Thử",
        "organisation_tax_code": "0100109106",
        "organisation_position": "Giám đốc",
    }
    assert filing.post("requester", filled).status_code == 302
    assert "Trường hợp ủy quyền thực hiện thủ tục" in text(filing.get("request"))
    assert filing.post("request", {"cases": ["case_1"], "note": "Xin cấp phép"}).status_code == 302
    assert filing.post("delivery", {"result_method": "store"}).status_code == 302
    assert filing.post("pledge", {"pledge": "on"}).status_code == 302
    papers = text(filing.get("giay-to"))
    assert "Văn bản ủy quyền" in papers and "Thẻ căn cước" not in papers and "giấy phép đã cấp" not in papers
    refused = filing.submit()
    assert refused.status_code == 422 and "Thiếu giấy tờ: Đơn đề nghị theo mẫu số 01" in text(refused)
    for code in ("p1", "p2"):
        upload = SimpleUploadedFile(f"{code}.png", factories.png(code))
        assert filing.post("giay-to", {f"file:{code}": upload, "upload": code}).status_code == 302
    assert filing.submit().status_code == 302
    dossier = filing.fresh()
    assert dossier.code and dossier.answers["cases"] == ["case_1"]
    assert dossier.answers["organisation_name"] == "Công ty Thử"
    assert {row.component_code for row in dossier.components.all()} == {"p1", "p2"}
    assert dossier.answers["note"] == "Xin cấp phép"


@pytest.mark.django_db
def test_a_program_reads_the_schema_of_a_form(client, publish, territory):
    publish("1.001193")
    answer = client.get("/api/v1/procedures/1.001193/form-schema/")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/schema+json"
    schema = answer.json()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith("/api/v1/procedures/1.001193/form-schema/")
    assert schema["title"] == "Thủ tục đăng ký khai sinh" and "child_full_name" in schema["required"]
    assert "00073" in answer.content.decode()
    asked_oddly = client.get("/api/v1/procedures/1.001193/form-schema/?x=https://ke-gian.example")
    assert asked_oddly.content == answer.content, "what one caller puts behind the address is not kept for the next"
    again = client.get("/api/v1/procedures/1.001193/form-schema/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and not again.content
    missing = client.get("/api/v1/procedures/9.999999/form-schema/")
    assert missing.status_code == 404 and missing.json()["code"] == "not_found"


def test_the_schema_of_a_generic_form(client, imported):
    schema = client.get(f"/api/v1/procedures/{imported.procedure.code}/form-schema/").json()
    assert schema["properties"]["cases"]["items"]["enum"] == ["case_1", "case_2"]
