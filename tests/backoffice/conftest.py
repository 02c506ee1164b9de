"""Officials at their desks: one agency with a dossier, another one next door, and browsers of each role."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from django import forms as forms_of_django
from django.db.models import Model
from django.test import Client

from portal.accounts.models import User
from portal.agencies import overtaken
from portal.agencies.models import Agency, AgencyLevel, Branch, MembershipRole
from procedures import catalogue
from procedures.models import DraftState, FormDraft, ProcedureVersion
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.backoffice.batches import batch_owner, send_batch  # noqa: F401 - fixtures
from tests.backoffice.signers import titled

FORM_CODE = "1.004873"
FORM_PAGES = f"/quan-tri/bieu-mau/{FORM_CODE}/"
SignIn = Callable[[User], Client]


def with_second_factor(user: User) -> User:
    """Give a user an authenticator, as every official has."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def seen(row: Model) -> dict[str, str]:
    """What the change form of this row carries when it is opened now."""
    return {overtaken.NAME: overtaken.version_of(type(row)._base_manager.get(pk=row.pk))}


def signed_in(user: User) -> Client:
    """A browser of this user."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@dataclass
class Office:
    """One agency with its officials, and strangers to it."""

    agency: Agency
    desk: User
    specialist: User
    leader: User
    administrator: User
    foreign_desk: User

    def browser(self, who: str) -> Client:
        """A browser of one of them, by name."""
        return signed_in(getattr(self, who))


@pytest.fixture
def office() -> Office:
    """Cửa Nam's committee with four officials, and the desk of another agency."""
    agency = factories.make_agency()
    other = factories.make_other_agency()
    return Office(
        agency=agency,
        desk=with_second_factor(factories.make_official(agency, MembershipRole.DESK, "Phạm Thị Quầy")),
        specialist=with_second_factor(factories.make_official(agency, MembershipRole.SPECIALIST, "Đỗ Văn Chuyên")),
        leader=with_second_factor(factories.make_official(agency, MembershipRole.LEADER, "Vũ Minh Lãnh")),
        administrator=with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR, "Hoàng Quản")),
        foreign_desk=with_second_factor(factories.make_official(other, MembershipRole.DESK, "Người Nơi Khác")),
    )


@pytest.fixture
def version() -> ProcedureVersion:
    """A procedure of a pack of ours with a form."""
    reference = own_reference()
    catalogue.load_life_events(reference)
    return catalogue.load_pack(REFERENCE / "procedures" / f"{FORM_CODE}.yaml", reference=reference).version


@pytest.fixture
def ministry(version) -> Agency:
    """The agency that publishes it."""
    made, _new = Agency.objects.get_or_create(
        code=version.issuer_code,
        defaults={
            "name": "Bộ Tư pháp",
            "level": AgencyLevel.MINISTRY,
            "branch": Branch.JUSTICE,
            "path": f"{version.issuer_code}/",
        },
    )
    return made


def browser_of(agency: Agency, name: str = "Biên Tập", role: str = MembershipRole.ADMINISTRATOR) -> Client:
    """A browser of an official of this agency."""
    return signed_in(with_second_factor(factories.make_official(agency, role, name)))


@pytest.fixture
def editor(ministry):
    """An editor with an open draft of its form."""
    browser = browser_of(ministry)
    assert browser.post(FORM_PAGES).status_code == 302
    return browser


def draft() -> FormDraft:
    """The open draft."""
    return FormDraft.objects.get(state=DraftState.OPEN)


def step(browser, do, what, **more):
    """Press a button of the builder's outline."""
    return browser.post(f"{FORM_PAGES}sua/", {"do": do, "what": what, "revision": draft().revision, **more})


def keys():
    """The keys of its questions in order."""
    return [f["key"] for page in draft().form["pages"] for group in page["groups"] for f in group["fields"]]


def as_posted(*forms):
    """What a page would post of its forms when nothing was touched."""
    data = {}
    for bound in (bound for form in forms for bound in form):
        value = bound.field.prepare_value(bound.value()) if bound.value() is not None else None
        if hasattr(bound.field.widget, "format_value") and value is not None and not isinstance(value, bool):
            value = value if isinstance(value, list) else bound.field.widget.format_value(value)
        if isinstance(bound.field, forms_of_django.ChoiceField) and isinstance(value, list) and len(value) == 1:
            value = value[0]  # a select that chooses one
        if value is not None and value is not False and value not in ("", []):
            data[bound.html_name] = "on" if value is True else value
    return data


def field_data(browser, key, **changes):
    """What the page of a question would post as it stands, with some changes; ``key`` may be ``repeat/phan/column``."""
    form = browser.get(f"{FORM_PAGES}cau-hoi/{key}/").context["form"]
    return as_posted(form) | {"revision": draft().revision} | changes


def condition_data(name, *tests, number=0):
    """What the page posts of a condition: one (question, test, choice, value) or with its join before it for each."""
    made = {}
    for at, test in enumerate(tests, start=number):
        join, about, how, choice, value = test if len(test) == 5 else ("and", *test)
        parts = {"join": join, "field": about, "test": how, "choice": choice and f"{about}:{choice}", "value": value}
        made |= {f"{name}-{at}-{part}": said for part, said in parts.items()}
    return made


def first_group():
    """Where the outline adds to the first group."""
    page = draft().form["pages"][0]
    return f"{page['key']}/{page['groups'][0]['key']}"


@pytest.fixture
def head(office: Office) -> User:
    """Who leads the agency."""
    return titled(office.leader, "Chủ tịch")


@pytest.fixture
def signer(office: Office, head: User) -> User:
    """A head of a unit, whom the head of the agency may have sign."""
    official = factories.make_official(office.agency, MembershipRole.SPECIALIST, "Trần Thị Ký")
    return titled(with_second_factor(official), "Trưởng phòng")
