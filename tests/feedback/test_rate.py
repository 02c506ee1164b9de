"""Rating a finished dossier: three answers, a reason for the lowest, a week to change one's mind."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from dossiers import services as dossiers
from portal.accounts.models import User
from portal.feedback.models import Rating
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(client: Client) -> Any:
    """A refused dossier whose filer is signed in."""
    filed = factories.file_dossier()
    dossiers.refuse_intake(filed.code, actor=factories.official_actor(filed.agency), reason="Thiếu thẩm quyền")
    client.force_login(filed.filer)
    return filed


def rate(client: Client, dossier: Any, satisfaction: object = 3, reason: str = "") -> Any:
    return client.post(f"/ho-so/{dossier.code}/danh-gia/", {"satisfaction": satisfaction, "reason": reason})


def test_three_answers_then_thanks(client: Client, dossier: Any) -> None:
    address = f"/ho-so/{dossier.code}/danh-gia/"
    page = client.get(address).content.decode()
    for answer in ("Rất hài lòng", "Hài lòng", "Không hài lòng"):
        assert answer in page
    assert "(bắt buộc khi chọn “Không hài lòng”)" in page and "(không bắt buộc)" not in page, "said beforehand"
    assert rate(client, dossier)["Location"] == address
    thanks = client.get(address).content.decode()
    assert "Cảm ơn bạn đã đánh giá" in thanks and "Rất hài lòng" in thanks
    rating = Rating.objects.get()
    assert (rating.dossier_id, rating.rater, rating.satisfaction) == (dossier.pk, dossier.filer, 3)


@pytest.mark.parametrize("reason", ["", "   ", "\x00\u200b"])
def test_dissatisfaction_needs_a_reason(client: Client, dossier: Any, reason: str) -> None:
    response = rate(client, dossier, 1, reason)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Hãy cho biết vì sao bạn chưa hài lòng." in page and 'href="#id_reason"' in page
    assert not Rating.objects.exists()
    assert rate(client, dossier, 1, "Chờ quá lâu").status_code == 302


@pytest.mark.parametrize("satisfaction", ["", "0", "4", "rất", "3.0", "9" * 30])
def test_other_answers_are_refused_at_their_field(client: Client, dossier: Any, satisfaction: str) -> None:
    response = rate(client, dossier, satisfaction)
    assert response.status_code == 422 and "Hãy chọn một trong ba mức." in response.content.decode()


def test_reason_of_ten_thousand_characters_is_kept_on_the_page(client: Client, dossier: Any) -> None:
    response = rate(client, dossier, 2, "x" * 10_000)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Ý kiến dài quá 2000 ký tự." in page and "x" * 10_000 in page


def test_answer_can_be_changed_for_a_week(client: Client, dossier: Any) -> None:
    rate(client, dossier, 2)
    address = f"/ho-so/{dossier.code}/danh-gia/"
    assert "checked" in client.get(f"{address}?sua").content.decode()
    assert rate(client, dossier, 1, "Kết quả sai tên").status_code == 302
    rating = Rating.objects.get()
    assert rating.satisfaction == 1 and rating.changed_at
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        client.force_login(dossier.filer)
        late = rate(client, dossier, 3)
        assert late.status_code == 409 and "7 ngày" in late.content.decode()
        assert rate(client, dossier, 1, "Kết quả sai tên").status_code == 302, "the same answer again changes nothing"
        assert "Sửa đánh giá" not in client.get(address).content.decode()
    assert Rating.objects.get().satisfaction == 1


def test_unfinished_dossier_is_not_rated_yet(client: Client) -> None:
    filed = factories.file_dossier()
    client.force_login(filed.filer)
    assert "Chưa đến lúc đánh giá" in client.get(f"/ho-so/{filed.code}/danh-gia/").content.decode()
    assert rate(client, filed).status_code == 409
    assert not Rating.objects.exists()


def test_double_click_rates_once(client: Client, dossier: Any) -> None:
    assert [rate(client, dossier).status_code for _turn in range(2)] == [302, 302]
    assert Rating.objects.count() == 1


def test_another_citizens_dossier_looks_as_if_it_did_not_exist(client: Client, dossier: Any) -> None:
    stranger: User = factories.make_citizen("Người Khác")
    client.force_login(stranger)
    assert client.get(f"/ho-so/{dossier.code}/danh-gia/").status_code == 404
    assert rate(client, dossier).status_code == 404


def test_database_refuses_dissatisfaction_without_reason_and_other_answers(dossier: Any) -> None:
    for answer, reason in ((1, ""), (5, "x")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rating.objects.create(dossier=dossier, rater=dossier.filer, satisfaction=answer, reason=reason)


def test_page_about_petitions_is_honest(client: Client) -> None:
    page = client.get("/phan-anh/").content.decode()
    assert "Cổng chưa nhận phản ánh trên trang này" in page and "30 ngày" in page
