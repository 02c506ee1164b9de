"""Result templates as data: own papers fit their forms, versions are kept, an issued paper remembers its own."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader

from datastore.models import ResultTemplate, ResultTemplateVersion, TemplateState
from datastore.results import answers, composing, paper_language, previewing, service, templates
from datastore.results import paper as paper_module
from datastore.results.paper_language import TemplateError
from datastore.templatetags.letterhead import in_parts, letterhead
from portal.core.errors import ConflictError, InvalidInputError
from procedures import catalogue
from procedures.packs import REFERENCE, own_reference
from tests.datastore.papers import PROCEDURES, bytes_of, published, text_of

pytestmark = pytest.mark.django_db

BIRTH = {
    "full_name": "Trần Văn Cha",
    "personal_id": "079090000001",
    "relationship": "father",
    "birth_case": "ordinary",
    "birth_proof": "electronic",
    "birth_notice_no": "GCS-1",
    "child_full_name": "Trần Thử An",
    "child_date_of_birth": "2026-11-02",
    "child_gender": "2",
    "child_ethnicity": "1",
    "child_nationality": "VN",
    "birth_place": "Bệnh viện Phụ sản, Hà Nội",
    "mother_full_name": "Lê Thị Mẹ",
    "mother_date_of_birth": "1995-01-01",
    "mother_nationality": "VN",
    "father_declared": False,
    "parents_married": False,
    "want_extra_copies": False,
}


@pytest.fixture
def birth():
    """The pack of birth registration and its paper."""
    reference = own_reference()
    catalogue.load_life_events(reference)
    version = catalogue.load_pack(REFERENCE / "procedures" / "1.001193.yaml", reference=reference).version
    template = ResultTemplate.objects.create(document_type="KQ.G15.000031", name="Giấy khai sinh")
    return version, template


def own_body(name):
    from datastore.management.commands.load_result_templates import DEFAULT

    return (DEFAULT / f"{name}.txt").read_text(encoding="utf-8").partition("\n---\n")[2]


def test_the_portals_own_papers_fit_their_forms():
    reference = own_reference()
    catalogue.load_life_events(reference)
    for code in PROCEDURES:
        catalogue.load_pack(REFERENCE / "procedures" / f"{code}.yaml", reference=reference)
    call_command("load_result_templates", stdout=(told := io.StringIO()))
    assert "10 published, 0 unchanged" in told.getvalue()
    call_command("load_result_templates", stdout=(told := io.StringIO()))
    assert "0 published, 10 unchanged" in told.getvalue()
    for version in ResultTemplateVersion.objects.select_related("template"):
        [form, *_more] = answers.versions_with(version.template.document_type, version.template.procedure_code)
        told = composing.compose(paper_language.read(version.body), previewing.sample(form, 3))
        assert len([cell for block in told.blocks for cell in block.cells if cell[1]]) >= 3, version


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ({"marital_status": "never"}, "Chưa từng kết hôn"),
        (
            {
                "marital_status": "married",
                "spouse_name": "Lê Thị Vợ",
                "marriage_certificate_number": "12/2015",
                "marriage_certificate_issuer": "UBND xã Thử",
                "marriage_certificate_issued_on": "2015-03-02",
            },
            "Đang có vợ/chồng là Lê Thị Vợ (Giấy chứng nhận kết hôn số 12/2015, do UBND xã Thử cấp ngày 02/03/2015)",
        ),
        (
            {
                "marital_status": "divorced",
                "divorce_decision_number": "7/QĐST",
                "divorce_decided_on": "2020-06-09",
                "divorce_court": "Tòa án nhân dân khu vực Thử",
            },
            "Có đăng ký kết hôn, nhưng đã ly hôn theo bản án, quyết định ly hôn số 7/QĐST ngày 09/06/2020 "
            "của Tòa án nhân dân khu vực Thử; chưa đăng ký kết hôn với ai khác",
        ),
        (
            {
                "marital_status": "widowed",
                "death_paper_number": "3/TLKT",
                "death_paper_issuer": "UBND xã Thử",
                "death_paper_issued_on": "2021-08-05",
            },
            "Có đăng ký kết hôn, nhưng vợ/chồng đã chết (trích lục khai tử, giấy chứng tử số 3/TLKT, "
            "do UBND xã Thử cấp ngày 05/08/2021); chưa đăng ký kết hôn với ai khác",
        ),
        (
            {"marital_status": "widowed", "death_paper_number": "Không nhớ số", "death_paper_issuer": "UBND xã Thử"},
            "Có đăng ký kết hôn, nhưng vợ/chồng đã chết (trích lục khai tử, giấy chứng tử do UBND xã Thử cấp); "
            "chưa đăng ký kết hôn với ai khác",
        ),
        ({"marital_status": "widowed"}, "Vợ/chồng đã chết, chưa kết hôn lại"),
        ({"marital_status": "married"}, "Đang có vợ/chồng"),  # declared before the form asked of whom
    ],
)
def test_the_certificate_tells_of_the_marriage_what_was_declared_and_once(said, printed):
    reference = own_reference()
    catalogue.load_life_events(reference)
    version = catalogue.load_pack(REFERENCE / "procedures" / "1.004873.yaml", reference=reference).version
    values = answers.values_of(version, {"relationship": "self", **said}, on=date(2026, 11, 20))
    values = values.beside({"spouse_called": "vợ/chồng"})
    composed = composing.compose(paper_language.read(own_body("marital_status")), values)
    assert [text for label, text in composed.rows if label == "Tình trạng hôn nhân"] == [printed]


def test_how_long_a_paper_counts_is_said_once(citizen, ward, birth_type, result) -> None:
    """The certificate of marital status says it in the words of its form, and then no second line does."""
    from dataclasses import replace

    told = paper_language.read(own_body("marital_status"))
    silent = paper_language.read(own_body("residence_notice"))
    ends = date(2027, 5, 29)
    for paper, count in ((told, 0), (silent, 1)):
        composed = composing.compose(paper, composing.Values())
        drawn = paper_module.draw(replace(result, composed=composed, valid_until=ends), public_id="x", qr_svg="")
        assert text_of(drawn).count("Có giá trị đến") == count


def test_a_birth_certificate_says_what_belongs_on_it_and_nothing_else(birth, citizen, ward, birth_type, result):
    version, template = birth
    made = published(template, own_body("birth_certificate"))
    values = answers.values_of(version, BIRTH, on=date(2026, 11, 20), added=[("Số định danh cá nhân", "001326000001")])
    composed = composing.compose(paper_language.read(made.body), values.beside({"agency_name": ward.name}))
    from dataclasses import replace

    content = replace(
        result, composed=composed, template_version=made, fields=composed.rows, holder_name=composed.holder_name
    )
    document = service.issue(owner=citizen, reference="KS-1", result=content)
    text = text_of(bytes_of(document))
    for words in (
        "GIẤY KHAI SINH",
        "Họ, chữ đệm, tên: TRẦN THỬ AN",
        "Giới tính: Nữ",
        "Nơi sinh: Bệnh viện Phụ sản, Hà Nội",
        "Số định danh cá nhân: 001326000001",
        "Họ, chữ đệm, tên người mẹ: Lê Thị Mẹ Năm sinh: 1995",
        "Họ, chữ đệm, tên người cha:",
        "Họ, chữ đệm, tên người đi khai sinh: Trần Văn Cha",
    ):
        assert words in text, words
    for control in (
        "Khai người cha",
        "Cha mẹ có đăng ký kết hôn",
        "giấy chứng sinh",
        "Trường hợp",
        "Căn cứ hồ sơ",
        "Nơi nhận",
    ):
        assert control not in text
    assert document.credential.template_version == made
    assert ("Họ, chữ đệm, tên", "TRẦN THỬ AN") in content.fields, "the digest in the QR covers the paper's own words"


def test_the_version_of_the_day_of_decision_counts(birth):
    _version, template = birth
    first = published(template, "* Tên: {{ child_full_name }}", date(2026, 1, 1))
    second = published(template, "* Họ tên: {{ child_full_name }}", date(2026, 6, 1))

    def on(day):
        return templates.in_force(["KQ.G15.000031"], "1.001193", day).get("KQ.G15.000031")

    assert (on(date(2025, 12, 31)), on(date(2026, 5, 31)), on(date(2026, 6, 1))) == (None, first, second)
    special = ResultTemplate.objects.create(document_type="KQ.G15.000031", procedure_code="1.001193", name="Riêng")
    third = published(special, "* T: {{ child_full_name }}", date(2026, 6, 2))
    assert (on(date(2026, 6, 1)), on(date(2026, 6, 2))) == (second, third)
    assert templates.in_force(["KQ.G15.000031"], "1.000689", date(2026, 7, 1))["KQ.G15.000031"] == second


def test_the_paper_follows_the_answers_where_a_template_asks(birth):
    _version, template = birth
    usual = published(template, "Chữ")
    other = ResultTemplateVersion(body="@ dùng khi: kind = 2\nChữ")
    in_force = {"A": usual, "B": other}
    assert templates.choose(["A", "B"], in_force, composing.Values(raws={"kind": "2"})) == "B"
    assert templates.choose(["A", "B"], in_force, composing.Values(raws={"kind": "1"})) == "A"
    assert templates.choose([], {}, composing.Values()) == ""


def test_a_published_version_and_the_log_cannot_be_changed(birth):
    _version, template = birth
    made = published(template, "Chữ")
    for change in (
        lambda: ResultTemplateVersion.objects.filter(pk=made.pk).update(body="Khác"),
        lambda: made.delete(),
        lambda: made.changes.update(words="Khác"),
        lambda: made.changes.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_two_editors_and_a_day_that_has_passed(birth, citizen):
    _version, template = birth
    draft = templates.begin(template.pk, user=citizen)
    templates.save(template.pk, seen=draft.revision, body="Chữ", user=citizen)
    with pytest.raises(ConflictError):
        templates.save(template.pk, seen=draft.revision, body="Khác", user=citizen)
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(InvalidInputError):
        templates.publish(template.pk, seen=draft.revision + 1, valid_from=yesterday, user=citizen)
    assert [change.words for change in templates.changes_of(template)] == [
        "Sửa nội dung, lần 2",
        "Bắt đầu bản thảo lần 1",
    ]


def test_a_text_that_is_no_template_is_kept_as_a_draft_and_not_published(birth, citizen):
    _version, template = birth
    with pytest.raises(TemplateError, match="không có trường “nobody”"):
        published(template, "* Tên: {{ nobody }}")
    assert templates.draft_of(template) is not None
    assert not template.versions.filter(state=TemplateState.PUBLISHED).exists()


def test_the_portals_files_never_write_over_an_officials_work(birth, citizen, tmp_path):
    _version, template = birth
    file = tmp_path / "a.txt"
    head = "document_type: KQ.G15.000031\nname: Giấy khai sinh\n---\n"
    file.write_text(head + "Một\n", encoding="utf-8")
    call_command("load_result_templates", tmp_path, stdout=io.StringIO())
    published(template, "Của cán bộ", timezone.localdate(), user=citizen)
    file.write_text(head + "Hai\n", encoding="utf-8")
    call_command("load_result_templates", tmp_path, stdout=io.StringIO())
    assert templates.in_force(["KQ.G15.000031"], "", timezone.localdate())["KQ.G15.000031"].body == "Của cán bộ"
    file.write_text(head.replace("000031", "000099") + "{{ x( }}", encoding="utf-8")
    with pytest.raises(CommandError, match="a.txt: Dòng 1"):
        call_command("load_result_templates", tmp_path, stdout=io.StringIO())


def test_a_preview_is_a_paper_marked_as_a_sample(birth):
    _version, template = birth
    pdf = previewing.preview(template, own_body("birth_certificate"))
    text = text_of(pdf)
    assert "BẢN XEM TRƯỚC" in text
    assert "GIẤY KHAI SINH" in text
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert b"/Sig" not in pdf, "a sample is never signed"


def test_a_letterhead_never_breaks_inside_a_name() -> None:
    tied = "phường Hải\xa0Châu, thành\xa0phố Đà\xa0Nẵng"
    assert letterhead("Ủy ban nhân dân phường Hải Châu, thành phố Đà Nẵng") == f"Ủy ban nhân dân<br>{tied}"
    assert letterhead("Sở Y tế thành phố Hồ Chí Minh") == "Sở\xa0Y tế thành\xa0phố Hồ\xa0Chí\xa0Minh"
    assert letterhead("Bảo hiểm xã hội tỉnh Bắc <i>Ninh") == "Bảo hiểm xã hội<br>tỉnh Bắc &lt;i&gt;Ninh"
    assert letterhead("  ") == "  " and letterhead(None) == ""


def test_a_letterhead_does_not_name_the_place_of_the_agency_above_again() -> None:
    ward, city = "Ủy ban nhân dân phường Cửa Nam, Thành phố Hà Nội", "Ủy ban nhân dân Thành phố Hà Nội"
    assert letterhead(ward, city) == "Ủy ban nhân dân<br>phường Cửa\xa0Nam"
    assert "Hà\xa0Nội" in letterhead(ward, "Ủy ban nhân dân tỉnh Hà") and "Hà\xa0Nội" in letterhead(ward, "")
    assert letterhead("Công an phường Cửa Nam, Thành phố Hà Nội", "Công an thành phố Hà Nội").endswith("Cửa\xa0Nam")


def test_a_long_number_breaks_after_its_strokes_only() -> None:
    assert in_parts("123/2026") == "123/2026"
    parts = re.findall(r">([^<]+)<", in_parts("000.00.26.H29-261120-00001/GXN-<b>/1"))
    assert parts == ["000.00.26.H29-261120-00001/", "GXN-&lt;b&gt;/", "1"]
