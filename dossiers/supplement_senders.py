"""Who answers a request for a supplement (người trả lời yêu cầu bổ sung), and in whose store the papers lie.

The citizen answers it herself, or an official at the counter for her, from the papers that she brought.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dossiers import (
    acting,
    audience,
    counter,
    supplement_requests,
)
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, SupplementRequest
from portal.accounts import representations
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import first_actor


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends the answer, and in whose store its papers lie."""

    actor: Actor
    owner: User
    """In whose store its papers lie: whose dossier it is."""
    visitor: User
    """Who answers, and sees of that store what is open to her: herself, who represents her, or a member of a firm."""
    worker: User
    """Whose browser it is: uploads in pieces are kept for her."""
    sees_store: bool = True
    """At the counter only once the visitor's card was looked at, as for a filing there."""

    @property
    def is_at_counter(self) -> bool:
        """Whether an official sends it for the person before her."""
        return self.actor.kind == ActorKind.DESK


def by_citizen(user: User, dossier: Dossier) -> Sender:
    """The citizen herself, or who represents her: the papers then lie in the store of whose dossier it is."""
    actor = Actor.citizen(user)
    if dossier.representation_id is None or dossier.owner is None or dossier.owner == user:
        return Sender(actor, user, user, user)
    sees_store = representations.opens_store(user.pk, dossier.owner.pk, dossier.procedure_code)
    return Sender(actor, dossier.owner, user, user, sees_store)


def expected_at_counter(dossier: Dossier) -> User | None:
    """Who filed the dossier, or owns it; nobody where the portal knows neither.

    For a member who may file for the organisation no longer, its legal representative, in person or by mandate: what
    is closed to her on the portal is not open at the counter.
    """
    if dossier.organisation_id is not None and not acting.files_for(dossier, dossier.organisation_id):
        return next(iter(audience.representatives(dossier)), None)
    if dossier.filer_id is not None and audience.has_left(dossier, dossier.filer_id):
        return next(iter(audience.representatives(dossier)), None)
    return dossier.filer or dossier.owner


def may_come(dossier: Dossier) -> list[User]:
    """Whose card opens a store at the counter for this dossier: who is expected first, then who gave the mandate.

    Nobody where the portal knows neither. A child or a ward comes with who represents her.
    """
    expected = expected_at_counter(dossier)
    if expected is None:
        return []
    held = dossier.representation
    gave = dossier.owner if held is not None and not held.is_by_law else None
    return [expected] if gave is None or gave == expected else [expected, gave]


@dataclass(frozen=True, slots=True)
class Awaited:
    """A request that is answered at the counter now, and by whom."""

    asked: SupplementRequest
    sender: Sender
    is_card_wanted: bool
    """Whether a card may open more than is open now."""


def at_counter(dossier: Dossier, actors: Iterable[Actor]) -> Awaited | None:
    """The rule of a supplement at the counter: what a desk among these actors may answer, for whom.

    None where nothing is waited for, where none of them is a desk, or where the portal knows nobody who may answer.
    """
    if dossier.state != DossierState.AWAITING_SUPPLEMENT:
        return None
    actor, asked = first_actor(actors, [ActorKind.DESK]), supplement_requests.open_one(dossier)
    if actor is None or actor.user is None or asked is None or not is_waited_for(dossier, asked):
        return None
    people = may_come(dossier)
    if not people:
        return None
    served = counter.served_last(people, actor=actor)
    visitor, sees_store = served or people[0], served is not None
    owner = (dossier.owner if dossier.representation_id is not None else None) or visitor
    if owner != visitor:
        sees_store = sees_store and representations.opens_store(visitor.pk, owner.pk, dossier.procedure_code)
    is_card_wanted = not sees_store and (served is None or len(people) > 1)
    return Awaited(asked, Sender(actor, owner, visitor, actor.user, sees_store), is_card_wanted)


def is_waited_for(dossier: Dossier, asked: SupplementRequest | None) -> bool:
    """Whether an answer can be sent here now: not where it was filed in an agency's own system."""
    return dossier.state == DossierState.AWAITING_SUPPLEMENT and asked is not None and not dossier.is_reported
