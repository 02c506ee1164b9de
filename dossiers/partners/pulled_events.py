"""Events that a system was asked for: applied as the pushed ones are, together with the result papers they bring.

Papers within the event are laid into the store before the transaction that makes them the result. Papers on the
system's server are fetched afterwards (result_files); the portal's own result waits for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from datastore.models import Document
from dossiers.models import Dossier
from dossiers.partners import event_reading, permitted, result_files
from dossiers.partners.event_reading import ToldFile
from dossiers.partners.status_events import PartnerEvent, apply_partner_event
from dossiers.partners.wire import ReportedFile
from portal.agencies.models import ApiClient
from portal.core.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Brought:
    """An event with its papers: those that lie in the store, not yet listed, and those to be fetched."""

    event: PartnerEvent
    papers: Sequence[Document] = ()
    addresses: Sequence[ReportedFile] = ()


def bring(client: ApiClient, item: Any) -> Brought:
    """Read an event and lay down the papers within it; outside of any transaction.

    Raises WireFieldError for what cannot be read, NotPermittedError beyond the system's scopes, NotFoundError,
    TransitionError and InvalidInputError as for a pushed event, AddressNotAllowedError for a paper on a server that is
    not the system's, UpstreamError to try again.
    """
    event = event_reading.read_event(item)
    has_result = isinstance(item.get("result"), Mapping) and bool(item["result"])
    permitted.require(client, event.event, has_result=has_result)
    files = event_reading.read_files(item)
    if not files:
        return Brought(event)
    dossier = result_files.awaiting(
        event.code, client=client, event=event.event, reference=event.reference, reason=event.reason
    )
    if dossier is None:
        return Brought(event)
    result_files.require_owner(dossier)
    for file in files:
        if file.url:
            result_files.require_reachable(client, file.url)
    number = str(event.data["result"].get("document_number") or "")
    papers = [_paper(dossier, file, number=number) for file in files if file.content]
    return Brought(event, papers, [ReportedFile(file.name, file.url) for file in files if file.url])


def _paper(dossier: Dossier, file: ToldFile, *, number: str) -> Document:
    try:
        return result_files.deposit(dossier, file.content, name=file.name, number=number, is_listed=False)
    except InvalidInputError as error:
        told: Mapping[str, str] = {"name": file.name, "problem": error.words}
        raise InvalidInputError(_("Tệp kết quả %(name)s: %(problem)s") % told) from error


def apply(client: ApiClient, brought: Brought) -> None:
    """Apply the event, and make its papers the result where it is new; within the transaction that settles its row."""
    told = brought.event
    _dossier, _row, is_new = apply_partner_event(
        told.code,
        client=client,
        event=told.event,
        occurred_at=told.occurred_at,
        reference=told.reference,
        reason=told.reason,
        data=told.data,
    )
    if not is_new:
        return
    if brought.papers:
        result_files.attach(told.code, brought.papers)
    if brought.addresses:
        result_files.expect(told.code, client=client, files=brought.addresses, told_at=told.occurred_at)
