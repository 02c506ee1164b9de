"""The stages of the work as an administrator writes them: whose row holds, what is refused and in which words."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from dossiers import admin_processes
from portal.agencies import processes
from portal.agencies.models import Agency, AgencyLevel, InternalProcess, MembershipRole, OneStopDesk
from portal.agencies.processes import Stage
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import Office, seen, signed_in, with_second_factor

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/agencies/internalprocess/"
ADD = f"{LIST}add/"


def process(agency: Agency, *names: str, code: str = "", field: str = "", **fields: Any) -> InternalProcess:
    said = {"legal_basis": "QĐ 12/QĐ-UBND", "valid_from": date(2026, 1, 1)} | fields
    stages = processes.kept(Stage(name) for name in names)
    return InternalProcess.objects.create(agency=agency, procedure_code=code, field_code=field, stages=stages, **said)


def typed(*rows: dict[str, str]) -> dict[str, str]:
    """Rows as the page sends them."""
    return {f"stages-{at}-{part}": value for at, row in enumerate(rows) for part, value in row.items()}


def sent(office: Office, *rows: dict[str, str], **changes: Any) -> dict[str, Any]:
    today = f"{timezone.localdate():%d/%m/%Y}"
    said = {"agency": office.agency.pk, "procedure_code": "", "field_code": "", "legal_basis": "QĐ 5"}
    return said | {"valid_from": today, "valid_to": ""} | typed(*rows) | changes


CHECK = {"name": "Thẩm định", "role": "specialist", "amount": "16", "unit": "hour"}
VISIT = {"name": "Kiểm tra thực địa", "role": "", "amount": "2", "unit": "working_day", "optional": "on"}
DRAFT = {"name": "Soạn dự thảo", "role": "specialist", "amount": "", "unit": "hour"}


def test_the_one_agency_is_chosen_and_the_lists_are_found(office: Office) -> None:
    client = office.browser("administrator")
    assert f'value="{office.agency.pk}" selected' in client.get(ADD).content.decode()
    data = client.get("/quan-tri/du-lieu/").content.decode()
    often = data.split('id="often"')[1].split("</section>")[0]
    assert f'href="{LIST}"' in often and "agencies/calendarday/" in often
    one = client.get("/quan-tri/agencies/").content.decode()
    assert f'href="{LIST}"' in one and f'href="{ADD}"' in one
    assert "Model name" not in one and "<table" not in one and "Quản lý" not in one


def test_an_administrator_writes_stages_and_the_log_says_what_they_were(office: Office) -> None:
    client = office.browser("administrator")
    assert "Tên bước" in client.get(ADD).content.decode()
    assert client.post(ADD, sent(office, CHECK, VISIT, DRAFT)).status_code == 302
    row = InternalProcess.objects.get()
    assert processes.read(row.stages) == (
        Stage("Thẩm định", "specialist", amount=16),
        Stage("Kiểm tra thực địa", amount=2, unit="working_day", is_optional=True),
        Stage("Soạn dự thảo", "specialist"),
    )
    address = f"{LIST}{row.pk}/change/"
    page = client.get(address).content.decode()
    assert 'value="Kiểm tra thực địa"' in page and page.count("stage-row__number") == 5
    assert client.post(address, sent(office, CHECK, DRAFT) | seen(row)).status_code == 302
    log = client.get("/quan-tri/nhat-ky-cai-dat/").content.decode()
    assert "Thẩm định (Chuyên viên, 16 giờ làm việc) → Kiểm tra thực địa (2 ngày làm việc, tùy chọn)" in log


def test_a_row_between_two_that_is_left_empty_is_no_stage(office: Office) -> None:
    client = office.browser("administrator")
    rows = typed(CHECK) | {f"stages-3-{part}": value for part, value in DRAFT.items()}
    assert client.post(ADD, sent(office) | rows).status_code == 302
    assert [stage.name for stage in processes.read(InternalProcess.objects.get().stages)] == [
        "Thẩm định",
        "Soạn dự thảo",
    ]


@pytest.mark.parametrize(
    ("rows", "changes", "words"),
    [
        ([], {}, "Hãy ghi ít nhất một bước"),
        ([CHECK | {"name": " "}], {}, "Bước 1 chưa có tên"),
        ([CHECK | {"name": "x" * 61}], {}, "Tên bước 1 dài quá 60 ký tự"),
        ([CHECK, CHECK | {"name": "thẩm ĐỊNH"}], {}, "Bước 2 trùng tên"),
        ([CHECK | {"amount": "0"}], {}, "Thời hạn bước 1 phải là số nguyên từ 1 đến 2000"),
        ([CHECK | {"amount": "-1"}], {}, "Thời hạn bước 1"),
        ([CHECK | {"amount": "1,5"}], {}, "Thời hạn bước 1"),
        ([CHECK | {"amount": "9999"}], {}, "Thời hạn bước 1"),
        ([CHECK | {"role": "administrator"}], {}, "hãy chọn người làm"),
        ([CHECK | {"unit": "year"}], {}, "hãy chọn người làm"),
        ([CHECK | {"desk": "99999999"}], {}, "không thuộc cơ quan của quy trình"),
        ([CHECK | {"optional": "on"}], {}, "ít nhất một bước không tùy chọn"),
        ([CHECK], {"procedure_code": "9.999999"}, "Danh mục không có thủ tục mã này"),
        ([CHECK], {"field_code": "KHONGCO"}, "Danh mục không có lĩnh vực mã này"),
        ([CHECK], {"valid_to": "31/12/2020"}, "Ngày kết thúc phải sau ngày bắt đầu"),
        ([CHECK], {"legal_basis": ""}, "bắt buộc"),
        ([CHECK], {"agency": ""}, "bắt buộc"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    office: Office, rows: list[dict[str, str]], changes: dict[str, Any], words: str
) -> None:
    refused = office.browser("administrator").post(ADD, sent(office, *rows, **changes))
    page = refused.content.decode()
    assert refused.status_code == 200 and words in page
    assert all(row["name"].strip() in page for row in rows)
    assert not InternalProcess.objects.exists()


def test_a_desk_that_was_closed_stays_where_it_stands(office: Office) -> None:
    desk = OneStopDesk.objects.create(agency=office.agency, name="Quầy 9")
    client = office.browser("administrator")
    assert client.post(ADD, sent(office, CHECK | {"desk": str(desk.pk)})).status_code == 302
    OneStopDesk.objects.filter(pk=desk.pk).update(is_active=False)
    row = InternalProcess.objects.get()
    page = client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert f'value="{desk.pk}" selected>{desk.name} (đã đóng)' in page
    assert f'value="{desk.pk}"' not in client.get(ADD).content.decode(), "nobody chooses it anew"
    changed = sent(office, CHECK | {"desk": str(desk.pk), "amount": "12"}, **seen(row))
    assert client.post(f"{LIST}{row.pk}/change/", changed).status_code == 302
    (stage,) = processes.read(InternalProcess.objects.get().stages)
    assert (stage.desk_id, stage.desk, stage.amount) == (desk.pk, desk.name, 12)


def test_another_agency_s_row_and_desk_are_out_of_reach(office: Office) -> None:
    other = factories.make_other_agency()
    row = process(other, "Thẩm định")
    client = office.browser("administrator")
    assert client.get(f"{LIST}{row.pk}/change/").status_code == 302, "as if it did not exist"
    assert "Thẩm định" not in client.get(LIST).content.decode()
    refused = client.post(ADD, sent(office, CHECK, agency=other.pk))
    assert refused.status_code == 200 and InternalProcess.objects.count() == 1
    desk = OneStopDesk.objects.create(agency=other, name="Quầy khác")
    refused = client.post(ADD, sent(office, CHECK | {"desk": str(desk.pk)}))
    assert "không thuộc cơ quan của quy trình" in refused.content.decode()
    own = OneStopDesk.objects.create(agency=office.agency, name="Quầy 3")
    assert client.post(ADD, sent(office, CHECK | {"desk": str(own.pk)})).status_code == 302
    (stage,) = processes.read(InternalProcess.objects.get(agency=office.agency).stages)
    assert (stage.desk_id, stage.desk) == (own.pk, "Quầy 3")


def test_who_administers_the_province_writes_for_its_communes(office: Office) -> None:
    above = office.agency.parent
    assert above is not None
    client = signed_in(with_second_factor(factories.make_official(above, MembershipRole.ADMINISTRATOR)))
    assert client.post(ADD, sent(office, CHECK)).status_code == 302


def test_the_second_writer_overwrites_nothing_and_is_told(office: Office) -> None:
    row = process(office.agency, "Thẩm định")
    old, address = seen(row), f"{LIST}{row.pk}/change/"
    client = office.browser("administrator")
    assert client.post(address, sent(office, CHECK, DRAFT) | old).status_code == 302
    refused = client.post(address, sent(office, VISIT | {"optional": ""}) | old)
    assert refused.status_code == 200 and "Soạn dự thảo" in refused.content.decode()
    row.refresh_from_db()
    assert len(row.stages) == 2


def test_no_process_is_deleted_and_the_same_scope_is_written_once_a_day(office: Office) -> None:
    client = office.browser("administrator")
    assert client.post(ADD, sent(office, CHECK)).status_code == 302
    row = InternalProcess.objects.get()
    assert client.post(ADD, sent(office, CHECK)).status_code == 200
    assert client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    with pytest.raises(IntegrityError):
        process(office.agency, "A", code="1.000001", field="X")


def test_stages_longer_than_the_promised_time_are_warned_of(office: Office) -> None:
    version = factories.make_version(processing_value=2, processing_unit="working_day")
    code = version.procedure.code
    long = CHECK | {"amount": "3", "unit": "working_day"}
    client = office.browser("administrator")
    saved = client.post(ADD, sent(office, long, procedure_code=code), follow=True).content.decode()
    assert "Các bước cộng lại dài hơn thời hạn đã công bố" in saved
    saved = client.post(ADD, sent(office, long, field_code=version.procedure.field.code), follow=True).content.decode()
    assert f"dài hơn thời hạn của 1 thủ tục, ví dụ {code}" in saved
    saved = client.post(ADD, sent(office, CHECK | {"amount": "16"}), follow=True).content.decode()
    assert "Các bước cộng lại dài hơn" not in saved
    assert "vào xử lý từ vài phút nữa theo các bước này" in saved, "other workers keep what they know for a while"


def test_what_is_left_out_or_decided_elsewhere_is_not_warned_of(office: Office) -> None:
    """An optional stage takes no time that was promised; a ministry's procedure is nothing to a commune."""
    factories.make_version(processing_value=2, processing_unit="working_day")
    ministrys = factories.make_version("1.000009", processing_value=1, processing_unit="working_day")
    ProcedureVersion.objects.filter(pk=ministrys.pk).update(competent_level=AgencyLevel.MINISTRY)
    optional = VISIT | {"amount": "9"}
    client = office.browser("administrator")
    saved = client.post(ADD, sent(office, CHECK | {"amount": "15"}, optional), follow=True).content.decode()
    assert "Các bước cộng lại dài hơn" not in saved


def _in_the_first_row(page: str) -> str:
    offered = page[page.index('name="stages-0-desk"') :]
    return offered[: offered.index("</select>")]


def test_a_stage_is_offered_the_desks_of_the_process_s_agency(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who administers the whole country chooses the agency first: all desks in each row were a page of megabytes."""
    province = office.agency.parent
    assert province is not None
    own = OneStopDesk.objects.create(agency=office.agency, name="Quầy 1")
    above = OneStopDesk.objects.create(agency=province, name="Quầy 1")
    OneStopDesk.objects.create(agency=factories.make_other_agency(), name="Quầy 1")
    everywhere = with_second_factor(factories.make_official(office.agency, MembershipRole.ADMINISTRATOR, "Toàn Quốc"))
    everywhere.is_superuser = True
    everywhere.save(update_fields=["is_superuser"])
    client, row = signed_in(everywhere), process(office.agency, "Thẩm định")
    unknown = client.get(ADD).content.decode()
    assert 'name="stages-0-desk"' not in unknown and "Muốn nêu bộ phận một cửa cho từng bước" in unknown
    whole = _in_the_first_row(client.get(ADD, {"agency": province.pk}).content.decode())
    assert f"Quầy 1, {office.agency.title}" in whole and f"Quầy 1, {province.title}" in whole
    assert whole.count("Quầy 1") == 2, "of another agency none"
    offered = _in_the_first_row(client.get(f"{LIST}{row.pk}/change/").content.decode())
    assert f'value="{own.pk}"' in offered and offered.count("Quầy 1") == 1
    monkeypatch.setattr(admin_processes, "MOST_DESKS", 1)
    narrow = _in_the_first_row(client.get(ADD, {"agency": province.pk}).content.decode())
    assert f'value="{above.pk}"' in narrow and narrow.count("Quầy 1") == 1, "of so many only its own"


def test_the_nearest_agency_s_then_the_procedure_s_then_the_field_s_process_holds(office: Office) -> None:
    agency, day = office.agency, date(2026, 11, 9)
    province = agency.parent
    assert province is not None
    asked: list[int] = []

    def field() -> str:
        asked.append(1)
        return "F"

    def found() -> str:
        row = processes.in_force(agency, "1.001193", field, day)
        return str(row) if row else ""

    assert found() == ""
    for where, name, scope in (
        (province, "tỉnh", {}),
        (province, "tỉnh, thủ tục", {"code": "1.001193"}),
        (agency, "xã", {}),
        (agency, "xã, lĩnh vực", {"field": "F"}),
        (agency, "xã, thủ tục", {"code": "1.001193"}),
    ):
        process(where, name, **scope)
        assert found() == name
    assert len(asked) == 2, "the field is looked up only where a row names one"
    process(agency, "thủ tục khác", code="9.000001")
    process(factories.make_other_agency(), "nơi khác", code="1.001193")
    process(agency, "đã hết", code="1.001193", valid_from=date(2025, 1, 1), valid_to=date(2025, 2, 1))
    process(agency, "chưa đến", code="1.001193", valid_from=date(2027, 1, 1))
    assert found() == "xã, thủ tục"
    process(agency, "mới hơn", code="1.001193", valid_from=date(2026, 6, 1))
    assert found() == "mới hơn"


def test_what_a_process_of_the_server_knows_is_as_old_as_is_allowed_now(office: Office, settings: Any) -> None:
    processes.forget()
    settings.CALENDAR_KEPT_SECONDS = 60.0
    assert not processes.are_any()
    process(office.agency, "Thẩm định")
    assert not processes.are_any(), "read a moment ago"
    settings.CALENDAR_KEPT_SECONDS = 0.0
    assert processes.are_any(), "also where more was allowed when it was read"
