"""The generic lists speak in the portal's words: heads, filters, titles, money, yes and no, names of events."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import strip_tags

from dossiers.models import FinancialObligation
from portal.agencies.models import AdministrativeUnit, CalendarDay
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor

pytestmark = pytest.mark.django_db
LISTS = ["allauth_idp_oidc/client", "allauth_idp_oidc/token", "account/emailaddress", "datastore/signingkey"]


def _read(office: Office, page: str) -> str:
    root = with_second_factor(factories.make_official(office.agency))
    root.is_superuser = True
    root.save()
    answer = signed_in(root).get(f"/quan-tri/{page}/").content.decode()
    return " ".join(strip_tags(answer[answer.index("<main") :]).split())


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_libraries_have_no_english_heads_or_filters(office: Office, name: str) -> None:
    factories.file_dossier()
    EmailAddress.objects.create(user=factories.make_official(office.agency), email="thu@example.vn", primary=True)
    text = _read(office, name)
    bare = re.compile(
        r"\b(Bởi|Thêm vào|Client ID|Skip consent|Allow URI|Created at|primary|verified|By|để xem|Public id|Kid)\b"
    )
    assert bare.findall(text) == []


def test_a_list_is_titled_by_what_it_lists_and_its_filters_by_theo(office: Office) -> None:
    text = _read(office, "agencies/agency")
    assert text.startswith("Cơ quan") and "Theo cấp" in text and "Bởi" not in text


def test_what_happened_is_told_in_the_words_of_the_timeline(office: Office) -> None:
    factories.file_dossier()
    text = _read(office, "dossiers/dossierevent")
    assert "Đã nộp hồ sơ" in text and "dossier.submitted" not in text


def test_days_off_show_their_legal_basis_under_its_own_name(rf: RequestFactory) -> None:
    with translation.override("vi"):
        shown = admin.site._registry[CalendarDay]
        heads = [str(label_for_field(c, CalendarDay, shown)) for c in shown.get_list_display(rf.get("/"))]
    assert heads[-1] == "căn cứ"


def test_money_and_yes_or_no_are_words(rf: RequestFactory) -> None:
    request = rf.get("/")
    with translation.override("vi"):
        owed = admin.site._registry[FinancialObligation].get_list_display(request)
        columns = {getattr(c, "__name__", c): c for c in owed}
        assert columns["shown_amount_vnd"](FinancialObligation(amount_vnd=16000)) == "16.000\N{NO-BREAK SPACE}đ"
        address = {getattr(c, "__name__", c): c for c in admin.site._registry[EmailAddress].get_list_display(request)}
        assert address["shown_primary"](EmailAddress(primary=True)) == "Có"
        assert address["shown_verified"](EmailAddress(verified=False)) == "Không"


def test_a_long_list_counts_its_rows_as_people_write_figures(office: Office) -> None:
    AdministrativeUnit.objects.bulk_create(
        AdministrativeUnit(code=f"9{number:04}", full_name=f"Xã {number}", level="commune") for number in range(1200)
    )
    text = _read(office, "agencies/administrativeunit")
    count = AdministrativeUnit.objects.count()
    assert f"{count // 1000}.{count % 1000:03} đơn vị hành chính" in text


def test_a_published_version_folds_its_records_and_leads_to_its_page(office: Office) -> None:
    version = factories.make_version("1.000001")
    root = with_second_factor(factories.make_official(office.agency))
    root.is_superuser = True
    root.save()
    page = signed_in(root).get(f"/quan-tri/procedures/procedureversion/{version.pk}/change/").content.decode()
    assert page.count("<details><summary>Mở bản ghi (JSON)</summary><pre>") == 2
    assert 'href="/thu-tuc/1.000001/"' in page and str(version.content_sha256) not in page
