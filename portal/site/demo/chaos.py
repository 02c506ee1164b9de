"""A sandbox system goes wrong on purpose while dossiers are under way; afterwards both sides are compared one by one.

The system is broken from outside, over the switch it has for it. What the portal does about it is what it does every
day: outbox, inbox, quarantine, reconciliation. Nothing here puts a dossier right.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone

from dossiers.models import Difference, Dossier, Reconciliation
from dossiers.partners import counterparts, digests, reconciling
from portal.accounts.models import User
from portal.agencies.models import ApiClient
from portal.core.errors import UpstreamError
from portal.core.work import WorkState
from portal.exchange import pulling, transport
from portal.exchange.models import InboxMessage, OutboxMessage
from portal.site.demo.dossiers import file_sample

FAULTS = (
    "duplicates",
    "reordering",
    "wrong_updating",
    "clock_skew",
    "wrong_codes",
    "cut_bodies",
    "outage",
    "slow",
    "errors",
    "cut_answers",
)
"""As portal/sandbox/casework/chaos.py names them; the system refuses others."""
PROCEDURES = {"province": ("1.001193", "48", "20275"), "power": ("3.000001", "48", "20275")}
"""Procedure, province and commune whose dossiers go to a system."""
POLL_SECONDS = 1.0


class ChaosError(Exception):
    """The run cannot go on; the words say why and what to do."""


@dataclass
class Proof:
    """What both sides hold of each dossier at the end, and what was seen on the way."""

    dossiers: list[tuple[str, int | None, int | None]] = field(default_factory=list)
    """Code, our status and theirs, as reconciliation compares them."""
    struck: dict[str, int] = field(default_factory=dict)
    quarantined: list[str] = field(default_factory=list)
    """Reports that were kept and not applied, each with its reason."""
    resent: int = 0
    healed: int = 0
    unsettled: str = ""

    @property
    def differing(self) -> list[str]:
        """Dossiers about which the two sides do not agree, or that one of them has not."""
        return [code for code, ours, theirs in self.dossiers if ours is None or ours != theirs]


class Run:
    """One system, its faults, and the dossiers of this run."""

    def __init__(self, program: str, *, say: Callable[[str], None]) -> None:
        self.program, self.say = program, say
        self.url = str(settings.SANDBOX[f"{program}_url"])
        self.client = _client_of(self.url)
        self.began_at = timezone.now()
        self._quarantine_before = set(self._quarantined().values_list("pk", flat=True))

    def go(
        self, citizens: list[User], *, count: int, faults: Iterable[str], rate: float, seed: int, outage_seconds: float
    ) -> list[str]:
        """File so many dossiers while the system goes wrong, and be out of reach for a while; return their codes."""
        faults = [name for name in faults if name != "outage"]
        is_out = outage_seconds > 0
        self._switch("handling", handling="auto")
        self._switch("chaos", faults=faults, rate=rate, seed=seed)
        codes: list[str] = []
        for number in range(count):
            codes.append(self._open(citizens[number % len(citizens)], number))
            if is_out and number == count // 2:
                self.say(f"outage for {outage_seconds:.0f} s")
                self._switch("chaos", faults=[*faults, "outage"], rate=rate, seed=seed)
                outage_ends = time.monotonic() + outage_seconds
        if is_out:
            time.sleep(max(0.0, outage_ends - time.monotonic()))
            self._switch("chaos", faults=faults, rate=rate, seed=seed + 1)
        return codes

    def calm(self) -> dict[str, int]:
        """End all faults; return how often each struck."""
        struck: dict[str, int] = self._standing()["struck"]
        self._switch("chaos", faults=[])
        return struck

    def settle(self, *, patience: float) -> str:
        """Wait until both sides have nothing on the way; return what still is after so long without any progress."""
        moved, before = time.monotonic(), ""
        while True:
            pulling.hurry(self.client.pk)
            left = self._left()
            if left != before:
                moved, before = time.monotonic(), left
            if not left or time.monotonic() - moved > patience:
                return left
            time.sleep(POLL_SECONDS)

    def prove(self, codes: Iterable[str], *, patience: float) -> Proof:
        """Reconcile as every night, then ask the system for each dossier by itself."""
        proof = Proof(unsettled=self.settle(patience=patience))
        reconciling.ask_for(self.client, days=1, by=None)
        self._await_reconciliation(patience)
        other = counterparts.of(self.client)
        if other is None:
            raise ChaosError(f"{self.client} answers no questions of reconciliation")
        for code in codes:
            dossier = Dossier.objects.filter(code=code).first()
            seen = other.look(code)
            ours = digests.status_of(dossier) if dossier is not None else None
            proof.dossiers.append((code, ours, seen.status if seen is not None else None))
        new = self._quarantined().exclude(pk__in=self._quarantine_before)
        proof.quarantined = [f"{row.subject}: {row.quarantine_reason}" for row in new.order_by("pk")]
        proof.resent = OutboxMessage.objects.filter(
            client=self.client, created_at__gte=self.began_at, attempts__gt=1
        ).count()
        proof.healed = Difference.objects.filter(
            client=self.client, created_at__gte=self.began_at, work_state=WorkState.DONE
        ).count()
        return proof

    def _open(self, citizen: User, number: int) -> str:
        if self.program == "ministry":
            name = f"{citizen.display_name} {number}"
            return str(self._switch("counter", procedure_code="3.000333", full_name=name)["code"])
        procedure, province, commune = PROCEDURES[self.program]
        return file_sample(citizen, procedure, province=province, commune=commune).code or ""

    def _left(self) -> str:
        standing = self._standing()
        pending = {"client": self.client, "work_state": WorkState.PENDING}
        left = {
            "messages to the system": OutboxMessage.objects.filter(**pending).count(),
            "reports to apply": InboxMessage.objects.filter(**pending).count(),
            "cases open there": standing["open"],
            "events waiting there": standing["waiting"],
            "events refused": standing["refused"],
        }
        return ", ".join(f"{name}: {count}" for name, count in left.items() if count)

    def _await_reconciliation(self, patience: float) -> None:
        """The worker of the portal does it; its rows say when it is done."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            waits = {"client": self.client, "work_state": WorkState.PENDING}
            if not (Reconciliation.objects.filter(**waits).exists() or Difference.objects.filter(**waits).exists()):
                return
            for model in (Reconciliation, Difference):
                model.objects.filter(**waits, next_try_at__gt=timezone.now()).exclude(last_error="").update(
                    next_try_at=timezone.now()
                )
            reconciling.reconcile_due()
            time.sleep(POLL_SECONDS)

    def _quarantined(self) -> Any:
        return InboxMessage.objects.filter(client=self.client).exclude(quarantine_reason="")

    def _standing(self) -> dict[str, Any]:
        return self._ask(transport.get(f"{self.url}/_sandbox/standing"))

    def _switch(self, name: str, **asked: Any) -> dict[str, Any]:
        return self._ask(transport.post_json(f"{self.url}/_sandbox/{name}", asked))

    def _ask(self, response: transport.Response) -> dict[str, Any]:
        if response.status_code != 200:
            raise ChaosError(f"{self.url} answers {response.status_code}: {response.text[:200]}")
        told: dict[str, Any] = response.json()
        return told


def _client_of(url: str) -> ApiClient:
    client = ApiClient.objects.filter(webhook_url=f"{url}/webhooks/portal", is_active=True).first()
    if client is None:
        raise ChaosError("no partner has its webhook there; start with bin/run, which loads the sandbox systems")
    try:
        transport.get(f"{url}/healthz")
    except UpstreamError:
        raise ChaosError(f"nothing answers at {url}; start it with bin/run") from None
    return client
