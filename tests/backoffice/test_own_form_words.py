"""The buttons of a step name the form that its letter is really on."""

import pytest

from dossiers.models import Dossier
from portal.agencies.models import MembershipRole
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("forms", "named", "left_out"),
    [
        ({}, ("mẫu 01", "mẫu 03"), ("CT04", "CT06")),
        ({"01": "CT04", "03": "CT06"}, ("mẫu CT04", "mẫu CT06"), ("mẫu 01", "mẫu 03")),
    ],
)
def test_each_step_names_the_form_of_its_letter(
    forms: dict[str, str], named: tuple[str, ...], left_out: tuple[str, ...]
) -> None:
    filed = factories.file_dossier()
    version = ProcedureVersion.objects.get(pk=filed.procedure_version_id)
    version.sheet = {**version.sheet, "letter_forms": forms}
    version.save(update_fields=["sheet"])
    dossier = Dossier.objects.get(pk=filed.pk)
    desk = signed_in(with_second_factor(factories.make_official(dossier.agency, MembershipRole.DESK)))
    page = text(desk.get(f"/quan-tri/ho-so/{dossier.code}/"))
    refusal = text(desk.get(f"/quan-tri/ho-so/{dossier.code}/buoc/refuse-intake/"))
    assert all(words in page for words in named) and named[1] in refusal
    assert not any(words in page + refusal for words in left_out)
