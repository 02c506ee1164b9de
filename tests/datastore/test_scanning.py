"""The malware scan: a daemon's verdicts, and what happens while it is away."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from datastore import scanning
from datastore.models import Document, ScanState
from portal.core.errors import InvalidInputError, UpstreamError
from tests.datastore.clamd import EICAR

pytestmark = pytest.mark.django_db


def test_a_clean_file_is_kept_as_clean(daemon, deposit, pdf):
    content = pdf(pages=30)
    blob = deposit(content=content).files.get().blob
    assert (blob.scan_state, blob.scanner) == (ScanState.CLEAN, "clamav")
    assert daemon.seen == [(b"zINSTREAM\0", len(content))]


def test_an_infected_file_is_refused_in_words_and_not_kept(daemon, deposit, pdf):
    content = pdf().replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF")
    with pytest.raises(InvalidInputError) as caught:
        deposit(content=content)
    assert "mã độc" in str(caught.value.fields["file"][0])
    assert not Document.objects.exists()


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR", b"UNKNOWN COMMAND", b""])
def test_no_verdict_means_not_kept_and_try_again(daemon, deposit, answer):
    daemon.answer = answer or b"\0"
    with pytest.raises(UpstreamError):
        deposit()
    assert not Document.objects.exists()


def test_a_daemon_that_is_away_means_try_again(settings, deposit):
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    with pytest.raises(UpstreamError) as caught:
        deposit()
    assert "thử lại" in str(caught.value.message)


def test_a_malformed_address_says_how_it_must_look(settings):
    settings.CLAMAV_ADDRESS = "clamav"
    with pytest.raises(ImproperlyConfigured, match="host:3310"):
        scanning.current()
