"""What the builder's pages say and in which order: headings, questions before their conditions, findings in words."""

import re

import pytest

from portal.backoffice import views_builder
from procedures import drafting
from procedures.models import ProcedureVersion
from tests.backoffice.conftest import FORM_PAGES as BASE
from tests.backoffice.conftest import condition_data, draft, field_data, first_group, keys, step
from tests.dossiers.filing_pages import text
from tests.factories import make_version

pytestmark = pytest.mark.django_db


def names_in_order(page):
    return re.findall(r'<(?:input|select|textarea)[^>]* name="((?!csrf|revision|do\b|q\b)[\w-]+)"', page)


def test_the_outline_is_the_form_pages_then_groups_then_questions_in_their_order(editor):
    page = text(editor.get(BASE))
    headings = re.findall(r'<h([23]) (?:class="card__title" id="page-\w+"|class="builder-group__title")>([^<]*)<', page)
    form = draft().form
    wanted = []
    for part in form["pages"]:
        wanted.append(("2", part["title"]["vi"]))
        for group in part["groups"]:
            wanted.append(("3", (group.get("title") or {}).get("vi") or group["key"]))
    assert headings == wanted
    assert re.findall(r'id="f-(\w+)"', page) == keys()
    step(editor, "down", keys()[0])
    assert re.findall(r'id="f-(\w+)"', text(editor.get(BASE))) == keys()


def test_a_question_comes_before_its_condition_and_every_field_has_its_label(editor):
    page = text(editor.get(f"{BASE}cau-hoi/{keys()[0]}/"))
    names = names_in_order(page)
    assert names.index("label_vi") < names.index("help_vi") < names.index("visible_if-0-field")
    labels = set(re.findall(r'<label[^>]* for="id_([\w-]+)"', page))
    assert set(names) - {"language", "next"} <= labels | set(re.findall(r'<legend[^>]* id="id_(\w+)"', page))
    where = first_group().split("/")
    group = names_in_order(text(editor.get(f"{BASE}muc/{where[0]}/{where[1]}/")))
    assert group.index("title_vi") < group.index("title_en") < group.index("visible_if-0-field")


def test_findings_are_told_in_words_before_publishing(editor):
    step(editor, "add_field", first_group(), key="so_dien_thoai_khac", label_vi="Số điện thoại khác", type="phone")
    page = text(editor.get(f"{BASE}cong-bo/"))
    findings = drafting.readiness(draft()).findings
    assert "english-missing" in {finding.rule for finding in findings}
    assert "Chưa có bản tiếng Anh." in page
    assert "<code" not in page and not any(f" {finding.place}" in page for finding in findings if "." in finding.place)
    assert not any(finding.rule in page or finding.message in page for finding in findings)
    assert "Số điện thoại khác" in page


def test_machine_names_stand_only_where_they_are_used(editor):
    key = next(each for each in keys() if "_" in each)
    assert f"{key} ·" not in text(editor.get(BASE))
    page = text(editor.get(f"{BASE}cau-hoi/{key}/"))
    assert f"mã: {key}" in page and ".md" not in page
    before, _details, folded = page.partition('<details class="govuk-details"')
    assert 'name="visible_if-0-test"' in before and 'name="max_length"' in folded and "JSON" not in page
    refused = editor.post(f"{BASE}cau-hoi/{key}/", field_data(editor, key, max_length="{"))
    assert refused.status_code == 422 and '<details class="govuk-details" open>' in text(refused)


def test_publishing_is_offered_once_something_differs(editor):
    page = text(editor.get(f"{BASE}cong-bo/"))
    assert ">Công bố</button>" not in page and ">Bỏ bản thảo</button>" in page
    step(editor, "add_field", first_group(), key="so_nha_khac", label_vi="Số nhà khác", type="text")
    page = text(editor.get(f"{BASE}cong-bo/"))
    assert ">Công bố</button>" in page and 'cau-hoi/so_nha_khac/">“Số nhà khác”</a>' in page


def test_what_was_tried_and_left_out_is_named_by_its_question(editor):
    step(editor, "add_field", first_group(), key="ma_thu_nghiem", label_vi="Mã thử nghiệm", type="integer")
    answers = '{"ma_thu_nghiem": "không phải số"}'
    page = text(editor.post(f"{BASE}thu/", {"--answers": answers}))
    assert "<li>Mã thử nghiệm: " in page and "ma_thu_nghiem:" not in page


def test_a_half_written_condition_is_refused_where_it_lacks(editor):
    step(editor, "add_field", first_group(), key="loai_viec", label_vi="Loại việc", type="choice")
    step(editor, "add_field", first_group(), key="so_ban", label_vi="Số bàn", type="text")

    def sent(**typed):
        return editor.post(f"{BASE}cau-hoi/so_ban/", field_data(editor, "so_ban", **typed))

    for typed, control in (
        (("loai_viec", "", "", "co"), "test"),
        (("", "equals", "", "co"), "field"),
        (("loai_viec", "equals", "", ""), "choice"),
        (("loai_viec", "at_least", "", ""), "value"),
        (("loai_viec", "equals", "", "tang"), "value"),
        (("loai_viec", "in", "", "co, tang"), "value"),
    ):
        refused = sent(**condition_data("visible_if", typed))
        assert refused.status_code == 422 and f'href="#id_visible_if-0-{control}"' in text(refused), typed
    assert "Chỉ hỏi khi, dòng 1: Giá trị so sánh" in text(refused)
    assert "co (Có), khong (Không)" in text(refused)
    assert sent(**condition_data("visible_if", ("loai_viec", "equals", "khong", ""))).status_code == 302
    kept = draft().form["pages"][0]["groups"][0]["fields"][-1]
    assert kept["visible_if"] == {"field": "loai_viec", "equals": "khong"}
    page = text(editor.get(f"{BASE}cau-hoi/so_ban/"))
    assert '<option value="loai_viec:khong" selected>Không</option>' in page
    assert sent(**condition_data("visible_if", ("", "", "", ""))).status_code == 302
    assert "visible_if" not in draft().form["pages"][0]["groups"][0]["fields"][-1]


def test_the_list_is_hers_before_it_is_cut_and_says_that_it_is(editor, version, monkeypatch):
    monkeypatch.setattr(views_builder, "MOST_LISTED", 1)
    for number in range(1, 6):  # of another ministry, before hers by code
        other = make_version(f"1.00000{number}")
        ProcedureVersion.objects.filter(pk=other.pk).update(issuer_code="G99")
    page = text(editor.get("/quan-tri/bieu-mau/"))
    assert version.procedure.code in page and "Chỉ hiện 1 thủ tục đầu" not in page
    hers = make_version("1.000009")
    assert hers.issuer_code == version.issuer_code
    page = text(editor.get("/quan-tri/bieu-mau/"))  # the one with a draft stands first
    assert version.procedure.code in page and "1.000009" not in page and "Chỉ hiện 1 thủ tục đầu" in page


def test_a_key_that_is_taken_keeps_what_was_typed(editor):
    typed = {"key": keys()[0], "label_vi": "Câu vừa gõ", "type": "money"}
    refused = step(editor, "add_field", first_group(), **typed)
    assert refused.status_code == 422 and 'href="#new_key"' in text(refused)
    assert 'value="Câu vừa gõ"' in text(refused) and '<option value="money" selected>' in text(refused)
    assert f'<option value="{first_group()}" selected>' in text(refused)
    last = draft().form["pages"][-1]["key"]
    refused = step(editor, "add_page", last, key=last, title_vi="Trang vừa gõ")
    assert refused.status_code == 422 and 'href="#part_key"' in text(refused)
    assert 'value="Trang vừa gõ"' in text(refused) and f'<option value="{last}" selected>' in text(refused)


def test_a_form_that_nobody_can_fill_in_is_not_published(editor):
    step(editor, "add_field", first_group(), key="so_rap", label_vi="Số rạp", type="integer")
    limits = field_data(editor, "so_rap", required="on", min="9", max="2")
    assert editor.post(f"{BASE}cau-hoi/so_rap/", limits).status_code == 302
    page = text(editor.get(f"{BASE}cong-bo/"))
    mistakes, _heading, reminders = page.partition("Nhắc trước khi công bố")
    assert "Lỗi phải sửa trước khi công bố" in mistakes and 'cau-hoi/so_rap/">“Số rạp”</a>' in mistakes
    assert "Nhỏ nhất và lớn nhất" not in reminders and "Chưa có bản tiếng Anh." in reminders
    sent = {"revision": draft().revision, "valid_from": "01/01/2030"}
    refused = editor.post(f"{BASE}cong-bo/", sent)
    assert refused.status_code == 422 and "Biểu mẫu còn lỗi nên chưa công bố được" in text(refused)
    editor.post(f"{BASE}cau-hoi/so_rap/", field_data(editor, "so_rap", min="2", max="9"))
    assert editor.post(f"{BASE}cong-bo/", sent | {"revision": draft().revision}).status_code == 302


def test_a_version_that_waits_for_its_day_is_named_before_another_draft_undoes_it(editor):
    assert "đang chờ đến ngày" not in text(editor.get(BASE))
    step(editor, "down", keys()[0])
    editor.post(f"{BASE}cong-bo/", {"revision": draft().revision, "valid_from": "01/01/2090"})
    named = "Bản công bố lần 2 đang chờ đến ngày 01/01/2090"
    assert named in text(editor.get(BASE))
    assert editor.post(BASE).status_code == 302
    assert named in text(editor.get(BASE)) and named in text(editor.get(f"{BASE}cong-bo/"))


def test_what_was_taken_out_comes_back_with_one_press(editor):
    before = draft().form
    key = keys()[-1]
    label = before["pages"][-1]["groups"][-1]["fields"][-1]["label"]["vi"]
    taken = step(editor, "remove", key)
    assert taken.status_code == 302 and "?vua-xoa=2" in taken["Location"]
    page = text(editor.get(taken["Location"]))
    assert f"Xóa câu hỏi “{label}”." in page and ">Hoàn tác</button>" in page
    assert ">Hoàn tác</button>" not in text(editor.get(BASE))
    back = editor.post(f"{BASE}lich-su/", {"revision": 2, "number": 1, "next": "outline"})
    assert back.status_code == 302 and back["Location"] == BASE
    assert draft().form == before
    assert ">Hoàn tác</button>" not in text(editor.get(f"{BASE}?vua-xoa=2"))  # something else was changed since
