"""A procedure leaves and comes back as one text file, to the letter; a bad file is told line by line."""

import re
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.agencies.models import Agency, UnitLevel
from procedures import catalogue, drafting, eforms, form_edits, policy_register
from procedures.models import LocalPolicy, Procedure, ProcedureVersion
from procedures.national import own_forms
from procedures.national.import_run import Run
from procedures.national.importing import run_over
from procedures.national.reading import Raw
from procedures.packs import REFERENCE, PackError, Reference, read_pack_text, yaml_text
from procedures.packs.exporting import _rebuilt, export
from tests.factories import make_citizen, make_unit
from tests.procedures.conftest import BIRTH
from tests.procedures.national_records import record

PACKS = sorted((REFERENCE / "procedures").glob("*.yaml"))
COLUMNS = {"id", "procedure", "procedure_id", "version", "version_id", "created_at", "number", "valid_from", "valid_to"}


def content(version):
    """Everything a version says, rows and columns."""
    rows = [
        sorted(
            (
                {name: value for name, value in vars(row).items() if name not in COLUMNS and name[0] != "_"}
                for row in related.all()
            ),
            key=str,
        )
        for related in (version.components, version.fees, version.results)
    ]
    own = {name: value for name, value in vars(version).items() if name not in COLUMNS and name[0] != "_"}
    return own, rows, {event.slug for event in version.procedure.life_events.all()}


@pytest.mark.django_db
def test_all_our_procedures_come_back_to_the_letter(reference):
    catalogue.load_life_events(reference)
    empty = Reference(REFERENCE)
    empty.__dict__ |= {"groups": {}, "lists": {}}  # an exported file needs nothing of ours but the applicant types
    assert len(PACKS) == 45
    for path in PACKS:
        version = catalogue.load_pack(path, reference=reference).version
        before, text = content(version), export(version)
        assert catalogue.load_pack(read_pack_text(text, file="x", reference=empty)).change == catalogue.UNCHANGED, path
        Procedure.objects.update(current=None, replaced_by=None)
        ProcedureVersion.objects.all().delete()
        again = catalogue.load_pack(read_pack_text(text, file="x", reference=empty)).version
        again.refresh_from_db()
        version_again = ProcedureVersion.objects.select_related("procedure__field").get(pk=again.pk)
        assert content(version_again)[1:] == before[1:], path
        assert version_again.form == before[0]["form"] and version_again.sheet == before[0]["sheet"], path
        assert version_again.content_sha256 == before[0]["content_sha256"], path
        assert export(version_again) == text, path


@pytest.mark.django_db
def test_what_a_version_keeps_is_enough_to_write_it_anew(publish, reference):
    version = publish(BIRTH)
    text = yaml_text.dump(_rebuilt(version))
    again = catalogue.load_pack(read_pack_text(text, file="x", reference=reference)).version
    assert again.form == version.form and again.pk != version.pk
    assert content(again)[1] == content(version)[1]
    assert again.sheet == version.sheet


@pytest.mark.django_db
def test_how_often_may_be_asked_and_what_silence_costs_stay_with_it(pack_data, reference):
    catalogue.load_life_events(reference)
    rule = {"effect": "pause", "days": 10, "rounds": 1, "closes": False}
    version = catalogue.load_pack({**pack_data(BIRTH), "supplement_rule": rule}, reference=reference).version
    for text in (export(version), yaml_text.dump(_rebuilt(version))):
        Procedure.objects.update(current=None)
        ProcedureVersion.objects.all().delete()
        version = catalogue.load_pack(read_pack_text(text, file="x", reference=reference)).version
        found = (version.supplement_rule, version.supplement_days, version.supplement_rounds, version.closes_on_silence)
        assert found == ("pause", 10, 1, False)


@pytest.mark.django_db
def test_an_empty_value_for_what_silence_costs_is_as_none(pack_data, reference):
    rule = {"effect": "pause", "closes": None}
    version = catalogue.load_pack({**pack_data(BIRTH), "supplement_rule": rule}, reference=reference).version
    assert version.closes_on_silence


@pytest.mark.django_db
def test_the_commands_hand_a_procedure_from_portal_to_portal(publish, tmp_path):
    publish(BIRTH)
    file = tmp_path / "khai-sinh.yaml"
    call_command("export_procedure", BIRTH, "--output", str(file))
    screen = StringIO()
    call_command("export_procedure", BIRTH, stdout=screen)
    assert screen.getvalue() == file.read_text("utf-8")
    said = StringIO()
    call_command("import_procedure", str(file), stdout=said)
    assert said.getvalue().startswith(f"{BIRTH}: unchanged, version 1")
    file.write_text(file.read_text("utf-8").replace("Ghi nhận việc sinh của trẻ", "Ghi nhận việc sinh"), "utf-8")
    said = StringIO()
    call_command("import_procedure", str(file), "--check", stdout=said)
    assert "nothing wrong" in said.getvalue() and ProcedureVersion.objects.count() == 1
    call_command("import_procedure", str(file), "--from", "2030-01-01", stdout=said)
    assert ProcedureVersion.objects.get(number=2).valid_from.isoformat() == "2030-01-01"
    assert Procedure.objects.get(code=BIRTH).current.number == 1


LETTERS = {
    "01": {"vi": "Trẻ được cấp thẻ bảo hiểm y tế trong 5 ngày.", "en": "The child gets a health card within 5 days."},
    "02": {"vi": "Giấy chứng sinh phải có dấu của cơ sở y tế.", "en": "The birth record needs the stamp."},
}


@pytest.fixture
def local(pack_data, reference):
    """A published procedure with words of its own in letters, and two policies of Hải Phòng."""
    province = make_unit("31", "Thành phố Hải Phòng", UnitLevel.PROVINCE)
    make_unit("11557", "Phường Lê Chân", UnitLevel.COMMUNE, province)
    Agency.objects.create(code="H24", name="UBND thành phố Hải Phòng", level="province", unit=province, path="H24/")
    catalogue.load_life_events(reference)
    version = catalogue.load_pack({**pack_data(BIRTH), "letters": LETTERS}, reference=reference).version
    shared = {"agency": "H24", "provinces": ["31"], "procedures": [BIRTH], "valid_from": date(2026, 1, 1)}
    rows = [
        {
            "code": "hai-phong-khai-sinh-phi",
            "name": {"vi": "Hải Phòng giảm một nửa", "en": "Half price in Hải Phòng"},
            "legal": "NQ 1/2026/NQ-HĐND",
            "effect": "fee_percent",
            "percent": Decimal("50.00"),
            "fee_kinds": ["le_phi"],
            "when": {"vi": "Đăng ký quá hạn", "en": "Late registrations"},
            "condition": {"field": "relationship", "filled": True},
            "valid_to": date(2028, 12, 31),
        },
        {
            "code": "hai-phong-khai-sinh-nhanh",
            "name": {"vi": "Hải Phòng làm trong ngày", "en": "Within the day in Hải Phòng"},
            "legal": "NQ 2/2026/NQ-HĐND",
            "effect": "time_new",
            "time": {"value": 4, "unit": "hour"},
            "communes": ["11557"],
        },
    ]
    for row in rows:
        policy_register.save(policy_register.policy_from({**shared, **row}))
    return version


@pytest.mark.django_db
def test_policies_and_words_of_letters_travel_with_their_procedure(local, tmp_path):
    text = export(local)
    before = {policy.code: policy_register.as_row(policy) for policy in LocalPolicy.objects.all()}
    assert len(before) == 2 and all(code in text for code in before)
    LocalPolicy.objects.all().delete()
    Procedure.objects.update(current=None)
    ProcedureVersion.objects.all().delete()
    file = tmp_path / "khai-sinh.yaml"
    file.write_text(text, "utf-8")
    call_command("import_procedure", str(file), stdout=StringIO())
    again = Procedure.objects.get(code=BIRTH).current
    assert again.sheet["letters"] == LETTERS
    assert {policy.code: policy_register.as_row(policy) for policy in LocalPolicy.objects.all()} == before
    assert export(again) == text
    stamps = set(LocalPolicy.objects.values_list("updated_at", flat=True))
    said = StringIO()
    call_command("import_procedure", str(file), stdout=said)
    assert "unchanged" in said.getvalue()
    assert set(LocalPolicy.objects.values_list("updated_at", flat=True)) == stamps


@pytest.mark.django_db
def test_a_changed_policy_is_brought_up_to_date_and_a_bad_one_leaves_all_as_it_was(local, tmp_path):
    file = tmp_path / "khai-sinh.yaml"
    file.write_text(export(local).replace("'50.00'", "'75.00'"), "utf-8")
    call_command("import_procedure", str(file), stdout=StringIO())
    assert LocalPolicy.objects.get(code="hai-phong-khai-sinh-phi").percent == Decimal("75.00")
    bad = export(local).replace("'75.00'", "'400'").replace("Giấy chứng sinh phải có dấu", "Giấy chứng sinh cần dấu")
    file.write_text(bad, "utf-8")
    with pytest.raises(CommandError, match=r"policies\.hai-phong-khai-sinh-phi"):
        call_command("import_procedure", str(file), stdout=StringIO())
    assert LocalPolicy.objects.get(code="hai-phong-khai-sinh-phi").percent == Decimal("75.00")
    assert Procedure.objects.get(code=BIRTH).current.sheet["letters"] == LETTERS


@pytest.mark.django_db
def test_the_builder_leaves_policies_and_letters_as_they_are(local):
    user = make_citizen()
    draft = drafting.begin(BIRTH, user=user)

    def rename(form):
        form["pages"][0]["title"] = {"vi": "Trang khác", "en": "Another page"}

    drafting.change(BIRTH, seen=draft.revision, user=user, words="đổi", edit=rename)
    made = drafting.publish(BIRTH, seen=2, valid_from=timezone.localdate(), user=user)
    assert made.sheet["letters"] == LETTERS and LocalPolicy.objects.count() == 2
    assert "Trang khác" in export(made) and "hai-phong-khai-sinh-phi" in export(made)


@pytest.mark.django_db
def test_an_unknown_code_and_a_bad_file_are_named(tmp_path):
    with pytest.raises(CommandError, match=r"9\.999999: no procedure"):
        call_command("export_procedure", "9.999999")
    with pytest.raises(CommandError, match=r"gone\.yaml: cannot be read"):
        call_command("import_procedure", str(tmp_path / "gone.yaml"))
    bad = tmp_path / "bad.yaml"
    bad.write_text("code: '1'\nname: x\n", "utf-8")
    with pytest.raises(CommandError, match=r"bad\.yaml: line 1: code: write the national code"):
        call_command("import_procedure", str(bad))


@pytest.mark.django_db
def test_a_pack_with_errors_of_the_linter_is_published_only_where_that_is_wanted(publish, tmp_path):
    publish(BIRTH)
    file = tmp_path / "khai-sinh.yaml"
    call_command("export_procedure", BIRTH, "--output", str(file))
    whole = file.read_text("utf-8")
    start = whole.index("legal_basis:\n")
    end = re.compile(r"^\w", re.MULTILINE).search(whole, start + 1).start()
    file.write_text(whole[:start] + whole[end:], "utf-8")
    with pytest.raises(CommandError, match="legal-basis-missing"):
        call_command("import_procedure", str(file))
    assert ProcedureVersion.objects.count() == 1, "nothing was published"
    said = StringIO()
    call_command("import_procedure", str(file), "--despite-errors", stdout=said, stderr=StringIO())
    assert "version 2" in said.getvalue()


def problems(text, reference):
    with pytest.raises(PackError) as caught:
        read_pack_text(text, file="x", reference=reference)
    return caught.value.problems


@pytest.mark.parametrize(
    ("find", "write", "line_of", "message"),
    [
        ("kind: le_phi", "kind: thue", "kind: thue", "fees.registration.kind: 'thue' is not one of"),
        ("updated_on: 2026-04-15", "updated_on: hôm qua", "updated_on: hôm qua", "updated_on: 'hôm qua' is no date"),
        ("key: relationship", "key: Quan hệ", "key: Quan hệ", "the key of a field has small letters"),
        ("choices: birth_proof", "choices: nothing", None, "the value list 'nothing'"),
        ("kind: present_only", "kind: scroll", "kind: scroll", "components.identity_paper.kind: 'scroll'"),
    ],
)
def test_each_problem_names_its_line(find, write, line_of, message, reference):
    text = (REFERENCE / "procedures" / f"{BIRTH}.yaml").read_text("utf-8")
    changed = text.replace(find, write, 1)
    found = problems(changed, reference)
    (problem,) = [problem for problem in found if message in problem]
    if line_of:
        number = next(n for n, line in enumerate(changed.splitlines(), 1) if line_of in line)
        named = int(problem.split(":")[0].removeprefix("line "))
        assert number - 8 <= named <= number, (problem, number)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x [1]\nb: *x\n", "line 1: no references"),
        ("code: '1'\ncode: '2'\n", "line 2: code: this key is written twice"),
        ("code: \x00", "not YAML"),
        ("a: " + "[" * 200 + "]" * 200, ""),
        ("- just\n- a list\n", "a pack is a mapping"),
        ("", "a pack is a mapping"),
        ("x" * 2_000_001, "at most 2000000 are read"),
        ("updated_on: 2026-02-31\n", "a value cannot be read"),
        ("a: {b: [1, 2}\n", "line 1, column"),
    ],
)
def test_what_yaml_allows_and_a_pack_does_not(text, message, reference):
    assert any(message in problem for problem in problems(text, reference))


@pytest.mark.django_db
def test_a_record_of_the_national_catalogue_travels_as_it_came_with_the_form_we_added(tmp_path):
    note = "Dòng một\n  thụt vào: # không phải chú thích\n\n- 'nháy' \"kép\" {x} \t hết "
    odd = record(note=note, requirements="2025-07-01")
    run = Run()
    run.prepare()
    list(run_over([Raw("x", odd)], run))
    version = ProcedureVersion.objects.select_related("procedure").get()
    first, text = content(version), export(version)
    file = tmp_path / "rong.yaml"
    file.write_text(text, "utf-8")
    assert told(file) == "1.900001: unchanged, version 1"
    form = form_edits.standing_alone(dict(eforms.form_for(version)))
    own_forms.publish(version, form, valid_from=timezone.localdate())
    call_command("export_procedure", "1.900001", "--output", str(file))
    Procedure.objects.update(current=None)
    ProcedureVersion.objects.all().delete()
    Procedure.objects.all().delete()
    assert told(file, "--check") == "1.900001: nothing wrong" and not Procedure.objects.exists()
    assert told(file) == "1.900001: new, version 2"
    again = ProcedureVersion.objects.select_related("procedure").get(number=2)
    assert content(again)[1] == first[1] and again.form == form
    ignored = {"form", "content_sha256", "search_text"}
    assert all(content(again)[0][name] == value for name, value in first[0].items() if name not in ignored)
    assert told(file) == "1.900001: unchanged, version 2"


@pytest.mark.django_db
def test_a_record_that_is_wrong_changes_nothing_and_says_why(publish, tmp_path):
    publish(BIRTH)
    file = tmp_path / "x.yaml"
    for changes, words in (
        ({"code": "1.900002"}, "is not the code of the record"),
        ({"record": record(name="")}, r"record\.name"),
        ({"extra": 1}, "extra: unknown key"),
        ({"form": {"pages": 5}}, "pages"),
        ({"code": BIRTH, "record": record(BIRTH)}, "a pack of this portal's own"),
    ):
        data = {"code": "1.900001", "origin": "national", "record": record(), **changes}
        file.write_text(yaml_text.dump(data), "utf-8")
        with pytest.raises(CommandError, match=words):
            call_command("import_procedure", str(file))
    assert Procedure.objects.filter(code__startswith="1.9").count() == 0


def told(file, *options):
    said = StringIO()
    call_command("import_procedure", str(file), *options, stdout=said)
    return said.getvalue().strip().partition(" from ")[0]


@pytest.mark.parametrize("kind", ["pack", "record"])
def test_a_day_that_is_past_or_before_what_waits_is_refused(publish, tmp_path, kind):
    file = tmp_path / "x.yaml"
    if kind == "pack":
        publish(BIRTH)
        file.write_text(export(ProcedureVersion.objects.get()), encoding="utf-8")
        code = BIRTH
    else:
        code = "1.900001"
        file.write_text(yaml_text.dump({"code": code, "origin": "national", "record": record(code)}), encoding="utf-8")
        call_command("import_procedure", str(file), stdout=StringIO())
    with pytest.raises(CommandError, match="--from: 2020-01-01 is past"):
        call_command("import_procedure", str(file), "--from", "2020-01-01", stdout=StringIO())
    assert ProcedureVersion.objects.filter(procedure__code=code).count() == 1
    ProcedureVersion.objects.filter(procedure__code=code).update(valid_from=date(2090, 1, 1))
    with pytest.raises(CommandError, match="version 1 waits for 2090-01-01"):
        call_command("import_procedure", str(file), "--from", "2089-12-31", stdout=StringIO())
