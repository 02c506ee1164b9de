"""The words of the forms of letters: versions of the national editor, from a day on, that never stop a letter."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from datastore.results import rendering
from datastore.results.paper_language import TemplateError
from dossiers import letter_bodies, letter_samples, letters, services
from dossiers.models import Dossier, Letter, LetterTemplate
from dossiers.models.letter_forms import FORMS
from dossiers.models.letter_templates import form_choices
from portal.accounts.models import User
from portal.agencies import overtaken
from portal.agencies.actors import Actor
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, seen, signed_in, with_second_factor
from tests.dossiers.letter_texts import about, desk, text_of, words

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/dossiers/lettertemplate/"
NUMBERS = [number for number, _label in form_choices()]
REFUSED = "{{ co_quan }} trả lại hồ sơ. Lý do: {{ ly_do }} Hỏi thêm tại bộ phận một cửa."


@pytest.fixture
def editor() -> User:
    """The national editor."""
    return with_second_factor(User.objects.create_superuser(username="bien-tap", display_name="Người Biên Tập"))


@pytest.fixture
def browser(editor: User) -> Client:
    return signed_in(editor)


def posted(**changes: Any) -> dict[str, Any]:
    today = f"{timezone.localdate():%d/%m/%Y}"
    return {"form": "03", "body": REFUSED, "reason": "Theo phụ lục mới.", "valid_from": today, **changes}


def version(body: str, *, form: str = "03", days: int = 0, author: User | None = None) -> LetterTemplate:
    day = timezone.localdate() + timedelta(days=days)
    return LetterTemplate.objects.create(form=form, body=body, reason="Thử", valid_from=day, author=author)


def refused() -> str:
    dossier = factories.file_dossier()
    services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="Không đúng nơi.")
    return text_of(dossier, "03")


def got(form: str) -> tuple[Letter, Dossier]:
    """A letter of this form with its dossier."""
    kind = letter_bodies.kind_of(form)
    named = {} if form == kind else {kind: form}
    made = about(kind, factories.make_version(sheet={"letter_forms": named}))
    made.obligations.create(kind="le_phi", description="Lệ phí thử", amount_vnd=8000, created_at=made.submitted_at)
    dossier = Dossier.objects.select_related("agency__parent", "agency__unit").get(pk=made.pk)
    return Letter.objects.select_related("event").get(dossier=dossier, kind=kind), dossier


@pytest.mark.parametrize("form", NUMBERS)
def test_the_words_that_an_editor_begins_with_are_those_of_the_release(form: str) -> None:
    letter, dossier = got(form)
    facts = letters.LetterFacts.of(letter, dossier)
    mine = words(letters.with_words(letter, dossier, facts, letter_bodies.of_release(form), own=FORMS.get(form)))
    assert mine == words(letters.render(letter, dossier))
    assert ("Lệ phí thử" in mine) is (letter.kind in {"00", "01"})


@pytest.mark.parametrize("is_further", [False, True])
def test_a_question_too(is_further: bool) -> None:
    dossier = factories.file_dossier()
    code = dossier.code or ""
    services.request_supplement(code, actor=desk(dossier), reason="Có con riêng\nkhông?")
    if is_further:
        services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Có.")
        services.request_supplement(code, actor=desk(dossier), reason="Mấy người?", legal_basis="Luật X, Điều 9")
    letter = Letter.objects.select_related("event").filter(dossier=dossier, kind="02").latest("pk")
    facts = letters.LetterFacts.of(letter, dossier)
    mine = words(letters.with_words(letter, dossier, facts, letter_bodies.of_release("02"), own=None))
    assert mine == words(letters.render(letter, dossier)) and ("Luật X, Điều 9" in mine) is is_further


def test_a_letter_is_written_with_the_version_of_its_day(browser: Client) -> None:
    before = refused()
    assert "từ chối tiếp nhận, giải quyết hồ sơ nêu trên" in before
    assert browser.post(f"{LIST}add/", posted()).status_code == 302
    later = (timezone.localdate() + timedelta(days=3)).strftime("%d/%m/%Y")
    body = REFUSED.replace("trả lại", "gửi lại")
    assert browser.post(f"{LIST}add/", posted(body=body, valid_from=later)).status_code == 302
    text = refused()
    assert "trả lại hồ sơ. Lý do: Không đúng nơi. Hỏi thêm tại bộ phận một cửa." in text and "nêu trên" not in text
    assert "Mã hồ sơ" in text and "PHIẾU TỪ CHỐI" in text.upper(), "head, title and facts are not the editor's"
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert "gửi lại hồ sơ" in refused()
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        assert "nêu trên" in refused()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Trả lại hồ sơ.", "Mẫu này phải có {{ ly_do }}"),
        (f"{REFUSED}\nXin hẹn {{{{ hen_moi }}}}.", "Dòng 2: mẫu này không có “hen_moi”. Dùng được: ma_ho_so"),
        (f"{REFUSED}\n[nếu mat_khau]\nx\n[hết]", "Dòng 2: mẫu này không có “mat_khau”"),
        (f"{REFUSED}\n[nếu ly_do]\nx", "chưa đóng"),
        (f"{REFUSED}\n[bảng giay_to: ten, dung_luong]", "Dòng 2: mẫu này không có “giay_to”"),
        (f"= PHIẾU KHÁC\n{REFUSED}", "Tên văn bản do mẫu đặt"),
        (f"{REFUSED}\n@ nơi nhận: không", "không dùng dòng “@ …”"),
        (f"{REFUSED}\n[nội dung thêm]", "không có “[nội dung thêm]”"),
        (f"{REFUSED}\n{{% load x %}}", "mẫu không có lệnh"),
        (f"{REFUSED}\n{{{{ settings.SECRET_KEY }}}}", "mẫu này không có “settings.SECRET_KEY”"),
        ("x" * 20_001, "20000"),
    ],
)
def test_words_that_cannot_be_used_are_refused_with_the_line_and_stay(browser: Client, body: str, said: str) -> None:
    for how in ({}, {"_preview": "1"}):
        page = browser.post(f"{LIST}add/", posted(body=body, **how))
        assert page.status_code == 200 and page["Content-Type"].startswith("text/html")
        text = page.content.decode().replace("&#x27;", "'")
        assert said in text and "Theo phụ lục mới." in text
    assert not LetterTemplate.objects.exists()


def test_lists_and_what_a_form_must_say() -> None:
    for form, broken, said in (
        ("02", "{{ ly_do }} {{ han_tra_loi }}", "[bảng muc_yeu_cau: ten, yeu_cau]"),
        ("02", "{{ ly_do }} {{ han_tra_loi }}\n[bảng muc_yeu_cau: ten]", "hãy viết [bảng muc_yeu_cau: ten, yeu_cau]"),
        ("04", "{{ ly_do }} {{ hen_cu }}", "{{ hen_moi }}"),
        ("CT04", "{{ luc }}\n[bảng giay_to: ten, dung_luong]", "{{ hen_tra }}"),
    ):
        with pytest.raises(TemplateError) as refusal:
            letter_bodies.read(form, broken)
        assert any(said in problem for problem in refusal.value.problems), form


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ ten_cu }} {{ ly_do }}", "ten_cu"),  # as of a release that had this name,
        ("{{ ly_do }}\n[bảng giay_to: ten, co]", "giay_to"),  # that had this list in this form,
        ("\n".join(["[nếu ly_do]"] * 150 + ["{{ ly_do }}"] + ["[hết]"] * 150), "lồng nhau"),  # or nested deeper
    ],
)
def test_a_version_that_fails_stops_no_letter_and_its_author_hears_once(
    browser: Client, editor: User, body: str, said: str
) -> None:
    version(REFUSED)
    bad = version(body, author=editor)
    for _n in range(2):
        assert "trả lại hồ sơ. Lý do: Không đúng nơi." in refused(), "with the version before"
    bad.refresh_from_db()
    assert said in bad.problem
    (told,) = Message.objects.filter(recipient=editor, kind="letter_template.failed", channel="inbox")
    assert "03" in told.subject and browser.get(told.link).status_code == 200
    assert "có lỗi:" in browser.get(LIST).content.decode()


def test_a_duty_that_grows_later_takes_no_words_back_that_are_in_force(browser: Client, editor: User) -> None:
    mine = version("{{ co_quan }} trả lại hồ sơ.\n[nếu nguoi_lam]\nLý do: {{ ly_do }}\n[hết]", author=editor)
    assert "Lý do: Không đúng nơi." in refused()
    mine.refresh_from_db()
    assert mine.problem == "" and not Message.objects.filter(kind="letter_template.failed").exists()
    refused()
    (told,) = Message.objects.filter(kind="letter_template.lacks", channel="inbox")
    assert told.recipient == editor and "Mẫu này phải luôn in {{ ly_do }}" in told.body, "once, however many letters"
    stands = browser.get(LIST).content.decode()
    assert "đang áp dụng, bản sau phải sửa: Mẫu này phải luôn in {{ ly_do }}" in stands
    again = browser.post(f"{LIST}add/", posted(body=mine.body)).content.decode()
    assert "Mẫu này phải luôn in {{ ly_do }}" in again, "the next version keeps the duty"


@pytest.mark.parametrize("failure", [KeyError("ten_cu"), TypeError("x"), RecursionError()])
@pytest.mark.parametrize("is_read", [True, False])
def test_whatever_words_end_in_the_version_before_serves_and_an_odd_dossier_marks_nothing(
    browser: Client, monkeypatch: pytest.MonkeyPatch, editor: User, failure: Exception, is_read: bool
) -> None:
    version(REFUSED, days=-1)
    bad = version(REFUSED.replace("trả lại", "gửi lại"), author=editor)
    name = "compose" if is_read else "read_saved"
    sound = getattr(letter_bodies, name)

    def fails(form: str, body: str, *told: Any) -> Any:
        if body == bad.body:
            raise failure
        return sound(form, body, *told)

    monkeypatch.setattr(letter_bodies, name, fails)
    assert "trả lại hồ sơ. Lý do: Không đúng nơi." in refused()
    bad.refresh_from_db()
    assert bad.problem == ("" if is_read else type(failure).__name__)
    assert Message.objects.filter(kind="letter_template.failed").exists() is not is_read
    assert browser.get(LIST).status_code == 200


@pytest.mark.parametrize("failure", [OperationalError("gone"), MemoryError(), SoftTimeLimitExceeded()])
def test_what_passes_while_words_are_put_together_is_not_their_fault(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    mine = version(REFUSED)
    dossier = factories.file_dossier()
    services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="Không đúng nơi.")

    def fails(*args: Any) -> Any:
        raise failure

    monkeypatch.setattr(letter_bodies, "compose", fails)
    with pytest.raises(type(failure)):
        letters.write(Letter.objects.get(dossier=dossier, kind="03"))
    mine.refresh_from_db()
    assert mine.problem == "" and not Message.objects.filter(kind="letter_template.failed").exists()


def test_below_the_last_version_stands_the_release(editor: User) -> None:
    version("{{ ten_cu }} {{ ly_do }}", author=None)
    assert "từ chối tiếp nhận, giải quyết hồ sơ nêu trên" in refused()
    assert Message.objects.filter(recipient=editor, kind="letter_template.failed", channel="inbox").exists()


@pytest.mark.parametrize("failure", [RuntimeError("no ink"), MemoryError(), SoftTimeLimitExceeded()])
def test_what_passes_is_tried_again_with_the_same_words(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    version(REFUSED.replace("trả lại", "gửi lại"), days=-1)
    mine = version(REFUSED)
    dossier = factories.file_dossier()
    services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="Không đúng nơi.")
    letter = Letter.objects.get(dossier=dossier, kind="03")
    drawn = rendering.render_pdf

    def fails(*args: Any, **kwargs: Any) -> bytes:
        raise failure

    monkeypatch.setattr(rendering, "render_pdf", fails)
    with pytest.raises(type(failure)):
        letters.write(letter)
    mine.refresh_from_db()
    letter.refresh_from_db()
    assert mine.problem == "" and letter.document is None, "the version is sound, and no other one is delivered for it"
    assert not Message.objects.filter(kind="letter_template.failed").exists()
    monkeypatch.setattr(rendering, "render_pdf", drawn)
    assert "trả lại hồ sơ. Lý do: Không đúng nơi." in text_of(dossier, "03")


@pytest.mark.parametrize(
    "body",
    [
        "{{ co_quan }} trả lại.\n[nếu nguoi_lam]\nLý do: {{ ly_do }}\n[hết]",
        "{{ co_quan }} trả lại.\n[nếu không ly_do]\n{{ ly_do }}\n[hết]",
        "{{ co_quan }} trả lại.\n[nếu ly_do = x]\n{{ ly_do }}\n[hết]",
        "{{ thu_tuc hoặc ly_do }}",
        "{{ co_quan }} trả lại[[ vì {{ ly_do }}]].",
        "{{ co_quan, ly_do }}",
        "{{ ly_do | nam }}",
        "[nếu nguoi_lam]\n{{ ly_do }}\n[hết]\n[nếu không co_quan]\n{{ ly_do }}\n[hết]",
    ],
)
def test_what_a_form_must_say_stands_where_it_is_always_printed(body: str) -> None:
    with pytest.raises(TemplateError) as refusal:
        letter_bodies.read("03", body)
    (problem,) = refusal.value.problems
    assert "Mẫu này phải luôn in {{ ly_do }}" in problem


@pytest.mark.parametrize(
    "body",
    [
        "{{ ly_do hoặc thu_tuc }}",
        "* Lý do: {{ ly_do | in_hoa }}",
        "[nếu ly_do]\nLý do: {{ ly_do }}\n[hết]",
        "[nếu nguoi_lam]\n{{ ly_do }} (1)\n[hết]\n[nếu không nguoi_lam]\n{{ ly_do }} (2)\n[hết]",
        "[nếu a]\n{{ ly_do }}\n[nếu b]\nx\n[hết]\n[hết]\n[nếu không a]\n[nếu b]\n{{ ly_do }}\n[hết]\n"
        "[nếu không b]\n{{ ly_do }}\n[hết]\n[hết]",
    ],
)
def test_on_both_ways_of_a_condition_it_is_printed_too(body: str) -> None:
    body = body.replace("nếu a", "nếu nguoi_lam").replace("không a", "không nguoi_lam").replace("b]", "co_quan]")
    assert letter_bodies.read("03", body).nodes


def test_what_people_typed_is_no_template_and_markup_stays_text() -> None:
    version("<b>{{ ly_do }}</b>")
    dossier = factories.file_dossier()
    reason = "{{ ma_ho_so }} <i>x</i> [nếu ly_do]"
    services.refuse_intake(dossier.code or "", actor=desk(dossier), reason=reason)
    assert f"<b>{reason}</b>" in text_of(dossier, "03")


def test_only_the_national_editor_keeps_them_and_what_has_begun_stays(office: Office, browser: Client) -> None:
    for who in ("desk", "leader", "administrator"):
        assert office.browser(who).get(LIST).status_code == 403
        assert office.browser(who).post(f"{LIST}add/", posted()).status_code == 403
        assert office.browser(who).get(f"{LIST}ban-goc/01/").status_code == 403
        for page in ("change", "delete", "history"):  # not found, and said so on the first page
            assert office.browser(who).get(f"{LIST}1/{page}/").status_code in {302, 403}
    assert browser.post(f"{LIST}add/", posted()).status_code == 302
    begun, coming = LetterTemplate.objects.get(), version(REFUSED, days=2)
    change = posted(body=f"{REFUSED} Thêm.", valid_from=coming.valid_from.strftime("%d/%m/%Y"))
    assert browser.post(f"{LIST}{begun.pk}/change/", change).status_code == 403
    opened = browser.get(f"{LIST}{coming.pk}/change/").content.decode()
    assert f'name="{overtaken.NAME}" value="{seen(coming)[overtaken.NAME]}"' in opened
    assert browser.post(f"{LIST}{coming.pk}/change/", change | seen(coming)).status_code == 302
    assert browser.post(f"{LIST}{begun.pk}/delete/", {"post": "yes"}).status_code == 403
    yesterday = (timezone.localdate() - timedelta(days=1)).strftime("%d/%m/%Y")
    assert "Ngày áp dụng đã qua" in browser.post(f"{LIST}add/", posted(valid_from=yesterday)).content.decode()
    log = browser.get("/quan-tri/nhat-ky-cai-dat/").content.decode()
    assert "Theo phụ lục mới." in log and "trả lại hồ sơ" in log


def test_an_editor_begins_with_the_words_in_force_and_sees_them_on_paper(browser: Client) -> None:
    assert "giải quyết hồ sơ nêu trên" in browser.get(f"{LIST}add/?form=03").content.decode()
    mine = version(REFUSED)
    assert "Hỏi thêm tại bộ phận một cửa." in browser.get(f"{LIST}add/?form=03").content.decode()
    assert browser.get(f"{LIST}add/?form=zz").status_code == 200
    for page in (
        browser.post(f"{LIST}add/", posted(body=f"{REFUSED} Xem thử.", _preview="1")),
        browser.get(f"{LIST}{mine.pk}/giay/"),
        browser.get(f"{LIST}ban-goc/CT06/"),
    ):
        assert page["Content-Type"] == "application/pdf" and page.content.startswith(b"%PDF")
    assert LetterTemplate.objects.count() == 1
    assert browser.get(f"{LIST}ban-goc/99/").status_code == browser.get(f"{LIST}0/giay/").status_code == 404


@pytest.mark.parametrize("form", NUMBERS)
def test_every_form_has_a_sample_of_its_own_words(form: str) -> None:
    text = words(letter_samples.draw_form(form, letter_bodies.of_release(form)))
    assert "Nguyễn Thị Mẫu" in text and (f"Mẫu {form}" in text) is (form in FORMS)
