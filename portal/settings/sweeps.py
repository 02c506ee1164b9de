"""What beat looks for, and how often: rows whose bell was lost (docs/adr/0003), and what is due by the clock."""

from typing import Any


def beat_schedule(sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """Return CELERY_BEAT_SCHEDULE; `sweep_seconds` is how long work may lie whose bell was lost."""
    every = {
        "exchange.deliver_due": sweep_seconds,
        "exchange.apply_received": sweep_seconds,
        "exchange.pull_due": sweep_seconds,
        "notifications.send_due": sweep_seconds,
        "dossiers.write_letters": sweep_seconds,
        "dossiers.assign_numbers": sweep_seconds,
        "dossiers.issue_results": sweep_seconds,
        "dossiers.go_on_with_bundles": sweep_seconds,
        "datastore.link_accesses": sweep_seconds,
        "datastore.run_imports": sweep_seconds,
        "payments.write_receipts": sweep_seconds,
        "backoffice.run_bulk_jobs": sweep_seconds,
        "payments.expire_orders": 60.0,
        "dossiers.watch_deadlines": 300.0,
        "dossiers.close_silent": 3600.0,
        "dossiers.lapse_drafts": 300.0,
        "dossiers.replay_mapped": 300.0,
        "dossiers.plan_reconciliation": 900.0,
        "dossiers.keep_findable": 60.0,
        "dossiers.reconcile": 60.0,
        "procedures.bring_current": 120.0,
        "datastore.sweep_storage": 300.0,
        "datastore.remind_of_expiry": 3600.0,
        "api.tidy": 3600.0,
        "accounts.forget_sessions": 3600.0,
    }
    return {
        task.replace(".", "-").replace("_", "-"): {"task": task, "schedule": seconds} for task, seconds in every.items()
    }
