"""Walks through every page of the portal, shared by the pictures (`python -m tests.browser.pictures`) and by the tests.

A walk signs in as one person and stops at one page after another; whoever takes the walk looks at each stop: takes its
picture, runs axe over it, narrows the window. `routes` names the addresses it stops at, and a test holds that every
address of the portal is on a walk or excused with a reason.
"""

from tests.browser.walks import (
    building,
    citizen,
    counter,
    filing,
    money,
    office,
    operating,
    outside,
    public,
    sharing,
    verifying,
)
from tests.browser.walks.walk import Guide, Walk

__all__ = ["WALKS", "Guide", "Walk"]

WALKS: tuple[Walk, ...] = (
    *public.WALKS,
    *verifying.WALKS,
    *citizen.WALKS,
    *sharing.WALKS,
    *filing.WALKS,
    *money.WALKS,
    *office.WALKS,
    *counter.WALKS,
    *operating.WALKS,
    *building.WALKS,
    *outside.WALKS,
)
