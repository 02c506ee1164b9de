"""A procedure of the national catalogue is filed with who decides it; with nobody where its record leaves that open."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils.html import escape

from dossiers import drafts
from dossiers.errors import ProcedureClosedError
from dossiers.models import Dossier
from portal.agencies import loading, routing
from portal.agencies.actors import Actor
from portal.agencies.models import Agency, AgencyLevel, Branch, RoutingRule
from portal.agencies.reference_rows import agencies as agency_rows
from portal.core.errors import InvalidInputError
from procedures import competence
from procedures.models import Origin, Procedure, ProcedureVersion
from tests.factories import make_citizen
from tests.procedures.national_records import record

pytestmark = pytest.mark.django_db
CODE = "1.900001"
MINISTRIES = {
    row.code: row.values["name"]
    for row in agency_rows([], with_demo_accounts=False)
    if row.values["level"] == "ministry" and not row.successor
}


@pytest.fixture
def agencies(_all_agencies: None, db: None) -> None:
    """The country, as it is shipped."""


@pytest.fixture(scope="module")
def _all_agencies(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load(with_demo_accounts=False)
        yield
        transaction.set_rollback(True)


def rows(*named: str) -> list[dict[str, str]]:
    """Agencies of a record from ``code name`` each."""
    return [dict(zip(("code", "name"), text.split(" ", 1), strict=True)) for text in named]


def ministry_record(issuer: str, name: str, **changes: Any) -> dict[str, Any]:
    own = {
        "level": ["Cấp bộ"],
        "full_online": True,
        "promulgated_by": {"code": issuer, "name": name},
        "agencies": {"executing": [{"code": issuer, "name": name}]},
    }
    return record(**{**own, **changes})


def imported(import_records: Any, line: dict[str, Any]) -> ProcedureVersion:
    import_records(line)
    version = Procedure.objects.get(code=line["code"]).current
    assert version is not None
    return version


def agency_of(version: ProcedureVersion, province: str = "01", commune: str = "00004") -> str:
    return competence.route(version, province_code=province, commune_code=commune).agency.code


@pytest.mark.parametrize("code", sorted(MINISTRIES))
def test_a_ministrys_procedure_is_filed_with_that_ministry(agencies, import_records, client, code):
    version = imported(import_records, ministry_record(code, MINISTRIES[code]))
    assert agency_of(version) == code
    client.force_login(make_citizen())
    html = client.get(f"/thu-tuc/{CODE}/").content.decode()
    assert f"<strong>{escape(MINISTRIES[code])}</strong>" in html
    assert "Nộp hồ sơ trực tuyến" in html


@pytest.mark.parametrize(
    ("issuer", "agencies_named", "expected"),
    [
        # the ministry's own office, in each form of its code
        ("G10", {"executing": rows("G10.12 Cục Lâm nghiệp và Kiểm lâm")}, "G10"),
        ("G08", {"executing": rows("000.00.20.G08 Cục Lãnh sự - Bộ Ngoại giao")}, "G08"),
        ("G01", {"competent": rows("G01s.108.000 Cục quản lý xuất nhập cảnh")}, "G01"),
        # a ministry that ended, by itself and beside the one that followed
        ("G04", {"executing": rows("G04 Bộ xây dựng (Giao thông vận tải cũ)")}, "G17"),
        ("G04", {"competent": rows("G17.43 Cục Hàng hải", "G04 Bộ GTVT")}, "G17"),
        ("G12", {"executing": rows("G05 Bộ Kế hoạch và Đầu tư")}, "G12"),
        # one whose tasks were divided: the publisher has this part of them
        ("G16", {"executing": rows("G14.20 Cục Báo chí")}, "G16"),
        # who decides goes before who does it, and before who publishes
        ("G01", {"executing": rows("G04 Thanh tra Bộ"), "competent": rows("G01 Bộ Công an")}, "G01"),
        ("G04", {"competent": rows("G11 Bộ Quốc phòng")}, "G11"),
        # the Prime Minister decides, the ministry takes it in
        ("G12", {"executing": rows("G12 Bộ Tài chính"), "competent": rows("TTCP Thủ tướng Chính phủ")}, "G12"),
        ("G03", {"competent": rows("BGD-BT Bộ trưởng Bộ Giáo dục và Đào tạo")}, "G03"),
        ("G10", {}, "G10"),
        # who only helps decides nothing
        ("G10", {"executing": rows("G10 Bộ NN&MT"), "coordinating": rows("G01 Bộ Công an")}, "G10"),
        # left open
        ("G04", {"competent": rows("G01 Bộ Công an", "G11 Bộ Quốc phòng")}, None),
        ("G04", {"competent": rows("CVHH Cảng vụ hàng hải")}, None),
        ("G08", {"competent_groups": ["Ủy ban nhân dân cấp tỉnh"]}, None),
        ("G10", {"competent": rows("G10 Bộ NN&MT", "G99 Bộ mà Cổng chưa biết")}, None),
        ("D01", {"executing": rows("D01 Tòa án nhân dân")}, None),
    ],
)  # fmt: skip
def test_the_record_says_which_ministry_decides(agencies, import_records, issuer, agencies_named, expected):
    line = ministry_record(issuer, MINISTRIES.get(issuer, issuer), agencies=agencies_named)
    version = imported(import_records, line)
    assert competence.is_known(version) is (expected is not None)
    if expected is not None:
        assert agency_of(version) == expected
        return
    with pytest.raises(InvalidInputError):
        agency_of(version)


def test_where_nobody_is_named_nothing_is_filed_and_the_sheet_says_so(agencies, import_records, client):
    line = ministry_record("G08", "Bộ Ngoại giao", level=["Cơ quan khác"], agencies={"executing_groups": ["Cơ quan A"]})
    _out, report = import_records(line)
    version = Procedure.objects.get(code=CODE).current
    assert version is not None
    citizen = make_citizen()
    for signed_in in (False, True):
        if signed_in:
            client.force_login(citizen)
        html = client.get(f"/thu-tuc/{CODE}/").content.decode()
        assert "Cổng chưa biết đích danh cơ quan nhận hồ sơ của thủ tục này" in html
        assert "Nộp hồ sơ trực tuyến" not in html and "Cơ quan A" in html
    before = client.get(f"/nop-ho-so/{CODE}/").content.decode()
    assert "Cổng chưa biết đích danh cơ quan" in before and ">Bắt đầu<" not in before
    with pytest.raises(ProcedureClosedError):
        drafts.start(version, actor=Actor.citizen(citizen))
    pressed = client.post(f"/nop-ho-so/{CODE}/")
    assert pressed.status_code == 409 and "Cổng chưa biết đích danh" in pressed.content.decode()
    assert ("agencies", CODE) in {(line.get("field"), line.get("code")) for line in report}


@pytest.mark.parametrize(
    ("levels", "vertical", "names", "expected"),
    [
        (["Cấp tỉnh"], False, ["Ủy ban nhân dân cấp tỉnh"], "H26"),
        (["Cấp tỉnh"], True, ["Ủy ban nhân dân cấp tỉnh"], "H26"),
        (["Cấp tỉnh"], False, ["Sở Xây dựng"], "H26"),
        (["Cấp tỉnh"], False, ["Sở Nông nghiệp và Môi trường - Tỉnh Đắk Lắk"], "H26"),
        (["Cấp tỉnh"], True, ["Sở Tài chính các tỉnh, thành phố"], "H26.STC"),
        (["Cấp tỉnh"], False, ["Giám đốc Sở Công Thương"], "H26.SCT"),
        (["Cấp tỉnh"], False, ["Sở Nội vụ"], "H26.SNV"),
        (["Cấp tỉnh"], False, ["Sở Nội vụ", "Ủy ban nhân dân cấp tỉnh"], "H26"),
        (["Cấp tỉnh"], True, ["Công an tỉnh"], "G01.H26"),
        (["Cấp tỉnh"], True, ["Bảo hiểm xã hội tỉnh"], "G24.H26"),
        (["Cấp tỉnh", "Cấp xã"], False, ["Sở Xây dựng"], "H26"),
        (["Cấp tỉnh", "Cấp xã"], False, ["Ủy ban nhân dân cấp xã", "Ủy ban nhân dân cấp tỉnh"], "H26.00004"),
        (["Cấp xã"], True, ["Công an cấp Xã"], "G01.H26.00004"),
        (["Cấp xã"], False, [], "H26.00004"),
        # a ministry's own offices below it are no department of the province
        (["Cấp tỉnh"], True, ["Thuế tỉnh, thành phố"], None),
        (["Cấp tỉnh"], True, ["Chi cục Hải quan khu vực"], None),
        (["Cấp tỉnh"], False, ["Ngân hàng Nhà nước Khu vực"], None),
        (["Cấp xã"], True, ["Thuế cơ sở"], None),
        (["Cấp xã"], False, ["Cơ sở giáo dục"], None),
        (["Cấp tỉnh"], False, ["Công an tỉnh", "Sở Nội vụ"], None),
    ],
)
def test_below_the_ministries_the_names_decide(agencies, import_records, levels, vertical, names, expected):
    named = {"competent_groups": names, "coordinating_groups": ["Công an cấp xã"]} if names else {}
    version = imported(
        import_records,
        record(level=levels, vertical=vertical, promulgated_by={"code": "G12", "name": "Bộ Tài chính"}, agencies=named),
    )
    assert competence.is_known(version) is (expected is not None)
    if expected is None:
        with pytest.raises(InvalidInputError):
            agency_of(version)
    else:
        assert agency_of(version) == expected


def test_a_draft_lies_with_the_agency_of_the_sheet(agencies, import_records):
    version = imported(import_records, ministry_record("G10", MINISTRIES["G10"]))
    actor = Actor.citizen(make_citizen())
    draft = drafts.start(version, actor=actor)
    placed = drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00004")
    assert placed.agency is not None and placed.agency.code == "G10"


def test_of_a_procedure_written_here_the_publisher_decides_among_several(agencies, import_records):
    version = imported(import_records, ministry_record("G10", MINISTRIES["G10"]))
    version.origin, version.sheet = Origin.PACK, {}
    assert agency_of(version) == "G10"
    version.issuer_code = "H26"
    assert not competence.is_known(version)
    version.competent_branch = Branch.HEALTH  # the only one of its branch
    assert agency_of(version) == "G18"


def test_no_ministry_is_taken_for_another_by_its_place_in_a_list(agencies):
    asked = {"level": AgencyLevel.MINISTRY, "branch": Branch.OTHER, "province_code": "01", "commune_code": "00004"}
    with pytest.raises(InvalidInputError):
        routing.competent_agency(**asked)
    assert Agency.objects.filter(branch=Branch.OTHER, level="ministry", valid_to=None).count() > 1


def test_our_own_procedures_keep_their_agencies(agencies, everything):
    for version in ProcedureVersion.objects.select_related("procedure"):
        asked = {"level": version.competent_level, "branch": version.competent_branch}
        agency = competence.route(version, province_code="01", commune_code="00004").agency
        assert (agency.level, agency.branch) == tuple(asked.values())
        assert competence.is_known(version)


def test_a_rule_that_names_a_place_takes_filings_there(agencies, import_records, client):
    """What the sheet there offers may be begun; elsewhere nobody is known as before."""
    line = ministry_record("G08", "Bộ Ngoại giao", agencies={"competent_groups": ["Cơ quan A"]})
    version = imported(import_records, line)
    assert not competence.is_known(version)
    here = {"agency": Agency.objects.get(code="H26.SNV"), "legal_basis": "QĐ thử", "valid_from": date(2026, 1, 1)}
    rule = RoutingRule.objects.create(procedure_code=CODE, province_code="01", **here)
    client.force_login(make_citizen())
    for place, is_offered in (("tinh=01&xa=00004", True), ("tinh=48&xa=20242", False)):
        sheet = client.get(f"/thu-tuc/{CODE}/?{place}").content.decode()
        assert ("Nộp hồ sơ trực tuyến" in sheet) is is_offered
    pressed = client.post(f"/nop-ho-so/{CODE}/", {"tu-trang-thu-tuc": "1", "tinh": "01", "xa": "00004"})
    draft = Dossier.objects.get()
    assert pressed.status_code == 302 and draft.agency is not None and draft.agency.code == "H26.SNV"
    RoutingRule.objects.filter(pk=rule.pk).update(branch="police")  # of another branch's procedures
    assert not competence.is_known(version)
    RoutingRule.objects.filter(pk=rule.pk).update(branch="")
    version.procedure.province_code = "48"  # there the rule says nothing
    assert not competence.is_known(version)
