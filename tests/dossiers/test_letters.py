"""The letters of a dossier: the text of the PDF is what was decided, and each is written once."""

import io
import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation
from pypdf import PdfReader

from datastore import storage
from datastore.models import Document
from datastore.results import signing
from dossiers import charging, extension, letters, obligations, reversal, services
from dossiers.models import Dossier, DossierComponent, Letter, LetterKind
from portal.agencies.actors import Actor, ActorKind
from portal.core import qr
from portal.notifications.models import Message
from tests import annex, factories
from tests.archives import archive_file
from tests.dossiers.letter_texts import about, desk, text_of, words

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def compact(text: str) -> str:
    """A digest wraps in its cell."""
    return text.replace(" ", "")


def test_confirmation_lists_every_file_with_its_digest_and_every_answer() -> None:
    citizen = factories.make_citizen("Nguyễn Thị Ưỡn Ẹo")
    dossier = factories.file_dossier(citizen, factories.make_version(fee_vnd=8000))
    text = text_of(dossier, "00")
    (file,) = dossier.components.get().files
    assert "XÁC NHẬN NỘP HỒ SƠ TRỰC TUYẾN" in text.upper()
    assert file["name"] in text and file["content_sha256"] in compact(text)
    assert dossier.answers_sha256 in compact(text)
    assert "Nguyễn Thị Ưỡn Ẹo" in text and "Thử nghiệm" in text and "8.000 đ" in text
    assert dossier.code and dossier.code in compact(text) and "Cửa Nam, ngày" in text


def test_receipt_carries_the_due_date() -> None:
    with time_machine.travel(MONDAY):
        dossier = factories.file_dossier()
        services.accept(dossier.code or "", actor=desk(dossier))
    text = text_of(dossier, "01")
    assert "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ" in text.upper()
    assert "3 ngày làm việc" in text and "17:00, 19/11/2026" in text and "09:00, 16/11/2026" in text
    assert "Cán bộ Thử" in text


def test_receipt_that_is_drawn_late_names_the_day_and_the_charges_of_acceptance() -> None:
    with time_machine.travel(MONDAY) as clock:
        dossier = factories.file_dossier()
        services.accept(dossier.code or "", actor=desk(dossier))
        services.start_processing(dossier.code or "", actor=desk(dossier))
        clock.shift(timedelta(hours=1))
        leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
        extension.extend(dossier.code or "", actor=leader, reason="Chờ.", new_due_on=date(2026, 11, 25))
        charge = charging.Charge("le_phi", "Lệ phí hỏi sau", 8000)
        obligations.require_payment(dossier.code or "", actor=desk(dossier), charges=[charge])
    text = text_of(dossier, "01")
    assert "17:00, 19/11/2026" in text and "25/11/2026" not in text and "Lệ phí hỏi sau" not in text


def test_a_receipt_names_no_charge_that_was_taken_back() -> None:
    dossier = factories.file_dossier()
    code, asker = dossier.code or "", desk(dossier)
    assert dossier.agency is not None
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    obligations.require_payment(code, actor=asker, charges=[charging.Charge("phi", "Phí hỏi nhầm", 80_000)])
    reversal.revert(code, actor=leader, reason="Nhầm số tiền.")
    services.accept(code, actor=asker)
    assert "Phí hỏi nhầm" not in text_of(dossier, "01")


@pytest.mark.parametrize(
    ("sent", "said", "unsaid"),
    [
        (date(2026, 11, 18), "không kịp trả kết quả vào ngày đã hẹn: 17:00, 19/11/2026", "sự chậm trễ này"),
        (date(2026, 11, 20), "đúng ngày đã hẹn: 17:00, 19/11/2026", "không kịp"),
    ],
    ids=["before the day", "after it"],
)
def test_the_apology_says_the_day_that_is_not_kept_the_new_one_and_that_it_is_the_last(
    sent: date, said: str, unsaid: str
) -> None:
    with time_machine.travel(MONDAY) as clock:
        dossier = factories.file_dossier()
        services.accept(dossier.code or "", actor=desk(dossier))
        clock.move_to(datetime.combine(sent, time(10), tzinfo=timezone.get_default_timezone()))
        leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
        extension.extend(
            dossier.code or "", actor=leader, reason="Chờ xác minh hộ tịch.", new_due_on=date(2026, 11, 25)
        )
    text = text_of(dossier, "04")
    assert said in text and "xin lỗi" in text and unsaid not in text
    assert "hẹn lại thời gian trả kết quả: 17:00, 25/11/2026" in text and "Mỗi hồ sơ chỉ được hẹn lại một lần" in text
    assert "Lý do: Chờ xác minh hộ tịch." in text


@pytest.mark.parametrize(
    ("rule", "said"),
    [("restart", "thời hạn giải quyết tính lại từ đầu"), ("pause", "Thời hạn giải quyết tạm dừng cho đến khi")],
)
def test_a_request_says_what_becomes_of_the_time_and_what_silence_costs(rule: str, said: str) -> None:
    dossier = factories.processing_dossier(version=factories.make_version(supplement_rule=rule))
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.")
    told = Message.objects.filter(channel="inbox", kind="dossier.supplement_requested").latest("pk").body
    for text in (text_of(dossier, "02"), told):
        assert said in text and "Quá hạn mà không trả lời, hồ sơ bị dừng giải quyết" in text


def test_a_further_request_prints_its_ground_and_one_at_intake_says_when_the_time_begins() -> None:
    dossier = factories.file_dossier()
    code = dossier.code or ""
    services.request_supplement(code, actor=desk(dossier), reason="Thiếu.")
    services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
    services.request_supplement(code, actor=desk(dossier), reason="Vẫn thiếu.", legal_basis="Luật X, Điều 9")
    latest = Letter.objects.select_related("event").filter(dossier=dossier, kind="02").latest("pk")
    text = words(letters.render(latest, Dossier.objects.get(pk=dossier.pk)))
    assert "Luật X, Điều 9" in text and "tính từ khi hồ sơ đủ và được tiếp nhận" in text


def test_receipt_without_a_time_limit_says_so() -> None:
    dossier = factories.file_dossier(version=factories.make_version(processing_value=None, processing_unit=""))
    services.accept(dossier.code or "", actor=desk(dossier))
    assert "Không quy định" in text_of(dossier, "01")


def test_supplement_request_lists_each_item_and_the_day() -> None:
    dossier = factories.file_dossier()
    defects = [services.Defect("TEST-GIAY", "Giấy tờ thử", "Ảnh mờ."), services.Defect("", "Giấy khác", "")]
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu giấy.", defects=defects)
    text = text_of(dossier, "02")
    due = timezone.localtime(dossier.supplement_requests.get().answer_due_at)
    for wanted in ("Giấy tờ thử", "Ảnh mờ.", "Giấy khác", "Nộp bổ sung", "Thiếu giấy.", f"{due:%H:%M, %d/%m/%Y}"):
        assert wanted in text


def test_a_question_is_a_question_on_paper_too_and_no_reason_of_an_empty_list() -> None:
    dossier = factories.file_dossier()
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Anh có con riêng không?")
    text = text_of(dossier, "02")
    assert "đề nghị trả lời câu hỏi sau: Anh có con riêng không? Đề nghị trả lời trên trang hồ sơ" in text
    assert "Lý do" not in text and "gồm những nội dung sau" not in text and "bổ sung trên Cổng" not in text


def test_confirmation_written_late_does_not_show_later_papers() -> None:
    dossier = factories.file_dossier()
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu giấy.")
    before = text_of(dossier, "00")
    component = DossierComponent(
        component_code="bo-sung",
        name="Giấy nộp sau",
        document=dossier.components.get().document,
        files=dossier.components.get().files,
    )
    services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="", components=[component])
    assert text_of(dossier, "00") == before and "Giấy nộp sau" not in before


@pytest.mark.parametrize(
    ("kind", "step", "title"),
    [
        ("03", services.refuse_intake, "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"),
        ("05", services.stop, "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ"),
    ],
)
def test_refusal_and_stop_give_the_reason(kind: str, step: Any, title: str) -> None:
    dossier = factories.file_dossier() if kind == "03" else factories.processing_dossier()
    step(dossier.code or "", actor=desk(dossier), reason="Không thuộc thẩm quyền.\nMời nộp ở phường khác.")
    text = text_of(dossier, kind)
    assert title in text.upper() and "Không thuộc thẩm quyền." in text and "Mời nộp ở phường khác." in text


def test_markup_in_words_of_people_stays_text() -> None:
    dossier = factories.file_dossier()
    services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="<b>đậm</b> & {{ x }}")
    assert "<b>đậm</b> & {{ x }}" in text_of(dossier, "03")


def test_letters_are_vietnamese_whatever_language_is_active() -> None:
    dossier = factories.file_dossier()
    with translation.override("en"):
        assert "XÁC NHẬN NỘP HỒ SƠ" in text_of(dossier, "00").upper()


def test_letter_is_written_once_and_lies_unlisted_in_the_store() -> None:
    dossier = factories.file_dossier()
    letter = Letter.objects.get(dossier=dossier)
    for _n in range(2):
        letters.write(letter)
    letter.refresh_from_db()
    assert letter.document is not None and letter.document.owner == dossier.owner
    assert not letter.document.is_listed and letter.work_state == "done"
    assert Document.objects.filter(type__code="KQ.BIEN-NHAN-NOP").count() == 1


def test_a_letter_carries_the_signature_of_its_agency(settings: Any, tmp_path: Any) -> None:
    settings.SIGNING_KEYS_DIR = tmp_path / "keys"  # an agency of this code may have signed before, under another name
    dossier = factories.file_dossier()
    letter = Letter.objects.get(dossier=dossier)
    letters.write(letter)
    letter.refresh_from_db()
    assert letter.document is not None and dossier.agency is not None
    with storage.open_stream(letter.document.files.get().blob) as stream:
        check = signing.check_pdf(stream.read())
    assert check.is_valid and check.signer == dossier.agency.name


@pytest.mark.parametrize("kind", LetterKind.values)
def test_a_letter_has_the_sheet_of_administrative_papers(kind: str) -> None:
    agency = factories.make_agency()
    agency.name = "Ủy ban nhân dân phường Cửa Nam, thành phố Hà Nội"
    agency.save()
    dossier = about(kind, factories.make_version())
    letter = Letter.objects.select_related("event").get(dossier=dossier, kind=kind)
    letters.write(letter)
    letter.refresh_from_db()
    assert letter.document is not None
    with storage.open_stream(letter.document.files.get().blob) as stream:
        pdf = stream.read()
    archive_file(pdf)
    assert agency.parent is not None and agency.unit is not None
    title = str(LetterKind(kind).label)
    printed = annex.holds(
        pdf,
        agency=agency.name,
        parent=agency.parent.name,
        number=f"{letter.event.sequence:02d}/{dossier.code}",
        place=agency.unit.name,
        day=f"{timezone.localtime(letter.event.occurred_at):ngày %d tháng %m năm %Y}",
        title=title,
    )
    said = annex.words_of(printed, after=title.upper(), before="Tra cứu tiến độ")
    sizes = [round(letter.size_pt, 1) for letter in said]
    assert max(sizes, key=sizes.count) == 13.0 or kind == "00", "the confirmation is a list of files with digests"


@pytest.mark.parametrize("kind", ["01", "02", "03", "04", "05"])
def test_a_letter_of_ordinary_length_stands_on_one_page(kind: str) -> None:
    version = factories.make_version()
    version.name = "Đăng ký khai sinh có yếu tố nước ngoài kết hợp đăng ký nhận cha, mẹ, con tại khu vực biên giới"
    version.save()
    agency = factories.make_agency()
    agency.name = "Ủy ban nhân dân phường Cửa Nam, thành phố Hà Nội"
    agency.save()
    dossier = about(kind, version)
    letter = Letter.objects.select_related("event").get(dossier=dossier, kind=kind)
    fresh = Dossier.objects.select_related("agency__parent", "agency__unit", "procedure_version", "owner").get(
        pk=dossier.pk
    )
    pdf = letters.render(letter, fresh)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert ("NGƯỜI NỘP HỒ SƠ" in words(pdf).upper().split("NGƯỜI THỰC HIỆN")[0][-200:]) is (kind == "01")


@pytest.mark.parametrize("kind", LetterKind.values)
def test_every_letter_has_at_its_top_left_the_qr_that_tracks_its_dossier(kind: str, settings: Any) -> None:
    dossier = about(kind, factories.make_version())
    letter = Letter.objects.select_related("event").get(dossier=dossier, kind=kind)
    told = letters.context(letter, Dossier.objects.get(pk=dossier.pk))
    address = f"{settings.BASE_URL}/tra-cuu/?code={dossier.code}"
    drawn = qr.draw(address, label=f"Mã QR tra cứu hồ sơ {dossier.code}")
    assert told["qr_svg"] == drawn.svg and told["tracking_url"] == address

    strokes: list[tuple[float, float]] = []

    def note(operator: bytes, operands: Any, cm: Any, tm: Any) -> None:
        if operator == b"m":
            x, y = (float(each) for each in operands)
            strokes.append((cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]))

    page = PdfReader(io.BytesIO(letters.render(letter, Dossier.objects.get(pk=dossier.pk)))).pages[0]
    page.extract_text(visitor_operand_before=note)
    corner = [(x, y) for x, y in strokes if x < page.mediabox.width / 3 and y > page.mediabox.height * 0.75]
    assert len(corner) >= len(re.findall(r"M\d", drawn.svg)) > 100, "as many strokes as the code has"
