"""A small country and a few published procedures for the tests of the catalogue."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import translation

from portal.agencies.models import AdministrativeUnit, UnitLevel
from portal.core.text import fold
from procedures import catalogue
from procedures.models import ProcedureVersion
from procedures.packs import REFERENCE, Reference, own_reference, read_yaml
from tests.factories import make_agency, make_unit

BIRTH, RESIDENCE, LICENCE, HOUSEHOLD_BUSINESS = "1.001193", "1.004222", "3.000347", "1.001612"


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    """A request for an English page leaves its language behind; the next test starts in Vietnamese."""
    with translation.override("vi"):
        yield


@pytest.fixture(scope="session")
def reference() -> Reference:
    """The groups, lists and events that our own packs use."""
    return own_reference()


@pytest.fixture(scope="module")
def _whole_catalogue(django_db_setup: None, django_db_blocker: Any, reference: Reference) -> Iterator[None]:
    """All our packs, published once for a module: the module's transaction is rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        catalogue.load_life_events(reference)
        for path in sorted((REFERENCE / "procedures").glob("*.yaml")):
            catalogue.load_pack(path, reference=reference)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def everything(_whole_catalogue: None, db: None) -> None:
    """Every procedure we carry."""


@pytest.fixture
def pack_data() -> Callable[[str], dict[str, Any]]:
    """The raw content of one of our packs, to be changed by a test."""
    return lambda code: read_yaml(REFERENCE / "procedures" / f"{code}.yaml")


@pytest.fixture
def publish(db: None, reference: Reference) -> Callable[..., ProcedureVersion]:
    """Publish some of our packs by code; returns the version of the first."""
    catalogue.load_life_events(reference)

    def publish(*codes: str) -> ProcedureVersion:
        loaded = [
            catalogue.load_pack(REFERENCE / "procedures" / f"{code}.yaml", reference=reference).version
            for code in codes
        ]
        return loaded[0]

    return publish


@pytest.fixture
def territory(db: None) -> AdministrativeUnit:
    """Hà Nội with four communes, two of them of the same name, and Đà Nẵng with one; an agency in Cửa Nam."""
    make_agency()
    province = AdministrativeUnit.objects.get(code="01")
    for code, name in (("00100", "Phường Tây Hồ"), ("00200", "Xã Hòa Xá"), ("00201", "Phường Hòa Xá")):
        make_unit(code, name, UnitLevel.COMMUNE, province)
    other = make_unit("48", "Thành phố Đà Nẵng", UnitLevel.PROVINCE)
    make_unit("20242", "Phường Hải Châu", UnitLevel.COMMUNE, other)
    assert fold("Hòa") == "hoa"
    return province


@pytest.fixture
def import_records(tmp_path: Path, db: None) -> Callable[..., tuple[str, list[dict[str, Any]]]]:
    """Import lines (records, or bytes as they are) and return what was printed and the report's lines."""

    def run(*lines: Any, name: str = "catalogue.jsonl", **options: Any) -> tuple[str, list[dict[str, Any]]]:
        path, report = tmp_path / name, tmp_path / "report.jsonl"
        encoded = [
            line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass")
            for line in lines
        ]
        path.write_bytes(b"\n".join(encoded))
        out = io.StringIO()
        call_command("import_catalogue", str(path), report=report, stdout=out, **options)
        return out.getvalue(), [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]

    return run
