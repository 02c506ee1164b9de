"""Whatever files the national catalogue comes in: encodings, lines, documents, folders, the shape of the wire."""

import codecs
import io
import json
import os

import pytest
from django.core.management import CommandError, call_command

from portal.agencies.models import Agency, AgencyLevel
from procedures.models import Procedure
from procedures.national import reading
from tests.procedures.national_records import record, skipped, wire_record

pytestmark = pytest.mark.django_db


def test_the_wire_shape_is_read_too(import_records):
    out, _report = import_records({"error_code": "0", "result": [wire_record()]}, name="answer.json")
    assert "1 new" in out
    version = Procedure.objects.get(code="1.900009").current
    assert (version.processing_value, version.fees.get().amount_vnd, version.components.get().name) == (
        3,
        30_000,
        "Đơn",
    )
    assert version.source_record == wire_record()
    _out, report = import_records(wire_record(YEUCAU="Có chuồng."))
    assert [line["field"] for line in report if line["kind"] == "changed"] == ["yêu cầu, điều kiện"]


def test_the_wire_shape_keeps_where_a_form_is_and_who_published(import_records, client):
    Agency.objects.get_or_create(
        code="G15", defaults={"name": "Bộ Tư pháp", "level": AgencyLevel.MINISTRY, "branch": "justice"}
    )
    papers = [
        {"TENGIAYTO": "Đơn", "TENMAUDON": "Mẫu 01.docx", "URL": "https://vidu.example/bieu-mau/mau-01.docx"},
        {"TENGIAYTO": "Tờ khai", "TENMAUDON": "Mẫu 02.docx", "URL": "javascript:alert(1)"},
    ]
    source = wire_record(THANHPHANHOSO=[{"TRUONGHOP": "", "GIAYTO": papers}], MACOQUANCONGBO="G15")
    _out, report = import_records(source)
    version = Procedure.objects.get().current
    assert (version.issuer_code, version.issuer_name) == ("G15", "Bộ Tư pháp")
    page = client.get(f"/thu-tuc/{version.procedure.code}/").content.decode()
    assert 'href="https://vidu.example/bieu-mau/mau-01.docx"' in page and "javascript:" not in page
    assert [line["field"] for line in report if line["kind"] == "flaw"].count("URL") == 1


@pytest.mark.parametrize("state", ["0", "2", 2])
def test_what_is_hidden_where_it_comes_from_is_left_out_and_named(import_records, state):
    _out, report = import_records(wire_record(TRANGTHAI=state))
    assert [field for _code, field in skipped(report)] == ["TRANGTHAI"] and not Procedure.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["Thành lập “LIÊN HIỆP HỢP TÁC XÃ”", "Giải thể «HỢP TÁC XÃ»", "Cấp đổi thẻ ĐÃ…", "Cấp XÃ – 1", "Xử lý «quá»"],
)
def test_capitals_before_quotation_marks_are_no_broken_encoding(import_records, name):
    _out, report = import_records(record(name=name))
    assert not skipped(report)
    assert Procedure.objects.get().current.name == name


def test_the_report_holds_whatever_was_found(import_records):
    """Odd keys, and file names of bytes that are no text."""
    line = json.dumps(record(note={"\ud800": 1e999})).replace("Infinity", "1e999").encode()
    _out, report = import_records(line, b"{", name=os.fsdecode(b"catalogue\xff.jsonl"))
    assert [each["place"] for each in report if each["kind"] == "skipped"] == ["catalogue?.jsonl:2"]
    assert [each["field"] for each in report if each["kind"] == "flaw"]


def test_every_path_is_looked_at_before_anything_is_imported(tmp_path, db):
    (tmp_path / "1.jsonl").write_text(json.dumps(record()), encoding="utf-8")
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_catalogue", str(tmp_path / "1.jsonl"), str(tmp_path / "nowhere"))
    assert not Procedure.objects.exists()


@pytest.mark.parametrize("coding", ["utf-16", "utf-8-sig", "utf-32"])
def test_marked_encodings_are_read(import_records, coding):
    lines = "\n".join(json.dumps(record(code), ensure_ascii=False) for code in ("1.900001", "1.900002"))
    out, _report = import_records(lines.encode(coding))
    assert "2 new" in out


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be", "UTF_16", "utf-32-be"])
def test_wide_encodings_without_a_mark_are_read_when_named(import_records, coding):
    lines = "\n".join(json.dumps(record(code), ensure_ascii=False) for code in ("1.900001", "1.900002"))
    data = lines.encode(coding).removeprefix(codecs.BOM_UTF16_LE)
    assert "2 new" in import_records(data, encoding=coding)[0]


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_line_without_end_is_named_and_the_rest_goes_on(import_records, monkeypatch, coding):
    monkeypatch.setattr(reading, "LONGEST_LINE", 20_000)
    monkeypatch.setattr(reading, "CHUNK", 1_000)
    lines = [record(), record("1.900002", note="x" * 90_000), record("1.900003")]
    out, report = import_records("\n".join(json.dumps(each) for each in lines).encode(coding))
    assert "2 new" in out
    assert [line["place"] for line in report if line["kind"] == "skipped"] == ["catalogue.jsonl:2"]


def test_a_document_over_several_lines_is_read_wherever_it_stands(import_records):
    text = json.dumps([record(), record("1.900002")], indent=2, ensure_ascii=False)
    assert "2 new" in import_records(text.encode())[0]
    assert "2 unchanged" in import_records(text.encode(), name="catalogue.json")[0]


def test_a_broken_document_is_one_problem_and_lines_named_json_are_lines(import_records):
    text = json.dumps([record()], indent=2)
    _out, report = import_records(text[:-40].encode(), name="catalogue.json")
    assert len(skipped(report)) == 1
    lines = "\n".join([json.dumps(record(note="a\u2028b"), ensure_ascii=False), "{", json.dumps(record("1.900002"))])
    out, report = import_records(lines.encode(), name="catalogue.json")
    assert ("2 new" in out, len(skipped(report))) == (True, 1)


def test_another_encoding_is_read_when_named(import_records):
    line = json.dumps(record("1.900003", name="Cap giay phep café"), ensure_ascii=False).replace("ấ", "a")
    out, _report = import_records(line.encode("cp1252", "replace"), encoding="cp1252")
    assert "1 new" in out


def test_a_folder_and_a_missing_path(tmp_path, db):
    for number in (1, 2):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps(record(f"1.90000{number}")), encoding="utf-8")
    call_command("import_catalogue", str(tmp_path), stdout=io.StringIO())
    assert Procedure.objects.count() == 2
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_catalogue", str(tmp_path / "nowhere"))
