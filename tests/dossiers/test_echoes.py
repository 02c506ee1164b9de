"""A step that an agency's system tells twice stands once in the timeline, with its words."""

from datetime import timedelta

import pytest
from django.test import Client

from dossiers import passage, services, timeline
from dossiers.models import Dossier
from dossiers.passage import Occasion
from tests import factories
from tests.dossiers.dossier_pages import desk
from tests.dossiers.filing_pages import text

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
