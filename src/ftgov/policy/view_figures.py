"""The figures of an assessment as policies see them: absence is noticed, oddities are left out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ftgov.records.decision import Figure
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement

FIELDS = ("value", "low", "high", "level", "n", "unit", "assurance", "n_needed")
"""What can be read of a measure; a field that a figure does not have is absent, never null."""

_NOT_FINITE = "it is not a finite number with an interval"


def figures_seen(findings: Iterable[Finding]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the figures over all data, by analyzer and measure, and why others are left out."""
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


def slices_seen(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the figures of parts of the data, by analyzer and measure."""
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


def figures_recorded(findings: Iterable[Finding]) -> dict[str, tuple[Figure, ...]]:
    """Return every figure, by measure, as decisions keep it."""
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


def silent_analyzers(findings: Iterable[Finding]) -> dict[str, str]:
    """Return what analyzers that assessed nothing said, by analyzer."""
    return {
        found.analyzer: f"{found.outcome.replace('_', ' ')}: {found.summary}"
        for found in findings
        if found.outcome in {"not_assessed", "not_applicable"}
    }
