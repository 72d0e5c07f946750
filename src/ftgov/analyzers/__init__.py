"""Analyzers: records and evidence in, findings out; built-ins are files here."""

from __future__ import annotations

import importlib
import pkgutil
import re
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from ftgov.errors import FtgovError, MissingExtra, NotAssessable
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.subject import Subject

if TYPE_CHECKING:
    from ftgov.analyzers.protocol import Analyzer, Measure

ENTRY_POINTS = "ftgov.analyzers"
_ID = re.compile(r"^[a-z0-9_]+$")


class BrokenAnalyzer:
    """Stands in for a plug-in that cannot be used: it says so in every audit, never in silence."""

    measures: tuple[Measure, ...] = ()

    def __init__(self, name: str, fault: str) -> None:
        self.id = "plugin_" + (re.sub(r"[^a-z0-9_]", "_", name.lower()) or "unnamed")
        self.title = f"Plug-in {name}"
        self._fault = fault

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return the finding that this plug-in could not be used."""
        del subject, evidence, settings
        return (_not_assessed(self, f"The plug-in could not be used: {self._fault}"),)


def discover() -> tuple[Analyzer, ...]:
    """Return the built-in analyzers and those of installed plug-ins, ordered by id.

    A plug-in that does not load, lacks a part, or takes an id that is taken becomes an analyzer
    that reports so.
    """
    found: dict[str, Analyzer] = {}
    for module in pkgutil.iter_modules(__path__):
        part = importlib.import_module(f"{__name__}.{module.name}")
        analyzer: Analyzer | None = getattr(part, "ANALYZER", None)
        if analyzer is not None:
            found[analyzer.id] = analyzer
    for entry in entry_points(group=ENTRY_POINTS):
        plugin = _loaded(entry, set(found))
        found[plugin.id] = plugin
    return tuple(found[identity] for identity in sorted(found))


def run(
    analyzers: tuple[Analyzer, ...],
    subject: Subject,
    evidence: EvidenceReader,
    settings: AnalysisSettings,
) -> tuple[Finding, ...]:
    """Return the findings of analyzers, in their order; each gives at least one.

    An analyzer that raises, gives nothing, or gives a figure it never declared yields a
    `not_assessed` finding of severity error that names the fault. A missing extra or absent
    evidence yields `not_assessed` too, and so does any error that a plug-in raises.

    Raises:
        FtgovError: If an analyzer that ships with ftgov cannot read a file of evidence, or finds a
            record that contradicts itself: that is no result of an audit, it is a fault to correct
            first.
    """
    return tuple(
        finding
        for analyzer in analyzers
        for finding in _findings(analyzer, subject, evidence, settings)
    )


def _findings(
    analyzer: Analyzer, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
) -> tuple[Finding, ...]:
    try:
        findings = analyzer.analyze(subject, evidence, settings)
        fault = _contract_fault(analyzer, findings)
    except FtgovError as problem:
        if _built_in(analyzer) and not isinstance(problem, MissingExtra | NotAssessable):
            raise
        words = (problem.what, problem.why, problem.next_step)
        return (_not_assessed(analyzer, " ".join(word for word in words if word)),)
    except Exception as problem:  # noqa: BLE001 - a plug-in may raise anything; it is reported, not hidden
        fault = f"{type(problem).__name__}: {problem}"
    if fault:
        return (_not_assessed(analyzer, f"The analyzer failed with {fault}"),)
    return findings


def _built_in(analyzer: Analyzer) -> bool:
    """Tell whether an analyzer ships with ftgov: a plug-in never stops an audit."""
    return type(analyzer).__module__.startswith(f"{__name__}.")


def _contract_fault(analyzer: Analyzer, findings: object) -> str:
    """Return how findings break the analyzer's contract, or nothing."""
    if not isinstance(findings, tuple) or not findings:
        return "a result that is no finding"
    declared = {measure.id: measure.unit for measure in analyzer.measures}
    for finding in findings:
        if not isinstance(finding, Finding) or finding.analyzer != analyzer.id:
            return "a result that is no finding of its own"
        for figure in finding.measurements:
            if declared.get(figure.id) != figure.unit:
                return f"the figure {figure.id} in {figure.unit}, which it does not declare"
    return ""


def _loaded(entry: EntryPoint, taken: set[str]) -> Analyzer:
    try:
        plugin: Analyzer = entry.load()
        measures: object = plugin.measures
        complete = all(
            (_ID.match(plugin.id), plugin.title, isinstance(measures, tuple), plugin.analyze)
        )
    except Exception as fault:  # noqa: BLE001 - loading runs foreign code
        return BrokenAnalyzer(entry.name, f"{type(fault).__name__}: {fault}")
    if not complete:
        return BrokenAnalyzer(entry.name, "it lacks an id, a title, measures or analyze")
    if plugin.id in taken:
        return BrokenAnalyzer(entry.name, f"the id {plugin.id} belongs to another analyzer")
    return plugin


def _not_assessed(analyzer: Analyzer, summary: str) -> Finding:
    return Finding(
        id=analyzer.id,
        analyzer=analyzer.id,
        title=analyzer.title,
        outcome="not_assessed",
        severity="error",
        summary=" ".join(summary.split())[:2_000],
    )
