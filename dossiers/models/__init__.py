"""Dossiers (hồ sơ): what was filed, what happened, what is asked for and which papers were made."""

from dossiers.models.alerts import Alert
from dossiers.models.assistance import Assistance, HelperKind
from dossiers.models.bundles import BundleFiling, BundlePaper, BundlePart, PaidAhead
from dossiers.models.code_counters import DossierCodeCounter
from dossiers.models.codes import CodeGap, CodeKind, CodeTable
from dossiers.models.component_checks import ComponentCheck, Verdict
from dossiers.models.components import DossierComponent
from dossiers.models.counter import ActsBy, CounterVisit
from dossiers.models.dossiers import (
    ACTS_BY,
    ENDED_AT,
    Dossier,
    DossierQuerySet,
    FilingChannel,
)
from dossiers.models.events import DossierEvent
from dossiers.models.held import HeldPaper
from dossiers.models.letter_templates import LetterTemplate
from dossiers.models.letter_texts import LetterText
from dossiers.models.messages import DossierMessage, InternalNote, MessageFile, MessageTemplate, Side
from dossiers.models.person_numbers import PersonNumber
from dossiers.models.reconciliation import Difference, Reconciliation
from dossiers.models.requests import (
    Consultation,
    ConsultationPaper,
    ConsultationSide,
    FinancialObligation,
    ObligationState,
    RequestPicture,
    SupplementRequest,
)
from dossiers.models.result_drafts import DraftCheck, DraftState, ResultDraft
from dossiers.models.search_rows import SearchRow
from dossiers.models.stages import DossierStage
from dossiers.models.work import Letter, LetterKind, ResultIssue

__all__ = [
    "ACTS_BY",
    "ENDED_AT",
    "ActsBy",
    "Alert",
    "BundleFiling",
    "BundlePaper",
    "BundlePart",
    "CodeGap",
    "CodeKind",
    "CodeTable",
    "Assistance",
    "ComponentCheck",
    "Consultation",
    "ConsultationPaper",
    "ConsultationSide",
    "Difference",
    "CounterVisit",
    "Dossier",
    "DossierCodeCounter",
    "DossierComponent",
    "DossierEvent",
    "DossierMessage",
    "DossierQuerySet",
    "DossierStage",
    "DraftCheck",
    "DraftState",
    "FilingChannel",
    "FinancialObligation",
    "InternalNote",
    "HeldPaper",
    "HelperKind",
    "Letter",
    "LetterKind",
    "LetterTemplate",
    "LetterText",
    "MessageFile",
    "MessageTemplate",
    "ObligationState",
    "PaidAhead",
    "PersonNumber",
    "Reconciliation",
    "ResultDraft",
    "ResultIssue",
    "SearchRow",
    "Verdict",
    "Side",
    "RequestPicture",
    "SupplementRequest",
]
