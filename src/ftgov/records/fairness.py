"""The audit of decisions by group: every figure with its interval, every comparison its verdict.

The JSON of these records is what `ftgov fairness --json` prints: docs/reference/fairness.md.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Record
from ftgov.records.digest import Digest

Group = dict[str, str | None]
"""A group by its columns; None is the group of those whose value is missing."""

Verdict = Literal["pass", "fail", "inconclusive", "not_assessed"]
Side = Literal["lt", "le", "gt", "ge"]


class Figure(Record):
    """A metric of one group, or of everyone."""

    value: float | None
    low: float | None = Field(description="lower end of the interval, not adjusted for others")
    high: float | None
    n: int = Field(ge=0, description="the denominator, in rows")
    n_effective: float | None = Field(
        default=None, description="independent rows that weighted or clustered rows are worth"
    )
    method: str = Field(description="how the interval was made")
    reason: str | None = Field(default=None, description="why there is no value")


class GroupFigures(Record):
    """All metrics of one group."""

    group: Group
    n: int = Field(ge=0)
    share: float = Field(description="of all rows")
    metrics: dict[str, Figure]


class Limit(Record):
    """What was asked of a figure: the side of a value on which it fails."""

    metric: str
    fails: Side
    value: float

    def text(self) -> str:
        """Return the limit as it is written on the command line."""
        return f"{self.metric}:{self.fails}:{self.value:g}"


class Comparison(Record):
    """Two groups, or all of them at once, in one metric."""

    metric: str
    kind: Literal["difference", "ratio"]
    between: tuple[Group, ...] = Field(description="two groups; none for all groups at once")
    value: float | None
    low: float | None = Field(description="lower end of the adjusted interval, which decides")
    high: float | None
    p_adjusted: float | None = Field(description="of no difference at all, adjusted by Holm")
    verdict: Verdict
    reason: str | None
    n_needed: int | None = Field(
        description="rows of each group for a verdict with 80 % power at the observed effect"
    )
    level: float | None = Field(description="coverage of this interval alone")
    family: int = Field(ge=0, description="intervals that hold at once")
    limit: Limit | None = None
    method: str


class LimitOutcome(Record):
    """A limit on one group's own figure, in an interval that holds for all groups at once."""

    metric: str
    group: Group
    limit: Limit
    value: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    reason: str | None
    n_needed: int | None


Basis = Literal["selected", "above the median score"]


class ImpactRatio(Record):
    """A line of the impact ratio table of New York City's Local Law 144 (6 RCNY 5-301)."""

    group: Group
    basis: Basis = Field(description="selection rate, or scoring rate where there are scores")
    applicants: int
    selected: int | None
    rate: float | None
    impact_ratio: float | None
    four_fifths: bool | None = Field(description="whether the ratio as printed is below 0.8")
    excluded: bool = Field(description="under 2 % of all; may be left out of the ratio")
    note: str = ""


class CalibrationBin(Record):
    """Scores of one group within one bin, beside how often the label was favourable."""

    low: float
    high: float
    n: int
    mean_score: float
    observed: float
    observed_low: float
    observed_high: float


class Calibration(Record):
    """How well the scores of one group agree with what happened."""

    group: Group
    n: int
    bins: tuple[CalibrationBin, ...]
    gap: Figure = Field(description="mean score minus observed rate")
    expected_error: Figure = Field(description="expected calibration error over the bins")


class Stratified(Record):
    """Two groups compared within strata: what is left of a difference when like meets like."""

    between: tuple[Group, Group]
    strata: int
    informative: int = Field(description="strata in which the two groups can be compared")
    crude_difference: float
    difference: float | None = Field(description="Mantel-Haenszel, within strata")
    low: float | None
    high: float | None
    p_association: float | None = Field(description="Cochran-Mantel-Haenszel")
    p_homogeneity: float | None = Field(description="Breslow-Day, with Tarone's correction")
    reversed: bool = Field(description="the difference within strata has the other sign")


class Shrunken(Record):
    """A small group's rate drawn towards all groups: for triage alone, never for a verdict."""

    group: Group
    rate: float
    low: float
    high: float


class Bounds(Record):
    """What an aggregate could be, whichever known groups the rows without a group belong to."""

    metric: str
    low: float
    high: float
    unknown: int


class CellEvidence(Record):
    """The cell table that every figure was computed from."""

    digest: Digest
    cells: int
    media_type: str = "application/json"


class FairnessAudit(Record):
    """The result of one audit of decisions by group."""

    n: int
    dropped: dict[str, int]
    engine: str
    resamples: int
    seed: int
    groups: tuple[GroupFigures, ...]
    comparisons: tuple[Comparison, ...]
    overall: dict[str, Figure]
    limits: tuple[LimitOutcome, ...] = ()
    impact_ratios: tuple[ImpactRatio, ...] = ()
    calibration: tuple[Calibration, ...] = ()
    strata: tuple[Stratified, ...] = ()
    triage: tuple[Shrunken, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    confidence: float
    source: str
    label: str | None
    prediction: str
    positive: str | None
    by: tuple[str, ...]
    weight: str | None = None
    score: str | None = None
    cluster: str | None = None
    where: tuple[str, ...] = ()
    reference: Group | None = None
    cells: CellEvidence
    notes: tuple[str, ...] = ()
    by_label: tuple[FairnessAudit, ...] = Field(
        default=(), description="with more than two labels, each in turn against the rest"
    )

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return the verdicts on the limits that were set, those on all groups at once first."""
        decided = [one.verdict for one in self.comparisons if one.limit and not one.between]
        return (*decided, *(one.verdict for one in self.limits))
