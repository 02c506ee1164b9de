"""The other side of a reconciliation: what a system says it holds, by digests or one dossier at a time.

A system with a webhook answers three signed questions at that address (docs/api/reconciliation.md); one that speaks the
wire format as a server is asked TraCuuHoSo for each dossier, the only question that the protocol knows (§3.2).
"""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.db.models import Case, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dossiers.lifecycle import OPEN_STATES
from dossiers.partners import code_tables, codebook, digests, event_reading, pull_wire, wire, wire_moments
from dossiers.partners.compared_days import Span
from dossiers.partners.digests import Group, GroupKey
from dossiers.partners.status_events import PartnerEvent
from portal.agencies.models import ApiClient, ClientKind
from portal.core.errors import UpstreamError
from portal.core.text import clean_line
from portal.exchange import asking
from portal.exchange.models import PullProvider, PullSource

DIGESTS, MEMBERS, DOSSIER = "reconciliation.digests", "reconciliation.dossiers", "reconciliation.dossier"
LOOKED_UP_AT_MOST = 2_000
"""In one comparison, of a system that is asked for one dossier at a time; open ones first, then the newest."""
NUMBERS = frozenset(str(number) for number in wire.STATUSES)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class AnswerError(UpstreamError):
    """The answer is not what was asked for."""

    code = "upstream.reconciliation_answer"
    message = _("Hệ thống trả lời đối soát không đúng dạng.")


Pair = tuple[int | None, int | None]
"""Our status and theirs; None where that side does not have the dossier."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many dossiers were compared, and those that differ."""

    compared: int
    differing: Mapping[str, Pair]
    looked_at: frozenset[str] | None = None
    """Which they were; None where it was every one that was filed on these days."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One dossier as the system has it: its status, and what it knows of how it came there."""

    status: int
    events: list[PartnerEvent] = field(default_factory=list)
    refused: str = ""
    """What is wrong with something it told."""
    at: datetime | None = None
    unmapped: str = ""
    """A status of its own that its code table does not name; `status` is 0 then."""


class Counterpart(Protocol):
    """A system that can be compared with."""

    def compare(self, span: Span, *, at_most: int = LOOKED_UP_AT_MOST) -> Comparison:
        """Compare the dossiers filed on these days; raises UpstreamError.

        `at_most` so many are looked at where each costs a question of its own.
        """
        ...

    def look(self, code: str) -> Seen | None:
        """One dossier; None where the system does not have it. Raises UpstreamError."""
        ...


def of(client: ApiClient) -> Counterpart | None:
    """The other side of a system, or None where it can be asked nothing."""
    source = PullSource.objects.filter(client=client, provider=PullProvider.WIRE).select_related("client").first()
    if source is not None:
        return WireCounterpart(source)
    return SignedCounterpart(client) if client.webhook_url else None


class SignedCounterpart:
    """Digests first, then the dossiers of those days and agencies only whose digests differ."""

    def __init__(self, client: ApiClient) -> None:
        self.client = client

    def compare(self, span: Span, *, at_most: int = LOOKED_UP_AT_MOST) -> Comparison:
        """See Counterpart."""
        theirs = self._groups(span.since, span.until)
        ours = digests.groups(self.client, span.since, span.until)
        suspect: dict[str, set[str]] = {}
        for day, agency, status in ours.keys() | theirs.keys():
            if ours.get((day, agency, status)) != theirs.get((day, agency, status)):
                suspect.setdefault(day, set()).add(agency)
        differing: dict[str, Pair] = {}
        for day, agencies in sorted(suspect.items()):
            here = digests.members(self.client, date.fromisoformat(day), agencies)
            there: dict[str, int] = {}
            for agency in sorted(agencies):
                there |= self._members(day, agency)
            differing |= {
                code: (here.get(code), there.get(code))
                for code in here.keys() | there.keys()
                if here.get(code) != there.get(code)
            }
        return Comparison(sum(group.count for group in ours.values()), differing)

    def look(self, code: str) -> Seen | None:
        """See Counterpart."""
        answer = asking.ask(self.client, DOSSIER, {"code": code})
        if answer.get("status") is None and "code" in answer:
            return None
        events, refused = [], ""
        for told in _objects(answer.get("events") or []):
            try:
                events.append(event_reading.read_event({**told, "code": code}))
            except wire.WireFieldError as error:
                refused = str(error)
            if isinstance(told.get("result"), dict) and told["result"].get("files"):
                refused = gettext("Hệ thống có kết quả kèm tệp. Hãy đề nghị hệ thống gửi lại bước trả kết quả.")
        status, at = _status(answer.get("status")), max((event.occurred_at for event in events), default=None)
        # what a system tells over the wire has other references: its steps would be written a second time
        is_wire = self.client.kind == ClientKind.WIRE
        return Seen(status, [] if refused or is_wire else events, refused, at)

    def _groups(self, since: date, until: date) -> dict[GroupKey, Group]:
        asked = {"since": since.isoformat(), "until": until.isoformat()}
        answer = asking.ask(self.client, DIGESTS, asked)
        if "groups" not in answer:
            raise asking.NotAnsweredError
        found: dict[GroupKey, Group] = {}
        for group in _objects(answer["groups"]):
            day, agency, count = group.get("day"), group.get("agency_code"), group.get("count")
            if not (isinstance(day, str) and _DAY.fullmatch(day) and isinstance(agency, str) and type(count) is int):
                raise AnswerError
            if since <= _date(day) <= until:
                found[day, agency, _status(group.get("status"))] = Group(count, str(group.get("digest")))
        return found

    def _members(self, day: str, agency: str) -> dict[str, int]:
        answer = asking.ask(self.client, MEMBERS, {"day": day, "agency_code": agency})
        return {
            clean_line(str(row.get("code")))[:60]: _status(row.get("status"))
            for row in _objects(answer.get("dossiers"))
        }


class WireCounterpart:
    """TraCuuHoSo for each dossier, several at once as the system bears."""

    def __init__(self, source: PullSource) -> None:
        self.source = source
        self.book = code_tables.book_of(source.client)

    def compare(self, span: Span, *, at_most: int = LOOKED_UP_AT_MOST) -> Comparison:
        """See Counterpart."""
        wanted = digests.within(digests.held(self.source.client), span.since, span.until)
        if span.only_open:
            wanted = wanted.filter(state__in=sorted(OPEN_STATES))
        open_first = Case(When(state__in=sorted(OPEN_STATES), then=0), default=1)
        rows = wanted.order_by(open_first, "-pk")[: max(0, at_most)]
        here = {dossier.code or "": digests.status_of(dossier) for dossier in rows.only("code", "state")}
        if not here:
            return Comparison(0, {}, frozenset())
        session = pull_wire.sign_in(self.source)
        with ThreadPoolExecutor(self.source.parallel) as pool:
            seen = list(pool.map(lambda code: self._ask(session, code), here))
        pairs: dict[str, Pair] = {}
        for (code, ours), found in zip(here.items(), seen, strict=True):
            pairs[code] = ours, found.status if found is not None else None
        differing = {code: pair for code, pair in pairs.items() if pair[0] != pair[1]}
        return Comparison(len(here), differing, frozenset(here))

    def look(self, code: str) -> Seen | None:
        """See Counterpart."""
        return self._ask(pull_wire.sign_in(self.source), code)

    def _ask(self, session: str, code: str) -> Seen | None:
        found = pull_wire.call(self.source, session, "TraCuuHoSo", mahoso=code)
        if not isinstance(found, list):
            raise AnswerError
        if not found:
            return None
        row = pull_wire.looked_up(found[0])
        told = row.status
        status = self.book.find(codebook.STATUS, told) or told
        at = wire_moments.read_moment(row.updated_at)
        if status in NUMBERS:
            return Seen(digests.alike(int(status)), at=at)
        refused = gettext("Trạng thái “%(told)s” của hệ thống chưa được ánh xạ.") % {"told": told[:40]}
        return Seen(0, refused=refused, unmapped=told)


def _objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise AnswerError
    return value


def _date(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise AnswerError from None


def _status(value: Any) -> int:
    if type(value) is not int or value not in wire.STATUSES:
        raise AnswerError
    return digests.alike(value)
