"""What a result says of a dossier."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from datastore.management.commands.load_result_templates import DEFAULT
from dossiers.models import Dossier
from dossiers.partners import result_files
from dossiers.results import rows_of
from procedures import catalogue
from procedures.eforms import Row, Section
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.datastore.conftest import make_pdf


def section(title: str, page: str, *values: str) -> Section:
    return Section(title, page, [Row("name", "Họ, chữ đệm, tên", value) for value in values])


def test_the_name_of_a_group_tells_whose_answers_follow() -> None:
    told = [section("Người mẹ", "parents", "Lê Thị Thử"), section("Người cha", "parents", "Võ Quốc Huy")]
    assert rows_of(told) == [
        ("Người mẹ", ""),
        ("Họ, chữ đệm, tên", "Lê Thị Thử"),
        ("Người cha", ""),
        ("Họ, chữ đệm, tên", "Võ Quốc Huy"),
    ]


def test_nothing_about_the_filing_no_empty_group_and_no_name_for_a_single_one() -> None:
    told = [
        section("Người yêu cầu", "requester", "Võ Quốc Huy"),
        section("Người mẹ", "parents"),
        section("Trẻ", "child", "An"),
    ]
    assert rows_of(told) == [("Họ, chữ đệm, tên", "An")]


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "kind"), [("1", "KQ.G01.000200"), ("2", "KQ.G01.000199")])
def test_the_agencys_own_paper_is_of_the_kind_that_was_asked_for(asked: str, kind: str, tmp_path: Path) -> None:
    """A criminal record number 2 never lies in the store as number 1, which other filings go by."""
    reference = own_reference()
    catalogue.load_life_events(reference)
    version = catalogue.load_pack(REFERENCE / "procedures" / "3.000333.yaml", reference=reference).version
    call_command("load_document_types", stdout=StringIO())
    for name in ("criminal_record_1.txt", "criminal_record_2.txt"):
        shutil.copy(DEFAULT / name, tmp_path)
    call_command("load_result_templates", tmp_path, stdout=StringIO())
    dossier = factories.processing_dossier()
    answers = {"certificate_kind": asked, "filed_as": "self", "purpose": "Xin việc"}
    Dossier.objects.filter(pk=dossier.pk).update(
        procedure_version=version, procedure_code=version.procedure.code, answers=answers
    )
    paper = result_files.deposit(Dossier.objects.get(pk=dossier.pk), make_pdf(), name="phieu.pdf")
    assert paper.type is not None and paper.type.code == kind and paper.issued_on == timezone.localdate()
