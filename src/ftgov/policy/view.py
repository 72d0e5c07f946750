"""What an expression sees of an assessment: plain values, built so that absence is noticed.

A measure without a value, given twice, or given by an analyzer that does not own its name is left
out, so that reading it is an error; `unmeasured` says why it was left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ftgov.policy.case import SignatureSeen
from ftgov.policy.paths import MEASURED, ROOTS
from ftgov.records.canonical import plain
from ftgov.records.decision import Figure
from ftgov.records.dossier import Assessment
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject

FIELDS = ("value", "low", "high", "level", "n", "unit", "assurance", "n_needed")
"""What can be read of a measure; a field that a figure does not have is absent, never null."""

_NOT_FINITE = "it is not a finite number with an interval"

SUBJECT_FIELDS = ("model", "kind", "job", "base", "weights", "system")
ASSESSMENT_FIELDS = ("assessed_at", "tool")


class View(NamedTuple):
    """The values for the worker, the measures that have none, and the figures behind them."""

    values: dict[str, Any]
    unmeasured: dict[str, str]
    figures: dict[str, tuple[Figure, ...]]
    silent: dict[str, str]

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


def view_of(assessment: Assessment, *, signatures: Sequence[SignatureSeen], now: str) -> View:
    """Return what policies see of an assessment at a given time.

    Args:
        assessment: What was found; never the dossier that will hold the decisions.
        signatures: What the caller's verification says about sign-offs.
        now: The time of the decision, RFC 3339 UTC text; no clock is read here.
    """
    evidence, unmeasured = _figures(assessment.findings)
    values = {
        "evidence": evidence,
        "slices": _slices(assessment.findings),
        "findings": [
            {"id": found.id, "outcome": found.outcome, "severity": found.severity}
            for found in assessment.findings
        ],
        "classification": plain(assessment.classification) or {},
        "subject": _subject(assessment.subject),
        "assessment": {"assessed_at": assessment.assessed_at, "tool": assessment.tool},
        "signatures": [plain(signature) for signature in signatures],
        "now": now,
    }
    return View(values, unmeasured, _recorded(assessment.findings), _silent(assessment.findings))


def _figures(findings: Iterable[Finding]) -> tuple[dict[str, Any], dict[str, str]]:
    evidence: dict[str, dict[str, Any]] = {}
    unmeasured: dict[str, str] = {}
    given_by: dict[str, str] = {}
    for finding in findings:
        for figure in finding.measurements:
            if _is_sliced(figure):
                continue
            if figure.id in given_by:
                unmeasured[figure.id] = (
                    f"it stands twice, in {given_by[figure.id]} and {finding.id}"
                )
            given_by[figure.id] = finding.id
            if why := _unusable(figure, finding):
                unmeasured.setdefault(figure.id, why)
            analyzer, _, measure = figure.id.partition(".")
            evidence.setdefault(analyzer, {})[measure] = _fields(figure)
    for identity in unmeasured:
        analyzer, _, measure = identity.partition(".")
        del evidence[analyzer][measure]
    return evidence, unmeasured


def _unusable(figure: Measurement, finding: Finding) -> str | None:
    """Return why a figure is not shown to policies, or None."""
    if figure.value is None:
        return figure.reason or "no reason was recorded"
    if figure.id.partition(".")[0] != finding.analyzer:
        return f"it was given by the analyzer {finding.analyzer}, which does not own that name"
    return None if _is_finite(figure) else _NOT_FINITE


def _is_finite(figure: Measurement) -> bool:
    """Tell whether value, ends and level are finite; records see to it, memory does not."""
    found = figure.interval
    ends = (found.low, found.high, found.level) if found else (math.nan,)
    return figure.value is not None and all(map(math.isfinite, (figure.value, *ends)))


def _is_sliced(figure: Measurement) -> bool:
    return bool(figure.slice or figure.between)


def _fields(figure: Measurement) -> dict[str, Any]:
    usable = _is_finite(figure)
    interval = figure.interval if usable else None
    every = {
        "value": figure.value if usable else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "level": interval.level if interval else None,
        "n": figure.n,
        "unit": figure.unit,
        "assurance": figure.assurance,
        "n_needed": figure.n_needed,
    }
    return {name: value for name, value in every.items() if value is not None}


def _slices(findings: Iterable[Finding]) -> dict[str, Any]:
    found: dict[str, dict[str, list[Any]]] = {}
    for finding in findings:
        for figure in finding.measurements:
            if _is_sliced(figure):
                analyzer, _, measure = figure.id.partition(".")
                place = {"slice": figure.slice, "between": list(figure.between)}
                found.setdefault(analyzer, {}).setdefault(measure, []).append(
                    {**place, **_fields(figure)}
                )
    return found


def _subject(subject: Subject) -> dict[str, Any]:
    """Return the lineage; a tuned model that applies an adapter counts the adapter's files too."""
    adapter = next((m for m in subject.related if m.name == subject.model.adapter), None)
    every = {
        "model": subject.model.name,
        "kind": subject.model.kind,
        "job": subject.job.name if subject.job else None,
        "base": subject.base.name if subject.base else None,
        "weights": len(subject.model.weights) + (len(adapter.weights) if adapter else 0),
        "system": subject.system.name if subject.system else None,
    }
    return {name: value for name, value in every.items() if value is not None}


def _recorded(findings: Iterable[Finding]) -> dict[str, tuple[Figure, ...]]:
    found: dict[str, list[Figure]] = {}
    for finding in findings:
        for figure in finding.measurements:
            found.setdefault(figure.id, []).append(_figure(figure))
    return {identity: tuple(figures) for identity, figures in found.items()}


def _figure(figure: Measurement) -> Figure:
    usable = _is_finite(figure)
    interval = figure.interval if usable else None
    return Figure(
        measure=figure.id,
        value=figure.value if usable else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        n=figure.n,
        unit=figure.unit,
        slice=figure.slice,
        between=figure.between,
        evidence=figure.evidence,
        reason=None if usable else figure.reason or _NOT_FINITE,
    )


def _silent(findings: Iterable[Finding]) -> dict[str, str]:
    """Return what analyzers that assessed nothing said, by analyzer."""
    return {
        found.analyzer: f"{found.outcome.replace('_', ' ')}: {found.summary}"
        for found in findings
        if found.outcome in {"not_assessed", "not_applicable"}
    }
