"""What an analyzer is: a pure function of a subject and its evidence, with its measures declared.

A new analyzer is one file (or package) here that ends in `ANALYZER = ...`; third parties register
theirs under the entry-point group `ftgov.analyzers`.
"""

from __future__ import annotations

from typing import Literal, Protocol

from ftgov.records.base import Record
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.subject import Subject


class Measure(Record):
    """A figure that an analyzer may give; policies may name declared measures only."""

    id: str
    unit: str
    better: Literal["higher", "lower", "neither"]
    description: str


class Analyzer(Protocol):
    """One way of looking at a model.

    `analyze` reads nothing but its arguments, gives the same findings for the same input, and where
    it can't say anything returns a `not_assessed` or `not_applicable` finding, never nothing.
    """

    id: str
    title: str
    measures: tuple[Measure, ...]

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return what was found about the subject's model."""
        ...
