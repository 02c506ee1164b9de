"""Pages of a form as a citizen fills them in: what is kept, what is refused with the cure, what is missing."""

import html
import re

import pytest

from dossiers.models import Dossier
from procedures import eforms
from tests import factories
from tests.dossiers.filing_pages import Filing, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db


def test_prefilled_answer_shows_its_source_until_changed() -> None:
    filing = Filing()
    assert "Từ tài khoản VNeID" in text(filing.get("noi-dung"))
    filing.answer(full_name="Tên khác")
    assert "full_name" not in filing.fresh().answer_sources


def test_missing_answer_keeps_the_rest() -> None:
    filing = Filing()
    response = filing.answer(full_name="Tên vừa gõ", purpose="")
    assert response.status_code == 422
    page = text(response)
    assert "Tên vừa gõ" in page and 'href="#' in page and "<title>Lỗi:" in page
    assert filing.fresh().answers["full_name"] == "Tên vừa gõ"


@pytest.mark.parametrize("typed", ["x" * 10_000, "ệ" * 10_000])
def test_answer_of_ten_thousand_characters_names_the_limit(typed: str) -> None:
    filing = Filing()
    response = filing.answer(purpose=typed)
    assert response.status_code == 422 and "ký tự" in text(response)
    assert typed[:50] in text(response), "what was typed is still there to be shortened"


@pytest.mark.parametrize("typed", ["Đi\x00 học", "Đi\x07 học\x1b[31m", "Đi\u202e học"])
def test_control_characters_do_no_harm(typed: str) -> None:
    filing = Filing()
    response = filing.answer(purpose=typed)
    assert response.status_code in {302, 422}
    kept = filing.fresh().answers.get("purpose") or ""
    assert not set(kept) & {"\x00", "\x07", "\x1b", "\u202e"}


def test_markup_in_an_answer_stays_text() -> None:
    filing = Filing()
    filing.place()
    filing.answer(purpose="<script>alert(1)</script>")
    page = text(filing.get("kiem-tra"))
    assert "<script>alert(1)" not in page and html.escape("<script>alert(1)") in page


def test_autosave_keeps_what_is_right_and_answers_in_json() -> None:
    filing = Filing()
    response = filing.post("noi-dung", {"full_name": "Nửa chừng", "purpose": ""}, headers={"x-autosave": "1"})
    assert response.status_code == 200 and response.json()["is_valid"] is False
    assert filing.fresh().answers["full_name"] == "Nửa chừng" and filing.draft.step == "noi-dung"


@pytest.mark.parametrize("step", ["noi-nop", "noi-dung", "giay-to"])
def test_change_from_the_check_page_leads_back_there(step: str) -> None:
    filing = Filing().fill()
    assert f'href="{filing.base}kiem-tra/"' in text(filing.get(step, "?sua=1"))
    data = {
        "noi-nop": {"province_code": "01", "commune_code": "00073"},
        "noi-dung": {"full_name": "A", "purpose": "B"},
        "giay-to": {"continue": "1"},
    }[step]
    assert filing.post(step, data, "?sua=1")["Location"] == f"{filing.base}kiem-tra/"


def test_changing_a_group_opens_it_and_comes_back_to_it() -> None:
    filing = Filing().fill()
    check = text(filing.get("kiem-tra"))
    group = eforms.pages(filing.version.form)[0].groups[0].key
    query = f"?sua=1&muc={group}"
    assert f'href="{filing.base}noi-dung/{query}#section-{group}"' in html.unescape(check)
    assert f'id="section-{group}"' in text(filing.get("noi-dung", query))
    back = filing.post("noi-dung", {"full_name": "A", "purpose": "B"}, query)["Location"]
    assert back == f"{filing.base}kiem-tra/#muc-noi-dung-{group}" and f'id="{back.partition("#")[2]}"' in check
    strange = filing.post("noi-dung", {"full_name": "A", "purpose": "B"}, "?sua=1&muc=%22x")
    assert strange["Location"] == f"{filing.base}kiem-tra/"


def test_check_page_lists_what_is_missing_before_anybody_presses() -> None:
    filing = Filing()
    page = text(filing.get("kiem-tra"))
    assert "Còn thiếu trước khi nộp" in page and "Thiếu giấy tờ: Giấy tờ thử" in page and "Chưa điền" in page
    assert f'{filing.base}giay-to/?sua=1"' in page and f'{filing.base}noi-nop/?sua=1"' in page
    assert "Chưa kèm giấy tờ nào; giấy còn thiếu ghi ở đầu trang." in page and "Không có giấy tờ kèm theo" not in page


def test_incomplete_filing_is_refused_with_links_to_each_field() -> None:
    filing = Filing()
    response = filing.submit()
    assert response.status_code == 422 and filing.fresh().state == "draft"
    assert f'{filing.base}noi-dung/?sua=1#id_purpose"' in text(response)


def test_every_error_leads_to_what_mends_it() -> None:
    """A field, part of an address, choices, row of a repeat, the repeat itself, a file, a paper and the place."""
    two = [{"value": value, "vi": value, "en": value} for value in ("a", "b")]
    rows = [field("member_name", required=True), field("member_born", "date", required=True)]
    first = page(
        "first",
        field("name", required=True),
        field("side", "choice", required=True, choices="two"),
        field("home", "address", required=True),
        field("members", "repeat", fields=rows, min_items=1, required=True),
        field("guests", "repeat", fields=rows, min_items=1, required=True),
    )
    second = page(
        "second", field("proof", "file", required=True), field("many", "multi_choice", required=True, choices="two")
    )
    filing = Filing(factories.make_version(form=form(first, second, two=two)))
    Dossier.objects.filter(pk=filing.draft.pk).update(
        agency=None,
        answers={
            "home": {"province_code": "01", "commune_code": "00073"},
            "members": [{"member_name": "A", "member_born": "2020-01-01"}, {"member_name": "B"}],
        },
    )
    for response in (filing.submit(), filing.get("kiem-tra")):
        refused = html.unescape(text(response))
        links = re.findall(r'<a href="(/nop-ho-so/[^"]*[?]sua=1[^"]*#[^"]+)"', refused)
        found = {url.partition("#")[2] for url in links}
        assert found >= {
            "id_name", "id_side_0", "id_home__line", "id_members__1__member_born", "id_guests__count", "id_proof",
            "id_many_0", "c-0-file", "id_commune_code",
        }, found  # fmt: skip
        for url in set(links):
            address, _mark, anchor = url.partition("#")
            assert f'id="{anchor}"' in text(filing.client.get(address)), url


@pytest.mark.parametrize(
    ("who", "named", "is_remarked"), [("father", "", True), ("father", "on", False), ("mother", "", False)]
)
def test_a_father_who_leaves_himself_out_reads_what_follows_and_may_file(
    who: str, named: str, is_remarked: bool
) -> None:
    asked = [field("relationship"), field("father_declared", "boolean", default=True)]
    filing = Filing(factories.make_version(needs_paper=False, form=form(page("family", *asked))))
    filing.place()
    filing.post("family", {"relationship": who} | ({"father_declared": named} if named else {}))
    shown = text(filing.get("kiem-tra"))
    assert ("giấy khai sinh sẽ không ghi tên cha" in shown) == is_remarked
    assert (f'href="{filing.base}family/?' in shown.partition("tên cha")[2].partition("</div>")[0]) == is_remarked
    filing.submit()
    assert filing.fresh().state == "submitted"
