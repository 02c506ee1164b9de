"""The catalogue: procedures and their dated versions. Public reference data only."""

from procedures.models.catalogue import Field, LifeEvent, Procedure
from procedures.models.contents import Component, ComponentKind, FeeKind, FeeRule, ResultKind, ResultType
from procedures.models.versions import Place, ProcedureVersion, ProcedureVersionQuerySet, ServiceLevel

__all__ = [
    "Component",
    "ComponentKind",
    "FeeKind",
    "FeeRule",
    "Field",
    "LifeEvent",
    "Place",
    "Procedure",
    "ProcedureVersion",
    "ProcedureVersionQuerySet",
    "ResultKind",
    "ResultType",
    "ServiceLevel",
]
