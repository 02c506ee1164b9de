"""The catalogue: procedures and their dated versions, local policies. Public reference data only."""

from procedures.models.bundles import Bundle
from procedures.models.catalogue import Field, LifeEvent, Procedure
from procedures.models.changes import CatalogueChange, ChangeKind
from procedures.models.contents import Component, ComponentKind, FeeKind, FeeRule, ResultKind, ResultType
from procedures.models.drafts import DraftState, FormDraft, FormRevision, SheetDraft
from procedures.models.national import NationalRecord
from procedures.models.policies import LocalPolicy, LocalPolicyQuerySet, PolicyChannel
from procedures.models.questions import Question
from procedures.models.versions import Audience, Origin, Place, ProcedureVersion, ProcedureVersionQuerySet, ServiceLevel

__all__ = [
    "Audience",
    "Bundle",
    "CatalogueChange",
    "ChangeKind",
    "Component",
    "ComponentKind",
    "DraftState",
    "FeeKind",
    "FeeRule",
    "Field",
    "FormDraft",
    "FormRevision",
    "LifeEvent",
    "LocalPolicy",
    "LocalPolicyQuerySet",
    "NationalRecord",
    "Origin",
    "Place",
    "PolicyChannel",
    "Procedure",
    "ProcedureVersion",
    "ProcedureVersionQuerySet",
    "Question",
    "ResultKind",
    "ResultType",
    "ServiceLevel",
    "SheetDraft",
]
