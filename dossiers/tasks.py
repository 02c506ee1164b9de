"""The worker's door: ids of nothing, the rows say what is due. Safe to run twice."""

from celery import shared_task

from dossiers import (
    bundles,
    closing,
    draft_checks,
    finding_upkeep,
    letters,
    number_assignment,
    person_numbers,
    results,
    watch,
)
from dossiers.models import Letter, PersonNumber, ResultIssue
from dossiers.partners import code_tables, inbox, reconciling
from dossiers.partners import pull_folder as _pull_folder  # noqa: F401 - registers a provider, as the next two do
from dossiers.partners import pull_rest as _pull_rest  # noqa: F401
from dossiers.partners import pull_wire as _pull_wire  # noqa: F401
from portal.core.work import drain
from portal.exchange import pulling


@shared_task(name="exchange.apply_received")  # rung by exchange, which does not know what a report is about
def apply_received() -> None:
    """Apply what waits in the inbox."""
    inbox.apply_received()


@shared_task(name=pulling.BELL)  # here, where the providers are known
def pull_due() -> None:
    """Ask the systems that cannot push."""
    pulling.pull_due()


@shared_task(name=reconciling.BELL)
def reconcile() -> None:
    """Compare with partners' systems what is due, and heal what differs."""
    reconciling.reconcile_due()


@shared_task(name="dossiers.plan_reconciliation")
def plan_reconciliation() -> None:
    """Put tonight's comparisons in the queue."""
    reconciling.plan_night()


@shared_task(name=code_tables.REPLAY_BELL)
def replay_mapped() -> None:
    """Do what waited for codes of partners' systems that are mapped by now."""
    code_tables.replay()


@shared_task(name="dossiers.keep_findable")
def keep_findable() -> None:
    """Keep the search of the desk quick and true."""
    finding_upkeep.tidy_index()
    finding_upkeep.follow_renamed()


@shared_task(name="dossiers.write_letters")
def write_letters() -> None:
    """Write letters that are due."""
    drain(Letter, letters.write)


@shared_task(name=person_numbers.BELL)
def assign_numbers() -> None:
    """Get the personal numbers of who is being registered."""
    drain(PersonNumber, number_assignment.assign)


@shared_task(name="dossiers.issue_results")
def issue_results() -> None:
    """Make and sign results that are due."""
    drain(ResultIssue, results.issue)


@shared_task(name="dossiers.go_on_with_bundles")
def go_on_with_bundles() -> None:
    """File the dossiers of bundles whose inputs are there."""
    bundles.go_on()


@shared_task(name="dossiers.watch_deadlines")
def watch_deadlines() -> None:
    """Warn of deadlines that near or have passed, and go up the agency tree."""
    watch.sweep()


@shared_task(name="dossiers.close_silent")
def close_silent() -> None:
    """Close dossiers whose applicants let the supplement deadline pass, and remind those who are about to."""
    closing.close_silent()
    closing.remind()


@shared_task(name="dossiers.lapse_drafts")
def lapse_drafts() -> None:
    """Count drafts as confirmed whose applicants let the time to answer pass."""
    draft_checks.lapse_due()
