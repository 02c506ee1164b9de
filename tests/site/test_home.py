"""The home page: search first, life events, the most used procedures, tracking, live figures."""

from datetime import date

import pytest
from django.urls import reverse

from procedures.models import Field, LifeEvent, Procedure, ProcedureVersion

pytestmark = pytest.mark.django_db


def _featured(code: str, *, rank: int | None, name: str, is_open: bool = True) -> Procedure:
    field, _ = Field.objects.get_or_create(code="TEST-HT", defaults={"name": "Hộ tịch"})
    procedure = Procedure.objects.create(code=code, field=field, featured_rank=rank, is_open=is_open)
    procedure.current = ProcedureVersion.objects.create(
        procedure=procedure,
        number=1,
        valid_from=date(2026, 1, 1),
        content_sha256="0" * 64,
        name=name,
        short_name=name,
        name_en=f"{name} in English",
        issuer_code="G15",
        issuer_name="Bộ Tư pháp",
        service_level="toan_trinh",
        competent_level="commune",
        competent_branch="people",
        competent_place="any",
        processing_value=1,
        processing_unit="working_day",
    )
    procedure.save()
    return procedure


def test_search_and_tracking_are_plain_get_forms(client):
    html = client.get(reverse("site:home")).content.decode()
    assert f'action="{reverse("procedures:search")}"' in html
    assert f'action="{reverse("dossiers:track")}"' in html
    assert 'name="q"' in html
    assert 'name="code"' in html


def test_life_events_lead_into_the_catalogue_in_their_order(client):
    LifeEvent.objects.all().delete()
    LifeEvent.objects.create(slug="ket-hon", name="Kết hôn", name_en="Marriage", icon="heart", position=2)
    LifeEvent.objects.create(slug="co-con-nho", name="Có con nhỏ", name_en="A new child", icon="baby", position=1)
    html = client.get("/").content.decode()
    assert html.index("Có con nhỏ") < html.index("Kết hôn")
    assert "/viec-trong-doi/co-con-nho/" in html
    assert "A new child" in client.get("/en/").content.decode()


def test_six_open_procedures_are_featured_by_rank(client):
    Procedure.objects.update(featured_rank=None)
    for rank in range(7, 0, -1):
        _featured(f"9.00000{rank}", rank=rank, name=f"Việc số {rank}")
    _featured("9.000010", rank=0, name="Việc đã đóng", is_open=False)
    html = client.get("/").content.decode()
    assert [html.index(f"Việc số {rank}") for rank in range(1, 7)] == sorted(
        html.index(f"Việc số {rank}") for rank in range(1, 7)
    )
    assert "Việc số 7" not in html
    assert "Việc đã đóng" not in html
    assert "Làm trọn trên mạng" in html and "Toàn trình" not in html


def test_figures_without_any_dossier_show_a_dash_instead_of_a_percentage(client):
    html = client.get("/").content.decode()
    assert "hồ sơ đã nhận" in html
    assert "–" in html


def test_the_other_language_is_one_link_away_and_keeps_the_page(client):
    html = client.get("/tro-giup/").content.decode()
    assert 'lang="vi"' in html
    assert 'href="/en/tro-giup/"' in html
    english = client.get("/en/tro-giup/").content.decode()
    assert '<html lang="en"' in english
    assert 'href="/tro-giup/"' in english


@pytest.mark.parametrize(
    "path", ["/", "/tro-giup/", "/tro-giup/tro-nang/", "/tro-giup/du-lieu-ca-nhan/", "/tro-giup/hien-thi/"]
)
def test_pages_open_without_signing_in_and_draw_no_inline_code(client, path):
    response = client.get(path)
    assert response.status_code == 200
    html = response.content.decode()
    assert "<style" not in html
    assert " style=" not in html
    assert "<script>" not in html
    assert " onclick=" not in html


def test_signed_in_readers_see_their_name_and_the_way_out(client, django_user_model):
    user = django_user_model.objects.create(username="anh", display_name="Nguyễn Thị Ngọc Ánh")
    client.force_login(user)
    html = client.get("/").content.decode()
    assert "Nguyễn Thị Ngọc Ánh" in html
    assert f'action="{reverse("account_logout")}"' in html
    assert "Đăng nhập VNeID" not in html
