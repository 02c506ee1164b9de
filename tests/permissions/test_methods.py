"""Every address × the methods without a row: a stranger and another agency's desk get nowhere by any of them."""

from typing import Any

import pytest
from django.db import transaction

from tests.backoffice import test_permissions as back_office
from tests.permissions import table
from tests.permissions.world import World, read_to_the_end

pytestmark = pytest.mark.django_db
METHODS = ("post", "put", "patch", "delete")
NOWHERE = frozenset({401, 403, 404, 405})
WIRE = ("/KetNoiMotCuaQuocGia/", "/VXPAdapter/", "/mapi/", "/truc-mc/")
"""The wire format answers 200 to everything, and says in the body what became of it: below nought, nothing."""


def rows() -> set[tuple[str, str]]:
    """Each method and address that a table speaks of."""
    own = {(row.method, row.address) for row in (*table.PAGES, *table.MACHINES)}
    return own | {(method, address) for method, address, _expected in back_office.TABLE}


def unspoken() -> list[tuple[str, str]]:
    """The methods of their addresses that no row speaks of."""
    known = rows()
    pages = (*table.PAGES, *table.MACHINES)
    elsewhere = {row.address for row in pages if set(row.expected) == {table.AWAY}}  # by every method alike
    addresses = sorted({address for _method, address in known} - elsewhere)
    return [(method, address) for address in addresses for method in METHODS if (method, address) not in known]


@pytest.mark.parametrize("who", ["stranger", "foreign_desk"])
@pytest.mark.parametrize("method", METHODS)
def test_nobody_gets_anywhere_by_a_method_without_a_row(method: str, who: str) -> None:
    world, wrong = World(with_papers=True), []
    for address in [address for unspoken_method, address in unspoken() if unspoken_method == method]:
        answer = _asked(world, who, method, address)
        is_refused = answer.status_code in NOWHERE
        if address.startswith(WIRE):
            is_refused = answer.status_code == 200 and int(answer.json()["error_code"]) < 0
        if not is_refused:
            wrong.append((address, answer.status_code, answer.headers.get("Location")))
    world.dossier.refresh_from_db()
    assert world.dossier.state == "awaiting_payment"
    assert not wrong, "\n".join(map(str, wrong))


def _asked(world: World, who: str, method: str, address: str) -> Any:
    """One call, undone: what was allowed would change what the next one sees."""
    client = world.people[who]
    session = client.cookies.copy()
    with transaction.atomic():
        answer = read_to_the_end(getattr(client, method)(address.format(**world.names)))
        transaction.set_rollback(True)
    client.cookies = session
    return answer
