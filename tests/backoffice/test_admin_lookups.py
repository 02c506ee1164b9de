"""An address asks a list only by the filters it shows: what a page leaves out cannot be guessed letter by letter."""

import base64

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import RequestFactory
from django.utils import translation

from portal.core.admin import AskedByFiltersOnly, ServiceOwnedAdmin
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor

pytestmark = pytest.mark.django_db

HIDDEN = [
    "exchange/outboxmessage/?payload__data__dossier__applicant__personal_id__startswith=0",
    "exchange/inboxmessage/?payload__item__ChuHoSo__startswith=N",
    "exchange/inboundrequest/?response_body__contains=x",
    "agencies/apiclient/?wire_password_hash__startswith=p",
    "agencies/apiclient/?webhook_url__startswith=http",
    "payments/gatewaynotice/?fields__vnp_BankTranNo__startswith=V",
    "payments/receipt/?content__payer_name__startswith=N",
    "payments/paymentorder/?payer=1",
    "feedback/rating/?rater=1",
    "agencies/membership/?user__password__startswith=x",
    "agencies/calendarday/?day__year=99999999999",
    "agencies/calendarday/?day__year=abc",
]
OFFERED = [
    "exchange/outboxmessage/?work_state__exact=dead",
    "agencies/apiclient/?is_active__exact=1&kind__exact=rest",
    "payments/refund/?state__exact=due",
    "feedback/rating/?satisfaction__exact=1",
    "agencies/membership/?role__exact=desk",
    "agencies/calendarday/?day__year=2026",
    "agencies/calendarday/?day__month=11&day__year=2026",
    "agencies/agency/?level__exact=commune&q=a&o=1",
]


@pytest.mark.parametrize("address", HIDDEN)
def test_what_is_not_shown_cannot_be_asked_for(office: Office, address: str) -> None:
    assert office.browser("administrator").get(f"/quan-tri/{address}").status_code == 400


@pytest.mark.parametrize("address", OFFERED)
def test_the_filters_of_a_list_work(office: Office, address: str) -> None:
    assert office.browser("administrator").get(f"/quan-tri/{address}").status_code == 200


def test_every_list_with_excluded_columns_is_asked_by_its_filters_only() -> None:
    """A new list that hides a column cannot forget the rule."""
    for model, model_admin in admin.site._registry.items():
        if model_admin.exclude:
            assert isinstance(model_admin, AskedByFiltersOnly), model


@pytest.mark.parametrize(
    "mark", ["[null, 1e999]", '["2026-01-01T00:00:00", 1]', "[null]", '{"a": 1, "b": 2}', "[1, 2]", '"ab"']
)
def test_a_mark_that_is_none_of_ours_starts_a_queue_at_the_top(office: Office, mark: str) -> None:
    dossier = factories.file_dossier()
    text = base64.urlsafe_b64encode(mark.encode()).decode()
    page = office.browser("desk").get(f"/quan-tri/hang-doi/moi-nop/?sau={text}")
    assert page.status_code == 200 and str(dossier.code) in page.content.decode()


def test_a_superuser_still_reads_people_by_level(office: Office) -> None:
    root = with_second_factor(factories.make_official(office.agency))
    root.is_superuser = True
    root.save()
    lists = "/quan-tri/accounts/citizenprofile/"
    assert signed_in(root).get(f"{lists}?identity_level__exact=2").status_code == 200
    assert signed_in(root).get(f"{lists}?personal_id_index__startswith=a").status_code == 400


def test_the_lists_of_libraries_are_named_in_vietnamese() -> None:
    with translation.override("vi"):
        names = [
            str(name)
            for model in admin.site._registry
            for name in (model._meta.verbose_name, model._meta.verbose_name_plural, model._meta.app_config.verbose_name)
        ]
    assert [name for name in names if name.isascii()] == []


def test_the_columns_of_our_own_lists_are_named_in_vietnamese(rf: RequestFactory) -> None:
    request = rf.get("/")
    with translation.override("vi"):
        bare = [
            (model.__name__, head)
            for model, shown in admin.site._registry.items()
            if isinstance(shown, ServiceOwnedAdmin)
            for name in shown.get_list_display(request)
            if (head := str(label_for_field(name, model, shown))) == str(name).replace("_", " ")
        ]
    assert bare == []
