"""Whatever stands in a file, an import ends with everything either imported or named.

``FUZZ=20`` in the environment tries twenty times as many examples.
"""

import copy
import io
import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures.models import Component, FeeRule, Procedure, ProcedureVersion, ResultType
from procedures.national import checking, lay_thu_tuc
from procedures.national.checking import Flaws, RecordError
from procedures.national.deriving import derive, digest_of, text_of
from procedures.national.import_run import Run
from procedures.national.importing import run_over
from procedures.national.reading import read_stream
from tests.procedures.national_records import record, wire_record

TIMES = int(os.environ.get("FUZZ", "1"))
CATALOGUE = Path(__file__).resolve().parents[3] / "shared" / "data" / "procedures.jsonl"

# Everything that has broken somebody's import somewhere.
ODDITIES = [
    None, True, False, 0, -1, 1, 1.5, -0.0, 10**9, 10**29, 10**400, 1e308, float("inf"), float("nan"), "", " ", "0",
    "-1", "inf", "Infinity", "-inf", "nan", "1e400", "1_000", "１２", "٣", "½", "20.000", "20,5", "1/12", "12.5 ngày",
    "99999.5", 99999.5, "không", "true", "\x00", "\ud800", "a\ud800\udc00b", "\ufeff", "\u202e", "\u2028", "\r\n",
    "\x85", "\x1b[2J", "\ufdd0", "\U0010ffff", "e\u0301", "ê" * 300, "x" * 70_000, "HỢP TÁC XÃ”", "Thá»§", "ﬁ",
    "<script>", "{{ x }}", "%s", "'; --", "=1+1", "31/02/2025", "2025-13-45", "0000-00-00", "9999-12-31",
    "2025-07-01T00:00:00+07:00", "20250701", "1945-09-01", "32767", "65536", [], {}, [[]], [{}], [None], ["x"],
    {"a": {"b": []}}, [1, "2", None, {"name": 5}], {"name": {"vi": "x"}}, {"\x00": "\x00"}, [["x"] * 3] * 3,
    {"\ud800": float("inf")},
]  # fmt: skip
texts = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.sampled_from(ODDITIES) | st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def real_records():
    """A few dozen records of the national catalogue where it is, else one of our own."""
    if not CATALOGUE.exists():
        return [record()]
    with CATALOGUE.open(encoding="utf-8") as stream:
        return [json.loads(line) for number, line in enumerate(stream) if number % 97 == 0]


REAL = sorted(real_records(), key=lambda each: len(json.dumps(each)))[:30]


def places(value, path=()):
    """Every place in a record where something stands."""
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*path, key))
    elif isinstance(value, list):
        for at, part in enumerate(value[:3]):
            yield from places(part, (*path, at))


@st.composite
def spoiled(draw, source):
    """A record with up to four places of any depth replaced, taken away, doubled or renamed."""
    changed = copy.deepcopy(source)
    for _time in range(draw(st.integers(1, 4))):
        *path, last = draw(st.sampled_from([path for path in places(changed) if path]))
        holder = changed
        for step in path:
            holder = holder[step]
        match draw(st.sampled_from(["other", "other", "other", "gone", "more", "renamed"])):
            case "other":
                holder[last] = copy.deepcopy(draw(values))  # the next change may go into it
            case "gone":
                del holder[last]
            case "more":
                holder[last] = [copy.deepcopy(holder[last]) for _time in range(draw(st.sampled_from([2, 40])))]
            case "renamed" if isinstance(holder, dict):
                holder[draw(texts)] = holder.pop(last)
    return changed


catalogue_records = st.sampled_from(REAL).flatmap(spoiled) | spoiled(record())
wire_records = spoiled(wire_record())
records = catalogue_records | wire_records


@given(records)
@settings(max_examples=120 * TIMES, deadline=None)
def test_a_record_is_derived_or_refused_with_a_reason(changed):
    flaws = Flaws()
    try:
        source = checking.cleaned(changed, flaws)
        cleaned = lay_thu_tuc.as_record(source, flaws) if lay_thu_tuc.is_one(source) else source
        derived = derive(cleaned, digest_of(text_of(source)), flaws)
    except RecordError as error:
        assert error.reason
        error.reason.encode()
        return
    for part in (derived.columns["sheet"], source, derived.flaws):
        json.dumps(part, allow_nan=False, ensure_ascii=False).encode()
    assert "\\u0000" not in json.dumps([derived.columns["sheet"], source])
    assert derived.columns["name"]
    assert all(reason for _field, reason in derived.flaws)
    for model, rows in ((Component, derived.components), (FeeRule, derived.fees), (ResultType, derived.results)):
        for row in rows:
            _fits(model, row)
    _fits(ProcedureVersion, {name: value for name, value in derived.columns.items() if name != "sheet"})


def _fits(model, row):
    for name, value in row.items():
        limit = getattr(model._meta.get_field(name), "max_length", None)
        assert limit is None or value is None or len(value) <= limit, (model, name, value)


@given(st.binary(max_size=400))
@settings(max_examples=150 * TIMES, deadline=None)
def test_bytes_are_read_or_named(data):
    for raw in read_stream(io.BytesIO(data), "x"):
        assert raw.problem or raw.place


CODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1258", "latin-1", "utf-7"]


@given(
    st.lists(catalogue_records, min_size=1, max_size=3),
    st.sampled_from(CODINGS),
    st.sampled_from(CODINGS),
    st.binary(max_size=6),
    st.integers(0, 400),
    st.sampled_from(["\n", "\r\n", "\n\n", "\r", ",\n", "\u2028"]),
    st.booleans(),
)
@settings(max_examples=60 * TIMES, deadline=None)
def test_any_encoding_is_read_or_named(many, written, named, rubbish, at, between, is_document):
    """Written in one encoding, read as another, with a few bytes thrown in."""
    text = between.join(json.dumps(each, ensure_ascii=False) for each in many)
    data = text.encode(written, "replace")
    data = data[:at] + rubbish + data[at:]
    found = list(read_stream(io.BytesIO(data), "x", named, is_document=is_document))
    assert found
    for raw in found:
        assert raw.problem or raw.place
        f"{raw.place} {raw.problem}".encode()


@pytest.mark.django_db
@given(st.lists(records | values, min_size=1, max_size=4))
@settings(max_examples=20 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_record_is_imported_or_named(db, many):
    text = "\n".join(json.dumps(each) for each in many).encode()
    run = Run()
    run.prepare()
    problems = [each for _raw, found in run_over(read_stream(io.BytesIO(text), "x"), run) for each in found]
    named = sum(each.kind == "skipped" for each in problems)
    done = sum(run.counts[kind] for kind in ("new", "changed", "unchanged", "beside_pack"))
    # A line that is a list holds as many records as the list has items.
    assert named + done == sum(len(each) if isinstance(each, list) else 1 for each in many)
    assert Procedure.objects.filter(current__isnull=True).count() == 0
    for problem in problems:
        assert problem.reason
        json.dumps([problem.place, problem.code, problem.field, problem.reason], ensure_ascii=False).encode()


def test_standard_input(db, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(record()).encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    call_command("import_catalogue", "-", stdout=io.StringIO())
    assert Procedure.objects.count() == 1
