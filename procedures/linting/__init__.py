"""Looking over procedures before citizens do: named rules, findings, and their forms for people and machines."""

from procedures.linting.findings import Finding, Severity, Subject
from procedures.linting.running import lint, rules, worst

__all__ = ["Finding", "Severity", "Subject", "lint", "rules", "worst"]
