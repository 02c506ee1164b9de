"""Reuse: which stored papers are offered for a component, and why another is not."""

from datetime import date, timedelta

import pytest

from datastore import reuse
from datastore.models import DocumentStatus, Reuse, TrustLevel
from procedures.models import Component

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def component(upload_type):
    return Component(code="GIAY-CHUNG-SINH", name="Giấy chứng sinh", document_types=[upload_type.code, "KQ.G15.000031"])


def offered(user, component, on=DAY):
    return [(fit.document, fit.fits, fit.reason) for fit in reuse.fitting_documents(user, component, on=on)]


def test_fitting_ones_come_first_most_trusted_first(deposit, citizen, component, ward):
    expired = deposit(valid_until=DAY - timedelta(days=1))
    mine = deposit()
    issued = deposit(trust=TrustLevel.ISSUED, issuer=ward)
    assert [row[0] for row in offered(citizen, component)] == [issued, mine, expired]


def test_a_reason_stands_by_each_that_does_not_fit(deposit, citizen, component):
    replaced, revoked = deposit(), deposit()
    replaced.status, revoked.status = DocumentStatus.REPLACED, DocumentStatus.REVOKED
    replaced.save()
    revoked.save()
    deposit(valid_until=date(2026, 11, 21))
    reasons = {reason for _document, fits, reason in offered(citizen, component) if not fits}
    assert reasons == {"Đã có bản mới thay thế", "Đã bị thu hồi", "Hết hiệu lực từ 21/11/2026"}


@pytest.mark.parametrize(
    ("least", "fitting"), [("", "ABSCD"), ("C", "ABSC"), ("B", "AB"), ("A", "A")], ids=lambda value: value or "any"
)
def test_less_trust_than_is_asked_for_does_not_fit_and_says_so(deposit, citizen, component, ward, least, fitting):
    for trust in TrustLevel.values:
        deposit(trust=trust, issuer=ward if trust == TrustLevel.ISSUED else None)
    component.least_trust = least
    rows = offered(citizen, component)
    assert "".join(document.trust for document, fits, _reason in rows if fits) == fitting
    for document, fits, reason in rows:
        assert fits or (str(TrustLevel(least).label) in reason and document.trust_words in reason)


def test_the_last_day_still_counts(deposit, citizen, component):
    paper = deposit(valid_until=DAY)
    assert offered(citizen, component) == [(paper, True, "")]


def test_others_papers_letters_and_other_types_are_not_offered(deposit, citizen, stranger, component, birth_type):
    deposit(owner=stranger)
    deposit(is_listed=False)
    other = Component(code="X", document_types=["GT.KHAC"])
    assert offered(citizen, component) == []
    deposit()
    assert offered(citizen, other) == []
    assert offered(citizen, Component(code="X", document_types=[])) == []


def test_the_cost_does_not_grow_with_the_number_offered(deposit, citizen, component, django_assert_num_queries):
    for _ in range(4):
        deposit()
    with django_assert_num_queries(3):
        reuse.fitting_documents(citizen, component, on=DAY)


def test_the_ledger_notes_a_reuse_once(deposit):
    paper = deposit()
    first = reuse.record_reuse(paper, "H29-1", "GIAY-CHUNG-SINH", ["a" * 64])
    assert reuse.record_reuse(paper, "H29-1", "GIAY-CHUNG-SINH", ["b" * 64]) == first
    assert Reuse.objects.get().content_sha256 == ["a" * 64]
    used = Reuse.objects.get()
    assert used.consent_text == f"Tôi đồng ý dùng giấy tờ này trong kho dữ liệu của tôi cho hồ sơ {used.dossier_code}"


def test_what_an_agencys_system_sent_is_not_said_to_be_certified_by_an_official(deposit, ward):
    sent, scanned = deposit(trust=TrustLevel.FETCHED, issuer=ward), deposit(trust=TrustLevel.DIGITISED)
    assert sent.trust_words == "Cơ quan gửi từ hệ thống của mình"
    assert scanned.trust_words == "Cán bộ số hóa và ký xác nhận"
