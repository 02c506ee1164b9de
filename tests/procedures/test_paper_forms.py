"""Forms that papers are written on: names of files in words, a link where there is one, and else where to ask."""

from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from procedures import paper_forms
from procedures.models import Component, ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import Filing
from tests.procedures.national_records import record

ADDRESS = "/thu-tuc/1.900001/"
ASK = "Mẫu chưa có tệp để tải ở đây: xin tại bộ phận một cửa"


def page(response):
    return " ".join(unescape(response.content.decode()).replace("\xa0", " ").split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "Mau 36 - Phu luc II_36.2025.TT-BNNMT_02.7.2025.doc",
            "Mẫu số 36, Phụ lục II, 36/2025/TT-BNNMT, 02/7/2025",
        ),
        ("Mauso05_PLII.docx", "Mẫu số 05, PLII"),
        ("MAU 01-Cap phep xay dung.doc", "Mẫu số 01, Cap phep xay dung"),
        ("Mẫu số 02. Đơn đề nghị cấp chứng chỉ.docx", "Mẫu số 02. Đơn đề nghị cấp chứng chỉ"),
        ("to khai dang ky (3).pdf", "Tờ khai dang ky"),
        ("Danhschthuynvin (9).docx", "Mẫu theo bản công bố"),
        ("_.doc", "Mẫu theo bản công bố"),
    ],
)
def test_a_name_of_a_file_is_read_as_people_say_it(name, words):
    assert paper_forms.readable(name) == words


def test_a_note_is_parted_into_forms_and_the_rest():
    rest, forms = paper_forms.told("Lưu ý, không phải giấy tờ phải nộp; Mẫu: Mau 1, phu luc.doc, Mau 2.docx")
    assert rest == "Lưu ý, không phải giấy tờ phải nộp"
    assert [form.name for form in forms] == ["Mẫu số 1, Phụ lục", "Mẫu số 2"] and not any(form.url for form in forms)
    assert paper_forms.told("Mẫu số 01, Thông tư 04/2024/TT-BTP.") == ("Mẫu số 01, Thông tư 04/2024/TT-BTP.", [])
    assert paper_forms.told("") == paper_forms.told("Mẫu:") == ("", [])


@pytest.mark.parametrize(
    ("note", "url"),
    [
        ("Mẫu: Đơn đề nghị https://mau.example.vn/a,b.docx.", "https://mau.example.vn/a,b.docx"),
        ("Mẫu số 01, Thông tư 04/2024/TT-BTP (https://mau.example.vn/a)", "https://mau.example.vn/a"),
        ("Mẫu: Đơn http://mau.example.vn/a javascript:alert(1)", ""),
        ('Mẫu: Đơn https://mau.example.vn/"onclick="x', "https://mau.example.vn/"),
    ],
)
def test_only_a_whole_secure_address_is_a_link(note, url):
    (form,) = paper_forms.told(note)[1]
    assert form.url == url


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://dichvucong.gov.vn@xau.example/a.docx", "xau.example"),
        ("https://mẫu.example.vn/a", "xn--mu-95s.example.vn"),
        ("https://[xau/a", ""),
        ("https:///a/b", ""),
    ],
)
def test_where_a_file_comes_from_is_read_before_it_is_fetched(url, host):
    (form,) = paper_forms.told(f"Mẫu: Đơn {url}")[1]
    assert form.host == host and bool(form.url) == bool(host)


def test_files_whose_names_nobody_can_read_stay_as_many_as_they_are():
    note = "Mẫu: Danhschthuynvin.docx, Bngkhaicngtrnh.doc, Mau 2.docx, Giychngnhnangk.pdf, Mau 2.docx"
    names = [form.label for form in paper_forms.told(note)[1]]
    assert names == [
        "Mẫu theo bản công bố, tệp 1",
        "Mẫu theo bản công bố, tệp 2",
        "Mẫu số 2",
        "Mẫu theo bản công bố, tệp 3",
    ]


def test_in_english_a_form_is_called_so_once_and_keeps_its_long_words():
    with translation.override("en"):
        assert [form.label for form in paper_forms.told("Mẫu: Danhschthuynvin.docx")[1]] == ["Form as published"]
        told = paper_forms.told("Form: Acknowledgement of registration")[1]
        assert [form.label for form in told] == ["Form: Acknowledgement of registration"]


@pytest.mark.django_db
def test_sheet_and_filing_say_where_the_form_is(import_records):
    factories.make_agency()
    paper = {"name": "Đơn đề nghị", "code": "KQ1", "original": 1, "copy": 0, "form_template": ["Mau_so 7_PL1.doc"]}
    import_records(record(components=[paper], target_groups=["Công dân Việt Nam"]))
    ProcedureVersion.objects.update(competent_level="commune", competent_branch="peoples_committee")
    told = page(Client().get(ADDRESS))
    assert "Mẫu số 7, PL1" in told and "Mau_so 7_PL1.doc" not in told and ASK in told
    filing = Filing(ProcedureVersion.objects.get())
    filing.place()
    told = page(filing.get("giay-to"))
    assert "Mẫu số 7, PL1" in told and f"{ASK}, hoặc tại {filing.fresh().agency.title}." in told


@pytest.mark.django_db
def test_a_form_that_an_official_linked_is_downloaded_from_sheet_and_filing(import_records):
    factories.make_agency()
    import_records(record(target_groups=["Công dân Việt Nam"]))
    ProcedureVersion.objects.update(competent_level="commune", competent_branch="peoples_committee")
    Component.objects.update(note="Mẫu: Đơn nuôi rồng https://mau.example.vn/don.docx")
    rel = "external noopener noreferrer nofollow"
    words = "Tải Mẫu: Đơn nuôi rồng (từ mau.example.vn)"
    link = f'<a class="touch" href="https://mau.example.vn/don.docx" rel="{rel}">{words}</a>'
    filing = Filing(ProcedureVersion.objects.get())
    filing.place()
    for told in (page(Client().get(ADDRESS)), page(filing.get("giay-to"))):
        assert link in told and ASK not in told
