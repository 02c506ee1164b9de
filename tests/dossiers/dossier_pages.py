"""The page of one dossier and who acts on it: what the tests of its pages share."""

from typing import Any

from dossiers import reversal, services
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from tests import factories
from tests.dossiers.filing_pages import signed_in


def page_of(dossier: Dossier, suffix: str = "", prefix: str = "") -> Any:
    """Her page of it."""
    return signed_in(dossier.filer).get(f"{prefix}/ho-so/{dossier.code}/{suffix}")


def desk(dossier: Dossier) -> Actor:
    """The desk of its agency."""
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency)


def waiting_for_supplement(**kwargs: Any) -> Dossier:
    """One that two papers were asked for."""
    dossier = factories.file_dossier(**kwargs)
    defects = [services.Defect("TEST-GIAY", "Giấy tờ thử", "Ảnh mờ."), services.Defect("", "Giấy khác", "")]
    return services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu giấy.", defects=defects)


def ask_for_another_paper(dossier: Dossier) -> None:
    """A leader takes the request back that waits for an answer, and the desk asks for something else."""
    assert dossier.agency is not None
    leader = factories.official_actor(dossier.agency, kind=ActorKind.LEADER)
    reversal.revert(dossier.code or "", actor=leader, reason="Hỏi nhầm giấy.")
    anew = [services.Defect("", "Giấy khai sinh", "Thiếu.")]
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.", defects=anew)
