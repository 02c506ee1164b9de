"""The portal and a running case system of the sandbox, each over the other's real interface: asked, and reconciled."""

import secrets
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Difference, Dossier
from dossiers.partners import reconciling
from dossiers.tasks import apply_received, pull_due, reconcile
from portal.agencies.models import ApiClient
from portal.core.work import WorkState
from portal.exchange import transport
from portal.exchange.delivery import deliver_due
from portal.exchange.models import PullSource
from portal.site.demo import chaos
from tests import factories
from tests.sandbox.programs import SECRETS, Program
from tests.sandbox.rest_portal import RestPortal, click

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("sandbox-province")]


@pytest.fixture
def system(province: Program) -> Iterator[ApiClient]:
    """The running program as a partner; what it sends by itself is acknowledged by a portal that keeps nothing."""
    RestPortal(province)
    province.http.post("/_sandbox/handling", json={"handling": "manual"})
    # a place of its own for each test: the program keeps what it took in, and a code must not come again
    agency = factories.make_agency(f"H26.{10_000 + secrets.randbelow(89_999)}")
    client = factories.make_client(agency.parent or agency)
    factories.let_report(client)
    client.webhook_url = f"{province.url}/webhooks/portal"
    client.webhook_secret = SECRETS["SANDBOX_PROVINCE_WEBHOOK_SECRET"]
    client.save()
    yield client
    transport.close_connections()


@pytest.fixture
def dossier(system: ApiClient) -> Dossier:
    filed = factories.file_dossier()
    deliver_due()
    return filed


def state_of(dossier: Dossier) -> str:
    return Dossier.objects.get(pk=dossier.pk).state


def test_a_dossier_goes_there_and_comes_back_by_asking(province: Program, system: ApiClient, dossier: Dossier) -> None:
    source = PullSource.objects.create(
        client=system,
        provider="rest",
        address=f"{province.url}/su-kien/",
        secret=SECRETS["SANDBOX_PROVINCE_PULL_SECRET"],
    )

    def ask() -> None:
        PullSource.objects.update(next_run_at=timezone.now())
        pull_due()
        apply_received()
        source.refresh_from_db()

    code = dossier.code or ""
    assert code in province.http.get("/").text
    ask()
    assert state_of(dossier) == DossierState.SUBMITTED and source.failures == 0
    for action, state in (("accept", DossierState.ACCEPTED), ("start_processing", DossierState.PROCESSING)):
        assert click(province, code, action).status_code == 302
        ask()
        assert state_of(dossier) == state
    assert source.last_error == "" and "Cổng đã nhận" in province.http.get(f"/ho-so/{code}/").text
    events = dossier.events.count()
    PullSource.objects.update(cursor={})
    ask()
    assert dossier.events.count() == events, "what is told from the beginning again changes nothing"
    wrong = province.http.get("/su-kien/", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 401 and code not in wrong.text


def test_reconciliation_finds_and_heals_what_was_lost(province: Program, system: ApiClient, dossier: Dossier) -> None:
    assert click(province, dossier.code or "", "accept").status_code == 302
    assert reconciling.ask_for(system, days=1, by=None)
    reconcile()
    assert state_of(dossier) == DossierState.ACCEPTED
    assert Difference.objects.get(code=dossier.code).work_state == WorkState.DONE


def test_chaos_is_proved_dossier_by_dossier(
    province: Program,
    system: ApiClient,
    dossier: Dossier,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.SANDBOX = {**settings.SANDBOX, "province_url": province.url}
    monkeypatch.setattr(chaos, "POLL_SECONDS", 0.05)
    lost = factories.file_dossier()
    run = chaos.Run("province", say=print)
    assert run.client == system
    click(province, dossier.code or "", "accept")
    proof = run.prove([dossier.code or "", lost.code or "", "KHONG-CO"], patience=0.2)
    assert proof.dossiers[0] == (dossier.code, 2, 2) and proof.healed == 1
    assert proof.dossiers[1:] == [(lost.code, 1, None), ("KHONG-CO", None, None)]
    assert proof.differing == [lost.code, "KHONG-CO"], "what one side never had is no proof of anything"
    assert "cases open there" in proof.unsettled
