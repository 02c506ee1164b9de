"""A province whose system is compared with the portal: what it holds, what it is asked, and what it answers."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from dossiers.models import Difference, Dossier, Reconciliation
from dossiers.partners import reconciling
from dossiers.tasks import reconcile
from portal.agencies.models import ApiClient
from portal.core.work import WorkState
from portal.exchange.delivery import deliver_due
from portal.exchange.models import OutboxMessage
from tests import factories
from tests.exchange.partner import Answer, Got, PartnerServer

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class Province:
    """A system that keeps dossiers and answers as docs/api/reconciliation.md says."""

    secret: str
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    listens: bool = True
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __call__(self, got: Got) -> Answer:
        body = Webhook(self.secret).verify(got.body, got.headers)
        kind, data = body["type"], body["data"]
        self.asked.append(kind)
        if kind == "reconciliation.digests":
            return self.say({"groups": self._groups(data["since"], data["until"])})
        if kind == "reconciliation.dossiers":
            place = data["day"], data["agency_code"]
            found = [
                {"code": code, "status": row["status"]}
                for code, row in self.held.items()
                if (row["day"], row["agency_code"]) == place
            ]
            return self.say({"dossiers": found})
        if kind == "reconciliation.dossier":
            row = self.held.get(data["code"])
            status = row["status"] if row else None
            return self.say({"code": data["code"], "status": status, "events": self.events.get(data["code"], [])})
        if self.listens:
            dossier = data["dossier"]
            self.take(dossier["code"], dossier["national_status"], dossier["agency_code"], dossier["submitted_at"])
        return 200

    def take(self, code: str, status: int, agency: str, submitted_at: str) -> None:
        day = datetime.fromisoformat(submitted_at).astimezone(HERE).date().isoformat()
        self.held.setdefault(code, {"status": status, "agency_code": agency, "day": day})

    def _groups(self, since: str, until: str) -> list[dict[str, Any]]:
        codes: dict[tuple[str, str, int], list[str]] = {}
        for code, row in self.held.items():
            if since <= row["day"] <= until:
                codes.setdefault((row["day"], row["agency_code"], row["status"]), []).append(code)
        return [
            {
                "day": day,
                "agency_code": agency,
                "status": status,
                "count": len(found),
                "digest": hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest(),
            }
            for (day, agency, status), found in codes.items()
        ]

    @staticmethod
    def say(value: Any) -> Answer:
        return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


@dataclass
class World:
    client: ApiClient
    province: Province
    dossiers: list[Dossier]

    def reconcile(self) -> Reconciliation:
        assert reconciling.ask_for(self.client, days=7, by=None)
        self.work()
        return Reconciliation.objects.latest("pk")

    def work(self) -> None:
        for model in (Difference, Reconciliation, OutboxMessage):
            model.objects.filter(work_state=WorkState.PENDING).update(next_try_at=timezone.now())
        reconcile()

    def event(self, dossier: Dossier, event: str, status: int, **more: Any) -> None:
        """The system decides, and its report is lost on the way."""
        told = self.province.events.setdefault(dossier.code or "", [])
        at = timezone.now().isoformat()
        told.append({"event": event, "occurred_at": at, "reference": f"{dossier.code}-{len(told)}", **more})
        self.province.held[dossier.code or ""]["status"] = status


def make_world(partner: PartnerServer) -> World:
    """Three dossiers that both sides hold alike."""
    agency = factories.make_agency()
    client = factories.make_client(agency.parent or agency)
    factories.let_report(client)
    ApiClient.objects.filter(pk=client.pk).update(webhook_url=f"{partner.url}/nhan")
    client.refresh_from_db()
    province = Province(client.webhook_secret)
    partner.answer = province
    dossiers = [factories.file_dossier() for _turn in range(3)]
    deliver_due()
    assert len(province.held) == 3
    province.asked.clear()
    return World(client, province, dossiers)


def states(*dossiers: Dossier) -> list[str]:
    return [Dossier.objects.get(pk=dossier.pk).state for dossier in dossiers]
