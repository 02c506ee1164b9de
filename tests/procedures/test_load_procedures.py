"""Publishing: unchanged is nothing, changed is a new version from a day on, a broken pack harms nobody."""

from datetime import date, timedelta
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.core.errors import NotFoundError
from procedures import access, catalogue, closing, publication
from procedures.models import Component, FeeRule, LifeEvent, Procedure, ProcedureVersion
from procedures.packs import PackError
from tests.procedures.conftest import BIRTH, RESIDENCE

pytestmark = pytest.mark.django_db


def test_loading_again_changes_nothing(publish, reference, pack_data):
    first = publish(BIRTH)
    rows = (Component.objects.count(), FeeRule.objects.count())
    again = catalogue.load_pack(pack_data(BIRTH), reference=reference)
    assert again.change == catalogue.UNCHANGED
    assert again.version == first
    assert (Component.objects.count(), FeeRule.objects.count()) == rows


def test_the_version_holds_what_the_pack_says(publish):
    version = publish(BIRTH)
    assert version.name == "Thủ tục đăng ký khai sinh"
    assert version.valid_from == version.decision_on == date(2026, 1, 16)
    assert version.processing_time().label() == "trong ngày làm việc"
    assert f"{version.intake_cutoff:%H:%M}" == "15:00"
    assert version.components.get(code="birth_notice").national_code == "000.00.00.G15-KQ004389"
    assert version.fees.get(key="registration_late").amount_vnd is None
    assert version.results.get(is_default=True).document_type == "KQ.G15.000031"
    assert {event.slug for event in version.procedure.life_events.all()} == {"co-con-nho"}
    assert version.procedure.current == version


def test_a_changed_pack_becomes_a_new_version_and_the_old_one_ends(publish, reference, pack_data):
    old = publish(BIRTH)
    data = pack_data(BIRTH)
    data["summary"]["vi"] = "Ghi nhận việc sinh."
    loaded = catalogue.load_pack(data, reference=reference)
    today = timezone.localdate()
    old.refresh_from_db()
    assert loaded.change == catalogue.CHANGED
    assert (loaded.version.number, loaded.version.valid_from, loaded.version.valid_to) == (2, today, None)
    assert old.valid_to == today - timedelta(days=1)
    assert access.get_open_version(BIRTH) == loaded.version
    assert access.get_open_version(BIRTH, on=old.valid_to) == old


def test_two_changes_on_one_day_leave_the_last_one_in_force(publish, reference, pack_data):
    publish(BIRTH)
    for words in ("Một.", "Hai."):
        data = pack_data(BIRTH)
        data["summary"]["vi"] = words
        catalogue.load_pack(data, reference=reference)
    assert access.get_open_version(BIRTH).number == 3


def test_a_version_for_a_later_day_waits(publish, reference, pack_data):
    old = publish(BIRTH)
    data = pack_data(BIRTH)
    data["summary"]["vi"] = "Từ tuần sau."
    later = timezone.localdate() + timedelta(days=7)
    new = catalogue.load_pack(data, reference=reference, valid_from=later).version
    assert access.get_open_version(BIRTH) == old
    assert access.get_open_version(BIRTH, on=later) == new
    assert Procedure.objects.get(code=BIRTH).current == old


def test_a_broken_pack_changes_nothing(publish, reference, pack_data):
    version = publish(BIRTH)
    data = pack_data(BIRTH)
    data["channels"] = ["fax"]
    with pytest.raises(PackError):
        catalogue.load_pack(data, reference=reference)
    assert access.get_open_version(BIRTH) == version


def test_a_pack_without_a_form_is_filed_with_the_generic_form(publish, reference, pack_data):
    data = pack_data(RESIDENCE)
    del data["form"]
    for name in ("components", "fees"):
        for row in data[name]:
            row.pop("condition", None)
    version = catalogue.load_pack(data, reference=reference).version
    assert version.form == {}


def test_the_command_loads_ours_twice_and_says_so(db):
    out = StringIO()
    call_command("load_procedures", stdout=out)
    assert "45 new, 0 changed, 0 unchanged" in out.getvalue()
    out = StringIO()
    call_command("load_procedures", stdout=out)
    assert "0 new, 0 changed, 45 unchanged" in out.getvalue()
    assert LifeEvent.objects.count() >= 8
    assert ProcedureVersion.objects.count() == 45


def test_the_command_names_a_bad_pack_and_loads_the_others(tmp_path, pack_data):
    good, bad = pack_data(BIRTH), pack_data(RESIDENCE)
    bad["channels"] = ["fax"]
    for code, data in ((BIRTH, good), (RESIDENCE, bad)):
        (tmp_path / f"{code}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CommandError, match=rf"1 packs were not published:\n{RESIDENCE}\.yaml: line 4: channels: 'fax'"):
        call_command("load_procedures", str(tmp_path), stdout=StringIO())
    assert list(Procedure.objects.filter(current__isnull=False).values_list("code", flat=True)) == [BIRTH]


def test_the_command_names_a_missing_folder(tmp_path):
    with pytest.raises(CommandError, match="no such file or folder"):
        call_command("load_procedures", str(tmp_path / "gone"))


def test_a_replaced_code_leads_to_its_successor(publish):
    publish("3.000722")
    old = Procedure.objects.get(code="2.000986")
    assert (old.is_open, old.replaced_by.code) == (False, "3.000722")
    with pytest.raises(NotFoundError):
        access.get_version("2.000986")


def test_closing_keeps_the_version_and_the_reason(publish):
    version = publish(BIRTH)
    closing.close(BIRTH, reason="Bị bãi bỏ từ 1/3/2027.")
    procedure = access.get_procedure(BIRTH)
    assert (procedure.is_open, procedure.closed_reason) == (False, "Bị bãi bỏ từ 1/3/2027.")
    assert access.get_open_version(BIRTH) == version


def test_publishing_renews_the_edition(publish, reference, pack_data, django_capture_on_commit_callbacks):
    publish(BIRTH)
    before = publication.edition()
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.load_pack(pack_data(BIRTH), reference=reference)
    assert publication.edition() == before
    data = pack_data(BIRTH)
    data["summary"]["vi"] = "Khác."
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.load_pack(data, reference=reference)
    assert publication.edition() != before


def test_unknown_codes_all_look_alike(db):
    for code in ("9.999999", "", "'; drop table", "1.001193\x00"[:8]):
        with pytest.raises(NotFoundError):
            access.get_version(code)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("version_ends_after_it_begins", {"valid_to": date(2000, 1, 1)}),
        ("processing_time_has_a_unit", {"processing_unit": ""}),
        ("processing_time_has_a_unit", {"processing_value": None}),
    ],
)
def test_the_database_refuses(publish, name, changes):
    version = publish(BIRTH)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ProcedureVersion.objects.filter(pk=version.pk).update(**changes)


def test_the_database_refuses_doubles(publish):
    version = publish(BIRTH)
    for row, name in (
        (version.components.first(), "one_component_per_code"),
        (version.fees.first(), "one_fee_rule_per_key"),
        (version.results.first(), "one_"),
    ):
        row.pk = None
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save(force_insert=True)
