"""What the check page remarks on: allowed answers that are hardly meant together."""

import pytest

from tests import factories
from tests.dossiers.filing_pages import Filing, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "gender", "said"),
    [("father", "2", "khai là cha"), ("mother", "1", "khai là mẹ"), ("father", "1", ""), ("mother", "2", "")],
)
def test_a_parent_of_the_other_sex_is_asked_to_look_again_and_may_file(who: str, gender: str, said: str) -> None:
    filing = Filing(
        factories.make_version(needs_paper=False, form=form(page("family", field("relationship"), field("gender"))))
    )
    filing.place()
    filing.post("family", {"relationship": who, "gender": gender})
    shown = text(filing.get("kiem-tra"))
    assert ("Hãy xem lại." in shown) == bool(said) and said in shown
    assert (f'href="{filing.base}family/?' in shown.partition("Hãy xem lại.")[2].partition("</div>")[0]) == bool(said)
    filing.submit()
    assert filing.fresh().state == "submitted"
