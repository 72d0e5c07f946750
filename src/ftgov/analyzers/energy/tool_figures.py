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


_COUNTER = _Reach(
    0.95,
    1.05,
    "5 % either way, by which the counters of accelerators err (arXiv 2312.02741); the level is "
    "nominal",
)
_TDP = _Reach(
    0.333,
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
_COUNTED = "the tool's figure, read from hardware counters, brought to the wall"
_PART = (
    "the tool's figure, brought to the wall part by part: some parts were read from counters, the "
    "power of others (the memory's, as a rule) is a constant or a guess of the tool"
)
_RATED = "the tool's figure; power was guessed from rated power, not read from a counter"


def kwh_range(record: ToolRecord) -> Interval:
    """Return the range about the machine's energy at the wall, in kWh."""
    kwh = record.wall.kwh
    return figures.interval(kwh.low, kwh.high, _LEVEL, _method(record))


def _method(record: ToolRecord) -> str:
    """Return how the range was made: the rows over the tool's figure, or a site's own meter."""
    parts = [part for part in record.wall.parts if part.kwh > 0]
    told = [_SITE] if record.calibration and any(part.counted for part in parts) else []
    told += [
        f"factor {row.id}, {row.low:g} to {row.high:g} about {row.value:g} times the tool's "
        f"figure: {row.source}"
        for row in record.wall.factors
    ]
    made = "; ".join(told) or "the tool's own figure, which is zero"
    counted = any(part.counted for part in parts)
    return made if counted else f"assumed range, no confidence interval: {made}"


def at_wall(record: ToolRecord) -> float:
    """Return the machine's energy at the wall in kWh, the middle of its range."""
    return record.wall.kwh.mid


def counter_error(record: ToolRecord) -> _Reach:
    """Return the range about the accelerators' own figure: their counters, not a wall meter."""
    return _COUNTER if record.counted else _TDP


def how(record: ToolRecord) -> str:
    """Return in words how the tool got its figure."""
    partly = any(part.counted for part in record.wall.parts if part.kwh > 0)
    return _COUNTED if record.measured else _PART if partly else _RATED


def label(record: ToolRecord) -> Assurance:
    """Return the assurance label: measured only where counters gave all of it."""
    return "measured-software" if record.measured else "estimated-tdp"


def measurements(record: ToolRecord) -> tuple[Measurement, Measurement, Measurement]:
    """Return energy and greenhouse gases at the wall, and the duration as the tool has it."""
    digests = (record.file.digest,)
    grounds = figures.Grounds(digests, assurance=label(record))
    clock = figures.Grounds(digests, assurance="measured-software")
    energy = figures.About("energy.job_energy", grounds, how(record), unit="kWh")
    carbon = figures.About(
        "energy.job_co2e", grounds, f"{how(record)}; times the tool's grid factor", unit="kg"
    )
    duration = figures.About("energy.job_duration", clock, "the tool's own clock", unit="s")
    low, high, grid = _grid_reach(record)
    ends = kwh_range(record)
    # The tool's own kilograms belong to its own kilowatt-hours, not to those at the wall.
    per_kwh = record.kg / record.kwh if record.kwh else 0.0
    kg = record.wall.kwh.times(per_kwh)
    gases = figures.interval(kg.low * low, kg.high * high, _LEVEL, f"{ends.method}; {grid}")
    return (
        figures.figure(energy, at_wall(record), ends),
        figures.figure(carbon, kg.mid, gases),
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
    partly = any(part.counted for part in record.wall.parts if part.kwh > 0)
    kind = (
        "measured by software counters"
        if record.measured
        else "counters in part, the rest guessed"
        if partly
        else "estimated from rated power"
    )
    span = "at the wall" if partly else "assumed range"
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
