"""Who declares linked procedures does so in her own name: said before the form begins, here and at the counter."""

import pytest

from dossiers import drafts, for_others
from dossiers.errors import ProcedureClosedError
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.desks import Counter
from tests.dossiers.bundle_situations import linked
from tests.dossiers.filing_pages import signed_in, text
from tests.dossiers.representation_situations import held_of, make_parent

pytestmark = pytest.mark.django_db
OWN_NAME = "Bạn khai bằng tên mình"


def test_the_first_page_says_who_may_declare_and_offers_nobody_else() -> None:
    version, mother = linked(), make_parent()
    page = text(signed_in(mother).get(f"/nop-ho-so/{version.procedure.code}/"))
    assert OWN_NAME in page and "Nguyễn Thử Bé" not in page
    other = factories.make_version("1.000009")
    page = text(signed_in(mother).get(f"/nop-ho-so/{other.procedure.code}/"))
    assert OWN_NAME not in page and "Nguyễn Thử Bé" in page


def test_who_represents_somebody_reads_it_before_the_form_begins() -> None:
    version, mother = linked(), make_parent()
    begun = signed_in(mother).post(f"/nop-ho-so/{version.procedure.code}/", {"tu-trang-thu-tuc": "1"}, follow=True)
    assert OWN_NAME in text(begun) and not Dossier.objects.filter(procedure_code=version.procedure.code).exists()


def test_by_a_representation_none_is_begun_and_the_way_is_told() -> None:
    version, mother = linked(), make_parent()
    with pytest.raises(ProcedureClosedError) as refused:
        drafts.start(version, actor=Actor.citizen(mother), representation=held_of(mother))
    assert refused.value.message == for_others.IN_OWN_NAME


def test_the_counter_says_it_too(office: Office) -> None:
    version, mother = linked(), make_parent()
    counter = Counter(office, version, person=mother)
    value = f"nguoi-{held_of(mother).public_id}"
    url = counter.browser.post(counter.visit_url, {"nop-cho": value})["Location"]
    told = text(counter.browser.post(url, {"thu-tuc": version.procedure.code}, follow=True))
    assert "Thủ tục liên thông do người khai đứng tên" in told
    assert not Dossier.objects.filter(procedure_code=version.procedure.code).exists()
    assert counter.begin().owner == mother, "she declares it herself"
