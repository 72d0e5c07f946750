"""Twenty dossiers that differ in what their rules decided, and what formats are given of each."""

from __future__ import annotations

import itertools
from typing import Literal

import report_samples
from ftgov.exports import Judged
from ftgov.exports.judged import Place
from ftgov.records.decision import AppliedWaiver, Decision, Figure
from ftgov.records.digest import digest_bytes
from ftgov.records.dossier import Dossier
from ftgov.records.finding import Severity
from report_findings import EVIDENCE

Outcome = Literal["pass", "fail", "warn", "waived", "error"]

WAIVER = AppliedWaiver(
    name="ours-002.loan-triage-tuned.1",
    statement=digest_bytes(b"statement"),
    reason="The queue is checked by hand until the next training.",
    expires_at="2026-12-31T00:00:00Z",
    author="Ada Example",
    approver="Ben Example",
)
FIGURE = Figure(
    measure="group_fairness.demographic_parity_ratio",
    value=0.128,
    low=0.097,
    high=0.168,
    n=1200,
    between=({"sex": "f"}, {"sex": None}),
    evidence=(EVIDENCE[0].digest,),
)

_OUTCOMES: tuple[tuple[Outcome, Severity], ...] = (
    ("pass", "error"),
    ("fail", "error"),
    ("error", "error"),
    ("waived", "error"),
    ("warn", "error"),
    ("fail", "warning"),
    ("fail", "note"),
    ("error", "note"),
    ("waived", "note"),
    ("pass", "note"),
)

PATTERNS: tuple[tuple[int, ...], ...] = (
    (0,),
    (9,),
    (),
    (5, 6),
    (0, 3),
    (0, 4, 5, 6, 8),
    (3, 4),
    (0, 1),
    (0, 2),
    (1, 2),
    (0, 7),
    (1, 3, 4),
    (1, 7),
    (0, 9),
    (2, 5),
    (3, 3, 3),
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (0, 8, 9),
    (4, 9),
    (7,),
)
"""Which outcomes each of the twenty dossiers holds, by their place in the table above."""


def decision(place: int, outcome: Outcome, severity: Severity) -> Decision:
    """Return one rule's decision; every second rule is of another gate."""
    made = report_samples.decision(
        f"OURS-{place:03}",
        f"Rule {place} holds",
        outcome,
        f"Ratio {place} is 0.128, interval 0.097 to 0.168; the lower limit is 0.80.",
        severity=severity,
        remedy="" if outcome == "pass" else "Rebalance the data, and audit again.",
    )
    changes: dict[str, object] = {"gate": "baseline" if place % 2 else "ours", "figures": (FIGURE,)}
    if outcome == "waived":
        changes["waiver"] = WAIVER
    return made.model_copy(update=changes)


def dossier(pattern: tuple[int, ...]) -> Dossier:
    """Return a dossier without findings, whose rules decided as the pattern says."""
    full = report_samples.dossier("pass").assessment
    lean = full.model_copy(update={"findings": ()})
    numbered = zip(itertools.count(1), pattern, strict=False)
    return report_samples.sealed(
        lean, tuple(decision(place, *_OUTCOMES[kind]) for place, kind in numbered)
    )


def judged(of: Dossier) -> Judged:
    """Return what formats are given of a dossier."""
    subject = of.assessment.subject
    return Judged(
        model=subject.model.name,
        system=subject.system.name if subject.system else None,
        verdict=of.verdict,
        decisions=of.decisions,
        assessment=of.assessment_digest,
        assessed_at=of.assessment.assessed_at,
        tool=of.assessment.tool,
        default_place=Place("ftgov.toml"),
        places={("ours", "OURS-002"): Place("gates/ours file.yaml", 17)},
        files={EVIDENCE[0].digest: EVIDENCE[0].name},
    )
