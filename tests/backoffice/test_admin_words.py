"""The generic lists speak in the portal's words: heads, filters, titles, money, yes and no, names of events."""

import re
from datetime import date

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags

from datastore.admin import AccessHeadAdmin
from datastore.models import AccessHead
from dossiers import watch
from dossiers.models import Dossier, FinancialObligation
from dossiers.notices import NOTICES
from dossiers.official_notices import TOLD
from payments.lifecycle import Verdict
from payments.models import GatewayNotice
from portal.agencies.models import AdministrativeUnit, CalendarDay
from portal.notifications import kinds, topics
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor

pytestmark = pytest.mark.django_db
LISTS = [
    *("allauth_idp_oidc/client", "allauth_idp_oidc/token", "account/emailaddress", "datastore/signingkey"),
    *("mfa/authenticator", "socialaccount/socialaccount", "socialaccount/socialtoken", "socialaccount/socialapp"),
]


def _root(office: Office) -> Client:
    root = with_second_factor(factories.make_official(office.agency))
    root.is_superuser = True
    root.save()
    return signed_in(root)


def _read(office: Office, page: str) -> str:
    answer = _root(office).get(f"/quan-tri/{page}/").content.decode()
    return " ".join(strip_tags(answer[answer.index("<main") :]).split())


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_libraries_have_no_english_heads_or_filters(office: Office, name: str) -> None:
    factories.file_dossier()
    EmailAddress.objects.create(user=factories.make_official(office.agency), email="thu@example.vn", primary=True)
    text = _read(office, name)
    bare = re.compile(
        r"\b(Bởi|Thêm vào|Client ID|Skip consent|Allow URI|Created at|primary|verified|By|để xem|Public id|Kid|User"
        r"|Type|Last used|Uid|provider|expires|last used|TOTP|Recovery|Token|App|Account)\b",
        re.IGNORECASE,
    )
    assert bare.findall(text) == []


def test_second_factors_are_listed_without_their_secrets_and_taken_away(office: Office) -> None:
    factor = Authenticator.objects.create(
        user=factories.make_official(office.agency), type=Authenticator.Type.TOTP, data={"secret": "KHONG-AI-THAY"}
    )
    assert "Ứng dụng xác thực" in _read(office, "mfa/authenticator")
    page = _read(office, f"mfa/authenticator/{factor.pk}/change")
    assert "KHONG-AI-THAY" not in page and "Loại: Ứng dụng xác thực" in page and "Xóa" in page


def test_whose_second_factor_was_taken_away_sets_up_another_one_first(office: Office) -> None:
    official = factories.make_official(office.agency)
    factor, codes = (
        Authenticator.objects.create(user=official, type=kind, data={"seed": "x"})
        for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    )
    client = _root(office)
    assert client.post(f"/quan-tri/mfa/authenticator/{codes.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(Authenticator.objects.filter(user=official)) == [factor]
    codes.save()
    client.post(f"/quan-tri/mfa/authenticator/{factor.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.filter(user=official).exists()
    codes.save()  # as rows of before lie there
    official.refresh_from_db()
    response = signed_in(official).get("/quan-tri/")
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_activate_totp"))


def test_messages_and_payments_are_named_as_people_know_them(office: Office) -> None:
    dossier = factories.file_dossier()
    for kind in ("dossier.result_revoked", "dossier.assigned.official", "future.kind"):
        Message.objects.create(recipient=dossier.filer, channel="inbox", kind=kind, dedupe_key=kind)
    text = _read(office, "notifications/message")
    assert "Đã thu hồi kết quả" in text and "dossier." not in text and "future.kind" in text
    assert "Phân công người thụ lý (báo cán bộ)" in text
    told = {
        *NOTICES,
        *(f"dossier.{rule.name}" for rule in watch.ALL_RULES if not rule.of_applicant),
        *TOLD,
        *topics.OF_KIND,
    }
    assert told - set(kinds.NAMES) == set()
    GatewayNotice.objects.create(gateway="vnpay", reference="R1", verdict=Verdict.UNKNOWN_ORDER, fields={})
    assert "VNPAY" in _read(office, "payments/gatewaynotice")


def test_a_generic_form_says_what_is_wrong_where_and_what_may_be_left_out(office: Office) -> None:
    keeper = office.browser("administrator")
    page = keeper.get("/quan-tri/agencies/calendarday/add/").content.decode()
    assert "27/3/2026" in page and page.count("(không bắt buộc)") == 1, "the English name"
    answer = keeper.post("/quan-tri/agencies/calendarday/add/", {"day": "2027-13-01", "kind": "off", "name": ""})
    page = " ".join(strip_tags(answer.content.decode()).split())
    assert "Lỗi: Thêm" in page and "Error" not in page and "Please" not in page and "Ngày này không có" in page
    assert 'href="#id_day"' in answer.content.decode() and 'href="#id_name"' in answer.content.decode()
    typed = {"day": "5/3/2027", "kind": "off", "name": "Thử", "agency": office.agency.pk, "source": "Quyết định thử"}
    done = keeper.post("/quan-tri/agencies/calendarday/add/", typed, follow=True)
    assert "Đã thêm ngày nghỉ" in done.content.decode(), done.context["errors"]


def test_days_off_begin_with_this_year_and_an_empty_day_of_the_log_has_no_lines(office: Office) -> None:
    year = timezone.localdate().year
    for number in (year + 9, year - 1, year):
        CalendarDay.objects.create(day=date(number, 3, 5), kind="off", name=f"Ngày {number}")
    text = _read(office, "agencies/calendarday")
    places = [text.index(f"Ngày {number}") for number in (year, year + 9, year - 1)]
    assert places == sorted(places)
    rows = AccessHeadAdmin(AccessHead, admin.site)
    assert rows.lines(AccessHead(first_position=1, last_position=0)) == "Không có dòng nào"
    assert rows.lines(AccessHead(first_position=1, last_position=4)) == "1–4"


def test_a_row_shows_what_it_says_and_a_draft_has_words_for_a_name(office: Office) -> None:
    dossier = factories.file_dossier()
    text = _read(office, f"dossiers/dossier/{dossier.pk}/change")
    assert f"Xem hồ sơ {dossier.code}" in text and ": –" not in text and ": -" not in text
    Dossier.objects.filter(pk=dossier.pk).update(code=None, state="draft")
    dossier.refresh_from_db()
    assert str(dossier) == f"Bản nháp, thủ tục {dossier.procedure_code}"


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


def test_no_list_stands_below_its_own_name() -> None:
    """The way to a list is told as part › list: “Cơ quan › Cơ quan” says nothing."""
    twice = [
        str(model)
        for model in admin.site._registry
        if str(model._meta.app_config.verbose_name).casefold() == str(model._meta.verbose_name_plural).casefold()
    ]
    assert not twice
