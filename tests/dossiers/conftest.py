"""The officials' side for tests that see a dossier from both sides; people who act for each other."""

import pytest

from portal.accounts.models import Representation, User
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import office
from tests.dossiers.representation_situations import held_of, make_parent

__all__ = ["office"]


@pytest.fixture
def version(db: None) -> ProcedureVersion:
    factories.make_agency()
    return factories.make_version(audience=["citizen"])


@pytest.fixture
def principal(version: ProcedureVersion) -> User:
    return factories.make_citizen("Lê Văn Chủ")


@pytest.fixture
def clerk(version: ProcedureVersion) -> User:
    return factories.make_citizen("Trần Thị Thay", phone="0900000777")


@pytest.fixture
def mother(version: ProcedureVersion) -> User:
    return make_parent()


@pytest.fixture
def held(mother: User) -> Representation:
    return held_of(mother)


@pytest.fixture
def child(held: Representation) -> User:
    return held.principal
