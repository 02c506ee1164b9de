"""What a system may push: results, and taking one back, have scopes of their own; they come and go with its account."""

from importlib import import_module

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token
from django.apps import apps

from portal.agencies import credentials
from portal.exchange import request_keys
from portal.exchange.models import RequestKey
from tests import factories
from tests.api.callers import Caller, caller, event_body, token_for

pytestmark = pytest.mark.django_db


def test_results_need_their_scope() -> None:
    agency = factories.make_agency()
    system = caller(agency.parent or agency, scopes=["dossiers:read", "events:write"])
    dossier = factories.file_dossier()
    assert system.push(dossier, "accept").status_code == 201
    answer = system.push(dossier, "approve", result={"document_number": "1"})
    assert answer.status_code == 403 and "results:write" in answer.json()["detail"]


@pytest.mark.parametrize("step", ["revoke_result", "replace_result"])
def test_to_take_a_result_back_needs_a_scope_of_its_own(step: str) -> None:
    agency = factories.make_agency()
    scopes = ["dossiers:read", "events:write", "results:write"]
    system = caller(agency.parent or agency, scopes=scopes)
    dossier = factories.file_dossier()
    assert system.push(dossier, "accept").status_code == 201
    said = {"reason": "Cấp sai.", "legal_basis": "Luật Hộ tịch 2014, Điều 69"}
    alone = system.push(dossier, step, **said)
    assert alone.status_code == 403 and "results:revoke" in alone.json()["detail"]
    among = system.post("/api/v1/dossiers/events/", {"events": [event_body(step, code=dossier.code, **said)]})
    assert [(row["status"], row["error"]["code"]) for row in among.json()["results"]] == [(403, "auth.scope_missing")]
    assert dossier.events.filter(source=system.client.event_source).count() == 1
    able = Caller(system.client, token_for(system.client, scopes=[*scopes, "results:revoke"]))
    assert able.push(dossier, step, **said).status_code == 409, (
        "there is no result yet: the table answers, not the scope"
    )


def test_who_could_revoke_before_the_scope_was_made_still_can() -> None:
    agency = factories.make_agency()
    able = credentials.set_up(
        credentials.Partner("Một cửa", agency.code, scopes=["dossiers:read", "events:write"])
    ).client
    reader = credentials.set_up(credentials.Partner("Đọc", agency.code, scopes=["dossiers:read"])).client
    request_keys.issue(able, scopes=credentials.scopes_of(able))
    migration = import_module("portal.exchange.migrations.0007_who_may_revoke")
    for _twice in range(2):
        migration.give(apps, None)
    assert credentials.scopes_of(able) == ["dossiers:read", "events:write", "results:revoke"]
    assert OidcClient.objects.get(pk=able.oidc_client_id).get_default_scopes() == credentials.scopes_of(able)
    assert [key.scopes for key in RequestKey.objects.all()] == [credentials.scopes_of(able)]
    assert credentials.scopes_of(reader) == ["dossiers:read"]
    migration.take(apps, None)
    assert credentials.scopes_of(able) == ["dossiers:read", "events:write"] == RequestKey.objects.get().scopes


def test_a_scope_that_is_taken_back_is_gone_from_keys_and_tokens() -> None:
    agency = factories.make_agency()
    system = credentials.set_up(credentials.Partner("Một cửa", agency.code)).client
    request_keys.issue(system, scopes=credentials.scopes_of(system))
    token_for(system, scopes=["results:revoke"])
    token_for(system, scopes=["dossiers:read"])
    less = ["dossiers:read", "events:write"]
    credentials.set_up(credentials.Partner("Một cửa", agency.code, client_id=system.oidc_client_id, scopes=less))
    assert RequestKey.objects.get().scopes == less == credentials.scopes_of(system)
    assert [token.get_scopes() for token in Token.objects.all()] == [["dossiers:read"]]
