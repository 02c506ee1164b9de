"""An agency's own words on its letters: versions from a day on, the nearest agency's, seen on paper, logged."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from dossiers import letter_samples, services
from dossiers.models import LetterKind, LetterText
from portal.agencies.models import MembershipRole
from tests import factories
from tests.backoffice.conftest import Office, seen, signed_in, with_second_factor
from tests.dossiers.letter_texts import desk, text_of, words

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/dossiers/lettertext/"
REFUSAL = LetterKind.REFUSAL


def _form(office: Office, **changes: object) -> dict[str, object]:
    return {
        "agency": office.agency.pk,
        "kind": REFUSAL,
        "opening": "Kính gửi {nguoi_nop}.",
        "closing": "Hỏi thêm: 024 3000 0000.",
        "valid_from": f"{timezone.localdate():%d/%m/%Y}",
        **changes,
    }


def _refused() -> str:
    dossier = factories.file_dossier(factories.make_citizen("Nguyễn Thị Mẫu"))
    services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="Không đúng nơi.")
    return text_of(dossier, REFUSAL)


def test_a_letter_carries_the_words_of_its_day(office: Office) -> None:
    assert office.browser("administrator").post(f"{LIST}add/", _form(office)).status_code == 302
    text = _refused()
    assert "Kính gửi Nguyễn Thị Mẫu." in text and "Hỏi thêm: 024 3000 0000." in text
    assert text.index("Kính gửi") < text.index("từ chối tiếp nhận, giải quyết") < text.index("Hỏi thêm")
    later = LetterText(agency=office.agency, kind=REFUSAL, valid_from=timezone.localdate() + timedelta(days=3))
    later.closing = "Số mới: 024 9999 9999."
    later.save()
    assert "Hỏi thêm" in _refused()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert "Số mới" in (text := _refused()) and "Hỏi thêm" not in text


def test_the_nearest_agency_is_heard_first(office: Office) -> None:
    today = timezone.localdate()
    LetterText.objects.create(kind=REFUSAL, closing="Lời cả nước.", valid_from=today)
    LetterText.objects.create(agency=factories.make_other_agency(), kind=REFUSAL, closing="Nơi khác.", valid_from=today)
    LetterText.objects.create(agency=office.agency, kind=LetterKind.STOP, closing="Văn bản khác.", valid_from=today)
    assert "Lời cả nước." in _refused()
    LetterText.objects.create(agency=office.agency.parent, kind=REFUSAL, closing="Lời của tỉnh.", valid_from=today)
    assert "Lời của tỉnh." in (text := _refused()) and "cả nước" not in text
    LetterText.objects.create(
        agency=office.agency, kind=REFUSAL, closing="Lời của phường.", valid_from=today - timedelta(days=9)
    )
    assert "Lời của phường." in (text := _refused()) and "tỉnh." not in text
    LetterText.objects.create(agency=office.agency, kind=REFUSAL, valid_from=today)
    assert "Lời của" not in _refused(), "left empty: no words of its own from that day on"


def test_what_has_begun_is_changed_by_a_new_version_only(office: Office) -> None:
    client = office.browser("administrator")
    assert client.post(f"{LIST}add/", _form(office)).status_code == 302
    begun = LetterText.objects.get()
    client.post(f"{LIST}{begun.pk}/change/", _form(office, closing="Lời khác."))
    client.post(f"{LIST}{begun.pk}/delete/", {"post": "yes"})
    begun.refresh_from_db()
    assert begun.closing == "Hỏi thêm: 024 3000 0000."
    past = f"{timezone.localdate() - timedelta(days=1):%d/%m/%Y}"
    assert "Ngày áp dụng đã qua" in client.post(f"{LIST}add/", _form(office, valid_from=past)).content.decode()
    coming = f"{timezone.localdate() + timedelta(days=1):%d/%m/%Y}"
    assert client.post(f"{LIST}add/", _form(office, valid_from=coming)).status_code == 302
    draft = LetterText.objects.exclude(pk=begun.pk).get()
    changed = _form(office, valid_from=coming, closing="Lời khác.")
    assert client.post(f"{LIST}{draft.pk}/change/", changed | seen(draft)).status_code == 302
    log = client.get("/quan-tri/nhat-ky-cai-dat/").content.decode()
    assert "<del>Hỏi thêm: 024 3000 0000.</del>" in log and "Lời khác." in log


def test_a_name_that_no_dossier_has_is_refused(office: Office) -> None:
    page = office.browser("administrator").post(f"{LIST}add/", _form(office, opening="Gửi {ten_nguoi_nop}"))
    assert "Không có chỗ điền tên {ten_nguoi_nop}" in page.content.decode()
    assert not LetterText.objects.exists()


def test_seen_on_paper_before_it_is_saved(office: Office) -> None:
    client = office.browser("administrator")
    answer = client.post(f"{LIST}add/", _form(office, _preview="1"))
    assert answer["Content-Type"] == "application/pdf"
    assert "Kính gửi Nguyễn Thị Mẫu." in words(answer.content)
    assert not LetterText.objects.exists()
    wrong = client.post(f"{LIST}add/", _form(office, _preview="1", opening="{x}"))
    assert "Không có chỗ điền" in wrong.content.decode()
    client.post(f"{LIST}add/", _form(office))
    paper = f"{LIST}{LetterText.objects.get().pk}/giay/"
    assert paper in client.get(f"{LIST}{LetterText.objects.get().pk}/change/").content.decode()
    answer = client.get(paper)
    assert "Hỏi thêm" in words(answer.content)
    assert "no-store" in answer["Cache-Control"] and "default-src 'none'" in answer["Content-Security-Policy"]
    assert client.post(paper).status_code == 405


@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_has_a_sample(office: Office, kind: LetterKind) -> None:
    text = words(letter_samples.draw(LetterText(agency=office.agency, kind=kind, opening="Mở.", closing="Kết.")))
    assert str(kind.label).upper() in text.upper() and "Mở." in text and "Kết." in text


def test_an_administrator_keeps_only_her_agencies(office: Office) -> None:
    kept = LetterText.objects.create(agency=office.agency, kind=REFUSAL, closing="Của phường.")
    other = signed_in(
        with_second_factor(factories.make_official(factories.make_other_agency(), MembershipRole.ADMINISTRATOR))
    )
    assert "Của phường." not in other.get(LIST).content.decode()
    assert other.get(f"{LIST}{kept.pk}/giay/").status_code == 404
    assert other.post(f"{LIST}add/", _form(office)).status_code == 200, "the agency is not hers to choose"
    assert LetterText.objects.count() == 1
    assert office.browser("leader").post(f"{LIST}add/", _form(office, _preview="1")).status_code == 403
