"""Importing the national catalogue: new, changed, unchanged, vanished; the bad is named and nothing half applied."""

import io
import json
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, OperationalError
from django.urls import reverse
from django.utils import timezone

from procedures import catalogue, search
from procedures.models import NationalRecord, Origin, Procedure, ProcedureVersion
from procedures.national import applying, importing
from procedures.packs import REFERENCE
from tests.procedures.conftest import BIRTH
from tests.procedures.national_records import record, skipped

pytestmark = pytest.mark.django_db


def test_a_new_record_has_a_sheet_and_is_found(import_records, client):
    out, _report = import_records(record())
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


def test_again_is_nothing(import_records):
    import_records(record())
    before = ProcedureVersion.objects.get().pk
    out, report = import_records(record())
    assert "1 unchanged" in out
    assert ProcedureVersion.objects.get().pk == before
    assert [line["kind"] for line in report] == ["summary"]


def test_a_change_is_a_version_from_today_and_says_what_changed(import_records):
    import_records(record())
    _out, report = import_records(record(name="Cấp giấy phép nuôi rồng con", requirements="Có chuồng."))
    first, second = ProcedureVersion.objects.order_by("number")
    assert second.valid_from == timezone.localdate()
    assert first.valid_to == timezone.localdate() - timedelta(days=1)
    assert Procedure.objects.get().current == second
    assert report[0]["kind"] == "changed"
    assert report[0]["field"] == "tên, yêu cầu, điều kiện"


def test_stopped_halfway_it_goes_on(import_records):
    import_records(record())
    out, _report = import_records(record(), record("1.900002"))
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
        (b'{"code": "1.900003", "name": "c\xe1t', "name"),
        ("Thủ tục".encode("cp1258", "ignore") + b"\xd2\xf2", ""),
        (b'{"code": ' + b"[" * 5_000, ""),
        (b'{"code": "1.900003", "a": ' + b"9" * 5_000 + b"}", ""),
        (b"\x00\x00\x00", ""),
    ],
)
def test_a_bad_record_is_named_and_the_rest_goes_on(import_records, bad, field):
    out, report = import_records(record(), bad, record("1.900002"))
    assert "2 new" in out
    assert Procedure.objects.count() == 2
    problems = [line for line in report if line["kind"] == "skipped"]
    assert problems, report
    assert all(line["field"] == field and line["reason"] for line in problems)
    assert all(line["place"].startswith("catalogue.jsonl:") for line in problems)


def test_records_with_flaws_are_counted_and_each_flaw_is_named_on_the_screen(import_records):
    records = [record(steps=5, methods=7), record("1.900002"), record("1.900003", steps=5), "{", record("1.900004")]
    out, report = import_records(*records)
    flaws = [(line["place"], line["field"]) for line in report if line["kind"] == "flaw"]
    assert [place for place, _field in flaws].count("catalogue.jsonl:1") > 1, "several flaws of one record"
    assert {place for place, _field in flaws} == {"catalogue.jsonl:1", "catalogue.jsonl:3"}
    assert report[-1]["flawed"] == 2 and report[-1]["skipped"] == 1
    assert "2 came with a flaw" in out
    codes = {"catalogue.jsonl:1": "1.900001", "catalogue.jsonl:3": "1.900003"}
    assert all(f"  flaw {place} {codes[place]}: {field}: " in out for place, field in flaws)
    assert "flaw" not in import_records(record("1.900002"))[0]


@pytest.mark.parametrize("key", sorted(set(record()) - {"code", "name"}))
@pytest.mark.parametrize(
    "value", [None, 7, 1.5, True, "chữ", [], {}, [None, 3, "x", [[]], {"name": 5}], {"a": [1]}, "\x00"]
)
def test_a_wrong_type_costs_its_part_only(import_records, key, value):
    _out, report = import_records(record(**{key: value}))
    assert Procedure.objects.get().current.name == "Cấp giấy phép nuôi rồng"
    assert not skipped(report)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"full_online": false', '"full_online": False', "full_online"),
        ('"Nuôi rồng"', '"Nuôi rồng', "note"),
        ('"Nuôi rồng"', '"Nuôi r\udce1ng"', "note"),
        ('"subcases": []', '"subcases": [', "subcases"),
    ],
)
@pytest.mark.parametrize("name", ["catalogue.jsonl", "catalogue.json"])
def test_a_line_that_is_no_json_is_named_by_its_code_and_where_it_breaks(import_records, old, new, field, name):
    import_records(record("1.900001"), record("1.900002"), record("1.900003"), record("1.900004"))
    text = json.dumps(record("1.900002", note="Nuôi rồng"), ensure_ascii=False)
    assert old in text
    lines = [record("1.900001"), text.replace(old, new).encode("utf-8", "surrogateescape"), record("1.900003")]
    out, report = import_records(*lines, name=name, close_missing="Bãi bỏ")
    assert skipped(report) == [("1.900002", field)]
    assert "1 closed" in out, "what is there and cannot be read has not vanished"
    assert list(Procedure.objects.filter(is_open=False).values_list("code", flat=True)) == ["1.900004"]
    text = text.replace('"code": "1.900002"', '"code": 1.900002').replace(
        '"subcases": []', '"subcases": [{"code": "1.900002.01"}'
    )
    assert skipped(import_records(text.encode())[1])[0][0] == "", "the code of a case is none of the record"


def test_words_that_no_rule_knows_are_named(import_records):
    way = {"channel": "fax", "time": 5, "time_unit": "DAY", "fee": [{"type": "GIFT", "amount": 5_000}]}
    _out, report = import_records(record(methods=[way], scope="EVERYWHERE"))
    named = {line["field"] for line in report if line["kind"] == "flaw"}
    assert named >= {"methods.channel", "fee.type", "scope"}


def test_duplicates_in_a_file_are_named(import_records):
    _out, report = import_records(record(), record(), record(name="Khác hẳn"))
    assert skipped(report) == [("1.900001", "code"), ("1.900001", "code")]
    assert ProcedureVersion.objects.get().name == "Cấp giấy phép nuôi rồng"


def test_what_vanished_is_closed_with_the_reason_and_opens_again(import_records):
    import_records(record(), record("1.900002"), record("1.900003"), record("1.900004"))
    out, report = import_records(record(), record("1.900002"), record("1.900003"), close_missing="Bãi bỏ theo QĐ 9")
    assert "1 closed" in out
    closed = Procedure.objects.get(code="1.900004")
    assert (closed.is_open, closed.closed_reason) == (False, "Bãi bỏ theo QĐ 9")
    assert [line["code"] for line in report if line["kind"] == "closed"] == ["1.900004"]
    out, _report = import_records(record("1.900004"))
    assert "1 reopened" in out
    assert Procedure.objects.get(code="1.900004").is_open


def test_nothing_is_closed_on_a_guess(import_records):
    import_records(record(), record("1.900002"))
    with pytest.raises(CommandError, match="nothing was closed"):
        import_records(record(), b"{broken", close_missing="x")
    with pytest.raises(CommandError, match="nothing was closed"):
        import_records(record(), close_missing="x")
    assert Procedure.objects.filter(is_open=True).count() == 2


def test_our_pack_stays_and_the_record_is_kept_beside(import_records, publish):
    mine = publish(BIRTH)
    out, _report = import_records(record(BIRTH, name="Thủ tục đăng ký khai sinh"))
    assert "1 beside pack" in out
    procedure = Procedure.objects.get(code=BIRTH)
    assert procedure.current == mine
    assert procedure.current.form
    assert NationalRecord.objects.get(procedure=procedure).record["name"] == "Thủ tục đăng ký khai sinh"
    assert "1 unchanged" in import_records(record(BIRTH, name="Thủ tục đăng ký khai sinh"))[0]


def test_a_pack_published_later_comes_on_top(import_records, reference):
    import_records(record(BIRTH))
    catalogue.load_pack(REFERENCE / "procedures" / f"{BIRTH}.yaml", reference=reference)
    current = Procedure.objects.get(code=BIRTH).current
    assert (current.number, current.origin) == (2, Origin.PACK)


def test_what_the_database_refuses_takes_no_field_with_it(import_records, monkeypatch):
    """A batch that is refused is written record by record; the field that it made is made again."""
    written = applying.bulk_rows.copy_in

    def refuse(model, rows):
        if model is ProcedureVersion and any(row["name"] == "Bị từ chối" for row in rows):
            raise DataError("refused")
        written(model, rows)

    monkeypatch.setattr(applying.bulk_rows, "copy_in", refuse)
    out, report = import_records(record(field_code="NEW-1"), record("1.900002", name="Bị từ chối"), record("1.900003"))
    assert "2 new" in out
    assert skipped(report) == [("1.900002", "")]
    assert set(Procedure.objects.values_list("code", flat=True)) == {"1.900001", "1.900003"}
    assert Procedure.objects.get(code="1.900001").field.code == "NEW-1"


def test_a_database_that_goes_away_is_no_fault_of_a_record(import_records, monkeypatch):
    monkeypatch.setattr(applying, "apply", lambda *_args: (_ for _ in ()).throw(OperationalError("gone")))
    monkeypatch.setattr(importing.connection, "is_usable", lambda: False)
    with pytest.raises(CommandError, match="run it again"):
        import_records(record())


def test_a_row_that_somebody_else_holds_is_no_fault_of_a_record(import_records, monkeypatch):
    def held(*_args):
        raise OperationalError("canceling statement due to lock timeout") from psycopg.errors.LockNotAvailable()

    monkeypatch.setattr(applying, "apply", held)
    with pytest.raises(CommandError, match="somebody else holds a row"):
        import_records(record(), record("1.900002"))


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


@pytest.mark.parametrize("code", ["hello", "Thủ tục 1", "1.00119", "1-001193", "A.001193", "1.001193" + "0" * 13])
def test_a_code_of_another_shape_is_skipped_and_named(import_records, code):
    out, report = import_records(record(code), record("1.900002"))
    assert "1 new" in out and "1 skipped" in out
    assert [(line["code"], line["field"]) for line in report if line["kind"] == "skipped"] == [(code, "code")]
    assert [procedure.code for procedure in Procedure.objects.all()] == ["1.900002"]


@pytest.mark.parametrize("code", ["1.0133611", "1.014955-Xoa"])
def test_a_published_code_with_a_mark_too_many_comes_in_and_is_told(import_records, code):
    out, report = import_records(record(code))
    assert "1 new" in out
    assert [line["field"] for line in report if line["kind"] == "flaw"] == ["code"]
