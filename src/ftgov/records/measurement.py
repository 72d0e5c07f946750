"""Measurements: no figure travels without its interval, n, method, assurance label and evidence."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.base import Record
from ftgov.records.digest import Digest

Assurance = Literal[
    "measured-meter",
    "measured-software",
    "provider-reported",
    "estimated-flop",
    "estimated-tdp",
    "declared",
    "assumed",
    "unknown",
]
"""What kind of claim a figure is; a label is checked in code, not chosen by taste."""


class Interval(Record):
    """An interval: lower and upper end, nominal coverage, and the method that made it."""

    low: float
    high: float
    level: float = Field(gt=0, lt=1, description="nominal coverage, 0.95 for 95 %")
    method: str = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(
                f"an interval's lower end {self.low} lies above its upper end {self.high}"
            )
        return self


def exact(value: float, method: str = "exact count") -> Interval:
    """Return the degenerate interval of a figure that was counted, not estimated."""
    return Interval(low=value, high=value, level=0.95, method=method)


class Measurement(Record):
    """One figure: its value or the reason why it has none.

    `id` is `analyzer.measure`; `slice` names the part of the data it is about (group, language).
    A policy reads `low` and `high`, never the value alone.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
    value: float | None
    unit: str = Field(min_length=1, description="UCUM-like: 1, %, kWh, kg, row, byte ...")
    interval: Interval | None = None
    n: int | None = Field(default=None, ge=0, description="the denominator: rows, pairs or probes")
    method: str = Field(min_length=1, description="how the value was made, with its source")
    assurance: Assurance
    evidence: tuple[Digest, ...] = Field(min_length=1)
    slice: dict[str, str | None] = {}
    between: tuple[dict[str, str | None], ...] = Field(
        default=(), description="the two slices that a difference or ratio compares"
    )
    n_needed: int | None = Field(
        default=None,
        ge=0,
        description="the n that would decide: rows of each group, cases or probes",
    )
    reason: str | None = Field(default=None, description="why there is no value")

    @model_validator(mode="after")
    def _value_or_reason(self) -> Self:
        if (self.value is None) != (self.reason is not None):
            raise ValueError(
                f"{self.id}: a figure has either a value or the reason why it has none"
            )
        if (self.value is None) != (self.interval is None):
            raise ValueError(f"{self.id}: a figure has an interval exactly if it has a value")
        return self
