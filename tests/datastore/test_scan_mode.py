"""The officials' scan mode: every check is a row, and shows what the role may see and no more."""

import pytest

from datastore.models import AccessLog, ResultCheck
from datastore.results import service
from portal.agencies.models import MembershipRole
from tests import factories
from tests.backoffice.conftest import signed_in as browser_of
from tests.backoffice.conftest import with_second_factor

pytestmark = pytest.mark.django_db
PAGE = "/xm/can-bo/"


@pytest.fixture
def issued(citizen, result):
    return service.issue(owner=citizen, reference="H29-1", result=result)


def browser_at(agency, role=MembershipRole.DESK, name="Cán Bộ Quầy"):
    return browser_of(with_second_factor(factories.make_official(agency, role, name)))


def scanned(issued):
    return service.address(issued.credential.public_id, issued.credential.token)


def check(browser, text, **more):
    response = browser.post(PAGE, {"text": text, "purpose": "Tiếp nhận tại quầy", "post": "0", **more})
    return response, response.content.decode()


def test_the_issuing_agency_sees_the_whole_paper_and_both_sides_see_the_check(ward, issued, result):
    response, page = check(browser_at(ward), scanned(issued))
    assert response.status_code == 200
    assert "Còn hiệu lực" in page
    assert result.holder_id in page
    assert "Toàn quốc" in page, "the scope in words, not as the QR writes it"
    made = ResultCheck.objects.get()
    assert (made.outcome, made.document, made.agency, made.has_signature) == ("valid", issued, ward, True)
    seen = AccessLog.objects.get(owner=issued.owner)
    assert (seen.agency, seen.document) == (ward, issued)
    assert "Tiếp nhận tại quầy" in seen.purpose
    assert issued.credential.token not in page, "what was scanned is not sent back"


def test_another_agency_compares_the_paper_but_reads_no_number(issued, result):
    _response, page = check(browser_at(factories.make_other_agency()), scanned(issued))
    assert result.holder_name in page
    assert result.holder_id not in page
    assert result.holder_id[-3:] in page
    assert AccessLog.objects.filter(owner=issued.owner).count() == 1


def test_a_bare_number_shows_what_it_shows_to_anybody(ward, issued, result):
    _response, page = check(browser_at(ward), issued.credential.public_id.lower())
    assert "Còn hiệu lực" in page
    assert result.holder_name not in page
    assert ResultCheck.objects.get().has_signature is False
    assert not AccessLog.objects.exists(), "nothing of the person was shown"


def test_revoked_with_its_reason_for_the_issuer_only(ward, issued):
    service.revoke(issued.pk, reason="Cấp nhầm người")
    assert "Cấp nhầm người" in check(browser_at(ward), scanned(issued))[1]
    page = check(browser_at(factories.make_other_agency()), scanned(issued))[1]
    assert "Đã bị thu hồi" in page
    assert "Cấp nhầm người" not in page
    assert set(ResultCheck.objects.values_list("outcome", flat=True)) == {"revoked"}


@pytest.mark.parametrize("kind", ["changed", "of another paper", "nonsense", "unknown"])
def test_what_is_not_ours_is_noted_too(ward, citizen, issued, result, kind):
    token, own = issued.credential.token, issued.credential.public_id
    other = service.issue(owner=citizen, reference="H29-2", result=result).credential.public_id
    texts = {
        "changed": f"HTTPS://X/XM/{own}#{token[:200]}{'A' if token[200] != 'A' else 'B'}{token[201:]}",
        "of another paper": f"HTTPS://X/XM/{other}#{token}",
        "nonsense": "xin chào",
        "unknown": "A" * 16,
    }
    _response, page = check(browser_at(ward), texts[kind])
    assert result.holder_name not in page
    assert ResultCheck.objects.get().outcome == ("unknown" if kind == "unknown" else "forged")
    assert not AccessLog.objects.exists()


def test_who_may_and_what_is_asked(ward, issued, citizen, signed_in):
    assert signed_in(citizen).get(PAGE).status_code == 404
    assert browser_at(ward, MembershipRole.ADMINISTRATOR, "Quản Trị").get(PAGE).status_code == 404
    browser = browser_at(ward)
    response, page = check(browser, "", purpose="")
    assert response.status_code == 422
    assert "Hãy ghi kiểm tra để làm gì" in page
    assert not ResultCheck.objects.exists()
    check(browser, scanned(issued))
    assert "Tiếp nhận tại quầy" in browser.get(PAGE).content.decode(), "her last checks stand below"
