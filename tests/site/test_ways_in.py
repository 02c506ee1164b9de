"""Life events and audiences as ways in; what search engines are told; the home page kept for everybody."""

from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.core import page_cache
from procedures import catalogue, closing, publication
from procedures.models import LifeEvent, Procedure
from procedures.packs import REFERENCE, own_reference

pytestmark = pytest.mark.django_db
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def _empty_shelf():
    page_cache.shelf.clear()
    yield
    page_cache.shelf.clear()


@pytest.fixture
def events(db):
    reference = own_reference()
    catalogue.load_life_events(reference)
    for code in ("3.000722", "1.001193", "1.001612"):
        catalogue.load_pack(REFERENCE / "procedures" / f"{code}.yaml", reference=reference)


def test_an_event_says_what_comes_first_then_the_procedures_in_the_order_of_life(events, client):
    html = client.get("/viec-trong-doi/co-con-nho/").content.decode()
    assert "Đăng ký khai sinh trong 60 ngày từ ngày sinh." in html
    assert html.index("Làm gì trước?") < html.index("/thu-tuc/3.000722/") < html.index("/thu-tuc/1.001193/")
    assert "/thu-tuc/1.001612/" not in html
    assert "When the child is born" in client.get("/en/viec-trong-doi/co-con-nho/").content.decode()
    assert client.get("/viec-trong-doi/khong-co/").status_code == 404


def test_the_icon_of_an_event_stays_out_of_the_menu(events, client):
    menu = client.get("/viec-trong-doi/co-con-nho/").content.decode().split('hreflang="en"', 1)[1].split("</a>", 1)[0]
    assert "<svg" not in menu


def test_a_closed_procedure_leaves_the_event(events, client):
    closing.close("1.001193", reason="Tạm dừng.")
    assert "/thu-tuc/1.001193/" not in client.get("/viec-trong-doi/co-con-nho/").content.decode()


def test_each_audience_has_its_entrance(events, client):
    html = client.get("/").content.decode()
    assert 'href="/danh-cho/cong-dan/"' in html
    assert 'href="/danh-cho/to-chuc/"' in html
    assert 'href="/viec-trong-doi/co-con-nho/"' in html
    organisations = client.get("/danh-cho/to-chuc/").content.decode()
    assert "/viec-trong-doi/kinh-doanh/" in organisations
    assert "/viec-trong-doi/co-con-nho/" not in organisations
    assert "/thu-tuc/1.001612/" not in organisations, "only persons may file it (NĐ 168/2025/NĐ-CP)"
    assert "/viec-trong-doi/co-con-nho/" in client.get("/danh-cho/cong-dan/").content.decode()
    assert client.get("/danh-cho/ai-do/").status_code == 404


def test_every_event_of_the_reference_data_names_procedures_of_ours():
    ours = {path.stem for path in (REFERENCE / "procedures").glob("*.yaml")}
    for event in own_reference().life_events:
        assert event["audience"], event["slug"]
        assert event["first"]["vi"] and event["first"]["en"], event["slug"]
        named = [code for step in event["steps"] for code in step["procedures"]]
        assert set(named) <= ours, event["slug"]
        assert len(named) == len(set(named)), event["slug"]
        assert all(step["title"]["vi"] and step["title"]["en"] for step in event["steps"]), event["slug"]


def test_an_event_costs_the_same_for_few_and_for_many(events, client):
    def queries():
        page_cache.shelf.clear()
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/viec-trong-doi/kinh-doanh/").status_code == 200
        return len(captured)

    one = queries()
    event = LifeEvent.objects.get(slug="kinh-doanh")
    for procedure in Procedure.objects.all():
        procedure.life_events.add(event)
    assert queries() == one


def test_home_is_kept_until_something_is_published(
    events, client, django_assert_num_queries, django_capture_on_commit_callbacks
):
    first = client.get("/")
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    with django_assert_num_queries(0):
        assert client.get("/").content == first.content
    assert client.get("/en/").content != first.content
    LifeEvent.objects.filter(slug="co-con-nho").update(name="Tên mới")
    with django_capture_on_commit_callbacks(execute=True):
        publication.announce()
    assert "Tên mới" in client.get("/").content.decode()


def test_the_sitemap_is_split_and_names_both_languages(events, client):
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own answer
    parts = [node.text for node in index.findall("s:sitemap/s:loc", NAMES)]
    assert parts == ["http://testserver/sitemap-trang.xml", "http://testserver/sitemap-thu-tuc.xml"]
    sheets = ElementTree.fromstring(client.get("/sitemap-thu-tuc.xml").content)  # noqa: S314
    entries = {
        node.findtext("s:loc", "", NAMES): {
            link.get("hreflang"): link.get("href") for link in node.findall("x:link", NAMES)
        }
        for node in sheets.findall("s:url", NAMES)
    }
    assert len(entries) == 2 * Procedure.objects.filter(current__isnull=False).count()
    assert entries["http://testserver/thu-tuc/1.001193/"] == {
        "vi": "http://testserver/thu-tuc/1.001193/",
        "en": "http://testserver/en/thu-tuc/1.001193/",
        "x-default": "http://testserver/thu-tuc/1.001193/",
    }
    pages = client.get("/sitemap-trang.xml").content.decode()
    assert "http://testserver/viec-trong-doi/co-con-nho/" in pages
    assert "http://testserver/en/danh-cho/to-chuc/" in pages
    assert client.get("/sitemap-khac.xml").status_code == 404


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-thu-tuc.xml", "/robots.txt"])
def test_a_robot_that_knows_the_list_is_sent_nothing_anew(events, client, address):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_a_long_sitemap_has_pages(events, client, monkeypatch):
    monkeypatch.setattr("portal.site.sitemaps.Sheets.limit", 2)
    index = client.get("/sitemap.xml").content.decode()
    assert "http://testserver/sitemap-thu-tuc.xml?p=2" in index
    assert client.get("/sitemap-thu-tuc.xml?p=2").status_code == 200
    assert client.get("/sitemap-thu-tuc.xml?p=99").status_code == 404


def test_robots_leave_peoples_own_pages_alone(client):
    text = client.get("/robots.txt").content.decode()
    for line in ("Disallow: /ho-so/", "Disallow: /en/kho-du-lieu/", "Sitemap: http://testserver/sitemap.xml"):
        assert line in text.splitlines()
    assert "Disallow: /thu-tuc/" not in text


def test_loading_again_changes_nothing(events):
    assert catalogue.load_life_events(own_reference()) == 0
    call_command("load_procedures", str(REFERENCE / "procedures" / "1.001612.yaml"))
