"""A step that waited for a row which was moved to another agency meanwhile finds it, as it is now."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from dossiers import access, forwarding
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, ApiClient
from portal.core.errors import NotFoundError
from tests import factories
from tests.at_once import somebody_waits_for_us

pytestmark = pytest.mark.django_db(transaction=True)


def while_it_is_moved(dossier: Dossier, to: Agency, look: Callable[[], Any]) -> Any:
    """What `look` returns or raises when it began to wait for the row before the move was committed."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            with transaction.atomic():
                outcome.append(look())
        except NotFoundError as error:
            outcome.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    with transaction.atomic():
        desk = factories.official_actor(dossier.agency)  # type: ignore[arg-type]
        forwarding.forward(dossier.code or "", actor=desk, agency=to, reason="Sai nơi.")
        other.start()
        until = time.monotonic() + 20
        while not somebody_waits_for_us():
            assert time.monotonic() < until, "nobody waits for the row"
            time.sleep(0.05)
    other.join(20)
    return outcome[0]


@pytest.fixture
def neighbour() -> Agency:
    """Another commune of the same province."""
    factories.make_agency()
    return factories.make_agency("H26.00074")


def test_an_official_above_both_agencies_is_not_told_that_it_does_not_exist(neighbour: Agency) -> None:
    dossier = factories.file_dossier()
    above = factories.official_actor(neighbour.parent, ActorKind.LEADER)  # type: ignore[arg-type]
    found = while_it_is_moved(dossier, neighbour, lambda: access.lock_dossier(dossier.code or "", actor=above))
    assert isinstance(found, Dossier) and found.agency == neighbour


def test_the_citizen_finds_it_with_its_new_agency(neighbour: Agency) -> None:
    dossier = factories.file_dossier()
    citizen = Actor.citizen(dossier.filer)  # type: ignore[arg-type]
    found = while_it_is_moved(dossier, neighbour, lambda: access.lock_dossier(dossier.code or "", actor=citizen))
    assert isinstance(found, Dossier) and found.agency == neighbour


def test_who_lost_sight_of_it_is_told_that_there_is_none(neighbour: Agency) -> None:
    dossier = factories.file_dossier()
    left = factories.official_actor(dossier.agency)  # type: ignore[arg-type]
    found = while_it_is_moved(dossier, neighbour, lambda: access.lock_dossier(dossier.code or "", actor=left))
    assert isinstance(found, NotFoundError)


def test_a_provinces_system_finds_it_too(neighbour: Agency) -> None:
    assert neighbour.parent is not None
    client: ApiClient = factories.make_client(neighbour.parent)
    dossier = factories.file_dossier()
    assert dossier.handled_by == client
    actor = Actor.partner(client)
    found = while_it_is_moved(dossier, neighbour, lambda: access.lock_dossier(dossier.code or "", actor=actor))
    assert isinstance(found, Dossier) and found.agency == neighbour
