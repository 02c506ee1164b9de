"""Questions are added where they belong: in their section, in a repeat, with keys that nobody has to think of."""

import json
import re

import pytest
from django.contrib.messages import get_messages

from tests.backoffice.conftest import FORM_PAGES as BASE
from tests.backoffice.conftest import draft, first_group, keys, step
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db


def row(key):
    rows = [row for page in draft().form["pages"] for group in page["groups"] for row in group["fields"]]
    return next(row for row in rows if row["key"] == key)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)][-1]


def test_each_section_offers_to_add_a_question_there(editor):
    page = text(editor.get(BASE))
    groups = [f"{each['key']}/{group['key']}" for each in draft().form["pages"] for group in each["groups"]]
    links = re.findall(r'href="\?vao=([^"#]+)#add-field"', page)
    assert links == groups and page.count('id="add-field"') == 1
    here = text(editor.get(f"{BASE}?vao={groups[1]}"))
    assert here.count('id="add-field"') == 1 and f'<option value="{groups[1]}" selected>' in here
    assert re.findall(r'href="\?vao=([^"#]+)#add-field"', here) == [each for each in groups if each != groups[1]]
    for strange in ("x", "x/y", "a/b/c/d", "x" * 5000):
        assert text(editor.get(f"{BASE}?vao={strange}")).count('id="add-field"') == 1


def test_what_is_refused_stays_open_in_its_section(editor):
    refused = step(editor, "add_field", first_group(), label_vi="", type="text")
    page = text(refused)
    assert refused.status_code == 422 and page.count('id="add-field"') == 1
    assert page.index('id="add-field"') < page.index(f'id="page-{draft().form["pages"][1]["key"]}"')


def test_a_repeat_is_offered_beside_the_sections_and_takes_what_can_stand_in_it(editor):
    first = step(editor, "add_field", first_group(), label_vi="Các con", type="repeat", first_part="Họ và tên con")
    assert first.status_code == 302
    assert [(part["key"], part["label"]["vi"]) for part in row("cac_con")["fields"]] == [
        ("ho_va_ten_con", "Họ và tên con")
    ]
    inside = f"{first_group()}/cac_con"
    assert f'<option value="{inside}">' in text(editor.get(BASE)) and "trong câu “Các con”" in text(editor.get(BASE))
    added = step(editor, "add_field", inside, label_vi="Họ và tên con", type="text")
    assert added["Location"] == f"{BASE}#f-cac_con" and told(added) == "Đã thêm phần “Họ và tên con” vào “Các con”."
    assert [part["key"] for part in row("cac_con")["fields"]] == ["ho_va_ten_con", "ho_va_ten_con_2"]
    for kind in ("file", "repeat", "computed"):
        more = {"compute_function": "count", "compute_of": "cac_con"} if kind == "computed" else {}
        refused = step(editor, "add_field", inside, label_vi="Tệp", type=kind, **more)
        assert refused.status_code == 422 and "không đứng trong một câu khác được" in text(refused)
    assert step(editor, "add_field", f"{first_group()}/khong_co", label_vi="Lạ", type="text").status_code == 422


def test_keys_are_made_of_the_words_and_are_free(editor):
    for made in ("so_xe", "so_xe_2", "so_xe_3"):
        assert step(editor, "add_field", first_group(), label_vi="Số xe", type="text").status_code == 302
        assert made in keys()
    for made in ("xe_co", "xe_co_2"):
        assert step(editor, "add_page", "", title_vi="Xe cộ").status_code == 302
        assert draft().form["pages"][-1]["key"] == made
    assert step(editor, "add_group", made, title_vi="Giấy tờ xe").status_code == 302
    assert draft().form["pages"][-1]["groups"][-1]["key"] == "giay_to_xe"
    assert step(editor, "add_page", "", title_vi="Khác", key="cua_toi").status_code == 302
    assert draft().form["pages"][-1]["key"] == "cua_toi"
    taken = step(editor, "add_page", "", title_vi="Khác nữa", key="cua_toi")
    assert taken.status_code == 422 and "đã có" in text(taken)


def test_how_it_is_reckoned_is_asked_of_what_is_reckoned_only(editor):
    page = text(editor.get(BASE))
    whens = dict(re.findall(r'<details class="eform__when" data-when="([^"]+)" data-part="(new_[a-z]+)">', page))
    asked = {name: json.loads(when.replace("&quot;", '"')) for when, name in whens.items()}
    assert asked == {
        "new_computed": {"field": "type", "in": ["computed"]},
        "new_parts": {"field": "type", "in": ["person", "repeat"]},
    }
    block = page.partition('data-part="new_computed"')[2].partition("</details>")[0]
    assert "Chỉ điền khi loại là “Tự tính”" in block and 'name="compute_of"' in block
    assert "js/eform.js" in page
    refused = text(step(editor, "add_field", first_group(), label_vi="Tổng", type="computed"))
    assert 'data-part="new_computed" open>' in refused and "để cổng biết tính thế nào" in refused
