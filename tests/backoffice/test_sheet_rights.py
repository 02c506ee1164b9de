"""Who publishes a procedure, and that neither an upgrade nor an old draft undoes what stands."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from datastore.models import DocumentType
from portal.agencies.models import AdministrativeUnit, Agency, AgencyLevel, Branch
from procedures import catalogue, sheet_drafting
from procedures.models import Field, Procedure, SheetDraft
from procedures.packs import REFERENCE, read_pack
from tests import factories
from tests.backoffice.conftest import FORM_CODE, browser_of, condition_data
from tests.backoffice.sheet_pages import HERE, NEW, NEW_CODE, as_it_stands, begun, publish
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/bieu-mau/"


@pytest.fixture
def desk(ministry):
    return browser_of(ministry)


def begin(browser, agency, **changes):
    start = {"code": NEW_CODE, "name_vi": "Cấp thẻ thử", "field": Field.objects.earliest("pk").code}
    return browser.post(NEW, start | {"issued_by": agency.code} | changes)


def write(browser, **changes):
    """A whole sheet, kept in the draft."""
    DocumentType.objects.get_or_create(code="KQ.THE-THU", defaults={"name": "Thẻ thử"})
    address = f"{LIST}{NEW_CODE}/noi-dung/"
    written = as_it_stands(browser, address) | {
        "short_name_vi": "Thẻ thử",
        "applicants": ["ĐT1"],
        "competent_vi": "Ủy ban nhân dân cấp xã",
        "level": "commune",
        "branch": "peoples_committee",
        "place": "any_in_province",
        "service_level": "toan_trinh",
        "channels": ["online"],
        "time_value": "3",
        "time_unit": "working_day",
        "steps_vi": "Nộp hồ sơ.",
        "legal_basis": "1/2027/NĐ-CP",
        "components-0-name_vi": "Đơn đề nghị",
        "components-0-originals": "1",
        "results-0-name_vi": "Thẻ thử",
        "results-0-default": "on",
        "results-0-document_type": "KQ.THE-THU",
    }
    saved = browser.post(address, written | changes)
    assert saved.status_code == 302, saved.context["errors"]
    return address


def test_a_commune_publishes_no_procedure(version):
    commune = factories.make_agency()
    browser = browser_of(commune)
    assert NEW not in text(browser.get(LIST)) and f'value="{commune.code}"' not in text(browser.get(NEW))
    refused = begin(browser, commune)
    assert refused.status_code == 422 and "Thủ tục do bộ hoặc UBND cấp tỉnh công bố" in text(refused)
    assert not SheetDraft.objects.exists()


def test_what_a_province_publishes_is_its_own(version):
    unit = AdministrativeUnit.objects.get_or_create(
        code="48", defaults={"name": "Đà Nẵng", "level": "province", "full_name": "Thành phố Đà Nẵng"}
    )[0]
    province = Agency.objects.create(
        code="H17",
        name="UBND thành phố Đà Nẵng",
        level=AgencyLevel.PROVINCE,
        branch=Branch.PEOPLES_COMMITTEE,
        path="H17/",
        unit=unit,
    )
    browser = browser_of(province)
    assert begin(browser, province).status_code == 302
    assert publish(browser, write(browser)).status_code == 302
    assert Procedure.objects.get(code=NEW_CODE).province_code == "48"


def test_what_a_ministry_publishes_is_the_countrys_and_waits_in_the_list(desk, ministry):
    assert NEW in text(desk.get(LIST)) and f'value="{ministry.code}"' in text(desk.get(NEW))
    assert begin(desk, ministry).status_code == 302
    address, day = write(desk), timezone.localdate() + timedelta(days=9)
    assert publish(desk, address, day=day).status_code == 302
    assert Procedure.objects.get(code=NEW_CODE).province_code == ""
    listed = text(desk.get(LIST))
    assert "Thủ tục mới chờ đến ngày" in listed and f'href="{address}"' in listed and f"{day:%d/%m/%Y}" in listed
    stranger = text(browser_of(factories.make_agency()).get(LIST))
    assert NEW_CODE not in stranger


def test_a_code_that_was_replaced_is_not_begun_again(desk, ministry):
    pack = read_pack(REFERENCE / "procedures" / "1.004873.yaml")
    pack.data["replaces"] = [NEW_CODE]
    catalogue.load_pack(pack)
    refused = begin(desk, ministry)
    assert refused.status_code == 422 and "Danh mục đã có thủ tục mã này" in text(refused)


def test_a_draft_that_was_given_to_another_agency_is_no_longer_hers(desk, ministry):
    assert begun(desk)
    draft = SheetDraft.objects.get()
    draft.facts = draft.facts | {"issued_by": factories.make_agency().code}
    draft.save()
    assert desk.get(HERE).status_code == 404
    assert publish(desk).status_code == 404


def test_an_upgrade_keeps_what_officials_published_and_names_it(desk, version, tmp_path):
    assert desk.post(HERE, begun(desk) | {"time_value": "9", "time_unit": "working_day"}).status_code == 302
    assert publish(desk).status_code == 302
    source = REFERENCE / "procedures" / f"{FORM_CODE}.yaml"
    newer = tmp_path / f"{FORM_CODE}.yaml"
    written = source.read_text(encoding="utf-8")
    assert "\nkeywords:" in written
    newer.write_text(written.replace("\nkeywords:", "\nkeywords:\n- một từ mới", 1), encoding="utf-8")
    before = Procedure.objects.get(code=FORM_CODE).current
    told = StringIO()
    call_command("load_procedures", str(newer), stdout=told)
    assert "1 kept as officials wrote them" in told.getvalue() and FORM_CODE in told.getvalue()
    assert Procedure.objects.get(code=FORM_CODE).current == before and before.processing_value == 9
    assert catalogue.load_pack(newer).change == catalogue.CHANGED  # who names the file means it


def test_an_old_draft_renames_no_field(desk, version):
    typed = begun(desk) | {"short_name_vi": "Tên ngắn mới"}
    assert desk.post(HERE, typed).status_code == 302
    Field.objects.filter(pk=version.procedure.field_id).update(name="Tên lĩnh vực mới", name_en="New name")
    assert publish(desk).status_code == 302
    field = Field.objects.get(pk=version.procedure.field_id)
    assert (field.name, field.name_en) == ("Tên lĩnh vực mới", "New name")


def test_a_sheet_of_300_papers_is_saved(desk, version):
    typed = begun(desk)
    draft = SheetDraft.objects.get()
    paper = draft.facts["components"][0]
    draft.facts["components"] = [
        paper | {"key": f"p{number}", "name": {"vi": f"Giấy {number}"}} for number in range(298)
    ]
    draft.save()
    typed = as_it_stands(desk)
    assert len(typed) > 1_500
    everything = {
        name: typed.get(name, "")
        for part in desk.get(HERE).context["parts"]
        for row in part["rows"]
        for name in (bound.html_name for bound in row)
    }
    saved = desk.post(HERE, everything | typed | {"short_name_vi": "Tên ngắn mới"})
    assert saved.status_code == 302
    assert sheet_drafting.open_draft(FORM_CODE).facts["short_name"]["vi"] == "Tên ngắn mới"


def test_in_a_long_list_a_condition_is_asked_for_and_set(desk, version):
    begun(desk)
    draft = SheetDraft.objects.get()
    paper = draft.facts["components"][0]
    bare = {name: value for name, value in paper.items() if name != "condition"}
    draft.facts["components"] = [bare | {"key": f"p{number}", "name": {"vi": f"Giấy {number}"}} for number in range(41)]
    draft.save()
    typed = as_it_stands(desk)
    assert "components-3-condition-0-field" not in text(desk.get(HERE))
    sent = desk.post(HERE, typed | {"next": "dieu-kien:components.p3", "short_name_vi": "Tên vừa gõ"})
    assert sent.status_code == 302 and sent["Location"] == f"{HERE}?dieu-kien=components.p3#dong-components.p3"
    page = text(desk.get(sent["Location"]))
    assert 'id="dong-components.p3" open' in page and "components-3-condition-0-field" in page
    assert "components-4-condition-0-field" not in page and "Tên vừa gõ" in page
    asked = version.form["pages"][0]["groups"][0]["fields"][0]["key"]
    said = condition_data("components-3-condition", (asked, "filled", "", ""))
    assert desk.post(HERE, as_it_stands(desk) | said).status_code == 302
    papers = SheetDraft.objects.get().facts["components"]
    assert papers[3]["condition"] == {"field": asked, "filled": True} and "condition" not in papers[4]
