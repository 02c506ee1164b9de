"""The page on which owners read who looked at their papers, and why."""

import pytest
from django.urls import reverse

from datastore import access, grants
from portal.agencies.models import Agency
from tests.datastore.conftest import text_of

pytestmark = pytest.mark.django_db


def test_who_looked_is_said_in_plain_words(browser, deposit, ward, official_of):
    paper = deposit(title="Giấy chứng sinh của bé An")
    grants.grant([paper], agency=ward, dossier_code="H29-2", purpose="Giải quyết hồ sơ đăng ký khai sinh")
    access.open_file(paper.files.get().pk, actor=official_of(ward), purpose="")[1].close()
    text = text_of(browser.get(reverse("datastore:access_log")))
    for words in (
        ward.name,
        "mở tệp",
        "Giấy chứng sinh của bé An",
        "Bộ phận một cửa",
        "Giải quyết hồ sơ đăng ký khai sinh",
    ):
        assert words in text


def test_nobody_looked_yet(browser):
    assert "Chưa ai ngoài bạn xem" in text_of(browser.get(reverse("datastore:access_log")))


def test_others_readings_are_not_mine(browser, deposit, stranger, ward, official_of):
    paper = deposit(owner=stranger, title="Giấy của người khác")
    grants.grant([paper], agency=ward, dossier_code="H29-2", purpose="x")
    access.get_document(paper.pk, actor=official_of(ward), purpose="")
    assert "Giấy của người khác" not in text_of(browser.get(reverse("datastore:access_log")))


def test_who_looked_is_an_agency_in_the_readers_language_while_it_has_that_name(browser, deposit, ward, official_of):
    Agency.objects.filter(pk=ward.pk).update(name_en="People’s Committee of Tân Định ward")
    paper = deposit()
    grants.grant([paper], agency=ward, dossier_code="H29-2", purpose="Giải quyết hồ sơ")
    access.open_file(paper.files.get().pk, actor=official_of(ward), purpose="")[1].close()
    log, detail = reverse("datastore:access_log"), reverse("datastore:detail", args=[paper.pk])
    for address in (log, detail):
        shown = text_of(browser.get(f"/en{address}"))
        assert "People’s Committee of Tân Định ward" in shown and ward.name not in shown
    Agency.objects.filter(pk=ward.pk).update(
        name="Ủy ban nhân dân phường Mới", name_en="People’s Committee of New ward"
    )
    later = text_of(browser.get(f"/en{log}"))
    assert ward.name in later and "New ward" not in later, "the log keeps what the agency was called then"
