"""What a portal holds after the load: `python -m tests.faults.audit TALLY SECONDS` prints figures and faults.

Waits until no background work is pending, or until it stands still for so many seconds, then compares every
acknowledged call with the rows.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

RESULT = "dossier.decided"


def main(tally: dict[str, Any], patience: float) -> None:
    """Print one line of JSON: counts, and what is wrong in words."""
    settled_after, left = wait_for_quiet(patience)
    faults = [f"stuck, nothing moved for {patience:.0f} s: {name}: {count}" for name, count in left.items()]
    faults += [*_dossiers(tally), *_payments(tally), *_pushes(tally), *_papers()]
    print(json.dumps({"settled_after": round(settled_after, 1), "counts": _counts(), "faults": faults}))


def wait_for_quiet(patience: float) -> tuple[float, dict[str, int]]:
    """Wait for the last piece of work; give up when nothing at all was finished for so long, or a piece is dead."""
    start = moved = time.monotonic()
    fewest = None
    while True:
        left = _unfinished()
        now, count = time.monotonic(), sum(left.values())
        if fewest is None or count < fewest:
            fewest, moved = count, now
        if not left or now - moved > patience or any(name.endswith("dead") for name in left):
            return now - start, left
        time.sleep(1)


def work_models() -> list[Any]:
    from django.apps import apps

    from portal.core.work import QueuedWork

    return [model for model in apps.get_models() if issubclass(model, QueuedWork)]


def _unfinished() -> dict[str, int]:
    from django.db.models import Count

    left = {}
    for model in work_models():
        states = model.objects.exclude(work_state="done").values_list("work_state").annotate(rows=Count("pk"))
        left |= {f"{model.__name__} {state}": rows for state, rows in states.order_by()}
    return left


def _counts() -> dict[str, int]:
    from dossiers.models import Dossier, DossierEvent
    from payments.models import GatewayNotice, PaymentOrder

    counts = {
        "dossiers": Dossier.objects.exclude(state="draft").count(),
        "events": DossierEvent.objects.count(),
        "paid orders": PaymentOrder.objects.filter(state="paid").count(),
        "gateway notices": GatewayNotice.objects.count(),
    }
    names = {
        "Letter": "letters",
        "Receipt": "receipts",
        "ResultIssue": "results",
        "OutboxMessage": "messages to partners",
        "Message": "notices to people",
    }
    for model in work_models():
        if model.__name__ in names:
            counts[names[model.__name__]] = model.objects.filter(work_state="done").count()
    return counts


def _dossiers(tally: dict[str, Any]) -> list[str]:
    """Each acknowledged filing is one dossier; its state is what its events say."""
    from dossiers.models import Dossier

    known = {str(row.public_id): row for row in Dossier.objects.exclude(state="draft").prefetch_related("events")}
    faults = difference("filings", set(tally["submitted"]), set(known))
    codes = Counter(row.code for row in known.values())
    faults += [f"the code {code} was given {count} times" for code, count in codes.items() if count > 1]
    for draft, code in tally["submitted"].items():
        if draft in known and known[draft].code != code:
            faults.append(f"the citizen was told {code}, the dossier has {known[draft].code}")
    for row in known.values():
        events = sorted(row.events.all(), key=lambda event: event.sequence)
        names = Counter(event.name for event in events)
        faults += [f"{row.code}: {name} {count} times" for name, count in names.items() if count > 1]
        if not names["dossier.submitted"]:
            faults.append(f"{row.code}: no event of the filing")
        if [event.sequence for event in events] != list(range(1, row.last_sequence + 1)):
            faults.append(f"{row.code}: gaps in the sequence of events")
        said = [event.to_state for event in events if event.to_state]
        before = [event.from_state for event in events if event.to_state]
        if not said or said[-1] != row.state or before[1:] != said[:-1]:
            faults.append(f"{row.code}: state {row.state}, events say {said}")
    return faults


def _payments(tally: dict[str, Any]) -> list[str]:
    """Each acknowledged notice settled one order, once, with one receipt."""
    from payments.models import GatewayNotice, OrderLine, PaymentOrder, Receipt, Refund

    orders = list(PaymentOrder.objects.filter(state="paid").select_related("dossier"))
    paid = Counter(order.dossier.code for order in orders)
    faults = difference("payments", set(tally["paid"]), set(paid))
    faults += [f"{code}: paid {count} times" for code, count in paid.items() if count > 1]
    for order in orders:
        if tally["paid"].get(order.dossier.code) != order.gateway_transaction:
            faults.append(f"{order.reference}: another transaction than the gateway told")
        if order.dossier.obligations.exclude(state="paid").exists():
            faults.append(f"{order.dossier.code}: paid, and still owing")
        if Receipt.objects.filter(order=order, document__isnull=False).count() != 1:
            faults.append(f"{order.reference}: no receipt")
        if GatewayNotice.objects.filter(order=order, verdict="paid").count() != 1:
            faults.append(f"{order.reference}: the money was not noted once")
    if OrderLine.objects.filter(has_settled=True).count() != len(orders):
        faults.append("settled lines and paid orders differ")
    if refunds := Refund.objects.count():
        faults.append(f"{refunds} refunds where nothing was paid twice")
    return faults


def _pushes(tally: dict[str, Any]) -> list[str]:
    """Each acknowledged event is one row under its reference, and one stored answer under its key."""
    from dossiers.models import DossierEvent
    from portal.exchange.models import InboundRequest

    references = Counter(
        DossierEvent.objects.filter(source_reference__startswith="chaos-").values_list("source_reference", flat=True)
    )
    faults = difference("pushes", set(tally["pushed"]), set(references))
    faults += [f"{key}: applied {count} times" for key, count in references.items() if count > 1]
    keys = Counter(InboundRequest.objects.filter(key__startswith="chaos-").values_list("key", flat=True))
    faults += difference("answers to pushes", set(tally["pushed"]), set(keys))
    faults += [f"{key}: answered {count} times" for key, count in keys.items() if count > 1]
    return faults


def _papers() -> list[str]:
    """One letter an event, one result a decided dossier; each with a file that can be read and is listed once."""
    from datastore.models import Document
    from dossiers.models import Dossier, DossierEvent, Letter, ResultIssue

    faults = []
    decided = set(DossierEvent.objects.filter(name=RESULT).values_list("dossier__code", flat=True))
    issued = Counter(ResultIssue.objects.filter(document__isnull=False).values_list("dossier__code", flat=True))
    faults += difference("results", decided, set(issued))
    for code in decided:
        results = Document.objects.filter(dossier_code=code, credential__isnull=False)
        if results.count() != 1:
            faults.append(f"{code}: {results.count()} result documents")
        if Dossier.objects.get(code=code).state != "returned":
            faults.append(f"{code}: decided, and the result was not returned")
    without = Letter.objects.filter(document__isnull=True).count()
    if without:
        faults.append(f"{without} letters without a document")
    kinds = Counter(Document.objects.filter(type_id__in=_letter_types()).values_list("dossier_code", "type__code"))
    faults += [f"{code}: {kind} written {count} times" for (code, kind), count in kinds.items() if count > 1]
    for document in Document.objects.filter(dossier_code__in=decided).prefetch_related("files__blob"):
        faults += [f"{document.title}: its file cannot be read" for file in document.files.all() if not _readable(file)]
    return faults


def _letter_types() -> list[Any]:
    from datastore.models import Document
    from dossiers.models import Letter

    written = Letter.objects.filter(document__isnull=False).values("document")
    return list(Document.objects.filter(pk__in=written).values_list("type_id", flat=True).distinct())


def _readable(file: Any) -> bool:
    import hashlib

    from datastore import storage

    try:
        with storage.open_stream(file.blob) as stream:
            return hashlib.sha256(stream.read()).hexdigest() == file.blob.content_sha256
    except (OSError, storage.UnreadableError):
        return False


def difference(what: str, acknowledged: set[str], found: set[str]) -> list[str]:
    """What was acknowledged and is not there, and what is there and was not."""
    lost, extra = acknowledged - found, found - acknowledged
    faults = []
    if lost:
        faults.append(f"{len(lost)} acknowledged {what} are missing: {', '.join(sorted(map(str, lost))[:5])}")
    if extra:
        faults.append(f"{len(extra)} {what} that nobody was told of: {', '.join(sorted(map(str, extra))[:5])}")
    return faults


if __name__ == "__main__":
    django.setup()
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), float(sys.argv[2]))
