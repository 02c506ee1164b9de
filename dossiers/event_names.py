"""What the name of an event alone says (tên sự kiện): whose turn it is, what lies before whom, what can be undone.

The names are those of the table (dossiers.lifecycle); partners read them, so they never change.
"""

ENDS_PROPOSAL = frozenset(
    {
        "dossier.processing_started",
        "dossier.sent_back",
        "dossier.consultation_requested",
        "dossier.supplement_requested",
        "dossier.payment_required",
    }
)
"""Events after which a specialist's proposal no longer lies before the leader."""

STARTED = "dossier.processing_started"
STAGE_ENDED, STAGE_SKIPPED, STAGE_RETURNED = "dossier.stage_ended", "dossier.stage_skipped", "dossier.stage_returned"
OF_STAGES = frozenset({STAGE_ENDED, STAGE_SKIPPED, STAGE_RETURNED})
"""How an agency divides its work is no news outside it (dossiers.stages)."""

WITHOUT_PROPOSAL = "is_without_proposal"
"""Said with a decision that a leader here took though no proposal lay before her."""

SUPPLEMENTED = "dossier.supplemented"

SUPPLEMENT_LAPSED = "dossier.supplement_lapsed"
"""No answer came in time, and the agency goes on with the papers that it has."""

DRAFT_SENT = "dossier.draft_sent"
DRAFT_ANSWERED = frozenset({"dossier.draft_confirmed", "dossier.draft_disputed", "dossier.draft_lapsed"})
"""While a draft of the result lies before the applicant it is her turn, though the state stays."""
CLOCK_RUNS = "clock_runs"
"""Said with a draft that was sent again: the agency's time goes on while she looks (dossiers.draft_checks)."""

REVERTIBLE = frozenset(
    {
        "dossier.accepted",
        "dossier.processing_started",
        "dossier.supplement_requested",
        "dossier.payment_required",
    }
)
"""Events of a step that can be taken back while it is the last one: nobody has answered it yet."""
BY_PORTAL = "by_portal"
"""Said with a filing that followed by itself from a declaration of linked procedures (dossiers.bundles)."""
CHANGES = "changes"
"""Told by a supplement: the answers that were put right, each with its words before and after."""
ANEW = "asked_anew"
"""Told with them: what the right answers ask for beyond what was filed: papers, charges; for the agency."""
BESIDE_STEPS = frozenset(
    {
        "dossier.assigned",
        "dossier.identity_revealed",
        "dossier.payment_recorded",
        "dossier.personal_id_assigned",
        "dossier.refunded",
        "dossier.status_reported",
    }
)
"""Events that no step of the table makes."""
TOLD_BESIDE = frozenset(
    {
        "dossier.letter_ready",
        "dossier.message",
        "dossier.payment_reminder",
        "dossier.result_issued",
        "dossier.result_ready",
        "dossier.supplement_reminder",
    }
)
"""What people and systems are told though no event of the dossier says it."""
PROGRESS_REPORTED = "dossier.progress_reported"
RECORD_UPDATED = "dossier.record_updated"
"""Told by an agency's own system: where it stands with a dossier, and that its record of one changed."""
