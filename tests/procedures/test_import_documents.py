"""JSON documents of any size: read as they stream in, in constant memory; what is broken costs itself and is named."""

import io
import json
import re
import tracemalloc
import unicodedata

import pytest
from django.core.management import CommandError, call_command
from hypothesis import example, given
from hypothesis import strategies as st

from procedures import search
from procedures.management.commands import import_catalogue
from procedures.models import NationalRecord, Procedure
from procedures.national import documents, importing, reading
from procedures.national.import_run import Run
from tests.procedures.national_records import record, skipped, wire_record

NAMES = ["Cấp thẻ rồng", "Đổi thẻ rồng", "Thu hồi thẻ rồng"]


def text_of(value, **options):
    return json.dumps(value, ensure_ascii=False, **options)


def raws(data, most=None, **options):
    return list(reading.read_stream(io.BytesIO(data), "x", **options))


SHAPES = {
    "compact": lambda rows: text_of(rows),
    "indented": lambda rows: text_of(rows, indent=2),
    "flat": lambda rows: text_of(rows, indent=0),
    "one a line": lambda rows: "[\n" + ",\n".join(map(text_of, rows)) + "\n]\n",
    "an answer": lambda rows: text_of({"error_code": "0", "result": rows, "more": [1]}),
    "lines": lambda rows: "\n".join(map(text_of, rows)),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("is_document", [True, False])
def test_every_shape_has_the_same_records(shape, is_document):
    rows = [record(f"1.90000{number}", note='a "quoted" \\ [text}\n') for number in range(5)]
    found = raws(SHAPES[shape](rows).encode(), is_document=is_document)
    assert [raw.record for raw in found] == rows and not any(raw.problem for raw in found)
    assert len({raw.place for raw in found}) == (1 if shape == "an answer" else 5)


@pytest.mark.parametrize("shape", ["compact", "indented", "one a line", "an answer"])
def test_a_document_that_is_longer_than_a_record_may_be_is_read_by_its_records(monkeypatch, shape):
    monkeypatch.setattr(reading, "LONGEST_LINE", 5_000)
    rows = [record(f"1.90000{number}") for number in range(9)]
    data = SHAPES[shape](rows).encode()
    assert len(data) > 10_000
    assert [raw.record for raw in raws(data, is_document=True)] == rows


@pytest.mark.parametrize("shape", ["compact", "indented", "one a line", "lines"])
def test_a_record_that_is_too_long_is_named_and_the_rest_goes_on(monkeypatch, shape):
    monkeypatch.setattr(reading, "LONGEST_LINE", 5_000)
    rows = [record(), record("1.900002", note='x"' * 90_000), record("1.900003")]
    found = raws(SHAPES[shape](rows).encode(), is_document=True)
    assert [(raw.record or {}).get("code") for raw in found] == ["1.900001", None, "1.900003"]
    assert "dài quá" in found[1].problem


BREAKS = {
    "a quotation mark too few": ('"Đổi thẻ rồng"', '"Đổi thẻ rồng'),
    "a bracket too few": ('"subcases": []', '"subcases": ['),
    "a word that is none": ('"full_online": false', '"full_online": False'),
    "a comma too many": ('"subcases": []', '"subcases": [],,'),
    "bytes of another encoding": ("Đổi thẻ rồng", "\udce1\udcba"),
}


@pytest.mark.parametrize("shape", ["indented", "one a line", "lines"])
@pytest.mark.parametrize("what", BREAKS)
def test_a_record_that_is_broken_costs_no_other(shape, what):
    rows = [record(f"1.90000{number}", name=name) for number, name in enumerate(NAMES)]
    old, new = BREAKS[what]
    before, _row, after = text.partition(NAMES[1]) if (text := SHAPES[shape](rows)) else ("", "", "")
    after = f"{NAMES[1]}{after}".replace(old.strip('"') if what.startswith("bytes") else old, new, 1)
    if what.startswith("a quotation"):
        before, after = text.partition(old)[0], new + text.partition(old)[2]
    found = raws((before + after).encode("utf-8", "surrogateescape"), is_document=True)
    assert [raw.record["code"] for raw in found if raw.record] == ["1.900000", "1.900002"]
    assert [raw for raw in found if raw.problem]


def test_what_is_left_of_a_broken_record_is_no_procedure():
    """A case of it has a code and a name, too."""
    cases = [{"code": "1.900001.01", "name": "Rồng con"}, {"code": "1.900001.02", "name": "Rồng già"}]
    text = text_of([record(subcases=cases), record("1.900002")], indent=0).replace('"field": "', '"field": ', 1)
    found = raws(text.encode(), is_document=True)
    assert [raw.record["code"] for raw in found if raw.record] == ["1.900002"]


def test_a_list_that_was_cut_says_so():
    text = text_of([record(), record("1.900002")])
    for end in (1, 5, 400, 900):
        found = raws(text[:-end].encode(), is_document=True)
        assert found[0].record == record() and any(raw.problem for raw in found), end


SWALLOWS = {
    "cut behind the code of a record": lambda text: text[: text.index(NAMES[2])],
    "cut in the last line": lambda text: text[: text.rindex("service_groups")],
    "a quotation mark too few": lambda text: text.replace('"Đổi thẻ rồng"', '"Đổi thẻ rồng', 1),
    "a bracket too few": lambda text: text.replace('"subcases": []', '"subcases": [', 1),
    "a bracket too many": lambda text: text.replace('"subcases": []', '"subcases": []}', 1),
    "the end of a list too many": lambda text: text.replace('"subcases": []', '"subcases": []]}]', 1),
    "no break between two": lambda text: text.replace("}\n{", "}{").replace("}, {", "} {").replace("},\n{", "}{"),
    "nothing": lambda _text: "",
}


@pytest.mark.django_db
@pytest.mark.parametrize("shape", ["compact", "indented", "one a line", "an answer", "lines"])
@pytest.mark.parametrize("what", SWALLOWS)
@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_what_is_cut_short_or_swallows_records_closes_nothing(tmp_path, shape, what, kind):
    rows = [record(f"1.90000{number}", name=NAMES[number % 3]) for number in range(5)]
    text = SWALLOWS[what](SHAPES[shape](rows))
    path = tmp_path / f"x.{kind}"
    path.write_text(text, encoding="utf-8")
    run = Run(known={row["code"]: "" for row in rows})
    for raw in reading.read_path(path):
        importing._look_at(raw, run)
    unseen = {row["code"] for row in rows} - set(run.seen) - run.unread
    if unseen or what.startswith("cut"):
        with pytest.raises(importing.CloseRefused):
            importing.close_missing(run, "x", many=True)


@pytest.mark.django_db
def test_a_list_that_was_cut_inside_a_record_closes_nothing(import_records):
    rows = [record(f"1.90000{number}") for number in range(8)]
    import_records(*rows)
    text = text_of(rows)
    cut = text[: text.index('"field"', text.index("1.900006"))]
    with pytest.raises(CommandError, match="nothing was closed: 1 chỗ bị cắt ngang"):
        import_records(cut.encode(), name="catalogue.json", close_missing="x")
    assert Procedure.objects.filter(is_open=True).count() == 8


@pytest.mark.django_db
def test_a_broken_record_that_hides_no_other_keeps_itself_open_and_lets_others_close(import_records):
    rows = [record(f"1.90000{number}") for number in range(5)]
    import_records(*rows)
    text = SHAPES["one a line"](rows[:4]).replace('"full_online": false', '"full_online": False', 1)
    import_records(text.encode(), name="catalogue.json", close_missing="x")
    assert set(Procedure.objects.filter(is_open=True).values_list("code", flat=True)) == {r["code"] for r in rows[:4]}


def test_answers_one_behind_the_other_are_read_to_the_last(monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_LINE", 5_000)
    rows = [record(f"1.9000{number}") for number in range(10, 25)]
    answers = [SHAPES["an answer"](rows[:6]), SHAPES["an answer"](rows[6:7]), SHAPES["an answer"](rows[7:])]
    found = raws("\n".join(answers).encode(), is_document=True)
    assert [raw.record for raw in found] == rows


@pytest.mark.parametrize(
    "behind",
    [
        ', "more": [{"code": "1.900099"}]}',
        ', "records": [{"MATTHC": "1.900099"}]}',
        "",
        '}, {"code": "1.900099", "na',
    ],
)
def test_what_stands_behind_an_answer_and_is_not_read_is_named(monkeypatch, behind):
    monkeypatch.setattr(reading, "LONGEST_LINE", 5_000)
    rows = [record(f"1.9000{number}") for number in range(10, 25)]
    found = raws((f'{{"error_code": "0", "data": {text_of(rows)}' + behind).encode(), is_document=True)
    assert [raw.record for raw in found[:15]] == rows
    assert len(found) == 16 and found[15].problem


def test_a_record_that_is_too_long_is_no_answer_because_it_has_a_list_of_that_name(monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_LINE", 5_000)
    long = record("1.900002", data=[{"n": 1}], note="x" * 9_000)
    found = raws(SHAPES["lines"]([record(), long, record("1.900003")]).encode(), is_document=True)
    assert [(raw.record or {}).get("code") for raw in found] == ["1.900001", None, "1.900003"]


@pytest.mark.parametrize("shape", ["one a line", "indented", "flat", "lines"])
def test_records_without_an_end_cost_a_look_at_each(monkeypatch, shape):
    """Not a look at all that follows, for each of them."""
    looked = 0
    ends = documents._Scan.ends

    def counted(scan, buffer, at):
        nonlocal looked
        before = scan.offset
        is_end = ends(scan, buffer, at)
        looked += scan.offset - before
        return is_end

    monkeypatch.setattr(documents._Scan, "ends", counted)
    monkeypatch.setattr(documents, "STEP", 1_000)
    monkeypatch.setattr(documents, "_LEAST_FAR", 4_000)
    rows = [record(f"1.90{number:04}", subcases=[]) for number in range(200)]
    text = re.sub(r'("subcases": )\[\]', r"\1[", SHAPES[shape](rows))
    found = raws(text.encode(), is_document=True)
    assert {documents.named_in(raw.text)[0] for raw in found if raw.text} >= {row["code"] for row in rows}
    assert looked < (30 if shape == "flat" else 6) * len(text), looked / len(text)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('a"\\[]{},\n ê', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('b"}', max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(values, max_size=6), st.sampled_from([None, 0, 2]), st.integers(1, 40))
@example([{"a": '\\"]'}, [[]], "]", -1.5e3], None, 1)
def test_a_list_is_read_whatever_is_in_it_and_however_it_comes(rows, indent, size):
    data = text_of(rows, indent=indent).encode()
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    found = list(documents.Document(chunks, "utf-8", most=10_000).pieces())
    assert [piece.record for piece in found] == rows
    assert [piece.number for piece in found] == list(range(1, len(rows) + 1))


@given(st.binary(max_size=200), st.integers(1, 30), st.integers(1, 60))
def test_rubbish_ends(data, size, most):
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    for piece in documents.Document(chunks, "utf-8", most=most).pieces():
        f"{piece.problem}{piece.number}".encode()


def peak(work):
    tracemalloc.start()
    work()
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("shape", ["compact", "one a line", "an answer", "lines"])
def test_reading_takes_no_more_memory_for_ten_times_as_much(monkeypatch, shape):
    monkeypatch.setattr(reading, "LONGEST_LINE", 100_000)  # an answer is held as far as one record may go

    def read(count):
        data = SHAPES[shape]([record(f"1.9{number:05}") for number in range(count)]).encode()
        stream = io.BytesIO(data)

        def work():
            assert sum(raw.record is not None for raw in reading.read_stream(stream, "x", is_document=True)) == count

        return peak(work)

    assert read(2_000) < 1.3 * read(200)


@pytest.mark.django_db
def test_importing_takes_no_more_memory_for_ten_times_as_much(monkeypatch):
    """Whatever a batch is: what is kept of a record that is done is its code and digest."""
    monkeypatch.setattr(importing.applying, "apply", lambda batch, _run: ([], {"new": len(batch)}))

    def over(count):
        data = "\n".join(text_of(record(f"1.9{number:05}", note="x" * 2_000)) for number in range(count)).encode()
        run = Run()

        def work():
            for _raw in importing.run_over(reading.read_stream(io.BytesIO(data), "x"), run):
                pass

        most = peak(work)
        assert run.counts["new"] == count
        return most

    assert over(2_400) < 1.5 * over(240)


@pytest.mark.django_db
def test_decomposed_letters_are_composed_and_the_record_is_kept_as_it_came(import_records, client):
    apart = unicodedata.normalize("NFD", text_of(record(requirements="Có chuồng rộng.")))
    assert apart != unicodedata.normalize("NFC", apart)
    import_records(apart.encode())
    version = Procedure.objects.get().current
    assert version.name == "Cấp giấy phép nuôi rồng" and version.source_record == record(requirements="Có chuồng rộng.")
    html = client.get("/thu-tuc/1.900001/").content.decode()
    assert "Cấp giấy phép nuôi rồng" in html and "Có chuồng rộng." in html
    assert unicodedata.is_normalized("NFC", version.search_text)
    for words in ("cấp giấy phép nuôi rồng", unicodedata.normalize("NFD", "nuôi rồng")):
        assert [hit.code for hit in search.search(words).hits] == ["1.900001"]
    assert NationalRecord.objects.get().as_came == apart
    assert "1 unchanged" in import_records(apart.encode())[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "note", ["a\\u0000b", "\\ud800", "e\\u0301", [1] * 2_001], ids=["nul", "surrogate", "escaped mark", "long list"]
)
def test_what_cleaning_changes_is_kept_to_the_letter(import_records, note):
    line = text_of(record(note="@")).replace('"@"', f'"{note}"' if isinstance(note, str) else text_of(note))
    import_records(line.encode())
    assert NationalRecord.objects.get().as_came == line
    import_records(record(note="sạch"))
    assert NationalRecord.objects.get().as_came is None


@pytest.mark.django_db
def test_a_number_that_is_none_is_named(import_records):
    line = text_of(record(methods=[{"channel": "online", "time": "@", "time_unit": "DAY"}])).replace('"@"', "NaN")
    _out, report = import_records(line.encode())
    assert ("methods", "số vô hạn, đã bỏ") in [(each.get("field"), each.get("reason")) for each in report]
    assert "NaN" in NationalRecord.objects.get().as_came


@pytest.mark.django_db
def test_an_answer_of_the_wire_is_not_taken_for_fully_online(import_records):
    import_records(wire_record())
    version = Procedure.objects.get(code="1.900009").current
    assert version.service_level == "mot_phan"
    assert version.service_level_reason == "Bản công bố không nêu làm được đến đâu trên mạng."
    assert version.sheet["channels"] == ["online"]


class Terminal(io.StringIO):
    """A stream that is one."""

    def isatty(self):
        return True


@pytest.mark.django_db
def test_a_terminal_shows_how_far_it_is(tmp_path, monkeypatch):
    path, screen, log = tmp_path / "c.jsonl", Terminal(), io.StringIO()
    path.write_text("\n".join(text_of(record(f"1.90000{number}")) for number in range(4)), encoding="utf-8")
    clock = iter(range(100, 100_000))
    monkeypatch.setattr(import_catalogue.time, "monotonic", lambda: next(clock))
    call_command("import_catalogue", str(path), stdout=io.StringIO(), stderr=screen)
    drawn = screen.getvalue().split("\r")
    assert " 25% " in drawn[1] and "100% 4 records" in drawn[-1], drawn
    assert drawn[-1].startswith("█" * import_catalogue.BAR) and drawn[-1].endswith("\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    screen = Terminal()
    call_command("import_catalogue", "-", stdout=io.StringIO(), stderr=screen)
    assert "4 records" in screen.getvalue() and "%" not in screen.getvalue(), "nobody knows how long it is"
    call_command("import_catalogue", str(path), stdout=io.StringIO(), stderr=log)
    assert log.getvalue() == ""


@pytest.mark.django_db
def test_of_many_flaws_the_screen_names_the_first_and_the_report_all(import_records):
    out, report = import_records(*(record(f"1.9000{number}", steps=5) for number in range(10, 35)))
    named = [line for line in out.splitlines() if line.startswith("  flaw ")]
    assert len(named) == import_catalogue.MOST_SHOWN and "name them all with --report" in out
    assert len([line for line in report if line["kind"] == "flaw"]) == 25
    assert not skipped(report)
