"""Probes and figures for operators."""

import json

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from portal.api import ops, schema


def test_healthz_asks_nothing_else() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert Client().head("/healthz/").status_code == 200
    assert Client().post("/healthz").status_code == 405


@pytest.mark.django_db
def test_readyz_says_which_part_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "broker": "ok", "storage": "ok"}}

    def away() -> None:
        raise OSError("socket path that nobody outside has to know")

    monkeypatch.setitem(ops.CHECKS, "broker", away)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "checks": {"database": "ok", "broker": "unreachable", "storage": "ok"}}


@pytest.mark.django_db
def test_metrics_are_for_this_machine_or_the_bearer_of_the_token() -> None:
    near, far = Client(), Client(REMOTE_ADDR="203.0.113.9")
    assert b"portal_queue_waiting" in near.get("/metrics").content
    assert far.get("/metrics").status_code == 404
    assert near.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    with override_settings(METRICS_TOKEN="t" * 32):
        assert far.get("/metrics", headers={"Authorization": f"Bearer {'t' * 32}"}).status_code == 200
        assert far.get("/metrics", headers={"Authorization": "Bearer sai"}).status_code == 404
    with override_settings(TRUSTED_PROXIES=1):
        assert near.get("/metrics").status_code == 404


@pytest.mark.django_db
def test_figures_name_routes_never_codes() -> None:
    Client().get("/api/v1/dossiers/H26.00073-261122-0001/")
    text = Client().get("/metrics").content.decode()
    assert 'route="api/v1/dossiers/<dossier:code>/"' in text and "H26.00073" not in text


def test_the_committed_description_is_the_one_the_views_make() -> None:
    call_command("write_openapi", check=True)


def test_the_description_is_openapi_3_1_and_names_a_scope_for_every_operation() -> None:
    described = json.loads(Client().get("/api/schema/").content)
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/v1/procedures/"):  # the open catalogue asks nobody who they are
                assert not operation.get("security"), (path, method)
                assert "401" not in operation["responses"]
                continue
            assert operation["security"][0]["client_credentials"], (path, method)
            assert "401" in operation["responses"]
    assert Client().get("/api/schema/?format=yaml").content.decode() == schema.as_yaml(schema.description())


@pytest.mark.django_db
def test_the_page_for_engineers_names_every_operation_and_asks_nobody_else() -> None:
    answer = Client().get("/api/docs/")
    assert answer.status_code == 200
    text = answer.content.decode()
    for path in schema.description()["paths"]:
        assert path in text
    assert 'src="http' not in text and 'href="http' not in text
    assert "style=" not in text and "onclick" not in text


def test_the_way_in_needs_no_token() -> None:
    assert Client().get("/api/v1/").json()["schema"].endswith("/api/schema/")
