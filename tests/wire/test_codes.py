"""A system's own codes: kept and shown where nobody mapped them, and done by themselves once somebody did."""

import pytest
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import CodeGap, CodeTable, Dossier
from dossiers.partners import code_tables
from dossiers.tasks import apply_received, replay_mapped
from portal.agencies.models import ApiClient
from portal.core.work import WorkState
from portal.exchange.models import InboxMessage
from tests import factories
from tests.wire.clients import WireClient, line, new_code, record, wire_client

pytestmark = pytest.mark.django_db


def map_codes(client: WireClient, *entries: tuple[str, str, str]) -> None:
    rows = [{"kind": kind, "told": told, "ours": ours, "note": ""} for kind, told, ours in entries]
    code_tables.publish(client.account, [*code_tables.current(client.account), *rows], by=None)


def gaps() -> list[tuple[str, str]]:
    known = CodeGap.objects.filter(resolved_at=None).exclude(told="1.000001")  # not in the catalogue of most tests
    return list(known.values_list("kind", "told"))


def test_an_unknown_status_waits_in_words_and_goes_on_once_mapped(province: WireClient) -> None:
    code = new_code()
    answer = province.sync(record(code, "Đã duyệt"))
    assert answer["error_code"] == "-5" and code in answer["message"] and "giữ lại" in answer["message"]
    assert province.sync(record(code, "Đã duyệt"))["error_code"] == "-5"
    held = InboxMessage.objects.get()  # the resend is the same row
    assert held.work_state == WorkState.DEAD and "Đã duyệt" in held.quarantine_reason
    assert gaps() == [("status", "Đã duyệt")] and not Dossier.objects.exists()
    map_codes(province, ("status", "  đã DUYỆT ", "9"))
    replay_mapped()
    apply_received()
    assert Dossier.objects.get(code=code).state == DossierState.DECIDED
    assert gaps() == [] and not InboxMessage.objects.exclude(work_state=WorkState.DONE).exists()
    other = new_code()
    assert province.sync(record(other, "ĐÃ DUYỆT"))["error_code"] == "0"
    assert Dossier.objects.get(code=other).source_record["TrangThaiHoSo"] == "ĐÃ DUYỆT"


def test_a_mapping_frees_the_reports_of_its_own_system_only(province: WireClient) -> None:
    other = wire_client(factories.make_other_agency())
    for system in (province, other):
        system.sync(record(new_code(), "Đã duyệt"))
    map_codes(province, ("status", "Đã duyệt", "9"))
    replay_mapped()
    states = dict(InboxMessage.objects.values_list("client", "work_state"))
    assert states == {province.account.pk: WorkState.PENDING, other.account.pk: WorkState.DEAD}


def test_a_line_that_waited_does_not_undo_what_came_after_it(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "2"))
    province.progress(line(code, "20250102100000", "XL"))
    province.progress(line(code, "20250103100000", "9", "Xong"))
    map_codes(province, ("status", "XL", "4"))
    replay_mapped()
    apply_received()
    dossier = Dossier.objects.get(code=code)
    assert dossier.state == DossierState.DECIDED
    assert dossier.events.filter(data__reported_status=4).exists()


def test_a_number_means_what_the_table_says(province: WireClient) -> None:
    map_codes(province, ("status", "4", "9"))
    code = new_code()
    province.sync(record(code, "4"))
    assert Dossier.objects.get(code=code).state == DossierState.DECIDED


def test_a_mapping_that_only_renames_the_wrong_code_waits_on(province: WireClient) -> None:
    province.sync(record(new_code(), "Treo"))
    map_codes(province, ("status", "Khác", "4"))
    replay_mapped()
    apply_received()
    assert gaps() == [("status", "Treo")]
    assert InboxMessage.objects.get().work_state == WorkState.DEAD


def test_a_local_procedure_is_taken_in_and_tied_to_the_catalogue_once_mapped(province: WireClient) -> None:
    version = factories.make_version()
    code = new_code()
    assert province.sync(record(code, MaTTHC="DP-01"))["error_code"] == "0"
    assert gaps() == [("procedure", "DP-01")]
    map_codes(province, ("procedure", "DP-01", "1.000001"))
    replay_mapped()
    dossier = Dossier.objects.get(code=code)
    assert (dossier.procedure_version, dossier.is_catalogue_gap, dossier.procedure_code) == (version, False, "1.000001")
    assert dossier.source_record["MaTTHC"] == "DP-01" and gaps() == []
    before = dossier.last_sequence
    replay_mapped()
    province.sync(record(code, MaTTHC="DP-01"))
    dossier.refresh_from_db()
    assert (dossier.last_sequence, dossier.is_catalogue_gap) == (before, False)


def test_a_procedure_that_the_catalogue_learns_later_needs_no_mapping(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, MaTTHC="1.000001"))
    assert Dossier.objects.get(code=code).is_catalogue_gap
    factories.make_version()
    replay_mapped()
    assert not Dossier.objects.get(code=code).is_catalogue_gap


def test_an_agency_of_before_the_merger_is_mapped_to_its_successor(province: WireClient) -> None:
    code = new_code("H26.99")
    province.sync(record(code))
    assert Dossier.objects.get(code=code).agency == province.account.agency and gaps() == [("agency", "H26.99")]
    map_codes(province, ("agency", "H26.99", "H26.00073"))
    replay_mapped()
    assert Dossier.objects.get(code=code).agency.code == "H26.00073"
    other, named = new_code("H26.99"), new_code("HS")
    province.sync(record(other))
    map_codes(province, ("agency", "Phòng Hộ tịch cũ", "H26.00073"))
    province.sync(record(named, DonViXuLy="Phòng Hộ tịch cũ"))
    assert {d.agency.code for d in Dossier.objects.filter(code__in=[other, named])} == {"H26.00073"}
    assert gaps() == [], "a code without the form of an agency's is no gap"


def test_a_report_read_by_the_old_table_just_as_the_new_one_came_goes_on(province: WireClient) -> None:
    code = new_code()
    province.sync(record(code, "Treo"))
    CodeGap.objects.update(resolved_at=timezone.now())  # closed between the report's reading and its quarantine
    map_codes(province, ("status", "TREO", "4"))
    replay_mapped()
    apply_received()
    assert Dossier.objects.get(code=code).state == DossierState.PROCESSING


def test_what_a_colleague_mapped_meanwhile_stays(province: WireClient) -> None:
    opened_before = ApiClient.objects.get(pk=province.account.pk)
    map_codes(province, ("status", "A", "1"), ("status", "B", "2"))
    entry = {"kind": "status", "told": "b", "ours": "3", "note": ""}
    assert code_tables.add(opened_before, [entry], by=None) == 2
    assert [(row["told"], row["ours"]) for row in code_tables.current(opened_before)] == [("A", "1"), ("b", "3")]


def test_a_version_is_kept_and_the_same_table_makes_no_new_one(province: WireClient) -> None:
    map_codes(province, ("status", "A", "1"))
    map_codes(province)
    assert province.account.code_version == 1
    map_codes(province, ("status", "B", "2"))
    kept = CodeTable.objects.order_by("number").values_list("number", "entries")
    assert [(number, len(entries)) for number, entries in kept] == [(1, 1), (2, 2)]


def test_a_status_of_a_dossier_filed_here_waits_for_its_mapping(province: WireClient) -> None:
    dossier = factories.file_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=province.account)
    told = {"MaHoSo": dossier.code, "NoiDung": "Nhận", "NgayXuLy": "", "TrangThai": "TN"}
    answer = province.call("DongBoTrangThaiHoSo", type="2", data=told)
    assert answer["error_code"] == "-5" and "giữ lại" in answer["message"]
    map_codes(province, ("status", "TN", "2"))
    replay_mapped()
    apply_received()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.ACCEPTED
