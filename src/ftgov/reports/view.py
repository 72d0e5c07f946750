"""From a dossier to all that its report prints, formatted and grounded; pure and deterministic."""

from __future__ import annotations

from datetime import datetime

from ftgov.records.decision import Decision
from ftgov.records.digest import bare, digest_record
from ftgov.records.dossier import AnalysisSettings, Assessment, Dossier
from ftgov.records.finding import Finding
from ftgov.reports.choice import charts_of
from ftgov.reports.figures import decided_figure, figure_view
from ftgov.reports.grounding import EvidenceIndex, check_dossier
from ftgov.reports.legal import law_view
from ftgov.reports.lineage import lineage_drawing, lineage_rows
from ftgov.reports.methods import methods_of
from ftgov.reports.numbers import percent_level, size_text
from ftgov.reports.shapes import (
    DecisionView,
    FigureView,
    FileRow,
    FindingView,
    Pair,
    ReportView,
)
from ftgov.reports.tables import tables_of
from ftgov.reports.text import sentence_case
from ftgov.reports.verdicts import sentence_of
from ftgov.reports.words import CLOCKS, HIGHLIGHTS, LABELS, METHODS, NEXT_STEPS, OUTCOMES, VERDICTS

_FIGURES = 40
"""Rows of one findings table; the dossier holds the rest, and the table says how many."""

_DECIDED = 2
_ORDER = ("fail", "error", "warn", "waived", "pass")
_BOXES = 4


def build_view(dossier: Dossier) -> ReportView:
    """Return everything the report prints.

    Args:
        dossier: The one truth; the view is a function of it alone.

    Raises:
        UngroundedFigure: If a figure rests on evidence that the dossier does not hold.
        FtgovError: If the dossier contradicts itself.
    """
    check_dossier(dossier)
    made = dossier.assessment
    subject = made.subject
    index = EvidenceIndex(dossier)
    findings = made.findings
    return ReportView(
        model=subject.model.name,
        model_facts=_model_facts(made),
        system=subject.system.name if subject.system else "none recorded",
        purpose=subject.system.intended_purpose if subject.system else "",
        parties=tuple(
            Pair(
                term=party.role or party.kind,
                text=party.legal_name or party.name,
                reference=party.contact or "",
            )
            for party in subject.parties
        ),
        assessed=date_text(made.assessed_at),
        assessed_at=made.assessed_at,
        tool=made.tool,
        dossier_digest=digest_record(dossier),
        assessment_digest=dossier.assessment_digest,
        assessment_short=bare(dossier.assessment_digest)[:12],
        ledger=_ledger(made),
        pill=VERDICTS[dossier.verdict],
        sentence=sentence_of(dossier),
        next_steps=NEXT_STEPS[dossier.verdict],
        highlights=highlights_of(findings, index),
        decisions=tuple(
            _decision(one, findings, index)
            for one in sorted(dossier.decisions, key=lambda one: _ORDER.index(one.outcome))
        ),
        law=law_view(made.classification, made.duties, subject.standing.compute)
        if made.classification
        else None,
        charts=charts_of(findings, index),
        findings=tuple(_finding(one, place, index) for place, one in enumerate(findings, start=1)),
        lineage=lineage_drawing(subject),
        lineage_rows=lineage_rows(subject, index),
        evidence=_files(dossier, index),
        methods=methods_of(findings),
        settings=_settings(made.settings),
        labels=_labels(findings),
    )


def date_text(time: str) -> str:
    """Return a recorded time for people: `21 November 2026, 09:30 UTC`."""
    moment = datetime.fromisoformat(time)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def highlights_of(findings: tuple[Finding, ...], index: EvidenceIndex) -> tuple[FigureView, ...]:
    """Return up to four figures of the whole model for the summary, the best known measures first.

    Raises:
        UngroundedFigure: If such a figure's evidence is not in the dossier.
    """
    whole = [
        found
        for finding in findings
        for found in finding.measurements
        if not found.slice and found.value is not None
    ]
    ranked = [
        next((m for name in names for m in whole if m.id.rsplit(".", 1)[-1] == name), None)
        for names in HIGHLIGHTS
    ]
    chosen = {found.id: found for found in (*ranked, *whole) if found}
    return tuple(figure_view(found, index) for found in list(chosen.values())[:_BOXES])


def _model_facts(made: Assessment) -> str:
    subject = made.subject
    base = f"tuned from {subject.base.name}" if subject.base else f"{subject.model.kind} model"
    method = f" by a {METHODS[subject.job.method]} job" if subject.job else ""
    return f"{base}{method}"


def _ledger(made: Assessment) -> str:
    head = f", head {bare(made.ledger.head)[:12]}" if made.ledger.head else ""
    return f"{made.ledger.entries:,} entries{head}"


def _decision(one: Decision, findings: tuple[Finding, ...], index: EvidenceIndex) -> DecisionView:
    ordered = sorted(one.figures, key=lambda figure: len(figure.slice) + len(figure.between))
    figures = tuple(decided_figure(figure, findings, index) for figure in ordered)
    shown = _DECIDED if one.outcome != "pass" else 1
    return DecisionView(
        rule=one.rule,
        gate=f"{one.gate}, version {one.version}",
        title=one.title,
        pill=OUTCOMES[one.outcome],
        message=one.message,
        decided=f"{date_text(one.decided_at)}, by {CLOCKS[one.time_source]}",
        remedy=one.remedy if one.outcome in {"fail", "error", "warn"} else "",
        figures=figures[:shown],
        more=len(figures[shown:]),
        refs=", ".join(one.refs),
        policy=bare(one.policy)[:12],
    )


def _finding(one: Finding, place: int, index: EvidenceIndex) -> FindingView:
    matrices, figures = tables_of(one.measurements, index)
    levels = {figure.level for figure in figures if figure.level}
    return FindingView(
        anchor=f"finding-{place}",
        title=one.title,
        analyzer=sentence_case(one.analyzer),
        identity=one.id,
        pill=OUTCOMES[one.outcome],
        summary=one.summary,
        matrices=matrices,
        figures=figures[:_FIGURES],
        more=len(figures[_FIGURES:]),
        level=levels.pop() if len(levels) == 1 else "",
        evidence=index.marks(one.evidence, one.id) if one.evidence else (),
    )


def _files(dossier: Dossier, index: EvidenceIndex) -> tuple[FileRow, ...]:
    rows = {}
    for file in dossier.evidence:
        mark = index.mark(file.digest)
        if mark:
            rows[mark.anchor] = FileRow(
                number=mark.number,
                anchor=mark.anchor,
                name=file.name,
                size=size_text(file.bytes),
                digest=bare(file.digest),
            )
    return tuple(rows.values())


def _settings(settings: AnalysisSettings) -> tuple[Pair, ...]:
    return (Pair(term="Confidence", text=percent_level(settings.confidence)),)


def _labels(findings: tuple[Finding, ...]) -> tuple[Pair, ...]:
    used = {found.assurance for finding in findings for found in finding.measurements}
    return tuple(Pair(term=name, text=text) for name, text in LABELS.items() if name in used)
