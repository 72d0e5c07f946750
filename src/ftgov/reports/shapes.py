"""What the templates print: a frozen view of a dossier in which every text is already formatted."""

from __future__ import annotations

from typing import Literal

from ftgov.records.base import Record

Tone = Literal["good", "bad", "open", "plain"]
"""How a status pill looks; its word says the same without colour."""


class Pill(Record):
    """A status: a word and its tone."""

    word: str
    tone: Tone


class EvidenceMark(Record):
    """A reference to a file of the evidence index: its number, its short digest, its anchor."""

    number: str
    short: str
    anchor: str


class FigureView(Record):
    """One figure as printed: never without interval, n, label and evidence."""

    measure: str
    label: str
    scope: str
    value: str
    interval: str
    level: str
    n: str
    assurance: str
    evidence: tuple[EvidenceMark, ...]
    note: str = ""


class DecisionView(Record):
    """One rule of a gate and what came of it."""

    rule: str
    gate: str
    title: str
    pill: Pill
    message: str
    remedy: str
    decided: str
    figures: tuple[FigureView, ...]
    more: int
    refs: str
    policy: str


class Drawing(Record):
    """A chart with its caption; only `reports.charts` makes the SVG text."""

    kind: Literal["dumbbell", "forest", "curve", "range", "lineage"]
    title: str
    caption: str
    svg: str
    source: tuple[EvidenceMark, ...] = ()


class MatrixRow(Record):
    """One slice of the data with the figures of several measures (None: not measured there).

    `n` is that of all its figures, or empty where they differ.
    """

    scope: str
    n: str
    cells: tuple[FigureView | None, ...]
    evidence: tuple[EvidenceMark, ...]


class MatrixView(Record):
    """Figures of several measures over the same slices, all with one assurance label."""

    heads: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    more: int
    level: str
    label: str


class FindingView(Record):
    """One finding with its tables."""

    anchor: str
    title: str
    analyzer: str
    identity: str
    pill: Pill
    summary: str
    matrices: tuple[MatrixView, ...]
    figures: tuple[FigureView, ...]
    more: int
    level: str
    evidence: tuple[EvidenceMark, ...]


class Pair(Record):
    """A term and what is said of it."""

    term: str
    text: str
    reference: str = ""


class ObligationView(Record):
    """A duty, whom it binds, how the evidence for it stands, and what people must judge.

    `shown` names each thing that shows the duty with how it stands, first what is not present.
    """

    identity: str
    reference: str
    who: str
    text: str
    note: str
    pill: Pill | None = None
    shown: tuple[str, ...] = ()
    judge: str = ""


class DutyGroup(Record):
    """Duties that apply from the same date."""

    title: str
    duties: tuple[ObligationView, ...]


class StateCount(Record):
    """How many duties stand in one state, and what that means."""

    pill: Pill
    count: int
    text: str


class LawView(Record):
    """The law page: three axes, the reasons, the duties with their states."""

    pack: str
    pack_digest: str
    as_of: str
    headline: str
    axes: tuple[Pair, ...]
    missing: tuple[str, ...]
    why: tuple[Pair, ...]
    duties: tuple[DutyGroup, ...]
    states: tuple[StateCount, ...] = ()
    not_owed: tuple[str, ...] = ()


class LineageRow(Record):
    """A record of the lineage table."""

    name: str
    what: str
    facts: str
    files: tuple[str, ...]


class FileRow(Record):
    """A file of the evidence index."""

    number: str
    anchor: str
    name: str
    size: str
    digest: str


class MethodView(Record):
    """The methods of one analyzer's measures."""

    analyzer: str
    entries: tuple[Pair, ...]


class ReportView(Record):
    """Everything the report prints."""

    model: str
    model_facts: str
    system: str
    purpose: str
    parties: tuple[Pair, ...]
    assessed: str
    assessed_at: str
    tool: str
    dossier_digest: str
    assessment_digest: str
    assessment_short: str
    ledger: str
    pill: Pill
    sentence: str
    next_steps: str
    highlights: tuple[FigureView, ...]
    decisions: tuple[DecisionView, ...]
    law: LawView | None
    charts: tuple[Drawing, ...]
    findings: tuple[FindingView, ...]
    lineage: Drawing
    lineage_rows: tuple[LineageRow, ...]
    evidence: tuple[FileRow, ...]
    methods: tuple[MethodView, ...]
    settings: tuple[Pair, ...]
    labels: tuple[Pair, ...]
