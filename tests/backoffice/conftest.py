"""Officials at their desks: one agency with a dossier, another one next door, and browsers of each role."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from portal.accounts.models import User
from portal.agencies.models import Agency, AgencyLevel, Branch, MembershipRole
from procedures import catalogue
from procedures.models import DraftState, FormDraft, ProcedureVersion
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.backoffice.batches import batch_owner, send_batch  # noqa: F401 - fixtures

FORM_CODE = "1.004873"
FORM_PAGES = f"/quan-tri/bieu-mau/{FORM_CODE}/"
SignIn = Callable[[User], Client]


def with_second_factor(user: User) -> User:
    """Give a user an authenticator, as every official has."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


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


def field_data(browser, key, **changes):
    """What the page of a field would post as it stands, with some changes."""
    form = browser.get(f"{FORM_PAGES}cau-hoi/{key}/").context["form"]
    data = {name: value for name, value in form.initial.items() if value not in (None, "", False)}
    data = {name: ("on" if value is True else value) for name, value in data.items()}
    return data | {"revision": draft().revision} | changes


def first_group():
    """Where the outline adds to the first group."""
    page = draft().form["pages"][0]
    return f"{page['key']}/{page['groups'][0]['key']}"
