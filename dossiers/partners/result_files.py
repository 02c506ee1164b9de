"""Result papers that a partner made: brought into the applicant's store, where they take the place of the portal's own.

Papers come inside a REST event, or as addresses over the wire, in an event that was asked for, or in a folder. What an
address names is fetched afterwards, outside of any transaction and only from hosts registered for the partner. When
that fails for good, both the paper and the result stop and say so: the agency decided by its own paper, and the portal
issues another one in its place only by an official's hand (docs/api/pull.md).
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import IO, Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datastore import services as store
from datastore import uploading
from datastore.models import Document, TrustLevel
from dossiers import access, lifecycle, result_kinds, subjects
from dossiers.models import Dossier, ResultIssue
from dossiers.partners import corrected_papers, drop_papers
from dossiers.partners.wire import ReportedFile, WireFieldError
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from portal.core.errors import InvalidInputError, UpstreamError
from portal.core.work import WorkState, ring
from portal.exchange import services as exchange
from portal.exchange import transport
from portal.exchange.checked_connections import HostNotAllowedError
from portal.exchange.models import InboxMessage, PullProvider, PullSource

log = structlog.get_logger(__name__)

SERVICE = "FetchResultFiles"
PATIENCE = timedelta(hours=24)
"""How long the portal tries to get the agency's paper before it asks for a person."""
PARKED = timedelta(days=3660)
"""A result that waits for the agency's paper is not due by itself; what ends the wait is the paper, or a person."""
AWAITS = gettext_lazy("Chờ tệp kết quả của cơ quan; thử lại ở đây thì Cổng lập và ký kết quả thay.")
WHAT_NOW = gettext_lazy(
    "%(reason)s Hồ sơ đã có quyết định, kết quả chờ tệp này. Sửa xong hãy bấm Thử lại để Cổng lấy tệp; Cổng không "
    "tự cấp giấy khác thay giấy của cơ quan."
)
OWN_INSTEAD = gettext_lazy(
    "Cơ quan có tệp kết quả riêng, Cổng chưa lấy được: %(reason)s Hãy thử lại ở “Thông điệp nhận được” để lấy tệp. Chỉ "
    "thử lại ở đây khi cơ quan đồng ý để Cổng lập và ký kết quả thay."
)
UPLOADED = "tep:"
"""An address that says "sent to us before": the id of the upload, and behind # its SHA-256 where it was told again."""
WITH_PAPERS = frozenset({"approve", "return_result"})
OTHER_PAPER = "GT.KHAC"
LONGEST_LIST = 20
LONGEST_NAME = 120
_ENDS_IN_NUMBER = re.compile(r",\s+số:?\s+(\d[\w/-]*/[\w/-]*[^\W\d_])(?:\.pdf)?$", re.IGNORECASE)
"""The protocol has no field for a paper's number; one is taken from a name that ends in “, số 12/2026/GCN”."""


def awaiting(code: str, *, client: ApiClient, event: str, reference: str, reason: str) -> Dossier | None:
    """The dossier for which papers of an event are to be laid down; None where the event is known by its reference.

    Asked before anything is kept, so that papers of an event which the table forbids never reach a store. Raises
    InvalidInputError for events that bring no papers, NotFoundError and TransitionError.
    """
    if event not in WITH_PAPERS:
        raise InvalidInputError(fields={"result.files": [_("Tệp kết quả chỉ đi cùng sự kiện approve.")]})
    actor = Actor.partner(client)
    dossier = access.get_dossier(code, actor=actor)
    if dossier.events.filter(source=client.event_source, source_reference=reference).exists():
        return None
    lifecycle.check(event, state=dossier.state, actor=actor.kind, reason=reason)
    return dossier


def require_owner(dossier: Dossier) -> User:
    """Who takes the papers of this dossier; raises InvalidInputError where nobody's store could."""
    if dossier.owner is None:
        raise InvalidInputError(fields={"result.files": [_("Hồ sơ này không có chủ hồ sơ trên Cổng để nhận tệp.")]})
    return dossier.owner


def require_reachable(client: ApiClient, url: str) -> None:
    """Raise AddressNotAllowedError for an address that is on no server of this system's."""
    transport.require_allowed_address(url, _hosts(client, _asked(client)))


def expect(code: str, *, client: ApiClient, files: Sequence[ReportedFile], told_at: datetime | None = None) -> None:
    """Have the worker fetch papers from a partner's server; the portal's own result waits for them meanwhile.

    Told again, papers that could not be had are tried again, and papers that were fetched are fetched again where they
    may be others: `told_at` is later than what was told before, or a file of this name was laid down anew. The same
    bytes are one paper. Called within the transaction that keeps the report, with the dossier locked.
    """
    drop_papers.require_plain(file.url for file in files)
    listed = [{"name": file.name, "url": file.url} for file in files[:LONGEST_LIST]]
    payload = {"files": listed, "told_at": told_at.astimezone(UTC).isoformat() if told_at else ""}
    paths = sorted({_place(file.url) for file in files})
    if exchange.receive(client=client, service=SERVICE, subject=code, payload=payload, dedupe_key="\n".join(paths)):
        _open_issue(code).update(next_try_at=timezone.now() + PARKED, last_error=str(AWAITS))
        return
    known = exchange.received(client=client, service=SERVICE, subject=code, dedupe_key="\n".join(paths))
    if known.work_state == WorkState.DEAD or (
        known.work_state == WorkState.DONE and _may_differ(client, known, payload)
    ):
        known.payload = payload
        known.save(update_fields=["payload"])
        exchange.take_again(known)


def _may_differ(client: ApiClient, known: InboxMessage, told: dict[str, Any]) -> bool:
    if all(file["url"].startswith(UPLOADED) for file in told["files"]):
        return False  # an id is one file for ever
    if any(drop_papers.is_there(client, file["url"]) for file in told["files"]):
        return True  # what was taken was put away
    before = known.payload.get("told_at")  # not kept by earlier releases
    return before is not None and told["told_at"] > before


def _place(url: str) -> str:
    """What tells papers apart: an address without its query, to which clients append the time; a file's whole name.

    Raises WireFieldError for what cannot be read as an address.
    """
    if url.startswith(drop_papers.PREFIX):
        return url  # "?" and "#" are letters like others there: “QĐ #1.pdf” is not “QĐ #2.pdf”
    if url.startswith(UPLOADED):
        return url.partition("#")[0]
    try:
        return urlsplit(url)._replace(query="", fragment="").geturl()
    except ValueError:
        raise WireFieldError(_("Địa chỉ tệp kết quả “%(url)s” không đọc được.") % {"url": url[:100]}) from None


def fetch(message: InboxMessage) -> None:
    """Fetch the papers an inbox row names and lay them into the store; settles the row.

    Raises UpstreamError while it is worth trying again, so that the row keeps its place in the queue.
    """
    try:
        documents = _deposited(message)
    except (transport.AddressNotAllowedError, HostNotAllowedError, InvalidInputError) as error:
        _give_up(message, str(error.message))
        return
    except UpstreamError as error:
        if timezone.now() - message.created_at >= PATIENCE:
            _give_up(message, str(error.message))
            return
        raise
    with transaction.atomic():
        if documents:
            attach(message.subject, documents)
        message.mark_done(timezone.now())
        message.save(update_fields=["work_state", "done_at", "last_error"])
    if documents:
        urls = [file["url"] for file in message.payload["files"]]
        drop_papers.put_away(message.client, urls)
        _mark_uploads(message.client, urls)


def _deposited(message: InboxMessage) -> list[Document]:
    dossier = Dossier.objects.select_related("owner", "organisation", "agency", "procedure_version").get(
        code=message.subject
    )
    if dossier.owner is None:
        return []
    documents = []
    for file in message.payload["files"]:
        documents.append(deposit(dossier, _content(message.client, file["url"]), name=file["name"]))
    return documents


def _content(client: ApiClient, url: str) -> bytes:
    if url.startswith(drop_papers.PREFIX):
        return drop_papers.taken(client, url)
    if url.startswith(UPLOADED):
        return _uploaded(client, url)
    asked = _asked(client)
    headers = {}
    if asked is not None and asked.secret and urlsplit(url)[:2] == urlsplit(asked.address)[:2]:
        headers["Authorization"] = f"Bearer {asked.secret}"  # to the very place it was given for, and no other
    return transport.get_partner_file(
        url, allowed_hosts=_hosts(client, asked), max_bytes=settings.UPLOAD_MAX_BYTES, headers=headers
    )


def _uploaded(client: ApiClient, url: str) -> bytes:
    public_id, _hash, told = url.removeprefix(UPLOADED).partition("#")
    try:
        _name, stream = uploading.whole(client, public_id)
    except InvalidInputError as error:
        raise InvalidInputError(error.words) from None
    with stream:
        content = stream.read()
    if told and told.lower() != hashlib.sha256(content).hexdigest():
        raise InvalidInputError(_("Tệp kết quả đã tải lên không khớp mã băm HashTepTin."))
    return content


def _mark_uploads(client: ApiClient, urls: Sequence[str]) -> None:
    for url in urls:
        if url.startswith(UPLOADED):
            uploading.mark_taken(client, url.removeprefix(UPLOADED).partition("#")[0])


def _asked(client: ApiClient) -> PullSource | None:
    """How the system is asked for its events, where it is asked over REST."""
    return PullSource.objects.filter(client=client, provider=PullProvider.REST).first()


def _hosts(client: ApiClient, asked: PullSource | None) -> list[str]:
    """Servers that are registered as the system's: for its files, and the one that is asked."""
    return [*client.file_hosts, *([urlsplit(asked.address).netloc] if asked is not None else [])]


def deposit(
    dossier: Dossier, content: bytes | IO[bytes], *, name: str, number: str = "", is_listed: bool = True
) -> Document:
    """Lay a paper that the agency's system delivered into the applicant's store.

    Raises InvalidInputError with field "file" for what the store does not take.
    """
    owner = require_owner(dossier)
    kind = result_kinds.of_filed(dossier, on=timezone.localdate())
    if told := _ENDS_IN_NUMBER.search(name):
        number, name = number or told[1], name[: told.start()]
    title = kind.name[:400] if kind else name
    return store.deposit(
        owner=owner,
        organisation=dossier.organisation,
        representation=dossier.representation,
        content=content,
        name=_file_name(name if len(name) <= LONGEST_NAME else title),
        title=title,
        about=subjects.name_of(dossier)[:200],
        type_code=kind.document_type if kind and kind.document_type else OTHER_PAPER,
        trust=TrustLevel.FETCHED,  # the agency vouches for it; a digital signature inside is not looked at
        number=number[:60],
        issuer=dossier.agency,
        issued_on=timezone.localdate(),
        dossier_code=dossier.code or "",
        procedure_code=dossier.procedure_code[:20],
        is_listed=is_listed,
        once=True,
    )


def _file_name(name: str) -> str:
    """Partners send titles as names; result papers are PDF unless they say otherwise."""
    return name if "." in name[-6:] else f"{name or 'ket-qua'}.pdf"


def attach(code: str, documents: Sequence[Document]) -> None:
    """Make the first of these papers the dossier's result, instead of one that the portal would issue.

    Called within the transaction of the decision; the others stand beside it in the store. A paper that the agency
    delivered before is replaced by the one it delivers now; one that the portal made stays the result.
    """
    Document.objects.filter(pk__in=[document.pk for document in documents]).update(is_listed=True)
    result, now = documents[0], timezone.now()
    if _open_issue(code).update(document=result, work_state=WorkState.PENDING, next_try_at=now, last_error=""):
        ring("dossiers.issue_results")
    elif not Dossier.objects.filter(code=code, result_document=None).update(result_document=result):
        corrected_papers.take_place(code, result)


def _give_up(message: InboxMessage, reason: str) -> None:
    with transaction.atomic():
        stopped = {"work_state": WorkState.DEAD, "last_error": (OWN_INSTEAD % {"reason": reason})[:2000]}
        if _open_issue(message.subject).update(**stopped):
            reason = WHAT_NOW % {"reason": reason}
        message.work_state = WorkState.DEAD
        message.last_error = message.quarantine_reason = reason[:2000]
        message.save(update_fields=["work_state", "last_error", "quarantine_reason"])
    log.warning("result_files.given_up", dossier_code=message.subject, client_id=message.client_id)


def _open_issue(code: str) -> QuerySet[ResultIssue]:
    """The result that is still to be made, and that no paper was found for yet; stopped or not.

    Not a replacement that a leader ordered of a result that the portal signed: no delivered paper takes its place.
    """
    first = ResultIssue.objects.filter(dossier__code=code, document=None, edition=1)
    return first.exclude(work_state=WorkState.DONE)
