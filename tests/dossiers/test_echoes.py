"""A step that an agency's system tells twice stands once in the timeline, with its words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from dossiers import echoes, passage, services, timeline
from dossiers.event_names import PROGRESS_REPORTED
from dossiers.models import Dossier, DossierEvent
from dossiers.passage import Occasion
from portal.agencies.actors import Actor, ActorKind
from tests import factories
from tests.dossiers.dossier_pages import desk
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db


def accepted() -> Dossier:
    dossier = factories.file_dossier()
    return services.accept(dossier.code or "", actor=desk(dossier))


def reported(dossier: Dossier, words: str, *, status: int = 2, later: int = 0) -> None:
    """A line of progress so many minutes after the newest event."""
    at = dossier.events.latest("sequence").occurred_at + timedelta(minutes=later)
    told = {"reported_status": status}
    passage.record(
        dossier, "dossier.progress_reported", actor=desk(dossier), reason=words, occasion=Occasion(at, data=told)
    )
    dossier.save(update_fields=["last_sequence"])


def supplemented() -> Dossier:
    """Asked for a supplement and answered at once, within the time of an echo of the first step."""
    dossier = factories.processing_dossier()
    services.request_supplement(dossier.code, actor=desk(dossier), reason="Thiếu giấy")
    return services.supplement(dossier.code, actor=Actor.citizen(dossier.filer), answer="Em gửi lại")


def told(dossier: Dossier) -> list[tuple[str, str]]:
    return [(row["title"], row.get("text", "")) for row in timeline.items(dossier) if not row.get("future")]


def test_what_repeats_a_step_lends_it_its_words_and_stands_nowhere_else() -> None:
    dossier = accepted()
    reported(dossier, "Tiếp nhận hồ sơ")
    reported(dossier, "Tiếp nhận hồ sơ", later=1)
    assert told(dossier)[1:] == [("Được tiếp nhận", "Tiếp nhận hồ sơ")]


def test_other_words_and_a_later_time_are_news() -> None:
    dossier = accepted()
    reported(dossier, "Tiếp nhận hồ sơ")
    reported(dossier, "Chuyển phòng Tư pháp")
    reported(dossier, "Tiếp nhận hồ sơ", later=60)
    news = [("Cơ quan báo: Được tiếp nhận", "Chuyển phòng Tư pháp"), ("Cơ quan báo: Được tiếp nhận", "Tiếp nhận hồ sơ")]
    assert told(dossier)[2:] == news


def test_who_tracks_by_code_reads_the_state_and_none_of_the_words() -> None:
    dossier = accepted()
    reported(dossier, "Bà Thử bổ sung giấy", status=4, later=60)
    page = text(Client().post("/tra-cuu/", {"code": dossier.code, "phone_tail": dossier.applicant_phone[-4:]}))
    assert "Cơ quan báo: Đang xử lý" in page and "Bà Thử bổ sung giấy" not in page and "Cập nhật hồ sơ" not in page


def test_the_agencys_words_after_a_supplement_are_told_below_it() -> None:
    dossier = supplemented()
    reported(dossier, "Mời đến thứ hai, mang CCCD", status=dossier.national_status, later=2)
    expected = [("Đã bổ sung", "Lời nhắn: Em gửi lại"), ("Cơ quan báo: Đang xử lý", "Mời đến thứ hai, mang CCCD")]
    assert told(dossier)[-2:] == expected


def test_words_are_not_told_before_what_they_answer() -> None:
    dossier = factories.processing_dossier()
    dossier = services.request_supplement(dossier.code, actor=desk(dossier), reason="Thiếu giấy")
    reported(dossier, "Chờ bạn bổ sung", status=4)
    titles = [title for title, words in told(dossier) if words == "Chờ bạn bổ sung"]
    assert titles == ["Cơ quan báo: Đang xử lý"] and told(dossier)[-1][1] == "Chờ bạn bổ sung"


def test_a_step_with_words_told_otherwise_keeps_them_and_the_line_its_own() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    step = DossierEvent(
        pk=1, sequence=1, name="dossier.returned", from_state="decided", to_state="returned", occurred_at=at,
        actor_kind=ActorKind.DESK,
    )  # fmt: skip
    line = told_line(2, at + timedelta(minutes=1), status=10, words="Gọi nếu có sai sót")
    texts = {1: "Trao 01 bản cho Bà Thử.", 2: line.reason}
    assert [words for _event, words in echoes.merged([step, line], lambda event: texts[event.pk])] == [*texts.values()]


def told_line(number: int, at: datetime, *, status: int = 4, words: str = "") -> DossierEvent:
    data = {"reported_status": status}
    return DossierEvent(pk=number, sequence=number, name=PROGRESS_REPORTED, occurred_at=at, reason=words, data=data)


class Counted(list[DossierEvent]):
    """Says how often it was gone through."""

    rounds = 0

    def __iter__(self) -> Iterator[DossierEvent]:
        self.rounds += 1
        return super().__iter__()


def test_many_lines_are_gone_through_a_few_times_and_not_once_for_each() -> None:
    begin = datetime(2026, 3, 2, 9, tzinfo=UTC)
    lines = Counted(
        told_line(number, begin + timedelta(minutes=number), words=f"Bước {number}") for number in range(99)
    )
    assert len(list(echoes.merged(lines, lambda event: event.reason))) == 99
    assert lines.rounds <= 3


def test_a_reader_of_english_reads_set_words_titles_and_fees_in_english() -> None:
    dossier = factories.file_dossier(version=factories.make_version(fee_vnd=8000))
    reported(dossier, "Đã có kết quả giải quyết", status=9)
    reported(dossier, "Chuyển phòng Tư pháp", status=4)
    dossier.events.filter(reason__startswith="Đã có").update(actor_name="Phan Thị Nga, Công chức tư pháp – hộ tịch")
    dossier.procedure_version.fees.update(name_en="Registration fee")
    client = signed_in(dossier.filer)
    page = text(client.get(f"/en/ho-so/{dossier.code}/"))
    for said in ("The result is there", "Phan Thị Nga, Official for justice and civil status", "Registration fee"):
        assert said in page
    assert "Chuyển phòng Tư pháp" in page, "an official's own words stay hers"
    page = text(client.get(f"/ho-so/{dossier.code}/"))
    assert "Phan Thị Nga, Công chức tư pháp – hộ tịch" in page and "Đã có kết quả giải quyết" in page
