"""check_partner grades a receiving system: a good one passes, each broken promise is named with its cure."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.exchange.partner import Answer, Got, PartnerServer

SECRET = "whsec_" + "dGVzdC1vbmx5LXNlY3JldC1rZXktMDEyMw=="


def good(got: Got) -> Answer:
    try:
        Webhook(SECRET).verify(got.body, got.headers)
    except WebhookVerificationError:
        return 401
    return 200


def check(url: str, *arguments: str) -> tuple[str, bool]:
    out = StringIO()
    try:
        call_command("check_partner", url, "--secret", SECRET, *arguments, stdout=out)
    except CommandError as error:
        assert "chưa đạt" in str(error)
        return out.getvalue(), False
    return out.getvalue(), True


def test_a_good_system_passes_and_gets_the_made_up_dossier_twice_under_one_id(partner: PartnerServer) -> None:
    partner.answer = good
    told, is_passed = check(partner.url, "--send")
    assert is_passed and "CHƯA ĐẠT" not in told and told.count("ĐẠT") == 8
    sent = [got for got in partner.got if got.body.startswith(b'{"data":{"dossier"')]
    assert len(sent) == 2 and sent[0].id == sent[1].id and sent[0].body == sent[1].body
    before = len(partner.got)
    assert check(partner.url)[1]
    assert not any(b'"dossier"' in got.body for got in partner.got[before:]), "without --send nothing is handed over"


def test_a_system_that_takes_anything_is_told_to_verify(partner: PartnerServer) -> None:
    told, is_passed = check(partner.url)
    assert not is_passed and told.count("CHƯA ĐẠT") == 4 and "Standard Webhooks" in told


@pytest.mark.parametrize(("answer", "words"), [(500, "5xx"), (302, "không chuyển hướng"), (404, "Kiểm tra địa chỉ")])
def test_what_is_broken_is_named_with_its_cure(partner: PartnerServer, answer: Any, words: str) -> None:
    partner.answer = lambda _got: answer
    told, is_passed = check(partner.url)
    assert not is_passed and words in told


def test_nobody_there_ends_at_once() -> None:
    told, is_passed = check("http://127.0.0.1:9/")
    assert not is_passed and told.count("ĐẠT") == 1


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="whsec_"):
        call_command("check_partner", "http://127.0.0.1:9/", "--secret", "x")
