"""check_partner grades a system that calls the portal by what it sent; a habit that costs is named."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from dossiers.models import DossierEvent
from dossiers.partners import client_checks
from portal.agencies.models import ApiClient
from portal.exchange import refusals
from portal.exchange.models import InboundRequest, InboxMessage
from tests import factories
from tests.api.callers import filed_dossier
from tests.wire.clients import WireClient, line, new_code, record, wire_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> WireClient:
    factories.make_version()
    agency = factories.make_agency()
    return wire_client(agency.parent or agency)


def check(client: ApiClient, *, name: str = "") -> tuple[dict[str, str], bool]:
    """What is wrong, with its cure, and whether all is well."""
    out = StringIO()
    try:
        call_command("check_partner", name or client.name, "--kind", "client", stdout=out)
    except CommandError as error:
        assert "chưa đạt" in str(error)
    lines = out.getvalue().splitlines()
    cures = iter(text.split("→ ")[1] for text in lines if "→ " in text)
    bad = [text.removeprefix("CHƯA ĐẠT").strip() for text in lines if text.startswith("CHƯA ĐẠT")]
    return {text: next(cures) for text in bad}, lines[-1] == "Mọi bước đều đạt."


def stamp(ago: timedelta = timedelta(0)) -> str:
    return f"{timezone.localtime(timezone.now() - ago):%Y%m%d%H%M%S}"


def one_dossier(province: WireClient, **fields: object) -> str:
    code = new_code()
    now = stamp(timedelta(minutes=2))
    dates = {"NgayTiepNhan": now, "NgayHenTra": stamp(-timedelta(days=5))}
    assert province.sync(record(code, "2", **(dates | fields)))["error_code"] == "0"
    assert province.progress(line(code, now, "2", "Tiếp nhận"))["error_code"] == "0"
    return code


def test_a_system_that_never_called_is_told_where_to_look(province: WireClient) -> None:
    bad, _is_good = check(province.account)
    assert list(bad) == ["Hệ thống gọi được Cổng bằng tài khoản của mình (chưa gọi lần nào)"]
    with pytest.raises(CommandError, match="Không có hệ thống này"):
        call_command("check_partner", "không có", "--kind", "client")


def test_an_account_that_is_a_number_names_its_system_and_a_name_of_two_names_none(province: WireClient) -> None:
    other = wire_client(province.account.agency).account
    number = "106773786"
    ApiClient.objects.filter(pk=other.pk).update(wire_username=number)
    assert client_checks.named(number) == other
    ApiClient.objects.filter(pk=other.pk).update(name=province.account.name, wire_username=str(province.account.pk))
    for text in (province.account.name, str(province.account.pk)):
        with pytest.raises(CommandError, match="Nhiều hệ thống") as refused:
            call_command("check_partner", text, "--kind", "client")
        assert province.account.wire_username in str(refused.value) and f"{other.pk}: " in str(refused.value)
    assert client_checks.named(province.account.wire_username) == province.account
    assert client_checks.named(str(other.pk)) == other


def test_a_good_client_of_the_wire_format_passes(province: WireClient) -> None:
    one_dossier(province)
    for name in ("", province.account.wire_username, str(province.account.pk)):
        assert check(province.account, name=name) == ({}, True)


def test_each_habit_that_costs_is_named_with_its_cure(province: WireClient) -> None:
    one_dossier(province)
    late = one_dossier(province, NgayTra="3/4/2026 2:00:00 PM")
    only_synced, gap = new_code(), new_code()
    province.sync(record(only_synced, "4", NgayTiepNhan="", NgayHenTra=""), record(gap, MaTTHC="RIENG-01"))
    province.progress(line(late, stamp(timedelta(hours=5)), "4", "Thụ lý"))
    province.progress(line(late, "", "9", "Ký", TruongLa="x"))
    province.progress(line(late, "20991231235959", "9", "Trả"))
    province.progress(line(late, stamp(timedelta(minutes=1)), "9", "Ký xong"), line(late, stamp(), "4", "Mở lại"))
    province.progress(line("CHUA-DONG-BO", stamp(), "4"))
    assert province.sync(record(new_code(), "77"))["error_code"] == "-5"
    bad, is_good = check(province.account)
    told = "\n".join(bad)
    assert not is_good
    for words in (
        "báo cáo đến trong vòng một giờ",
        "thời điểm ở tương lai",
        "bảng trạng thái (1 bước: ",
        "có hồ sơ của nó (1 hồ sơ: CHUA-DONG-BO)",
        "Mã nào Cổng cũng biết, kể cả mã gửi từ trước (2 mã: ",
        "cũng đọc được (1 trường: NgayTra)",
        "ngoài giao thức (1 trường: TruongLa)",
        "ThoiDiemXuLy (1 trên",
        "Sau DongBoHoSoMC có CapNhatTienDoHoSoMC (2 hồ sơ: ",
        f"danh mục quốc gia (1 hồ sơ: {gap})",
        f"ngày hẹn trả (1 hồ sơ: {only_synced})",
    ):
        assert words in told, words
    assert all(cure.strip() for cure in bad.values())


def test_calls_that_were_refused_are_counted_by_kind(province: WireClient) -> None:
    one_dossier(province)
    for kind_code in ("-5", "-5", "-6"):
        refusals.count(province.account.pk, kind_code)
    refusals.count(province.account.pk, "-1", is_claimed=True)
    bad, _is_good = check(province.account)
    since = f"{timezone.localtime() - timedelta(hours=24):%H:00, %d/%m/%Y}"
    told = [text.rpartition(" (")[2] for text in bad]
    assert told == [f"1 lời gọi từ {since})", f"2 lời gọi từ {since})"]


def test_what_was_refused_an_hour_before_the_span_is_not_counted(province: WireClient) -> None:
    noon = timezone.localtime().replace(hour=12, minute=40, second=0, microsecond=0)
    for hours in (1, 3, 60):
        with time_machine.travel(noon - timedelta(hours=hours)):
            refusals.count(province.account.pk, "-5")
    with time_machine.travel(noon):
        for span, number, begins in ((2, 1, 2), (3, 2, 3), (47, 2, 47)):
            counts, first = refusals.since(province.account.pk, noon - timedelta(hours=span))
            assert (counts["field"], first) == (number, noon.replace(minute=0) - timedelta(hours=begins)), span
        counts, first = refusals.since(province.account.pk, noon - timedelta(hours=49))
        assert (counts["field"], first) == (3, noon.replace(hour=0, minute=0) - timedelta(days=2))


def test_a_client_of_the_api_is_told_of_keys_officials_and_the_journal() -> None:
    system, dossier = filed_dossier()
    ApiClient.objects.filter(pk=system.client.pk).update(webhook_url="")
    assert system.push(dossier, "accept").status_code == 201
    system.client.refresh_from_db()
    bad, is_good = check(system.client)
    assert not is_good and len(bad) == 3
    for words in ("Idempotency-Key (không)", "cán bộ xử lý (1 sự kiện thiếu)", "nghe tin từ Cổng (không)"):
        assert any(words in text for text in bad), words
    DossierEvent.objects.update(received_at=timezone.now() - timedelta(hours=30))
    official = {"name": "Ngô Văn Nghiệm", "title": "Cán bộ", "unit": "Một cửa"}
    assert system.push(dossier, "start_processing", key="k-1", official=official).status_code == 201
    assert system.get("/api/v1/events/").status_code == 200
    assert check(system.client) == ({}, True)


def test_what_was_before_is_not_graded_again(province: WireClient) -> None:
    code = one_dossier(province)
    province.progress(line(code, "", "4", "Không ghi giờ"))
    DossierEvent.objects.update(received_at=timezone.now() - timedelta(hours=30))
    one_dossier(province)
    assert check(province.account) == ({}, True)


def test_what_was_refused_kept_or_keyed_before_the_span_is_not_graded(province: WireClient) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        refusals.count(province.account.pk, "-5")
    province.progress(line("CHUA-DONG-BO", stamp(), "4"))
    InboxMessage.objects.update(created_at=timezone.now() - timedelta(days=3))
    one_dossier(province)
    assert check(province.account) == ({}, True)
    province.account.refresh_from_db()
    grades = list(client_checks.run(province.account, since=timezone.now() - timedelta(days=30)))
    assert [grade.told for grade in grades if not grade.is_passed] == [
        f"1 lời gọi từ {timezone.localtime() - timedelta(days=6):00:00, %d/%m/%Y}",
        "1 hồ sơ: CHUA-DONG-BO",
    ]
    system, dossier = filed_dossier()
    assert system.push(dossier, "accept", key="k-1").status_code == 201
    InboundRequest.objects.update(received_at=timezone.now() - timedelta(days=3))
    assert system.push(dossier, "start_processing").status_code == 201
    system.client.refresh_from_db()
    bad, _is_good = check(system.client)
    assert "Lời gọi POST mang Idempotency-Key (không)" in bad


def test_one_report_of_twenty_may_come_late() -> None:
    now = timezone.now()
    in_time = [DossierEvent(occurred_at=now, received_at=now, data={}) for _turn in range(19)]
    late = DossierEvent(occurred_at=now - timedelta(hours=2), received_at=now, data={})
    for events, is_good in (([*in_time, late], True), ([*in_time[1:], late], False)):
        assert next(client_checks._moments(events)).is_passed is is_good
