"""Dossiers (hồ sơ): what was filed, what happened, what is asked for and which papers were made."""

from dossiers.models.alerts import Alert
from dossiers.models.dossiers import Dossier, DossierCodeCounter, DossierComponent, DossierQuerySet, FilingChannel
from dossiers.models.events import DossierEvent
from dossiers.models.requests import Consultation, FinancialObligation, ObligationState, SupplementRequest
from dossiers.models.work import Letter, LetterKind, ResultIssue

__all__ = [
    "Alert",
    "Consultation",
    "Dossier",
    "DossierCodeCounter",
    "DossierComponent",
    "DossierEvent",
    "DossierQuerySet",
    "FilingChannel",
    "FinancialObligation",
    "Letter",
    "LetterKind",
    "ObligationState",
    "ResultIssue",
    "SupplementRequest",
]
