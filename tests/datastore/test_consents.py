"""A share and a reuse are consents: shown to who gave them, withdrawn with effect."""

import pytest
from django.urls import reverse

from datastore import consents, reuse
from datastore.models import Consent
from portal.agencies.actors import Actor
from tests.datastore.conftest import text_of
from tests.datastore.share_links import enter

pytestmark = pytest.mark.django_db


def test_a_share_is_a_consent_and_withdrawing_it_closes_the_link(share_link, citizen, signed_in):
    made = share_link()
    consent = Consent.objects.get()
    assert (consent.owner, consent.share, consent.purpose) == (citizen, made.share, "Nộp cho trường học")
    assert (consent.scope, consent.expires_at) == ("Giấy chứng sinh của bé An", made.share.expires_at)
    assert "91/2025/QH15" in consent.legal_basis
    browser = signed_in(citizen)
    address = reverse("datastore:consent_withdraw", args=[consent.pk])
    assert "Liên kết đóng ngay" in text_of(browser.get(address))
    browser.post(address)
    assert enter(made)[1].status_code == 404
    assert "Đã rút" in text_of(browser.get(reverse("datastore:consents")))
    first = Consent.objects.get().withdrawn_at
    consents.withdraw(consent.pk, actor=Actor.citizen(citizen))
    assert Consent.objects.get().withdrawn_at == first


def test_a_consent_whose_link_was_used_up_is_no_longer_called_in_force(share_link, citizen, signed_in):
    made = share_link(views=1)
    browser, address = signed_in(citizen), reverse("datastore:consents")
    assert "Đang có hiệu lực" in text_of(browser.get(address))
    enter(made)
    told = text_of(browser.get(address))
    assert "Đã hết lượt xem" in told and "Đang có hiệu lực" not in told
    assert "Rút đồng ý" in told  # who was counted last reads on for a while


def test_a_reuse_is_a_consent_and_withdrawing_it_leaves_the_filing(paper, citizen, signed_in):
    used = reuse.record_reuse(paper, "H29-1", "GIAY", ["0" * 64])
    reuse.record_reuse(paper, "H29-1", "GIAY", ["0" * 64])
    consent = Consent.objects.get()
    assert (consent.reuse, consent.dossier_code) == (used, "H29-1")
    assert consent.purpose == reuse.REUSE_CONSENT % {"code": "H29-1"}
    browser = signed_in(citizen)
    address = reverse("datastore:consent_withdraw", args=[consent.pk])
    assert "giữ nguyên bản giấy tờ đã chốt lúc nộp" in text_of(browser.get(address))
    browser.post(address)
    assert "giữ nguyên giấy tờ đã chốt lúc nộp" in text_of(browser.get(reverse("datastore:consents")))
    used.refresh_from_db()
    assert used.content_sha256 == ["0" * 64]
