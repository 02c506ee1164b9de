"""Who may see which dossier; missing and not yours look alike."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from dossiers.lifecycle import DossierState
from dossiers.models import Consultation, Dossier, DossierEvent, DossierQuerySet
from portal.accounts import representing
from portal.accounts.models import CitizenProfile, User
from portal.agencies import calendars
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, ApiClient
from portal.agencies.scopes import within
from portal.core import optimistic
from portal.core.errors import NotAllowedError, NotFoundError
from portal.core.rows import JoinedSelect, Part, next_id, relate
from portal.exchange import idempotency
from procedures.models import ProcedureVersion

OFFICIALS = frozenset({ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER})


def visible_to(actor: Actor) -> DossierQuerySet:
    """The dossiers this actor may see; drafts belong to their filer alone and are found by `get_draft`."""
    submitted = Dossier.objects.exclude(state=DossierState.DRAFT)
    if actor.kind == ActorKind.CITIZEN and actor.user is not None:
        return submitted.of_citizen(actor.user)
    if actor.kind in OFFICIALS and actor.agency is not None:
        return submitted.filter(agency__path__startswith=actor.agency.path)
    if actor.kind == ActorKind.DELEGATE and actor.agency is not None:
        return submitted.filter(agency=actor.agency)
    if actor.kind == ActorKind.CONSULTED and actor.agency is not None:
        return submitted.filter(asked_within([actor.agency.path]))
    if actor.kind == ActorKind.PARTNER and actor.client is not None and actor.agency is not None:
        return submitted.filter(
            Q(handled_by=actor.client) | Q(source=actor.client), agency__path__startswith=actor.agency.path
        )
    if actor.kind in {ActorKind.SYSTEM, ActorKind.PAYMENT}:
        return submitted
    return submitted.none()


def asked_within(paths: Iterable[str]) -> Q:
    """A filter on Dossier: those about which an agency at or below these paths is asked now."""
    asked = Consultation.objects.filter(dossier=OuterRef("pk"), ended_at__isnull=True)
    return Q(Exists(asked.filter(within(paths))))


def get_dossier(code: str, *, actor: Actor) -> Dossier:
    """Return a dossier the actor may see; raises NotFoundError otherwise."""
    dossier = (
        visible_to(actor)
        .filter(code=code)
        .select_related(
            "agency",
            "procedure_version__procedure",
            "handled_by",
            "owner",
            "filer",
            "representation",
            "assignee",
            "result_document",
        )
        .first()
    )
    if dossier is None:
        raise NotFoundError(code="dossier.not_found")
    return dossier


NOT_FOR_A_STEP = (
    "applicant_id",
    "answers",
    "answer_sources",
    "unread_answers",
    "source_record",
    "procedure_version__sheet",
    "procedure_version__form",
    "procedure_version__source_record",
    "procedure_version__search_text",
    "handled_by__webhook_secret",
    "handled_by__wire_password_hash",
)
"""Large or secret columns that a step of the table does not look at; they are fetched where somebody does."""


def lock_dossier(code: str, *, actor: Actor) -> Dossier:
    """Return the dossier with its row locked until the transaction ends; raises NotFoundError as get_dossier."""
    if actor.kind == ActorKind.PARTNER:
        found = lock_dossiers([code], actor=actor)
        if code not in found:
            raise NotFoundError(code="dossier.not_found")
        return found[code]
    dossier = _lock_one(code, actor) or _lock_one(code, actor)  # see _JOINED: a second look has a snapshot of its own
    if dossier is None:
        raise NotFoundError(code="dossier.not_found")
    if not may_act(dossier, actor=actor):
        raise NotAllowedError(representing.ONLY_READS)
    for name in _JOINED:
        if getattr(dossier, f"{name}_id") is not None and dossier._state.fields_cache.get(name) is None:
            dossier._state.fields_cache.pop(name, None)  # fetched afresh where somebody asks
    return dossier


def may_act(dossier: Dossier, *, actor: Actor) -> bool:
    """Whether who sees it may also take steps: of an organisation's dossier, whoever files for the organisation."""
    if actor.kind != ActorKind.CITIZEN or dossier.organisation_id is None:
        return True
    return actor.user is not None and representing.may_file(actor.user, dossier.organisation_id)


_JOINED = ("agency", "handled_by")
"""What a step may have changed while somebody waited for the row.

PostgreSQL then reads the locked row anew and the joined ones not: a dossier that was just moved joins to nothing. It
looks as if it did not exist to who is found by the agency, and as if it had none to everybody else.
"""


def _lock_one(code: str, actor: Actor) -> Dossier | None:
    return (
        visible_to(actor)
        .filter(code=code)
        .select_for_update(of=("self",))
        .select_related("agency", "procedure_version", "handled_by")
        .defer(*NOT_FOR_A_STEP)
        .order_by()
        .first()
    )


_PARTNER_PARTS = (
    Part("dossier", Dossier, without=tuple(name for name in NOT_FOR_A_STEP if "__" not in name)),
    Part("agency", Agency, fields=("name", "name_en", "address", *calendars.COLUMNS)),
    Part(
        "version",
        ProcedureVersion,
        fields=(
            "procedure",
            "number",
            "name",
            "name_en",
            "short_name",
            "short_name_en",
            "processing_value",
            "processing_unit",
            "intake_cutoff",
            "supplement_rule",
            "supplement_days",
        ),
    ),
    Part("person", User, fields=("username", "email", "language", "is_official", "notice_modes")),
    Part("profile", CitizenProfile, fields=("user", "email", "phone")),
)
_OF_PARTNER = f"""
    FROM {Dossier._meta.db_table} AS dossier
    JOIN {Agency._meta.db_table} AS agency ON agency.id = dossier.agency_id
    {{along}}
    WHERE dossier.code = {{codes}} AND dossier.state <> %s
      AND (dossier.handled_by_id = %s OR dossier.source_id = %s) AND starts_with(agency.path, %s)
"""
_JOIN_PERSON = f"""
    LEFT JOIN {User._meta.db_table} AS person ON person.id = COALESCE(dossier.filer_id, dossier.owner_id)
    LEFT JOIN {CitizenProfile._meta.db_table} AS profile ON profile.user_id = person.id"""
_JOIN_VERSIONS = f"LEFT JOIN {ProcedureVersion._meta.db_table} AS version ON version.id = dossier.procedure_version_id"
_JOIN_VERSION_OF_ONE = f"""
    LEFT JOIN LATERAL (
        SELECT * FROM {ProcedureVersion._meta.db_table} AS one WHERE one.id = dossier.procedure_version_id OFFSET 0
    ) AS version ON true"""  # noqa: S608 - our own names
"""Of one dossier: PostgreSQL would sort its row and merge it with a small catalogue from the first version on."""
_PARTNER_ROWS = f"{_OF_PARTNER} ORDER BY dossier.id FOR UPDATE OF dossier"
_FOR_PARTNER = JoinedSelect(
    _PARTNER_PARTS,
    _PARTNER_ROWS.format(codes="ANY(%s)", along=f"{_JOIN_VERSIONS}{_JOIN_PERSON}"),
    extra=[next_id(DossierEvent)],
)
_FOR_PARTNER_ALONE = JoinedSelect(
    _PARTNER_PARTS[:1], _PARTNER_ROWS.format(codes="ANY(%s)", along=""), extra=[next_id(DossierEvent)]
)
IS_REPORTED = (
    f"EXISTS(SELECT FROM {DossierEvent._meta.db_table} AS event WHERE event.dossier_id = dossier.id"
    " AND event.source = %s AND event.source_reference = %s)"
)
"""SQL beside a `dossier`: whether this source told of this event before."""
_FOR_ONE_REPORT = JoinedSelect(
    _PARTNER_PARTS,
    _PARTNER_ROWS.format(codes="%s", along=f"{_JOIN_VERSIONS}{_JOIN_PERSON}"),
    extra=[
        next_id(DossierEvent),
        IS_REPORTED,
        f"(SELECT seen.last_sequence FROM {Dossier._meta.db_table} AS seen WHERE seen.id = dossier.id)",  # noqa: S608 - ours
    ],
)
"""The same with a look for the event that is about to be reported.

PostgreSQL reads the row anew when it waited for it, and the events not: that is how many events there were when it
looked. Where another one was written meanwhile the answer is worth nothing.
"""


_ASKED_UNLOCKED = (
    next_id(DossierEvent),
    IS_REPORTED,
    idempotency.IS_FREE,
    optimistic.VERSION.format(alias="dossier"),
)
_UNLOCKED = JoinedSelect(
    _PARTNER_PARTS, _OF_PARTNER.format(codes="%s", along=f"{_JOIN_VERSION_OF_ONE}{_JOIN_PERSON}"), extra=_ASKED_UNLOCKED
)
_UNLOCKED_ALONE = JoinedSelect(_PARTNER_PARTS[:1], _OF_PARTNER.format(codes="%s", along=""), extra=_ASKED_UNLOCKED)


def read_for_report(
    code: str, *, client: ApiClient, reference: str, key: str, is_alone: bool = False
) -> tuple[Dossier, str] | None:
    """The dossier as `lock_dossiers` gives it, without its lock, and its version for `optimistic.attempt`.

    With `is_alone` nothing is read along: what a step asks for nevertheless is fetched. None where the report has to be
    taken under the lock: the dossier is not there for this partner, the event was reported before, or a request with
    this Idempotency-Key was answered or is being worked on.
    """
    whose = [DossierState.DRAFT, client.pk, client.pk, client.agency.path]
    asked = [client.event_source, reference, *idempotency.asked_of(client, key), code, *whose]
    found = (_UNLOCKED_ALONE if is_alone else _UNLOCKED).first(asked)
    if found is None:
        return None
    (event_id, is_reported, is_free, version), parts = found
    if is_reported or not is_free:
        return None
    dossier = _related(parts, client)
    dossier.next_event_ids, dossier.may_know_reference = (event_id,), False
    return dossier, version


def lock_dossiers(
    codes: Sequence[str], *, actor: Actor, reference: str = "", are_alone: bool = False
) -> dict[str, Dossier]:
    """Lock the dossiers of a partner with these codes, in one order for everybody; those it may not see are left out.

    As visible_to and lock_dossier say, by a statement that is composed once: the way of every push. Each comes with the
    person who is told of changes and with an id for the event that is about to be written; one dossier with the
    `reference` of that event also says whether it may be known already. With `are_alone` nothing is read along, unless
    a clock stands still: what goes on then moves what is due.
    """
    if actor.client is None or actor.agency is None:
        return {}
    lock = _lock_alone if are_alone else _lock_for_partner
    found = lock(codes, actor.client, actor.agency, reference)
    if missing := [code for code in codes if code not in found]:
        found |= lock(missing, actor.client, actor.agency, reference)  # as for one: moved while we waited
    return found


def _lock_alone(codes: Sequence[str], client: ApiClient, agency: Agency, reference: str) -> dict[str, Dossier]:
    if reference:  # of one: its row is most of what is read
        return _lock_for_partner(codes, client, agency, reference)
    found: dict[str, Dossier] = {}
    whose = [DossierState.DRAFT, client.pk, client.pk, agency.path]
    for (event_id,), parts in _FOR_PARTNER_ALONE.all([list(codes), *whose]):
        dossier = _related(parts, client)
        dossier.next_event_ids = (event_id,)
        found[dossier.code or ""] = dossier
    stopped = [code for code, dossier in found.items() if dossier.clock_stopped_at is not None]
    return found | (_lock_for_partner(stopped, client, agency, "") if stopped else {})


def _lock_for_partner(codes: Sequence[str], client: ApiClient, agency: Agency, reference: str) -> dict[str, Dossier]:
    found: dict[str, Dossier] = {}
    whose = [DossierState.DRAFT, client.pk, client.pk, agency.path]
    if reference:
        (code,) = codes
        rows = _FOR_ONE_REPORT.all([client.event_source, reference, code, *whose])
    else:
        rows = _FOR_PARTNER.all([list(codes), *whose])
    for (event_id, *looked), parts in rows:
        dossier = _related(parts, client)
        dossier.next_event_ids = (event_id,)
        if looked:
            is_there, events_then = looked
            dossier.may_know_reference = is_there or dossier.last_sequence != events_then
        found[dossier.code or ""] = dossier
    return found


def _related(parts: Sequence[Any], client: ApiClient) -> Dossier:
    """The dossier of _PARTNER_PARTS, alone or with what was read along in its place."""
    dossier: Dossier
    dossier, *along = parts
    if dossier.handled_by_id == client.pk:
        relate(dossier, {"handled_by": client})
    if not along:
        return dossier
    agency, version, person, profile = along
    relate(dossier, {"agency": agency, "procedure_version": version})
    if person is not None:
        relate(person, {"citizen": profile})
        relate(dossier, {"filer" if dossier.filer_id else "owner": person})
    return dossier


_SEEN_BY_PARTNER = JoinedSelect(
    [
        Part(
            "dossier",
            Dossier,
            fields=(
                "code",
                "state",
                "procedure_version",
                "procedure_code",
                "procedure_name",
                "applicant_name",
                "accepted_at",
                "due_at",
            ),
        ),
        Part("agency", Agency, fields=("code", "name")),
    ],
    f"""
    FROM {Dossier._meta.db_table} AS dossier
    JOIN {Agency._meta.db_table} AS agency ON agency.id = dossier.agency_id
    WHERE dossier.code = %s AND dossier.state <> %s
      AND (dossier.handled_by_id = %s OR dossier.source_id = %s) AND starts_with(agency.path, %s)
    """,
)


def look_up(code: str, *, client: ApiClient) -> Dossier | None:
    """What a partner may see of one dossier, as visible_to says, by a statement that is composed once; None else.

    A one-stop system asks so before each of its reports.
    """
    found = _SEEN_BY_PARTNER.first([code, DossierState.DRAFT, client.pk, client.pk, client.agency.path])
    if found is None:
        return None
    dossier: Dossier
    dossier, agency = found[1]
    relate(dossier, {"agency": agency})
    return dossier


_held: ContextVar[tuple[Dossier, Actor] | None] = ContextVar("held_dossier", default=None)


@contextmanager
def holding(dossier: Dossier, *, actor: Actor) -> Iterator[None]:
    """Let the services called inside work on a row that the caller has locked, within the caller's transaction."""
    token = _held.set((dossier, actor))
    try:
        yield
    finally:
        _held.reset(token)


@contextmanager
def locked(code: str, *, actor: Actor) -> Iterator[Dossier]:
    """Open a step: a transaction with the dossier's row locked, or the ones of the caller who holds it already."""
    held = _held.get()
    if held is not None and held[0].code == code and held[1] == actor:
        yield held[0]
        return
    with transaction.atomic():
        yield lock_dossier(code, actor=actor)
