"""A card scanned into the field of a number fills the form wherever the counter asks who it is, and does no more."""

import pytest

from portal.accounts.models import Representation, User
from portal.backoffice import card_scans
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.desks import Counter
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
CARD = "001051999003||Lê Văn Chủ|08031951|Nam|Số 5 phố Thử, Phường Cửa Nam, Thành phố Hà Nội|01012024"


@pytest.mark.parametrize("page", ["giay-uy-quyen/", "dai-dien/"])
def test_a_scan_fills_the_form_keeps_what_was_typed_and_does_nothing(office: Office, page: str) -> None:
    counter = Counter(office)
    url = f"{counter.visit_url}{page}"
    empty = text(counter.browser.get(url))
    assert 'maxlength="20"' not in empty.split('name="personal_id"')[1].split(">")[0]
    people = User.objects.count()
    typed = {"personal_id": CARD, "paper": "Giấy số 5", "proof": "Giấy số 5", "has_seen_proof": "on"}
    response = counter.browser.post(url, typed)
    shown = text(response)
    assert response.status_code == 200
    for value in ("001051999003", "Lê Văn Chủ", "08/03/1951", "Giấy số 5"):
        assert f'value="{value}"' in shown, value
    assert "govuk-error-message" not in shown and "||" not in shown
    tick = shown.split('name="has_seen_proof"')[1].split(">")[0]
    assert "checked" not in tick, "nobody has compared the card yet"
    assert User.objects.count() == people and not Representation.objects.exists()


@pytest.mark.parametrize("page", ["giay-uy-quyen/", "dai-dien/"])
def test_a_scan_that_cannot_be_read_says_why(office: Office, page: str) -> None:
    counter = Counter(office)
    cut = counter.browser.post(f"{counter.visit_url}{page}", {"personal_id": "001051999003||Lê Văn"})
    assert cut.status_code == 422 and "Mã QR chưa đủ phần" in text(cut)
    long = counter.browser.post(f"{counter.visit_url}{page}", {"personal_id": CARD + "x" * 600})
    assert long.status_code == 422 and "Mã QR này dài hơn mã trên thẻ căn cước" in text(long)


def test_a_newcomer_whose_card_is_scanned_into_her_form_counts_as_scanned(office: Office) -> None:
    browser = office.browser("desk")
    page = text(browser.post("/quan-tri/tai-quay/", {"personal_id": CARD, "full_name": "", "has_seen_card": "on"}))
    assert 'value="Lê Văn Chủ"' in page and 'name="scan"' in page
    assert not User.objects.filter(citizen__full_name="Lê Văn Chủ").exists()


def test_what_the_card_does_not_say_leaves_what_was_typed() -> None:
    card = card_scans.card_of(CARD.replace("|Nam|", "|?|"))
    assert card is not None
    filled = card_scans.filled({"gender": "2", "paper": "x"}, card, ticks=[])
    assert (filled["gender"], filled["paper"], filled["full_name"]) == ("2", "x", "Lê Văn Chủ")
    assert card_scans.card_of(factories.make_citizen("Ai").citizen.personal_id) is None
