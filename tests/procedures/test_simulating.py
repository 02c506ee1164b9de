"""Made-up dossiers go through every form we carry; what nobody reaches is named."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procedures import catalogue, eforms
from procedures.models import ProcedureVersion
from procedures.packs import REFERENCE
from procedures.simulating import simulate
from tests import factories
from tests.procedures.conftest import BIRTH
from tests.procedures.national_records import record

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def test_births_take_all_their_branches(publish, territory):
    done = simulate(publish(BIRTH), dossiers=60, seed=3, on=DAY)
    assert done.filed == done.dossiers == 60, done.refused
    assert done.branches["components.abandoned_record"] == {True, False}
    assert done.never() == []
    assert min(done.prefilled) >= 4 and max(done.typed) > min(done.typed) > 0
    assert set(done.steps) == {7, 8} or set(done.steps) == {8}


def test_the_same_seed_makes_the_same_dossiers(publish, territory):
    version = publish(BIRTH)
    first, second = (simulate(version, dossiers=5, seed=7, on=DAY) for _time in range(2))
    assert first == second
    assert simulate(version, dossiers=5, seed=8, on=DAY) != first


def test_a_branch_that_nobody_reaches_is_named(territory):
    form = json.loads(json.dumps(factories.SHORT_FORM))
    fields = form["pages"][0]["groups"][0]["fields"]
    never = {"key": "never", "label": {"vi": "Không ai"}, "type": "text"}
    fields.append(never | {"visible_if": {"field": "purpose", "equals": "một chữ không ai gõ"}})
    done = simulate(factories.make_version(form=form), dossiers=10, seed=1, on=DAY)
    assert done.never() == ["never.visible_if: never held"]
    assert done.reached["never"] == 0


def test_every_form_we_carry_can_be_filed(reference, territory):
    catalogue.load_life_events(reference)
    for path in sorted((REFERENCE / "procedures").glob("*.yaml")):
        version = catalogue.load_pack(path, reference=reference).version
        done = simulate(version, dossiers=2, seed=1, on=DAY)
        fields = eforms.form_of(version.form).by_key()
        unknown = {path for path in done.refused if _needs_an_agency(fields[path.partition(".")[0]])}
        assert done.filed == 2 or unknown == set(done.refused), (path.stem, done.refused)


def _needs_an_agency(field):
    """The small country of the tests has one agency only."""
    return field.type == "agency" or any(part.type == "agency" for part in field.fields)


def test_the_command_reports(publish, territory):
    publish(BIRTH)
    said = StringIO()
    call_command("simulate_procedure", BIRTH, "--dossiers", "3", stdout=said)
    assert "dossiers: 3" in said.getvalue() and "branches never taken:" in said.getvalue()
    said = StringIO()
    call_command("simulate_procedure", BIRTH, "--dossiers", "3", "--json", stdout=said)
    figures = json.loads(said.getvalue())
    assert figures["filed"] == 3 and figures["controls_typed_mean"] > 0 and figures["steps_mean"] >= 7
    with pytest.raises(CommandError, match="from 1 to"):
        call_command("simulate_procedure", BIRTH, "--dossiers", "0")
    with pytest.raises(CommandError, match="no procedure with this code"):
        call_command("simulate_procedure", "9.999999")
    for wrong in ([], [BIRTH, "--all"]):
        with pytest.raises(CommandError, match="name the code of a procedure, or say --all"):
            call_command("simulate_procedure", *wrong)


def test_all_procedures_are_gone_through_and_a_form_that_cannot_be_read_is_named(publish, territory, tmp_path):
    """Our own and imported ones, whose forms follow from their components."""
    publish(BIRTH)
    (tmp_path / "n.jsonl").write_text("\n".join(json.dumps(record(f"1.90000{n}")) for n in range(3)), encoding="utf-8")
    call_command("import_catalogue", str(tmp_path / "n.jsonl"), stdout=StringIO())
    ProcedureVersion.objects.filter(procedure__code="1.900002").update(form={"pages": "?"})
    said = StringIO()
    call_command("simulate_procedure", "--all", "--json", stdout=said)
    figures = json.loads(said.getvalue())
    assert (figures["procedures"], figures["dossiers"], figures["filed"]) == (4, 6, 6)
    assert [line.partition(":")[0] for line in figures["forms_unreadable"]] == ["1.900002"]


def test_many_imported_procedures_are_read_in_lots(territory, import_records):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            call_command("simulate_procedure", "--all", "--dossiers", "1", "--json", stdout=StringIO())
        return len(asked)

    import_records(record("1.900000"))
    queries()  # what a process reads once
    of_one = queries()
    import_records(*(record(f"1.90000{n}") for n in range(5)))
    assert queries() == of_one
