"""Whatever stands in a file, an import ends with everything either imported or named."""

import io
import json

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures.models import Procedure
from procedures.national import checking
from procedures.national.checking import Flaws, RecordError
from procedures.national.deriving import derive, digest_of
from procedures.national.importing import Run, run_over
from procedures.national.reading import read_stream
from tests.procedures.test_import_catalogue import record

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
keys = st.sampled_from(sorted(record()))
parts = st.dictionaries(
    st.sampled_from(
        ["channel", "time", "time_unit", "fee", "description", "name", "case", "amount", "note", "code", "original"]
    ),
    values,
    max_size=5,
)
records = st.dictionaries(keys, values | st.lists(parts, max_size=3), max_size=8).map(
    lambda changes: record() | changes
)


@given(records)
@settings(max_examples=300, deadline=None)
def test_a_record_is_derived_or_refused_with_a_reason(changed):
    flaws = Flaws()
    try:
        cleaned = checking.cleaned(changed, flaws)
        derived = derive(cleaned, digest_of(cleaned), flaws)
    except RecordError as error:
        assert error.reason
        return
    json.dumps(derived.columns["sheet"], allow_nan=False).encode()
    assert derived.columns["name"]


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_bytes_are_read_or_named(data):
    for raw in read_stream(io.BytesIO(data), "x"):
        assert raw.problem or raw.place


@pytest.mark.django_db
@given(st.lists(records, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_record_is_imported_or_named(db, many):
    text = "\n".join(json.dumps(each) for each in many).encode()
    run = Run()
    run.prepare()
    problems = [each for _raw, found in run_over(read_stream(io.BytesIO(text), "x"), run) for each in found]
    named = sum(each.kind == "skipped" for each in problems)
    done = sum(run.counts[kind] for kind in ("new", "changed", "unchanged", "beside_pack"))
    assert named + done == len(many)
    assert Procedure.objects.filter(current__isnull=True).count() == 0


def test_standard_input(db, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(record()).encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    call_command("import_catalogue", "-", stdout=io.StringIO())
    assert Procedure.objects.count() == 1
