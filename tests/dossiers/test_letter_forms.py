"""Letters on the forms of a branch: title, number and act of the police's forms, in every place that names a letter."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dossiers import envelope, letter_notices, letters, register, services
from dossiers.models import Dossier, Letter, LetterKind
from dossiers.models.letter_forms import FORMS
from dossiers.register import Period
from portal.notifications.models import Message
from procedures.packs import REFERENCE, own_reference, read_pack
from procedures.packs.checking import LETTER_FORMS, Check
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.dossiers.dossier_pages import desk, page_of
from tests.dossiers.filing_pages import text
from tests.dossiers.letter_texts import text_of
from tests.procedures.broken_packs import sound_pack

pytestmark = pytest.mark.django_db
RESIDENCE, POLICE = "G01-CA05", {"01": "CT04", "03": "CT06"}
BRANCHES = pytest.mark.parametrize(
    ("kind", "named", "number", "title", "says"),
    [
        ("01", POLICE, "CT04", "Phiếu tiếp nhận hồ sơ và hẹn trả kết quả", "Thời gian trả kết quả"),
        ("03", POLICE, "CT06", "Phiếu từ chối tiếp nhận, giải quyết hồ sơ", "hồ sơ cư trú nêu trên"),
        ("01", {}, "01", str(LetterKind.RECEIPT.label), "Thời gian trả kết quả"),
        ("03", {}, "03", str(LetterKind.REFUSAL.label), "giải quyết hồ sơ nêu trên"),
        ("01", {"01": "CT06", "03": "x"}, "01", str(LetterKind.RECEIPT.label), "Thời gian trả kết quả"),
    ],
)


def answered(kind: str, named: dict[str, str]) -> Dossier:
    """A dossier that got this letter, of a procedure with these forms."""
    dossier = factories.file_dossier(version=factories.make_version(sheet={"letter_forms": named}))
    if kind == "01":
        services.accept(dossier.code or "", actor=desk(dossier))
    else:
        services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="Không thuộc thẩm quyền.")
    return Dossier.objects.get(pk=dossier.pk)


@BRANCHES
def test_the_paper_has_title_and_number_of_its_branch(
    kind: str, named: dict[str, str], number: str, title: str, says: str
) -> None:
    said = text_of(answered(kind, named), kind)
    is_own = number in FORMS
    assert title.upper() in said.upper() and says in said and "Mẫu số 0" not in said
    assert (f"Mẫu {number}, Thông tư 53/2025/TT-BCA" in said) is is_own and ("CT0" in said) is is_own
    assert (str(LetterKind(kind).label).upper() in said.upper()) is not is_own


@BRANCHES
def test_store_pages_and_notice_call_it_so(
    kind: str, named: dict[str, str], number: str, title: str, says: str
) -> None:
    dossier = answered(kind, named)
    letter = Letter.objects.get(dossier=dossier, kind=kind)
    letters.write(letter)
    letter.refresh_from_db()
    assert letter.document is not None and letter.kind == kind, "the kind stays, whatever the form"
    assert letter.document.type.code == letters.TYPE_OF_LETTER[LetterKind(kind)]
    assert letter.document.title == f"{title} – {dossier.code}"
    assert letter.document.files.get().name == f"{dossier.code}-mau-{number}.pdf"
    assert f">{title}</a>" in text(page_of(dossier))
    official = desk(dossier).user
    assert official is not None
    bench = text(signed_in(with_second_factor(official)).get(f"/quan-tri/ho-so/{dossier.code}/"))
    assert f">{title}</a>" in bench
    assert f"“{title}”" in Message.objects.get(kind=letter_notices.KIND).subject


@BRANCHES
def test_register_and_partners_name_the_form(
    kind: str, named: dict[str, str], number: str, title: str, says: str
) -> None:
    dossier = answered(kind, named)
    assert dossier.agency is not None
    today = timezone.localdate()
    period = Period(today - timedelta(days=1), today)
    (line,) = register._lines(list(register.rows(dossier.agency, period)), 0)
    assert (number in line["note"]) is (number in FORMS)
    told: dict[str, Any] = envelope.dossier_payload(dossier)["letter_forms"]
    assert told == (POLICE if named == POLICE else {})


def test_every_residence_procedure_has_the_forms_of_the_police() -> None:
    packs = [read_pack(path, own_reference()) for path in sorted((REFERENCE / "procedures").glob("*.yaml"))]
    forms = {pack.code: pack.data.get("letter_forms") or {} for pack in packs}
    residence = {pack.code for pack in packs if pack.data["field"]["code"] == RESIDENCE}
    assert {"1.004222", "1.003197", "1.002755", "1.004194"} <= residence
    assert {code for code, named in forms.items() if named} == residence
    assert all(named == POLICE for named in forms.values() if named)


def test_a_pack_names_forms_that_there_are() -> None:
    assert {(kind, form) for kind, known in LETTER_FORMS.items() for form in known} == {
        (form.kind, number) for number, form in FORMS.items()
    }
    for wrong in ({"01": "CT06"}, {"02": "CT04"}, {"01": "CT99"}, ["CT04"], {"01": ["CT04"]}):
        pack = copy.deepcopy(sound_pack()) | {"letter_forms": wrong}
        check = Check(pack, own_reference())
        check.letters()
        assert any(problem.startswith("letter_forms") for problem in check.problems), wrong
