"""Questions and answers are written in the back office: by whom, about what there is, and sheets follow at once."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from portal.agencies.models import MembershipRole
from procedures.models import Question
from tests import factories
from tests.backoffice.conftest import browser_of, signed_in, with_second_factor
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/procedures/question/"


@pytest.fixture
def published():
    return factories.make_version()


@pytest.fixture
def writer():
    """Who runs the portal."""
    user = with_second_factor(
        factories.make_official(factories.make_agency(), MembershipRole.ADMINISTRATOR, "Chủ Cổng")
    )
    user.is_superuser = user.is_staff = True
    user.save()
    return signed_in(user)


def written(version, **changes):
    return {
        "code": "hoi-thu",
        "procedure_codes": version.procedure.code,
        "question": "Có phải đến nơi không?",
        "question_en": "Do I have to come?",
        "answer": "Không, làm trọn trên mạng.",
        "answer_en": "No, all online.",
        "legal_basis": "1/2027/NĐ-CP",
        "position": "1",
        "is_published": "on",
        **changes,
    }


def sheet(version):
    return text(Client().get(f"/thu-tuc/{version.procedure.code}/"))


@pytest.fixture
def sent(writer, django_capture_on_commit_callbacks):
    """Post a form, and let what follows a commit follow."""

    def sent(address, data):
        with django_capture_on_commit_callbacks(execute=True):
            response = writer.post(address, data)
        assert response.status_code == 302, response.context["errors"]

    return sent


def test_the_sheet_follows_what_is_written_at_once(sent, published):
    assert "Có phải đến nơi không?" not in sheet(published)
    sent(f"{LIST}add/", written(published))
    assert "Có phải đến nơi không?" in sheet(published) and "Không, làm trọn trên mạng." in sheet(published)
    address = f"{LIST}{Question.objects.get().pk}/change/"
    sent(address, written(published, answer="Có, để chụp ảnh."))
    assert "Có, để chụp ảnh." in sheet(published) and "Không, làm trọn" not in sheet(published)
    sent(address, {name: value for name, value in written(published).items() if name != "is_published"})
    assert "Có phải đến nơi không?" not in sheet(published)
    sent(address, written(published))
    assert "Có phải đến nơi không?" in sheet(published)
    sent(address.replace("change", "delete"), {"post": "yes"})
    assert "Có phải đến nơi không?" not in sheet(published) and not Question.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"procedure_codes": "9.999999"}, "9.999999"),
        ({"procedure_codes": ""}, "procedure_codes"),
        ({"question": ""}, "question"),
        ({"answer": ""}, "answer"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_typed_is_lost(writer, published, changes, words):
    refused = writer.post(f"{LIST}add/", written(published, legal_basis="Luật vừa gõ") | changes)
    assert refused.status_code == 200 and not Question.objects.exists()
    assert words in str(refused.context["adminform"].form.errors) and 'value="Luật vừa gõ"' in text(refused)


def test_one_question_may_be_about_several_procedures(sent, published):
    other = factories.make_version("1.000009")
    sent(f"{LIST}add/", written(published, procedure_codes=f"{published.procedure.code}\n{other.procedure.code}"))
    assert all("Có phải đến nơi không?" in sheet(version) for version in (published, other))


def test_nobody_else_writes_but_who_was_given_the_permission(published):
    agency = factories.make_agency()
    for role in (MembershipRole.ADMINISTRATOR, MembershipRole.LEADER):
        browser = browser_of(agency, f"Người {role}", role)
        assert browser.post(f"{LIST}add/", written(published)).status_code in {403, 404}
    assert Client().post(f"{LIST}add/", written(published)).status_code == 302
    assert not Question.objects.exists()
    allowed = with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR, "Được Giao"))
    allowed.user_permissions.add(Permission.objects.get(codename="add_question"))
    allowed.is_staff = True
    allowed.save()
    assert signed_in(allowed).post(f"{LIST}add/", written(published)).status_code == 302
    assert Question.objects.get().code == "hoi-thu"
