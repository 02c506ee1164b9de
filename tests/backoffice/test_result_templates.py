"""Pages of result templates: who may, write, be told what is wrong, preview on paper, publish, log."""

import pytest

from datastore.models import ResultTemplate, ResultTemplateVersion, TemplateState
from portal.agencies.models import Agency, AgencyLevel, Branch, MembershipRole
from procedures import catalogue
from procedures.models import ProcedureVersion
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/mau-ket-qua/"


@pytest.fixture
def version() -> ProcedureVersion:
    reference = own_reference()
    catalogue.load_life_events(reference)
    return catalogue.load_pack(REFERENCE / "procedures" / "1.004873.yaml", reference=reference).version


@pytest.fixture
def editor(version):
    ministry, _new = Agency.objects.get_or_create(
        code=version.issuer_code,
        defaults={
            "name": "Bộ Tư pháp",
            "level": AgencyLevel.MINISTRY,
            "branch": Branch.JUSTICE,
            "path": f"{version.issuer_code}/",
        },
    )
    return signed_in(with_second_factor(factories.make_official(ministry, MembershipRole.ADMINISTRATOR, "Biên Tập")))


def draft() -> ResultTemplateVersion:
    return ResultTemplateVersion.objects.get(state=TemplateState.DRAFT)


def post(browser, do, **more):
    return browser.post(f"{LIST}{draft().template_id}/", {"do": do, "revision": draft().revision, **more})


def test_only_whoever_publishes_the_procedure_may(version, editor):
    assert editor.post(LIST, {"code": "1.004873"}).status_code == 302
    template = ResultTemplate.objects.get()
    assert (template.document_type, template.name) == ("KQ.G15.000038", "Giấy xác nhận tình trạng hôn nhân")
    commune = factories.make_agency()
    stranger = signed_in(with_second_factor(factories.make_official(commune, MembershipRole.ADMINISTRATOR, "Người Lạ")))
    assert template.name not in text(stranger.get(LIST))
    for address in (f"{LIST}{template.pk}/", f"{LIST}{template.pk}/1.pdf"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{LIST}{template.pk}/", {"do": "discard", "revision": 1}).status_code == 404
    assert stranger.post(LIST, {"code": "1.004873"}).status_code == 422
    assert editor.post(LIST, {"code": "9.999999"}).status_code == 422


def test_written_corrected_seen_on_paper_published_and_logged(version, editor):
    page = editor.post(LIST, {"code": "1.004873"}, follow=True)
    assert "subject_full_name" in text(page), "the names that may be used stand beside the text"
    wrong = post(editor, "save", body="* Tên: {{ subject_fullname }}")
    assert wrong.status_code == 422
    assert "Dòng 1: không có trường “subject_fullname”. Có phải “subject_full_name”?" in text(wrong)
    assert "{{ subject_fullname }}" in text(wrong), "what was typed is kept"
    assert editor.get(f"{LIST}{draft().template_id}/1.pdf").status_code == 302, "back to the text, with the reason"
    assert post(editor, "publish", valid_from="1/12/2099").status_code == 422
    body = "= GIẤY XÁC NHẬN\n* Tên: {{ subject_full_name hoặc full_name }}\n[nội dung thêm]"
    assert post(editor, "save", body=body).status_code == 302
    paper = editor.get(f"{LIST}{draft().template_id}/1.pdf")
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")
    assert post(editor, "publish", valid_from="hôm nay").status_code == 422
    number = draft().template_id
    assert post(editor, "publish", valid_from="1/12/2099").status_code == 302
    shown = text(editor.get(f"{LIST}{number}/"))
    assert "Lần 1, áp dụng từ 01/12/2099" in shown
    assert "Công bố lần 1, áp dụng từ 01/12/2099" in shown
    assert "Biên Tập" in shown
    assert editor.post(f"{LIST}{number}/", {"do": "begin"}).status_code == 302
    assert (draft().number, draft().body) == (2, body)
    assert post(editor, "discard").status_code == 302
    log = text(editor.get("/quan-tri/nhat-ky-cai-dat/"))
    assert "Giấy xác nhận tình trạng hôn nhân" in log and "01/12/2099" in log and "Biên Tập" in log
    assert log.count("Bản công bố, mẫu kết quả") == 1 and "xóa" in log
    stranger = with_second_factor(factories.make_official(factories.make_agency(), MembershipRole.ADMINISTRATOR, "Lạ"))
    assert "01/12/2099" not in text(signed_in(stranger).get("/quan-tri/nhat-ky-cai-dat/"))


def test_another_editor_was_faster(version, editor):
    editor.post(LIST, {"code": "1.004873"})
    post(editor, "save", body="Một")
    late = editor.post(f"{LIST}{draft().template_id}/", {"do": "save", "revision": 1, "body": "Hai của tôi"})
    assert late.status_code == 409
    assert "Hai của tôi" in text(late), "what was typed is kept"
    assert draft().body == "Một"
