"""Looking over procedures before citizens do: named rules, findings, and their forms for people and machines."""

from procedures.linting.findings import Finding, Severity, Subject
from procedures.linting.running import UNREADABLE_FORM, lint, rules, told, worst

__all__ = ["UNREADABLE_FORM", "Finding", "Severity", "Subject", "lint", "rules", "told", "worst"]
