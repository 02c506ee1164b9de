"""A page left half done is kept as it stands: rows, addresses, what is missing or wrong; buttons keep theirs."""

import html
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from datastore.models import Document
from procedures import eforms
from tests import factories
from tests.dossiers.filing_pages import Filing, signed_in, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db
AUTOSAVE = {"x-autosave": "1"}
IS_ILL = {"field": "is_ill", "equals": True}
MEMBERS = field(
    "members",
    "repeat",
    fields=[
        field("member_name", required=True),
        field("born", "date", required=True),
        field("is_ill", "boolean"),
        field("illness", required=True, visible_if=IS_ILL),
        field("since", "date", required=True, visible_if=IS_ILL),
    ],
    max_items=5,
)
HOMES = [
    field("home", "address", required=True),
    field("second", "address", same_as="home", same_as_label={"vi": "Như nơi ở", "en": "As the home"}),
]
FORM = form(
    page("noi-dung", field("full_name", required=True), field("born", "date", max="today", required=True)),
    page("nguoi", MEMBERS, *HOMES),
)
HALF_A_HOME = {"home__province_code": "01", "home__commune_code": "", "home__line": "Số 1"}


def row(number: int, **said: str) -> dict[str, str]:
    """What one row of the page sends."""
    sent = {"member_name": "", "born": "", "illness": "", "since": ""} | said
    return {f"members__{number}__{name}": value for name, value in sent.items()}


@pytest.fixture
def filing() -> Filing:
    return Filing(factories.make_version(needs_paper=False, form=FORM))


def elsewhere(filing: Filing, step: str = "nguoi") -> str:
    """The page as another device opens it."""
    return html.unescape(text(signed_in(filing.citizen).get(f"{filing.base}{step}/")))


def drawn(shown: str) -> str:
    found = re.search(r'name="_drawn" value="(\{.*?\})"', shown)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("saves_itself", [True, False])
def test_half_a_row_and_half_an_address_are_kept_as_they_stand(filing: Filing, saves_itself: bool) -> None:
    sent = {"members__count": "1", **row(0, member_name="Lan"), **HALF_A_HOME}
    more: dict[str, Any] = {"headers": AUTOSAVE} if saves_itself else {}
    touched = {"_touched": ["members__0__member_name", "home__line"]} if saves_itself else {}
    answer = filing.post("nguoi", sent | touched, **more)
    assert answer.status_code == (200 if saves_itself else 422)
    kept = filing.fresh().answers
    assert kept["members"] == [{"member_name": "Lan", "is_ill": False}]
    assert kept["home"] == {"province_code": "01", "line": "Số 1"}
    shown = elsewhere(filing)
    assert 'value="Lan"' in shown and 'value="Số 1"' in shown and 'value="01" selected' in shown


def test_what_is_wrong_or_emptied_is_there_again_as_it_was_left_and_not_filed(filing: Filing) -> None:
    filing.post("noi-dung", {"full_name": "Lan", "born": "1/2/1990"})
    assert filing.post("noi-dung", {"full_name": "", "born": "1/2/2090"}).status_code == 422
    shown = elsewhere(filing, "noi-dung")
    assert 'value="01/02/2090"' in shown and 'value="Lan"' not in shown
    filing.place()
    assert filing.submit().status_code == 422
    assert filing.fresh().state == "draft"


def test_half_typed_text_stays_at_its_row_when_empty_rows_go(filing: Filing) -> None:
    sent = {"members__count": "2", **row(0), **row(1, member_name="Mai", born="12/")}
    filing.post("nguoi", sent | {"_touched": "members__1__born"}, headers=AUTOSAVE)
    assert filing.fresh().unread_answers == {"members__0__born": ["12/"]}
    assert 'name="members__0__born" value="12/"' in elsewhere(filing)


def test_a_row_that_is_taken_away_is_gone_and_one_device_is_no_other_to_itself(filing: Filing) -> None:
    rows = row(0, member_name="Lan", born="1/2/2015") | row(1, member_name="Mai", born="3/4/2016")
    sent = {"members__count": "2", **rows, **HALF_A_HOME}
    filing.post("nguoi", sent)
    before = drawn(elsewhere(filing))
    answer = filing.post("nguoi", sent | {"_remove": "members__0", "_drawn": before})
    assert answer.status_code == 200 and "Bạn cần sửa" not in text(answer)
    assert [member["member_name"] for member in filing.fresh().answers["members"]] == ["Mai"]
    news = json.loads(answer["X-Page-Saved"])
    assert set(news["drawn"]) == {"members"} and news["draft"] == filing.draft.updated_at.isoformat()
    carried = json.dumps(json.loads(before) | news["drawn"])
    kept = {"members__count": "1", **row(0, member_name="Mai Anh", born="3/4/2016")}
    said = filing.post("nguoi", kept | {"_touched": "members__0__member_name", "_drawn": carried}, headers=AUTOSAVE)
    assert said.json()["conflicts"] == []
    assert [member["member_name"] for member in filing.fresh().answers["members"]] == ["Mai Anh"]


def test_an_address_that_is_taken_over_is_kept_at_once_and_nothing_else_of_the_page_is(filing: Filing) -> None:
    home = {"home__province_code": "01", "home__commune_code": "cua nam", "home__line": "Số 1"}
    assert filing.post("nguoi", home | {"members__count": "0", "_same": "second"}).status_code == 200
    kept = filing.fresh().answers
    assert kept["second"] == {"province_code": "01", "commune_code": "00073", "line": "Số 1"}
    assert "home" not in kept, "it is saved as it is typed"


def test_a_look_at_the_page_saves_nothing(filing: Filing) -> None:
    before = filing.fresh().updated_at
    answer = filing.post("nguoi", {"members__count": "1", **row(0, member_name="Lan"), "_refresh": "1"})
    assert answer.status_code == 200 and 'value="Lan"' in text(answer)
    assert filing.fresh().updated_at == before and "members" not in filing.draft.answers


def test_what_is_not_asked_in_a_row_is_neither_required_nor_kept(filing: Filing) -> None:
    said = row(0, member_name="Lan", born="1/2/2015", illness="Sốt", since="không rõ")
    home = {"home__province_code": "01", "home__commune_code": "cua nam", "home__line": "Số 1"}
    sent = {"members__count": "1", **said, **home}
    asked = filing.post("nguoi", sent | {"members__0__is_ill": "on"})
    assert asked.status_code == 422 and 'href="#id_members__0__since"' in text(asked)
    assert filing.post("nguoi", sent).status_code == 302
    assert filing.fresh().answers["members"] == [{"member_name": "Lan", "born": "2015-02-01", "is_ill": False}]


def test_a_file_that_came_with_a_button_for_rows_is_kept_and_shown() -> None:
    cars = field("cars", "repeat", fields=[field("plate")], max_items=3)
    made = form(page("noi-dung", field("photo", "file"), cars))
    filing = Filing(factories.make_version(needs_paper=False, form=made))
    photo = SimpleUploadedFile("xe.png", factories.png("xe"))
    shown = text(filing.post("noi-dung", {"cars__count": "0", "_add": "cars", "photo": photo}))
    assert "Đã có tệp xe.png" in shown and 'name="cars__0__plate"' in shown
    assert filing.fresh().answers["photo"]["name"] == "xe.png"
    bad = SimpleUploadedFile("hai.png", b"no picture")
    refused = filing.post("noi-dung", {"cars__count": "1", "_add": "cars", "photo": bad})
    assert refused.status_code == 200 and 'id="id_photo-error"' in text(refused), "a script puts the page in place"


@pytest.mark.parametrize("button", [{"_add": "cars"}, {"_refresh": "1"}, {}])
def test_a_file_that_is_not_asked_for_is_not_kept(button: dict[str, str]) -> None:
    own = {"field": "has_photo", "equals": True}
    fields = [field("has_photo", "boolean"), field("photo", "file", visible_if=own)]
    cars = field("cars", "repeat", fields=[field("plate")], max_items=3)
    filing = Filing(factories.make_version(needs_paper=False, form=form(page("noi-dung", *fields, cars))))
    photo = SimpleUploadedFile("xe.png", factories.png("xe"))
    filing.post("noi-dung", {"cars__count": "0", "photo": photo} | button)
    assert not Document.objects.exists() and not filing.fresh().answers.get("photo")
    photo.seek(0)
    filing.post("noi-dung", {"cars__count": "0", "photo": photo, "has_photo": "on"} | button)
    assert Document.objects.get().title and filing.fresh().answers["photo"]["name"] == "xe.png"


def test_a_file_that_the_page_refuses_is_not_kept_with_a_button_and_its_reason_is_told() -> None:
    cars = field("cars", "repeat", fields=[field("plate")], max_items=3)
    made = form(page("noi-dung", field("photo", "file"), cars))
    filing = Filing(factories.make_version(needs_paper=False, form=made))
    odd = SimpleUploadedFile("xe\u0007.png", factories.png("xe"))
    (own,) = eforms.pages(made)
    posted = QueryDict("cars__count=0&_add=cars")
    page_form = eforms.build_form(own, answers={}, data=posted, files=MultiValueDict({"photo": [odd]}))
    page_form.is_valid()
    assert page_form.is_action and set(page_form.errors) == {"photo"} and not page_form.uploads
    assert page_form.page_answers["photo"] is None
    empty = SimpleUploadedFile("rong.png", b"")
    shown = text(filing.post("noi-dung", {"cars__count": "0", "_add": "cars", "photo": empty}))
    assert 'id="id_photo-error"' in shown and 'name="cars__0__plate"' in shown
    assert not Document.objects.exists() and "photo" not in filing.fresh().answers


def test_who_is_signed_out_is_not_led_away_by_a_look(filing: Filing) -> None:
    filing.client.logout()
    answer = filing.post("nguoi", {"members__count": "0", "_refresh": "1"}, headers={"x-refresh": "1"})
    assert answer.status_code == 401
