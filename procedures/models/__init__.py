"""The catalogue: procedures and their dated versions. Public reference data only."""

from procedures.models.catalogue import Field, LifeEvent, Procedure
from procedures.models.contents import Component, ComponentKind, FeeKind, FeeRule, ResultKind, ResultType
from procedures.models.national import NationalRecord
from procedures.models.versions import Audience, Origin, Place, ProcedureVersion, ProcedureVersionQuerySet, ServiceLevel

__all__ = [
    "Audience",
    "Component",
    "ComponentKind",
    "FeeKind",
    "FeeRule",
    "Field",
    "LifeEvent",
    "NationalRecord",
    "Origin",
    "Place",
    "Procedure",
    "ProcedureVersion",
    "ProcedureVersionQuerySet",
    "ResultKind",
    "ResultType",
    "ServiceLevel",
]
