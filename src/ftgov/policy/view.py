"""What an expression sees of an assessment: plain values, built so that absence is noticed.

A measure without a value, given twice, or given by an analyzer that does not own its name is left
out, so that reading it is an error; `unmeasured` says why it was left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ftgov.policy.paths import MEASURED, ROOTS
from ftgov.policy.view_figures import (
    figures_recorded,
    figures_seen,
    silent_analyzers,
    slices_seen,
)
from ftgov.policy.view_records import (
    duties_seen,
    job_seen,
    signatures_seen,
    special_seen,
    subject_seen,
)
from ftgov.records.canonical import plain
from ftgov.records.decision import Figure
from ftgov.records.digest import digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.verified import SigningTime, VerifiedSignature


class View(NamedTuple):
    """The values for the worker, the measures that have none, and the figures behind them."""

    values: dict[str, Any]
    unmeasured: dict[str, str]
    figures: dict[str, tuple[Figure, ...]]
    silent: dict[str, str]
    age: timedelta

    def why_absent(self, path: str) -> str | None:
        """Return why a required path cannot be relied on, or None where it holds a value.

        Args:
            path: A measure id (`analyzer.measure`), or a dotted path from one of the roots.
        """
        parts = path.split(".")
        if parts[0] not in ROOTS:
            parts = ["evidence", *parts]
        if parts[0] in MEASURED:
            parts = [*parts[:2], ".".join(parts[2:])]
        measure = ".".join(parts[1:])
        if parts[0] == "evidence" and measure in self.unmeasured:
            return f"{measure} has no value: {self.unmeasured[measure]}"
        found: Any = self.values
        for part in parts:
            found = found.get(part) if isinstance(found, dict) else None
        if found is not None and found not in ([], {}):
            return None
        said = self.silent.get(parts[1]) if parts[0] in MEASURED and len(parts) > 1 else None
        return f"missing evidence: {path}" + (f" ({said})" if said else "")

    def why_stale(self, days: int) -> str | None:
        """Return why the audit does not speak for the moment of the decision, or None.

        Args:
            days: How old it may be, in days; at that age it is too old.
        """
        made, now = self.values["assessment"]["assessed_at"], self.values["now"]
        if self.age < timedelta():
            return f"evidence from the future: the audit was made at {made}, the decision at {now}"
        if self.age < timedelta(days=days):
            return None
        return (
            f"stale evidence: the audit was made at {made}, {self.age.days} days before the "
            f"decision; less than {days} are asked for"
        )


def view_of(
    assessment: Assessment,
    *,
    signatures: Sequence[VerifiedSignature] = (),
    now: str,
    signing: SigningTime | None = None,
) -> View:
    """Return what policies see of an assessment at a given time.

    Args:
        assessment: What was found; never the dossier that will hold the decisions.
        signatures: What the signing room verified; those under another assessment are left out.
        now: The time of the decision, RFC 3339 UTC text; no clock is read here.
        signing: When the bundle was signed that holds the assessment; None where there is none.
    """
    findings = assessment.findings
    evidence, unmeasured = figures_seen(findings)
    stated = signing or SigningTime()
    signed_at = {"signed_at": stated.signed_at} if stated.signed_at else {}
    values = {
        "evidence": evidence,
        "slices": slices_seen(findings),
        "findings": [
            {"id": found.id, "outcome": found.outcome, "severity": found.severity}
            for found in findings
        ],
        "classification": plain(assessment.classification) or {},
        "duties": duties_seen(assessment.duties),
        "subject": subject_seen(assessment.subject),
        "job": job_seen(assessment.subject.job),
        "special": special_seen(assessment.subject),
        "assessment": {"assessed_at": assessment.assessed_at, "tool": assessment.tool},
        "signing": {"time": stated.time, **signed_at},
        "signatures": signatures_seen(signatures, digest_record(assessment)) if signatures else [],
        "now": now,
    }
    age = datetime.fromisoformat(now) - datetime.fromisoformat(assessment.assessed_at)
    return View(values, unmeasured, figures_recorded(findings), silent_analyzers(findings), age)
