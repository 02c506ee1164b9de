"""Money, numbers, dates, sizes and states as pages write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.utils import formats, translation

from dossiers.lifecycle import DossierState
from portal.core import moments
from portal.core.templatetags import portal_format, portal_forms

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0 đ"), (8000, "8.000 đ"), (1234567, "1.234.567 đ"), (None, ""), ("", "")]
)
def test_money(amount, text):
    assert portal_format.vnd(amount) == text.replace(" ", NBSP)


def test_numbers_carry_the_marks_of_the_language():
    assert portal_format.number(106412) == "106.412"
    assert portal_format.number(98.6) == "98,6"
    with translation.override("en"):
        assert portal_format.number(106412) == "106,412"


def test_a_code_in_a_sentence_is_not_parted():
    assert portal_format.whole_codes("Hồ sơ G01.H26.00073-261129-0001 <b>: http://x/ho-so/H26.00073-261129-0004/") == (
        'Hồ sơ <span class="nowrap">G01.H26.00073-261129-0001</span> &lt;b&gt;: http://x/ho-so/H26.00073-261129-0004/'
    )


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Quyết định 766/QĐ-TTg.", "Quyết định <span>766/QĐ-TTg</span>."),
        ("NQ 66.22/2026/NQ-CP, TT 91/2026/TT-BTC", "NQ <span>66.22/2026/NQ-CP</span>, TT <span>91/2026/TT-BTC</span>"),
        ("Luật số 91/2025/QH15", "Luật số <span>91/2025/QH15</span>"),
        ("ngày 27/3/2026, 12/2026 & 3/A", "ngày 27/3/2026, 12/2026 &amp; 3/A"),
    ],
)
def test_the_number_of_an_act_is_not_parted(text, held):
    assert portal_format.whole_codes(text) == held.replace("<span>", '<span class="nowrap">')


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("nhận sau 15 giờ thì trả sau 3 ngày làm việc", "nhận sau 15~giờ thì trả sau 3~ngày làm việc"),
        ("Điều 11 Luật Hộ tịch 60/2014/QH13", "Điều~11 Luật Hộ tịch 60/2014/QH13"),
        ("Đăng ký khai sinh – Trần Gia Bảo", "Đăng ký khai sinh~– Trần Gia Bảo"),
        ("within 60 days, 2 daybreaks", "within 60~days, 2 daybreaks"),
    ],
)
def test_a_number_stays_with_its_unit(text, joined):
    assert portal_format.unbroken(text) == joined.replace("~", NBSP)


@pytest.mark.parametrize(
    ("value", "text"), [(98.64, "98,6 %"), (Decimal("100.0"), "100 %"), (0, "0 %"), (None, "–"), ("", "–")]
)
def test_percentages(value, text):
    assert portal_format.percent(value) == text.replace(" ", NBSP)


def test_dates_stand_on_the_calendar_of_viet_nam():
    late_evening_utc = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
    assert moments.vn_date(late_evening_utc) == "21/11/2026"
    assert moments.vn_datetime(late_evening_utc) == "01:05, 21/11/2026"
    assert moments.vn_date(date(2026, 11, 20)) == "20/11/2026"
    assert moments.vn_date(None) == moments.vn_datetime(None) == portal_format.iso(None) == ""


def test_weekdays_are_named(time_machine):
    time_machine.move_to(datetime(2026, 11, 20, 3, tzinfo=UTC))
    assert moments.vn_weekday(date(2026, 11, 25)) == f"thứ Tư{NBSP}25/11"
    assert moments.vn_weekday(date(2027, 1, 3)) == f"Chủ nhật{NBSP}03/01/2027"
    with translation.override("en"):
        assert moments.vn_weekday(date(2026, 11, 25)) == f"Wednesday{NBSP}25/11"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (840_400, "840 kB"), (999_600, "1,0 MB"), (None, "")],
)
def test_file_sizes(size, text):
    assert portal_format.file_size(size) == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("days", "text"), [(2, "còn 2 ngày làm việc"), (0, "hẹn trả hôm nay"), (-1, "trễ 1 ngày làm việc"), (None, "")]
)
def test_time_left_in_words(days, text):
    assert moments.working_days_left(days) == text


def test_every_state_of_a_dossier_has_its_tone():
    for state in DossierState:
        assert state.value in portal_format.STATUS_TONES, state
        assert portal_format.status_tone(state) in portal_format.TONES
    assert portal_format.status_tone("something new") == "neutral"
    assert portal_format.status_tone(DossierState.AWAITING_SUPPLEMENT) == "gold"


def test_a_code_breaks_after_its_dashes_and_is_escaped():
    assert portal_format.dossier_code("H17-1<b>") == "H17-<wbr>1&lt;b&gt;"
    assert portal_format.dossier_code(None) == ""


class Sample(forms.Form):
    name = forms.CharField(label="Họ tên", help_text="Như trong giấy khai sinh.")
    sex = forms.ChoiceField(label="Giới tính", choices=[("1", "Nam")], widget=forms.RadioSelect)
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_control_is_tied_to_its_hint_its_source_and_its_error():
    form = Sample({"secret": "x"})
    form.fields["name"].source = "Từ Cơ sở dữ liệu dân cư"
    html = portal_forms.control(form["name"])
    assert 'class="govuk-input govuk-input--error"' in html
    assert 'aria-describedby="id_name-hint id_name-source id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert [portal_forms.control_kind(field) for field in form] == ["input", "radios", "textarea", "hidden"]


def test_error_links_lead_to_the_control_and_name_the_field():
    form = Sample({})
    links = dict(portal_forms.error_links(form))
    assert links["#id_name"].startswith("Họ tên: ")
    assert links["#id_sex_0"].startswith("Giới tính: ")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_django_writes_and_reads_days_as_the_portal_does(language):
    with translation.override(language):
        assert forms.DateField().clean("01/11/2026") == date(2026, 11, 1)
        assert forms.DateTimeField().clean("01/11/2026 14:05").day == 1
        assert formats.localize(date(2026, 11, 1)) == moments.vn_date(date(2026, 11, 1))
        at = datetime(2026, 11, 1, 14, 5)  # noqa: DTZ001 - Django brings a moment to our zone before it writes it
        assert formats.localize(at) == "14:05, 01/11/2026"


def test_the_words_between_two_acts_are_in_the_readers_language():
    basis = "TT 85/2019/TT-BTC (sửa đổi: TT 106/2021/TT-BTC)"
    assert "sửa đổi:" in portal_format.legal_basis(basis)
    with translation.override("en"):
        assert "(amended by: TT" in portal_format.legal_basis(basis)
    assert portal_format.legal_basis("<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Bán nhà", '<span lang="vi">Bán nhà</span>'),
        ("Reason: Giấy mờ", 'Reason: <span lang="vi">Giấy mờ</span>'),
        ("4711; Bán lẻ; main line", '4711; <span lang="vi">Bán lẻ</span>; main line'),
        ("Police of Cửa Nam ward", "Police of Cửa Nam ward"),
        ("<b>ạ</b>", '<span lang="vi">&lt;b&gt;ạ&lt;/b&gt;</span>'),
        ('Nói "có" rồi & “không”', '<span lang="vi">Nói &quot;có&quot; rồi &amp; “không”</span>'),
        ("Tớ 'x' <y> z; it", '<span lang="vi">Tớ &#x27;x&#x27; &lt;y&gt; z</span>; it'),
        ("To sell", "To sell"),
        (None, ""),
    ],
)
def test_what_is_vietnamese_on_an_english_page_is_marked_so(said: str | None, shown: str) -> None:
    assert "<span" not in portal_format.as_written(said)
    with translation.override("en"):
        assert portal_format.as_written(said) == shown
