"""One page of a draft open on two devices: only what was changed is saved, and what both changed is shown, not lost."""

import html
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dossiers import page_saving
from tests import factories
from tests.dossiers.filing_pages import Filing, signed_in, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db
AUTOSAVE = {"x-autosave": "1"}
CARS = field("cars", "repeat", fields=[field("plate")], max_items=3)
IS_SICK = {"field": "is_sick", "equals": True}
FORM = form(
    page(
        "noi-dung",
        field("full_name"),
        field("purpose", "long_text"),
        field("born", "date"),
        field("home", "place"),
        field("is_sick", "boolean"),
        field("illness", visible_if=IS_SICK),
        CARS,
    )
)
EMPTY = {"full_name": "", "purpose": "", "born": "", "home__province_code": "", "home__commune_code": "", "illness": ""}


class Device:
    """A browser that opened the page, and sends what the page shows but for what is typed on it."""

    def __init__(self, filing: Filing, typed: dict[str, str] | None = None) -> None:
        self.client: Client = signed_in(filing.citizen)
        self.address = f"{filing.base}noi-dung/"
        self.typed = {**EMPTY, "cars__count": "0", **(typed or {})}
        self.reads(self.client.get(self.address))

    def reads(self, response: Any) -> str:
        shown = text(response)
        found = re.search(r'name="_drawn" value="([^"]*)"', shown)
        assert found is not None
        self.drawn = html.unescape(found[1])
        return html.unescape(shown)

    def press(self, **typed: str) -> Any:
        self.typed |= typed
        return self.client.post(self.address, self.typed | {"_drawn": self.drawn})

    def type(self, **typed: str) -> dict[str, Any]:
        self.typed |= typed
        data = self.typed | {"_drawn": self.drawn, "_touched": list(typed)}
        answer: dict[str, Any] = self.client.post(self.address, data, headers=AUTOSAVE).json()
        self.drawn = answer["drawn"]
        return answer


@pytest.fixture
def filing() -> Filing:
    return Filing(factories.make_version(needs_paper=False, form=FORM))


def test_an_older_page_where_nothing_was_typed_overwrites_nothing(filing: Filing) -> None:
    filing.post("noi-dung", EMPTY | {"purpose": "Bản cũ", "born": "1/2/1990", "cars__count": "0"})
    old = Device(filing, {"purpose": "Bản cũ", "born": "1/2/1990"})
    new = Device(filing, {"purpose": "Bản cũ", "born": "1/2/1990"})
    ill = {"is_sick": "on", "illness": "Sốt", "home__province_code": "01", "home__commune_code": "cua nam"}
    assert new.press(purpose="Bản\r\nmới", cars__count="1", cars__0__plate="30B", **ill).status_code == 302
    kept = filing.fresh().answers
    gone_on = old.press()
    assert gone_on.status_code == 302
    told = text(old.client.get(gone_on["Location"], follow=True))
    assert (
        "Cổng giữ bản đó: " in told
        and "purpose: Bản" in told
        and "full_name: " not in told.partition("bản đó")[2][:200]
    )
    assert filing.fresh().answers == kept and kept["purpose"] == "Bản\nmới" and kept["illness"] == "Sốt"
    assert old.press(full_name="Chỉ ô này").status_code == 302
    assert filing.fresh().answers == kept | {"full_name": "Chỉ ô này"}


def test_what_both_changed_is_shown_to_who_comes_second_and_her_next_press_decides(filing: Filing) -> None:
    first, second = Device(filing), Device(filing)
    first.press(purpose="Chữ của máy một")
    refused = second.press(purpose="Chữ của máy hai", full_name="Lan")
    shown = second.reads(refused)
    assert refused.status_code == 422 and 'href="#id_purpose"' in shown
    assert "vừa ghi ở đây: “Chữ của máy một”" in shown and "Chữ của máy hai</textarea>" in shown
    assert filing.fresh().answers["purpose"] == "Chữ của máy một" and filing.draft.answers["full_name"] == "Lan"
    first.reads(first.client.get(first.address))
    first.press(purpose="Lại máy một", full_name="Lan")
    assert second.press().status_code == 422, "it was changed once more"
    second = Device(filing, {"full_name": "Lan", "purpose": "Lại máy một"})
    assert second.press(purpose="Chữ của máy hai").status_code == 302
    assert filing.fresh().answers["purpose"] == "Chữ của máy hai"


def test_her_second_press_overrules(filing: Filing) -> None:
    first, second = Device(filing), Device(filing)
    first.press(purpose="Một")
    second.reads(second.press(purpose="Hai"))
    assert second.press().status_code == 302
    assert filing.fresh().answers["purpose"] == "Hai"


def _needing() -> Filing:
    made = form(page("noi-dung", field("full_name", required=True), field("purpose", "long_text", required=True), CARS))
    return Filing(factories.make_version(needs_paper=False, form=made))


NEEDED = {"full_name": "", "purpose": "", "cars__count": "0"}


class OtherDevice(Device):
    """A device at a form whose fields are required."""

    def __init__(self, filing: Filing) -> None:
        self.client = signed_in(filing.citizen)
        self.address = f"{filing.base}noi-dung/"
        self.typed = dict(NEEDED)
        self.reads(self.client.get(self.address))


def test_nobody_is_asked_to_fill_in_what_another_device_stored() -> None:
    filing = _needing()
    old, new = OtherDevice(filing), OtherDevice(filing)
    assert new.press(full_name="Lan", purpose="Đi học", cars__count="1", cars__0__plate="29A").status_code == 302
    assert old.press().status_code == 302, "all is there, though this page showed nothing of it"
    kept = filing.fresh().answers
    assert (kept["full_name"], kept["purpose"], kept["cars"]) == ("Lan", "Đi học", [{"plate": "29A"}])


def test_what_is_missing_is_asked_beside_what_another_device_stored_and_the_page_shows_it() -> None:
    filing = _needing()
    old, new = OtherDevice(filing), OtherDevice(filing)
    assert new.press(full_name="Lan", cars__count="1", cars__0__plate="29A").status_code == 422
    refused = old.press()
    shown = old.reads(refused)
    assert refused.status_code == 422 and "Hãy điền “purpose”." in shown and "Hãy điền “full_name”." not in shown
    assert 'value="Lan"' in shown and 'value="29A"' in shown
    notice = shown.partition("Máy hoặc cửa sổ khác đã điền ở trang này")[2].partition("<h1")[0]
    assert '<a href="#id_full_name">full_name: Lan</a>' in notice and "#id_cars__count" in notice
    old.typed |= {"full_name": "Lan", "cars__count": "1", "cars__0__plate": "29A"}  # as the page now shows
    assert old.press(purpose="Đi học", full_name="Lan Anh").status_code == 302, "it is no older page any more"
    assert filing.fresh().answers["full_name"] == "Lan Anh"


def test_what_is_wrong_with_a_file_stays_said_on_a_page_that_is_drawn_anew() -> None:
    required = [field(key, required=True) for key in ("full_name", "purpose")]
    made = form(page("noi-dung", *required, field("plan", "file")))
    filing = Filing(factories.make_version(needs_paper=False, form=made))
    old, new = OtherDevice(filing), OtherDevice(filing)
    new.press(full_name="Lan")
    old.typed["plan"] = SimpleUploadedFile("ban-ve.pdf", b"MZ no pdf", "application/pdf")  # type: ignore[assignment]
    shown = old.reads(old.press())
    assert 'href="#id_plan"' in shown and 'value="Lan"' in shown and "Hãy điền “full_name”." not in shown


def test_rows_that_two_devices_added_are_told_not_dropped(filing: Filing) -> None:
    first, second = Device(filing), Device(filing)
    assert first.press(cars__count="1", cars__0__plate="29A-11111").status_code == 302
    shown = second.reads(second.press(cars__count="1", cars__0__plate="30B-22222"))
    assert "29A-11111" in shown and 'value="30B-22222"' in shown and 'href="#id_cars__count"' in shown
    assert filing.fresh().answers["cars"] == [{"plate": "29A-11111"}]
    second.press(cars__count="2", cars__1__plate="29A-11111")
    assert [row["plate"] for row in filing.fresh().answers["cars"]] == ["30B-22222", "29A-11111"]


def test_half_typed_text_of_two_devices_meets_the_same_way(filing: Filing) -> None:
    first, second = Device(filing), Device(filing)
    first.type(born="12/")
    shown = second.reads(second.press(born="3/4/1991"))
    assert "vừa ghi ở đây: “12/”" in shown
    assert "born" not in filing.fresh().answers and filing.draft.unread_answers == {"born": ["12/"]}


def test_autosave_says_it_and_a_device_is_no_other_to_itself(filing: Filing) -> None:
    first, second = Device(filing), Device(filing)
    assert first.type(purpose="Một")["conflicts"] == []
    assert first.type(purpose="Một hai")["conflicts"] == []
    assert filing.fresh().answers["purpose"] == "Một hai"
    answer = second.type(purpose="Ba", full_name="Lan")
    assert [(told["key"], told["href"]) for told in answer["conflicts"]] == [("purpose", "#id_purpose")]
    assert "vừa ghi “Một hai”" in answer["conflicts"][0]["text"] == answer["elsewhere"]
    assert filing.fresh().answers["purpose"] == "Một hai" and filing.draft.answers["full_name"] == "Lan"
    assert second.press().status_code == 422, "the button shows both"
    assert first.press().status_code == 302


def test_what_the_state_filled_in_meanwhile_is_nobodys_text() -> None:
    sick = field("phone", "phone", prefill="identity.phone", prefill_if=IS_SICK)
    made = form(page("noi-dung", field("is_sick", "boolean"), sick))
    filing = Filing(factories.make_version(needs_paper=False, form=made))
    device = Device(filing)
    device.type(is_sick="on")
    assert filing.fresh().answers["phone"] == "0900000999"
    assert device.press(phone="0912345678").status_code == 302
    assert filing.fresh().answers["phone"] == "0912345678"


@pytest.mark.parametrize("said", ["", "x", "[]", "null", '{"purpose": 1}', '{"purpose": "x"}', "[" * 100_000])
def test_nonsense_in_place_of_the_digests_saves_or_asks_but_breaks_nothing(filing: Filing, said: str) -> None:
    device = Device(filing)
    device.drawn = said
    assert device.press(purpose="Một").status_code in {302, 422}


def test_the_digests_are_short_and_tell_nothing(filing: Filing) -> None:
    filing.post("noi-dung", EMPTY | {"purpose": "Chữ riêng " * 500})
    device = Device(filing)
    carried = json.loads(device.drawn)
    assert set(carried) == {"full_name", "purpose", "born", "home", "is_sick", "illness", "cars"}
    assert {len(digest) for digest in carried.values()} == {page_saving.LENGTH}
