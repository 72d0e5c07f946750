"""The figures of an energy tool's record: value, range at the wall, label, and words."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.analyzers import figures
from ftgov.analyzers.energy.tool_record import ToolRecord
from ftgov.energy.ranges import Range, shown
from ftgov.records.measurement import Assurance, Interval, Measurement


class _Reach(NamedTuple):
    """The range about a tool's figure: factors on the figure, and their source."""

    low: float
    high: float
    method: str


_GPU = _Reach(
    1.0,
    1.49,
    "from the tool's own figure, which reads low, to the 95th percentile of wall meter over "
    "CodeCarbon in 198 metered GPU runs (5th percentile 1.21, median 1.31), recomputed from the "
    "raw runs of arXiv 2509.22092; two machines, inference loads",
)
_CPU = _Reach(
    1.0,
    2.48,
    "from the tool's own figure, which reads low, to the 95th percentile of wall meter over "
    "CodeCarbon in 120 metered CPU runs (5th percentile 1.36, median 1.47), recomputed from the "
    "raw runs of arXiv 2509.22092; two machines, inference loads",
)
_COUNTER = _Reach(
    0.95,
    1.05,
    "5 % either way, by which the counters of accelerators err (arXiv 2312.02741); the level is "
    "nominal",
)
_TDP = _Reach(
    0.3,
    3.0,
    "assumed range, no confidence interval: a figure from rated power may be off by a factor of 3 "
    "either way (assumption of ours; its level is nominal)",
)
_SITE = "the site's own wall meter over the tool's figure, as it was calibrated"
_GRID = (0.85, 1.15)
_GRID_METHOD = (
    "and 15 % either way for the grid factor, by which two public tables of country factors differ"
)
_LEVEL = 0.9
_COUNTED = "the tool's own figure, read from hardware counters"
_PART = (
    "the tool's own figure: its processors were read from counters, but the memory's power is a "
    "constant of the tool"
)
_RATED = (
    "the tool's own figure; at least one processor's power was guessed from its rated power, not "
    "read from a counter"
)


def kwh_range(record: ToolRecord) -> Interval:
    """Return the range about the machine's energy, in kWh."""
    reach = _reach(record)
    return figures.interval(record.kwh * reach.low, record.kwh * reach.high, _LEVEL, reach.method)


def _reach(record: ToolRecord) -> _Reach:
    """Return the range about the tool's figure; a site's own meter stands above the published."""
    if not record.counted:
        return _TDP
    if record.calibration is not None:
        return _Reach(record.calibration.low, record.calibration.high, _SITE)
    return _GPU if record.gpu else _CPU


def at_wall(record: ToolRecord) -> float:
    """Return the machine's energy in kWh: the tool's figure, corrected where a site calibrated."""
    if record.counted and record.calibration is not None:
        return record.kwh * record.calibration.factor
    return record.kwh


def counter_error(record: ToolRecord) -> _Reach:
    """Return the range about the accelerators' own figure: their counters, not a wall meter."""
    return _COUNTER if record.counted else _TDP


def how(record: ToolRecord) -> str:
    """Return in words how the tool got its figure."""
    return _COUNTED if record.measured else _PART if record.counted else _RATED


def label(record: ToolRecord) -> Assurance:
    """Return the assurance label: measured only where counters gave all of it."""
    return "measured-software" if record.measured else "estimated-tdp"


def measurements(record: ToolRecord) -> tuple[Measurement, Measurement, Measurement]:
    """Return energy, greenhouse gases and duration as the tool has them."""
    reach = _reach(record)
    digests = (record.file.digest,)
    grounds = figures.Grounds(digests, assurance=label(record))
    clock = figures.Grounds(digests, assurance="measured-software")
    energy = figures.About("energy.job_energy", grounds, how(record), unit="kWh")
    carbon = figures.About(
        "energy.job_co2e", grounds, f"{how(record)}; times the tool's grid factor", unit="kg"
    )
    duration = figures.About("energy.job_duration", clock, "the tool's own clock", unit="s")
    low, high, grid = _grid_reach(record)
    kg = figures.interval(
        record.kg * reach.low * low,
        record.kg * reach.high * high,
        _LEVEL,
        f"{reach.method}; {grid}",
    )
    wall = at_wall(record)
    corrected = wall / record.kwh if record.kwh else 1.0
    return (
        figures.figure(energy, wall, kwh_range(record)),
        figures.figure(carbon, record.kg * corrected, kg),
        figures.counted_exactly(duration, record.seconds),
    )


def _grid_reach(record: ToolRecord) -> tuple[float, float, str]:
    """Return the range about the grid factor: that of its row, or what two tables differ by."""
    row = record.grid
    if row is None or not row.value:
        return (*_GRID, _GRID_METHOD)
    return row.low / row.value, row.high / row.value, f"and the range of the factor {row.id}"


def summary(record: ToolRecord) -> str:
    """Return the record in one sentence."""
    energy, carbon, duration = measurements(record)
    ends = energy.interval
    kind = (
        "measured by software counters"
        if record.measured
        else "processors by counters, memory by a constant"
        if record.counted
        else "estimated from rated power"
    )
    span = "at the wall" if record.counted else "assumed range"
    between = f"{ends.low:.2g} to {ends.high:.2g}" if ends else "unknown"
    return (
        f"The training job used {energy.value:.2g} kWh ({kind}; {span} {between} kWh) "
        f"and caused {carbon.value:.2g} kg CO2e in {duration.value:.0f} seconds."
    )


def form(record: ToolRecord) -> str:
    """Return the energy lines of the Model Documentation Form (10 July 2025): MWh and method.

    The method has at most 100 words, as the form asks.
    """
    ends = kwh_range(record)
    figures_in_mwh = shown(Range(ends.low, at_wall(record), ends.high).times(1e-3), "MWh")
    kind = "Measured by software" if record.measured else "Estimated"
    return (
        f"Model Documentation Form: training energy {figures_in_mwh}; method: {kind} "
        f"({label(record)}) with CodeCarbon, in the absence of a delegated act adopted in "
        f"accordance with Article 53(5): {how(record)}. Boundary: one machine at the wall, without "
        "the building's overhead; the modification only, without experiments and evaluation."
    )
