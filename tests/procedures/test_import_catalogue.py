"""Importing the national catalogue: new, changed, unchanged, vanished; the bad is named and nothing half applied."""

import codecs
import io
import json
import os
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, OperationalError
from django.urls import reverse
from django.utils import timezone

from portal.agencies.models import Agency
from procedures import catalogue, search
from procedures.models import NationalRecord, Origin, Procedure, ProcedureVersion
from procedures.national import importing, reading
from procedures.packs import REFERENCE
from tests.procedures.conftest import BIRTH

pytestmark = pytest.mark.django_db


def record(code="1.900001", **changes):
    """A record in the shape of the catalogue file."""
    return {
        "code": code,
        "name": "Cấp giấy phép nuôi rồng",
        "field": "Chăn nuôi",
        "field_code": "G10-CN01",
        "level": ["Cấp tỉnh", "Cấp xã"],
        "scope": "STANDARD",
        "full_online": False,
        "internal": False,
        "target_groups": ["Công dân Việt Nam", "Doanh nghiệp"],
        "promulgated_by": {"code": "G10", "name": "Bộ Nông nghiệp và Môi trường"},
        "decision": {"number": "1/QĐ-BNNMT", "date": "2025-07-01", "agency": "Bộ Nông nghiệp và Môi trường"},
        "agencies": {"executing_groups": ["Ủy ban nhân dân cấp xã"]},
        "steps": [{"name": "", "text": "Bước 1: Nộp hồ sơ."}],
        "methods": [
            {
                "channel": "online",
                "time": 5,
                "time_unit": "WORKING_DAY",
                "description": "",
                "fee": [{"type": "SERVICE_FEE", "amount": 50000, "currency": "VND", "note": ""}],
            }
        ],
        "components": [
            {"name": "Đơn đề nghị", "code": "KQ1", "original": 1, "copy": 0, "form_template": ["don.docx"]},
            {"case": "Lưu ý", "name": "Mang theo bản chính.", "original": 0, "copy": 0},
        ],
        "results": [{"code": "KQ.G10.1", "name": "Giấy phép nuôi rồng"}],
        "legal_basis": [{"number": "1/2025/QH15", "name": "Luật Rồng"}],
        "subcases": [],
        "service_groups": [],
        **changes,
    }


def wire_record(**changes):
    """The same in the shape of ``LayThuTuc``."""
    return {
        "MATTHC": "1.900009",
        "TENTTHC": "Cấp thẻ rồng",
        "CAPTHUCHIEN": [{"CAPTHUCHIEN": "1", "TENCAP": "Cấp Tỉnh"}],
        "LINHVUCTHUCHIEN": [{"MALINHVUC": "LV1", "TENLINHVUC": "Rồng"}],
        "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": "Nộp hồ sơ."}]}],
        "CACHTHUCTHUCHIEN": [
            {
                "KENH": "2",
                "THOIGIAN": [
                    {
                        "THOIGIANGIAIQUYET": "3",
                        "DONVITINH": "Ngày làm việc",
                        "MOTA": "",
                        "PHILEPHI": [{"SOTIEN": "30000", "DONVI": "Đồng", "MOTA": ""}],
                    }
                ],
            }
        ],
        "THANHPHANHOSO": [{"TRUONGHOP": "", "GIAYTO": [{"TENGIAYTO": "Đơn", "SOBANCHINH": "1", "SOBANSAO": "0"}]}],
        "COQUANTHUCHIEN": [{"MADONVI": "H01", "TENDONVI": "Ủy ban nhân dân"}],
        "DOITUONGTHUCHIEN": [{"MADOITUONG": "1", "TENDOITUONG": "Công dân"}],
        "CANCUPHAPLY": [{"SOVANBAN": "1/2025/QH15", "TENVANBAN": "Luật Rồng"}],
        "KETQUATHUCHIEN": None,
        "TRANGTHAI": "1",
        **changes,
    }


@pytest.fixture
def run(tmp_path, db):
    """Import lines (records, or bytes as they are) and return what was printed and the report's lines."""

    def run(*lines, name="catalogue.jsonl", **options):
        path, report = tmp_path / name, tmp_path / "report.jsonl"
        encoded = [
            line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass")
            for line in lines
        ]
        path.write_bytes(b"\n".join(encoded))
        out = io.StringIO()
        call_command("import_catalogue", str(path), report=report, stdout=out, **options)
        return out.getvalue(), [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]

    return run


def skipped(report):
    return [(line["code"], line["field"]) for line in report if line["kind"] == "skipped"]


def test_a_new_record_has_a_sheet_and_is_found(run, client):
    out, _report = run(record())
    assert "1 new" in out
    version = Procedure.objects.get(code="1.900001").current
    assert (version.origin, version.levels, version.audience) == (
        Origin.NATIONAL,
        ["province", "commune"],
        ["citizen", "organisation"],
    )
    assert version.source_record == record()
    html = client.get(reverse("procedures:detail", kwargs={"code": "1.900001"})).content.decode()
    assert "Cấp giấy phép nuôi rồng" in html
    assert "5 ngày làm việc" in html
    assert "50.000\xa0đ" in html
    assert [hit.code for hit in search.search("xin phep nuoi rong").hits] == ["1.900001"]


def test_again_is_nothing(run):
    run(record())
    before = ProcedureVersion.objects.get().pk
    out, report = run(record())
    assert "1 unchanged" in out
    assert ProcedureVersion.objects.get().pk == before
    assert [line["kind"] for line in report] == ["summary"]


def test_a_change_is_a_version_from_today_and_says_what_changed(run):
    run(record())
    _out, report = run(record(name="Cấp giấy phép nuôi rồng con", requirements="Có chuồng."))
    first, second = ProcedureVersion.objects.order_by("number")
    assert second.valid_from == timezone.localdate()
    assert first.valid_to == timezone.localdate() - timedelta(days=1)
    assert Procedure.objects.get().current == second
    assert report[0]["kind"] == "changed"
    assert report[0]["field"] == "tên, yêu cầu, điều kiện"


def test_stopped_halfway_it_goes_on(run):
    run(record())
    out, _report = run(record(), record("1.900002"))
    assert "1 new" in out and "1 unchanged" in out


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"name": "Không có mã"}, "code"),
        (record(code=None), "code"),
        (record(code="../../etc/passwd"), "code"),
        (record("1.900003", name=None), "name"),
        (record("1.900003", name=" \u200b "), "name"),
        (record("1.900003", name="Thá»§ tá»¥c cấp"), "name"),
        (record("1.900003", name="x" * 10_001), "name"),
        ([1, 2], ""),
        ("just text", ""),
        (17, ""),
        (None, ""),
        (b'{"code": "1.900003", "name": "c\xe1t', ""),
        ("Thủ tục".encode("cp1258", "ignore") + b"\xd2\xf2", ""),
        (b'{"code": ' + b"[" * 5_000, ""),
        (b'{"code": "1.900003", "a": ' + b"9" * 5_000 + b"}", ""),
        (b"\x00\x00\x00", ""),
    ],
)
def test_a_bad_record_is_named_and_the_rest_goes_on(run, bad, field):
    out, report = run(record(), bad, record("1.900002"))
    assert "2 new" in out
    assert Procedure.objects.count() == 2
    problems = [line for line in report if line["kind"] == "skipped"]
    assert problems, report
    assert all(line["field"] == field and line["reason"] for line in problems)
    assert all(line["place"].startswith("catalogue.jsonl:") for line in problems)


@pytest.mark.parametrize("key", sorted(set(record()) - {"code", "name"}))
@pytest.mark.parametrize(
    "value", [None, 7, 1.5, True, "chữ", [], {}, [None, 3, "x", [[]], {"name": 5}], {"a": [1]}, "\x00"]
)
def test_a_wrong_type_costs_its_part_only(run, key, value):
    _out, report = run(record(**{key: value}))
    assert Procedure.objects.get().current.name == "Cấp giấy phép nuôi rồng"
    assert not skipped(report)


def test_duplicates_in_a_file_are_named(run):
    _out, report = run(record(), record(), record(name="Khác hẳn"))
    assert skipped(report) == [("1.900001", "code"), ("1.900001", "code")]
    assert ProcedureVersion.objects.get().name == "Cấp giấy phép nuôi rồng"


@pytest.mark.parametrize(
    ("fee", "amount", "foreign"),
    [
        ({"type": "FEE", "amount": 20, "note": "20.000 vnđ /tờ khai"}, None, ""),
        ({"type": "FEE", "amount": 0, "note": "Theo Thông tư số 1/2025/TT-BTC"}, None, ""),
        ({"type": "FEE", "amount": 0, "note": "Miễn phí"}, 0, ""),
        ({"type": "FEE", "amount": 0}, 0, ""),
        ({"type": "FEE", "amount": 25, "currency": "USD"}, None, "25 USD"),
        ({"type": "FEE", "amount": "20.000", "currency": "VND"}, 20_000, ""),
        ({"type": "FEE", "amount": "hai mươi nghìn"}, None, ""),
        ({"type": "FEE", "amount": 150000, "note": "do Hội đồng nhân dân tỉnh quyết định"}, None, ""),
        ({"type": "FEE", "amount": -5}, None, ""),
        ({"type": "FEE", "amount": True}, None, ""),
        ({"type": "FEE", "amount": None, "note": "x"}, None, ""),
        ({"type": "FEE", "amount": 1e18}, None, ""),
        ({"type": "FEE", "amount": 2000, "note": "20.000 đồng"}, None, ""),
    ],
)
def test_a_fee_is_sure_or_has_no_amount(run, fee, amount, foreign):
    run(record(methods=[{"channel": "direct", "time": 1, "time_unit": "DAY", "fee": [fee]}]))
    rule = Procedure.objects.get().current.fees.get()
    assert (rule.amount_vnd, rule.foreign_amount) == (amount, foreign)
    assert rule.when_text == fee.get("note", "")


def test_of_several_cases_none_is_charged_by_itself(run):
    rows = [{"type": "FEE", "amount": 10_000, "note": "Cá nhân"}, {"type": "FEE", "amount": 90_000, "note": "Tổ chức"}]
    run(record(methods=[{"channel": "direct", "time": 1, "time_unit": "DAY", "fee": rows}]))
    assert not any(rule.is_default for rule in Procedure.objects.get().current.fees.all())


@pytest.mark.parametrize(
    ("time", "unit", "value", "kept"),
    [
        (3, "WORKING_DAY", 3, "working_day"),
        (7.5, "WORKING_DAY", 60, "hour"),
        ("15", "DAY", 15, "day"),
        (2, "MONTH", 2, "month"),
        (1, "YEAR", 1, "year"),
        (4, "HOUR", 4, "hour"),
        (1, "OTHER", None, ""),
        (0, "DAY", None, ""),
        ("Theo mô tả", "DAY", None, ""),
        (-1, "DAY", None, ""),
        (10**9, "DAY", None, ""),
        (None, None, None, ""),
    ],
)
def test_a_time_is_sure_or_stays_words(run, time, unit, value, kept):
    run(
        record(methods=[{"channel": "direct", "time": time, "time_unit": unit, "fee": [], "description": "Xem Điều 5"}])
    )
    version = Procedure.objects.get().current
    assert (version.processing_value, version.processing_unit) == (value, kept)
    assert "Xem Điều 5" in version.sheet["processing"]["text"]["vi"]


def test_notes_among_the_papers_are_not_papers(run):
    run(record())
    kinds = list(Procedure.objects.get().current.components.values_list("kind", flat=True))
    assert kinds == ["document", "present_only"]


def test_internal_procedures_are_not_offered(run):
    run(record(scope="STANDARD_INTERNAL"))
    assert search.search("nuôi rồng").hits == []


def test_what_vanished_is_closed_with_the_reason_and_opens_again(run):
    run(record(), record("1.900002"), record("1.900003"), record("1.900004"))
    out, report = run(record(), record("1.900002"), record("1.900003"), close_missing="Bãi bỏ theo QĐ 9")
    assert "1 closed" in out
    closed = Procedure.objects.get(code="1.900004")
    assert (closed.is_open, closed.closed_reason) == (False, "Bãi bỏ theo QĐ 9")
    assert [line["code"] for line in report if line["kind"] == "closed"] == ["1.900004"]
    out, _report = run(record("1.900004"))
    assert "1 reopened" in out
    assert Procedure.objects.get(code="1.900004").is_open


def test_nothing_is_closed_on_a_guess(run):
    run(record(), record("1.900002"))
    with pytest.raises(CommandError, match="nothing was closed"):
        run(record(), b"{broken", close_missing="x")
    with pytest.raises(CommandError, match="nothing was closed"):
        run(record(), close_missing="x")
    assert Procedure.objects.filter(is_open=True).count() == 2


def test_our_pack_stays_and_the_record_is_kept_beside(run, publish):
    mine = publish(BIRTH)
    out, _report = run(record(BIRTH, name="Thủ tục đăng ký khai sinh"))
    assert "1 beside pack" in out
    procedure = Procedure.objects.get(code=BIRTH)
    assert procedure.current == mine
    assert procedure.current.form
    assert NationalRecord.objects.get(procedure=procedure).record["name"] == "Thủ tục đăng ký khai sinh"
    assert "1 unchanged" in run(record(BIRTH, name="Thủ tục đăng ký khai sinh"))[0]


def test_a_pack_published_later_comes_on_top(run, reference):
    run(record(BIRTH))
    catalogue.load_pack(REFERENCE / "procedures" / f"{BIRTH}.yaml", reference=reference)
    current = Procedure.objects.get(code=BIRTH).current
    assert (current.number, current.origin) == (2, Origin.PACK)


def test_the_wire_shape_is_read_too(run):
    out, _report = run({"error_code": "0", "result": [wire_record()]}, name="answer.json")
    assert "1 new" in out
    version = Procedure.objects.get(code="1.900009").current
    assert (version.processing_value, version.fees.get().amount_vnd, version.components.get().name) == (
        3,
        30_000,
        "Đơn",
    )
    assert version.source_record == wire_record()
    _out, report = run(wire_record(YEUCAU="Có chuồng."))
    assert [line["field"] for line in report if line["kind"] == "changed"] == ["yêu cầu, điều kiện"]


def test_a_time_in_a_unit_nobody_knows_stays_words(run):
    way = {"KENH": "1", "THOIGIAN": [{"THOIGIANGIAIQUYET": "2", "DONVITINH": "Tuần", "MOTA": ""}]}
    _out, report = run(wire_record(CACHTHUCTHUCHIEN=[way]))
    version = Procedure.objects.get().current
    assert version.processing_value is None
    assert version.sheet["processing"]["text"]["vi"] == "2 Tuần"
    assert "methods.time_unit" in [line["field"] for line in report if line["kind"] == "flaw"]


@pytest.mark.parametrize("value", ["inf", "-inf", "Infinity", "1e999", 99_999.5, "99999.5"])
def test_a_time_without_end_costs_its_part_only(run, value):
    method = {"channel": "direct", "time": value, "time_unit": "WORKING_DAY", "description": "Xem Điều 5"}
    _out, report = run(record(methods=[method]))
    version = Procedure.objects.get().current
    assert not skipped(report)
    assert (version.processing_value, "Xem Điều 5" in version.sheet["processing"]["text"]["vi"]) == (None, True)


@pytest.mark.parametrize(
    "name",
    ["Thành lập “LIÊN HIỆP HỢP TÁC XÃ”", "Giải thể «HỢP TÁC XÃ»", "Cấp đổi thẻ ĐÃ…", "Cấp XÃ – 1", "Xử lý «quá»"],
)
def test_capitals_before_quotation_marks_are_no_broken_encoding(run, name):
    _out, report = run(record(name=name))
    assert not skipped(report)
    assert Procedure.objects.get().current.name == name


def test_what_the_database_refuses_takes_no_field_with_it(run, monkeypatch):
    """A batch that is refused is written record by record; the field that it made is made again."""
    written = importing.bulk_rows.copy_in

    def refuse(model, rows):
        if model is ProcedureVersion and any(row["name"] == "Bị từ chối" for row in rows):
            raise DataError("refused")
        written(model, rows)

    monkeypatch.setattr(importing.bulk_rows, "copy_in", refuse)
    out, report = run(record(field_code="NEW-1"), record("1.900002", name="Bị từ chối"), record("1.900003"))
    assert "2 new" in out
    assert skipped(report) == [("1.900002", "")]
    assert set(Procedure.objects.values_list("code", flat=True)) == {"1.900001", "1.900003"}
    assert Procedure.objects.get(code="1.900001").field.code == "NEW-1"


def test_a_database_that_goes_away_is_no_fault_of_a_record(run, monkeypatch):
    monkeypatch.setattr(importing, "_apply", lambda *_args: (_ for _ in ()).throw(OperationalError("gone")))
    monkeypatch.setattr(importing.connection, "is_usable", lambda: False)
    with pytest.raises(CommandError, match="run it again"):
        run(record())


def test_agencies_are_shown_with_what_has_their_tasks_today(run):
    """Along a chain to its end; where a chain is a circle, it ends before it would close."""
    names = ["Sở A", "Sở B", "Sở C"]
    first, second, third = (
        Agency.objects.create(code=f"X9{at}", name=name, level="province", branch="other")
        for at, name in enumerate(names)
    )
    first.successor, second.successor = second, third
    for agency in (first, second):
        agency.save()
    published = {"executing": [{"code": "X90.01", "name": "Phòng cũ"}]}
    run(record(agencies=published))
    assert Procedure.objects.get().current.sheet["agencies"]["executing"][0]["successor"] == "Sở C"
    third.successor = first
    third.save()
    run(record(agencies=published, note="mới"))
    assert Procedure.objects.get().current.sheet["agencies"]["executing"][0]["successor"] == "Sở C"


def test_stopped_by_its_operator_it_says_what_is_in_and_goes_on_later(tmp_path, db, monkeypatch):
    path = tmp_path / "catalogue.jsonl"
    path.write_text("\n".join(json.dumps(record(f"1.90000{number}")) for number in range(5)), encoding="utf-8")
    monkeypatch.setattr(importing, "BATCH", 2)
    real, seen = importing.derive, []

    def derive(*args):
        seen.append(args)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(importing, "derive", derive)
    out = io.StringIO()
    with pytest.raises(CommandError, match="run it again"):
        call_command("import_catalogue", str(path), stdout=out)
    assert "2 new" in out.getvalue() and Procedure.objects.count() == 2
    out = io.StringIO()
    call_command("import_catalogue", str(path), stdout=out)
    assert "3 new" in out.getvalue() and "2 unchanged" in out.getvalue()


def test_the_report_holds_whatever_was_found(run):
    """Odd keys, and file names of bytes that are no text."""
    line = json.dumps(record(note={"\ud800": 1e999})).replace("Infinity", "1e999").encode()
    _out, report = run(line, b"{", name=os.fsdecode(b"catalogue\xff.jsonl"))
    assert [each["place"] for each in report if each["kind"] == "skipped"] == ["catalogue?.jsonl:2"]
    assert [each["field"] for each in report if each["kind"] == "flaw"]


def test_every_path_is_looked_at_before_anything_is_imported(tmp_path, db):
    (tmp_path / "1.jsonl").write_text(json.dumps(record()), encoding="utf-8")
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_catalogue", str(tmp_path / "1.jsonl"), str(tmp_path / "nowhere"))
    assert not Procedure.objects.exists()


@pytest.mark.parametrize("coding", ["utf-16", "utf-8-sig", "utf-32"])
def test_marked_encodings_are_read(run, coding):
    lines = "\n".join(json.dumps(record(code), ensure_ascii=False) for code in ("1.900001", "1.900002"))
    out, _report = run(lines.encode(coding))
    assert "2 new" in out


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be", "UTF_16", "utf-32-be"])
def test_wide_encodings_without_a_mark_are_read_when_named(run, coding):
    lines = "\n".join(json.dumps(record(code), ensure_ascii=False) for code in ("1.900001", "1.900002"))
    data = lines.encode(coding).removeprefix(codecs.BOM_UTF16_LE)
    assert "2 new" in run(data, encoding=coding)[0]


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_line_without_end_is_named_and_the_rest_goes_on(run, monkeypatch, coding):
    monkeypatch.setattr(reading, "LONGEST_LINE", 20_000)
    monkeypatch.setattr(reading, "CHUNK", 1_000)
    lines = [record(), record("1.900002", note="x" * 90_000), record("1.900003")]
    out, report = run("\n".join(json.dumps(each) for each in lines).encode(coding))
    assert "2 new" in out
    assert [line["place"] for line in report if line["kind"] == "skipped"] == ["catalogue.jsonl:2"]


def test_a_document_over_several_lines_is_read_wherever_it_stands(run):
    text = json.dumps([record(), record("1.900002")], indent=2, ensure_ascii=False)
    assert "2 new" in run(text.encode())[0]
    assert "2 unchanged" in run(text.encode(), name="catalogue.json")[0]


def test_a_broken_document_is_one_problem_and_lines_named_json_are_lines(run):
    text = json.dumps([record()], indent=2)
    _out, report = run(text[:-40].encode(), name="catalogue.json")
    assert len(skipped(report)) == 1
    lines = "\n".join([json.dumps(record(note="a\u2028b"), ensure_ascii=False), "{", json.dumps(record("1.900002"))])
    out, report = run(lines.encode(), name="catalogue.json")
    assert ("2 new" in out, len(skipped(report))) == (True, 1)


def test_another_encoding_is_read_when_named(run):
    line = json.dumps(record("1.900003", name="Cap giay phep café"), ensure_ascii=False).replace("ấ", "a")
    out, _report = run(line.encode("cp1252", "replace"), encoding="cp1252")
    assert "1 new" in out


def test_a_folder_and_a_missing_path(tmp_path, db):
    for number in (1, 2):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps(record(f"1.90000{number}")), encoding="utf-8")
    call_command("import_catalogue", str(tmp_path), stdout=io.StringIO())
    assert Procedure.objects.count() == 2
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_catalogue", str(tmp_path / "nowhere"))
