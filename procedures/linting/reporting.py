"""Findings as a table for people, and as JSON or SARIF 2.1.0 for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from procedures.linting.findings import Finding, Severity
from procedures.linting.running import told

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_table(findings: list[Finding], looked_at: int) -> str:
    """Columns that line up; waived findings are counted, not listed."""
    rows = [
        (finding.code, finding.severity.word, finding.rule, finding.place, finding.message)
        for finding in findings
        if not finding.waived
    ]
    header = ("procedure", "severity", "rule", "place", "finding")
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(4)]
    lines = ["  ".join([*(row[n].ljust(widths[n]) for n in range(4)), row[4]]) for row in [header, *rows]]
    counts = Counter(finding.severity for finding in findings if not finding.waived)
    waived = sum(bool(finding.waived) for finding in findings)
    summary = ", ".join(f"{counts[severity]} {severity.word}s" for severity in reversed(Severity))
    return "\n".join([*(lines if rows else []), f"{looked_at} procedures: {summary}, {waived} waived"])


def as_json(findings: list[Finding], looked_at: int) -> str:
    """Everything, one object a finding."""
    body = {
        "procedures": looked_at,
        "findings": [
            {
                "code": finding.code,
                "rule": finding.rule,
                "severity": finding.severity.word,
                "place": finding.place,
                "message": finding.message,
                **({"waived": finding.waived} if finding.waived else {}),
            }
            for finding in findings
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def as_sarif(findings: Iterable[Finding], files: Mapping[str, str], lines: Callable[[Finding], int | None]) -> str:
    """SARIF 2.1.0 (OASIS) with every rule that a result may name; waived findings are suppressed with their reason."""
    known = told()
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "lint_procedures",
                "rules": [
                    {
                        "id": each.name,
                        "shortDescription": {"text": each.says},
                        "defaultConfiguration": {"level": each.severity.word},
                    }
                    for each in known
                ],
            }
        },
        "results": [_result(finding, files, lines(finding)) for finding in findings],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _result(finding: Finding, files: Mapping[str, str], line: int | None) -> dict[str, Any]:
    location: dict[str, Any] = {
        "logicalLocations": [{"name": finding.code, "fullyQualifiedName": f"{finding.code}/{finding.place}"}]
    }
    if finding.code in files:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(files[finding.code])}}
        if line:
            physical["region"] = {"startLine": line}
        location["physicalLocation"] = physical
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": finding.severity.word,
        "message": {"text": f"{finding.place}: {finding.message}"},
        "locations": [location],
    }
    if finding.waived:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.waived}]
    return result
