"""The builder of forms: who may, what each page does without scripts, two editors, undo, publishing from a day on."""

import copy
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from portal.agencies.models import MembershipRole
from portal.backoffice import lint_words
from procedures import access, catalogue, drafting, eforms
from procedures.linting.findings import RULES
from procedures.models import CatalogueChange, DraftState, FormDraft, FormRevision, ProcedureVersion
from procedures.tasks import bring_current
from tests import factories
from tests.backoffice.conftest import FORM_CODE as CODE
from tests.backoffice.conftest import FORM_PAGES as BASE
from tests.backoffice.conftest import (
    browser_of,
    condition_data,
    draft,
    field_data,
    first_group,
    keys,
    signed_in,
    step,
    with_second_factor,
)
from tests.dossiers.filing_pages import Filing, text

pytestmark = pytest.mark.django_db


def test_only_the_publishing_agency_and_the_national_editor_may(version, ministry):
    commune = factories.make_agency()
    for browser in (browser_of(commune), browser_of(ministry, role=MembershipRole.LEADER)):
        for address in ("", "xem-truoc/", "thu/", "lich-su/", "cong-bo/"):
            assert browser.get(BASE + address).status_code == 404
        assert browser.post(BASE).status_code == 404
        assert browser.post(f"{BASE}sua/", {"do": "up", "what": "x", "revision": 1}).status_code == 404
    assert not FormDraft.objects.exists()
    listed = text(browser_of(ministry).get("/quan-tri/bieu-mau/"))
    assert CODE in listed
    assert CODE not in text(browser_of(commune).get("/quan-tri/bieu-mau/"))
    national = with_second_factor(factories.make_official(commune))
    national.is_superuser = True
    national.save()
    assert signed_in(national).get(BASE).status_code == 200


def test_a_draft_begins_from_the_form_in_force_and_shows_every_question(version, editor):
    page = text(editor.get(BASE))
    for field in eforms.form_of(version.form).fields():
        assert f'id="f-{field.key}"' in page
    assert "Chỉ hỏi khi" in page and "style=" not in page
    assert editor.post(BASE).status_code == 302 and FormDraft.objects.count() == 1


def test_each_button_of_the_outline_has_its_word_in_sight(editor):
    page = editor.get(BASE).content.decode()
    for word in ("Lên", "Xuống", "Xóa", "Sửa trang", "Sửa mục"):
        assert f'<span>{word}<span class="govuk-visually-hidden">: ' in page


def test_questions_move_within_and_across_groups(editor):
    first, second = keys()[:2]
    response = step(editor, "down", first)
    assert response.status_code == 302 and response["Location"] == f"{BASE}#f-{first}"
    assert keys()[:2] == [second, first]
    step(editor, "up", first)
    assert keys()[:2] == [first, second]
    last_of_group = draft().form["pages"][0]["groups"][0]["fields"][-1]["key"]
    assert step(editor, "down", last_of_group).status_code == 302
    assert last_of_group not in [f["key"] for f in draft().form["pages"][0]["groups"][0]["fields"]]


def test_a_question_is_added_edited_and_seen_as_citizens_see_it(editor):
    page, group = draft().form["pages"][0]["key"], draft().form["pages"][0]["groups"][0]["key"]
    bad = step(editor, "add_field", f"{page}/{group}", key="Tên Sai", label_vi="Câu", type="choice")
    assert bad.status_code == 422 and 'href="#new_key"' in text(bad) and 'value="Tên Sai"' in text(bad)
    step(editor, "add_field", f"{page}/{group}", key="muc_dich", label_vi="Mục đích thử", type="choice")
    assert "muc_dich" in keys()
    data = field_data(
        editor,
        "muc_dich",
        label_en="Purpose",
        options="hoc | Đi học | Study\nlam | Đi làm | Work",
        required="on",
        message_required_vi="Hãy cho biết mục đích thử.",
    )
    assert editor.post(f"{BASE}cau-hoi/muc_dich/", data).status_code == 302
    step(editor, "add_field", f"{page}/{group}", key="ten_truong", label_vi="Tên trường", type="text")
    data = field_data(editor, "ten_truong", **condition_data("visible_if", ("muc_dich", "equals", "hoc", "")))
    assert editor.post(f"{BASE}cau-hoi/ten_truong/", data).status_code == 302
    frame = editor.get(f"{BASE}xem-truoc/{page}/")
    assert frame["X-Frame-Options"] == "SAMEORIGIN" and "frame-ancestors 'self'" in frame["Content-Security-Policy"]
    assert "Đi học" in text(frame) and "Chỉ điền khi “Mục đích thử” là “Đi học”" in text(frame)
    judged = editor.post(f"{BASE}xem-truoc/{page}/", {"full_name": "x"})
    assert "Hãy cho biết mục đích thử." in text(judged)
    both = text(editor.get(f"{BASE}xem-truoc/?trang={page}"))
    assert both.count("<iframe") == 2 and f'src="{BASE}xem-truoc/{page}/"' in both


def test_an_edit_that_leaves_no_form_is_refused_with_the_reason_and_nothing_typed_is_lost(editor):
    key = keys()[0]
    before = copy.deepcopy(draft().form)
    data = field_data(editor, key, pattern="[", label_vi="Tôi vừa gõ")
    refused = editor.post(f"{BASE}cau-hoi/{key}/", data)
    assert refused.status_code == 422
    assert "Mẫu không phải biểu thức chính quy" in text(refused) and 'value="Tôi vừa gõ"' in text(refused)
    assert draft().form == before and draft().revision == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"max_length": "mười"}, "Dài nhất (ký tự)"),
        ({"max_length": "0"}, "Dài nhất (ký tự)"),
        ({"pattern": "(a+)+b"}, "· Mẫu (biểu thức chính quy): Mẫu lặp một nhóm"),
        ({"type": "khac"}, "Loại"),
        ({"prefill": "la.gi", "prefill_from": ""}, "Không có nguồn điền sẵn này"),
        (condition_data("visible_if", ("khong_co", "filled", "", "")), "Câu hỏi"),
        (condition_data("visible_if", ("purpose", "xoa", "", "x")), "Phép so sánh"),
        (condition_data("visible_if", ("purpose", "at_least", "", "9" * 300)), "Hãy nhập một số"),
    ],
)
def test_wrong_shapes_are_refused_in_words_and_spoil_no_page(editor, changes, words):
    key = keys()[0]
    refused = editor.post(f"{BASE}cau-hoi/{key}/", field_data(editor, key, **changes))
    assert refused.status_code == 422 and words in text(refused)
    _every_page_opens(editor, key)


def _every_page_opens(editor, key):
    for page in ("", "thu/", "xem-truoc/", "lich-su/", "cong-bo/", f"cau-hoi/{key}/"):
        assert editor.get(f"{BASE}{page}").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"min": "--5"},
        {"default": "\x00"},
        condition_data("visible_if", ("hoac", "purpose", "equals", "", "x")),
        condition_data("visible_if", ("purpose", "equals", "", "a\x00")),
    ],
)
def test_shapes_that_no_page_sends_spoil_no_page(editor, changes):
    key = keys()[0]
    assert editor.post(f"{BASE}cau-hoi/{key}/", field_data(editor, key, **changes)).status_code in {302, 422}
    assert "\x00" not in str(draft().form)
    _every_page_opens(editor, key)


def test_limits_of_figures_are_figures(editor):
    assert (
        step(editor, "add_field", f"{first_group()}", key="so_nguoi", label_vi="Số người", type="integer").status_code
        == 302
    )
    refused = editor.post(f"{BASE}cau-hoi/so_nguoi/", field_data(editor, "so_nguoi", min="một"))
    assert refused.status_code == 422 and "“Số người” (so_nguoi): Nhỏ nhất và lớn nhất" in text(refused)


def test_a_question_that_others_hang_on_is_not_taken_out(editor):
    needed = next(
        f["visible_if"]["field"]
        for page in draft().form["pages"]
        for group in page["groups"]
        for f in group["fields"]
        if f.get("visible_if", {}).get("field")
    )
    refused = step(editor, "remove", needed)
    assert refused.status_code == 422 and "còn phụ thuộc vào ô này" in text(refused) and needed in keys()


def test_pages_and_groups_come_move_and_go(editor):
    names = [page["key"] for page in draft().form["pages"]]
    step(editor, "add_page", names[0], key="trang_moi", title_vi="Trang mới")
    step(editor, "add_group", "trang_moi", key="muc_moi", title_vi="Mục mới")
    step(editor, "page_up", "trang_moi")
    assert [page["key"] for page in draft().form["pages"]][-2] == "trang_moi"
    page = editor.post(
        f"{BASE}trang/trang_moi/", {"title_vi": "Tên khác", "intro_vi": "Lời dẫn", "revision": draft().revision}
    )
    assert page.status_code == 302
    group = {"title_vi": "Mục khác"} | condition_data("visible_if", (keys()[0], "filled", "", ""))
    assert editor.post(f"{BASE}muc/trang_moi/muc_moi/", group | {"revision": draft().revision}).status_code == 302
    made = draft().form["pages"][-2]
    assert made["title"] == {"vi": "Tên khác"} and made["intro"] == {"vi": "Lời dẫn"}
    assert made["groups"][0]["visible_if"] == {"field": keys()[0], "filled": True}
    assert step(editor, "remove_page", names[0]).status_code == 422
    step(editor, "remove_group", "trang_moi/muc_moi")
    step(editor, "remove_page", "trang_moi")
    assert [page["key"] for page in draft().form["pages"]] == names


def test_the_slower_of_two_editors_is_told_and_overwrites_nothing(ministry, editor):
    other = browser_of(ministry, "Người Khác")
    key = keys()[0]
    mine = field_data(editor, key, label_vi="Của tôi")
    theirs = field_data(other, key, label_vi="Của người khác")
    assert other.post(f"{BASE}cau-hoi/{key}/", theirs).status_code == 302
    refused = editor.post(f"{BASE}cau-hoi/{key}/", mine)
    assert refused.status_code == 409
    assert "Người Khác vừa sửa bản thảo này" in text(refused) and 'value="Của tôi"' in text(refused)
    assert draft().form["pages"][0]["groups"][0]["fields"][0]["label"]["vi"] == "Của người khác"
    late = editor.post(f"{BASE}sua/", {"do": "down", "what": key, "revision": 1})
    assert late.status_code == 409 and keys()[0] == key


def test_a_question_that_another_changed_meanwhile_is_not_overwritten_by_pressing_again(ministry, editor):
    other, key = browser_of(ministry, "Người Khác"), keys()[0]
    address = f"{BASE}cau-hoi/{key}/"
    mine = field_data(editor, key, label_vi="Của tôi")
    mistaken = field_data(editor, key, label_vi="")
    assert other.post(address, field_data(other, key, label_vi="Của người khác")).status_code == 302
    for sent, status in ((mistaken, 422), (mine, 409), (mine, 409)):
        refused = editor.post(address, sent | {"revision": mine["revision"]})
        assert refused.status_code == status
        assert f'name="revision" value="{mine["revision"]}"' in text(refused)
    assert "Trang này không lưu được nữa" in text(refused) and "Lưu vào bản thảo" not in text(refused)
    assert draft().form["pages"][0]["groups"][0]["fields"][0]["label"]["vi"] == "Của người khác"
    asked = editor.post(f"{BASE}cong-bo/", {"revision": mine["revision"], "discard": "1"})
    sure = {"revision": asked.context["revision"], "discard": "sure"}
    assert editor.post(f"{BASE}cong-bo/", sure).status_code == 409 and draft().state == "open"


def test_every_change_can_be_undone_and_is_shown_beside_the_published_form(editor):
    first = keys()
    step(editor, "down", first[0])
    step(editor, "down", first[0])
    page = text(editor.get(f"{BASE}lich-su/"))
    assert "Chuyển chỗ" in page and "Chuyển “" in page and f"Chuyển {first[0]}" not in page
    assert editor.post(f"{BASE}lich-su/", {"number": 1, "revision": draft().revision}).status_code == 302
    assert keys() == first and draft().revision == 4
    assert FormRevision.objects.filter(draft=draft()).count() == 4
    assert "Bản thảo chưa khác bản đang công bố." in text(editor.get(f"{BASE}lich-su/"))


def test_sample_answers_are_tried(editor, version):
    page = text(editor.get(f"{BASE}thu/"))
    assert "Biểu mẫu để thử" in page and "full_name" in page
    tried = text(editor.post(f"{BASE}thu/", {"--answers": '{"full_name": "", "la": 1}'}))
    assert "Biểu mẫu không nhận" in tried and "Hãy điền “" in tried and "la" in tried
    for wrong in ("không", '{"full_name": "\\ud800"}', '{"full_name": NaN}'):
        assert editor.post(f"{BASE}thu/", {"--answers": wrong}).status_code == 422


def test_publishing_from_a_day_on_leaves_open_dossiers_on_their_version(editor, version):
    factories.make_agency()
    filing = Filing(version)
    key = keys()[-1]
    data = field_data(editor, key, help_vi="Hướng dẫn mới", help_en="New help")
    assert editor.post(f"{BASE}cau-hoi/{key}/", data).status_code == 302
    page = text(editor.get(f"{BASE}cong-bo/"))
    assert "Hướng dẫn mới" in page
    yesterday = timezone.localdate() - timedelta(days=1)
    seen = {"revision": draft().revision}
    refused = editor.post(f"{BASE}cong-bo/", seen | {"valid_from": yesterday.strftime("%d/%m/%Y")})
    assert refused.status_code == 422 and "không được ở trong quá khứ" in text(refused)
    assert editor.post(f"{BASE}cong-bo/", seen | {"valid_from": "hôm nào"}).status_code == 422
    day = timezone.localdate() + timedelta(days=10)
    assert editor.post(f"{BASE}cong-bo/", seen | {"valid_from": day.strftime("%d/%m/%Y")}).status_code == 302
    made = ProcedureVersion.objects.get(procedure__code=CODE, number=2)
    assert made.valid_from == day and access.get_open_version(CODE) == version
    assert access.get_open_version(CODE, on=day) == made
    assert eforms.form_of(made.form).by_key()[key].help.vi == "Hướng dẫn mới"
    assert made.name == version.name and made.components.count() == version.components.count()
    assert filing.fresh().procedure_version == version
    assert not FormDraft.objects.filter(state=DraftState.OPEN).exists()


def test_on_its_day_a_version_becomes_the_current_one_and_the_builder_goes_on(editor, version):
    """Search and lists go by it, and a draft of the version in force can be published again."""
    key = keys()[-1]
    editor.post(f"{BASE}cau-hoi/{key}/", field_data(editor, key, help_vi="Hướng dẫn mới", help_en="New help"))
    day = timezone.localdate() + timedelta(days=10)
    editor.post(f"{BASE}cong-bo/", {"revision": draft().revision, "valid_from": day.strftime("%d/%m/%Y")})
    assert catalogue.bring_current() == 0
    version.procedure.refresh_from_db()
    assert version.procedure.current == version
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        bring_current()
        version.procedure.refresh_from_db()
        assert version.procedure.current.number == 2 and catalogue.bring_current() == 0
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the change is noted as at the end of a transaction
        assert CatalogueChange.objects.filter(procedure_code=CODE).latest("pk").kind == "published"
        assert editor.post(BASE).status_code == 302
        editor.post(f"{BASE}cau-hoi/{key}/", field_data(editor, key, help_vi="Rõ hơn", help_en="Clearer"))
        assert not drafting.readiness(draft()).problems


def test_a_draft_of_a_form_that_is_no_longer_the_last_is_not_published(editor, version):
    step(editor, "down", keys()[0])
    form = copy.deepcopy(version.form)
    form["pages"][0]["groups"][0]["fields"][0]["label"] = {"vi": "Câu khác", "en": "Another"}
    catalogue.load_pack({**version.source_record, "form": form})
    page = editor.post(f"{BASE}cong-bo/", {"revision": draft().revision, "valid_from": "01/01/2030"})
    assert page.status_code == 422 and "đã có bản công bố mới" in text(page)


def test_what_was_published_of_the_sheet_meanwhile_stays(editor, version):
    step(editor, "down", keys()[0])
    moved = keys()
    catalogue.load_pack({**version.source_record, "form": version.form, "notes": [{"vi": "Mới", "en": "New"}]})
    page = editor.post(f"{BASE}cong-bo/", {"revision": draft().revision, "valid_from": "01/01/2090"})
    assert page.status_code == 302
    made = ProcedureVersion.objects.get(procedure__code=CODE, number=3)
    assert made.sheet["notes"] == [{"vi": "Mới", "en": "New"}]
    assert [field.key for field in eforms.form_of(made.form).fields()] == moved


def test_a_draft_follows_upon_the_version_that_waits_for_its_day(editor, version):
    key = keys()[-1]
    editor.post(f"{BASE}cau-hoi/{key}/", field_data(editor, key, help_vi="Từ bản chờ", help_en="Waiting"))
    editor.post(f"{BASE}cong-bo/", {"revision": draft().revision, "valid_from": "01/01/2090"})
    begins = text(editor.get(BASE))
    assert "bắt đầu từ biểu mẫu của bản đang chờ (lần 2)" in begins and "biểu mẫu đang công bố" not in begins
    assert editor.post(BASE).status_code == 302
    assert draft().base.number == 2 and "bản thảo từ lần công bố 2" in text(editor.get(BASE))
    assert "Từ bản chờ" in text(editor.get(f"{BASE}cau-hoi/{key}/"))
    step(editor, "up", key)
    compared = text(editor.get(f"{BASE}cong-bo/"))
    assert "Từ bản chờ" not in compared and "Chuyển chỗ" in compared
    seen = {"revision": draft().revision}
    refused = editor.post(f"{BASE}cong-bo/", seen | {"valid_from": "31/12/2089"})
    assert refused.status_code == 422 and "lần 2 đang chờ đến ngày 01/01/2090" in text(refused)
    assert editor.post(f"{BASE}cong-bo/", seen | {"valid_from": "01/01/2090"}).status_code == 302
    made = access.get_open_version(CODE, on=date(2090, 1, 1))
    assert made.number == 3 and eforms.form_of(made.form).by_key()[key].help.vi == "Từ bản chờ"
    assert access.get_open_version(CODE) == version


def test_a_draft_is_thrown_away_once_she_said_so_twice(editor):
    seen = {"revision": draft().revision}
    asked = text(editor.post(f"{BASE}cong-bo/", seen | {"discard": "1"}))
    assert "Bỏ bản thảo này?" in asked and 'value="sure"' in asked and "Lỗi:" not in asked
    assert FormDraft.objects.filter(state=DraftState.OPEN).exists()
    assert editor.post(f"{BASE}cong-bo/", seen | {"discard": "sure"}).status_code == 302
    assert not FormDraft.objects.filter(state=DraftState.OPEN).exists()
    assert "Bắt đầu bản thảo" in text(editor.get(BASE))


def test_every_rule_speaks_to_officials():
    assert set(lint_words.TITLES) == set(RULES)
