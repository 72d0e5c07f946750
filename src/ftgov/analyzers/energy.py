"""Energy and carbon of the training job, from the energy tool's own record."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from ftgov.analyzers import figures
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.errors import FtgovError
from ftgov.records.canonical import strict_json
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import Evidence, EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject

_COUNTERS = frozenset(
    {"rapl", "powercap", "nvml", "amdsmi", "powermetrics", "intel_power_gadget", "emi"}
)
_LARGEST = 16 << 20


class _Reach(NamedTuple):
    """What lies between a tool's figure and the wall: factors on the figure, and their source."""

    low: float
    high: float
    method: str


_GPU = _Reach(
    1.21,
    1.49,
    "wall meter over CodeCarbon, 5-95 % of 198 metered GPU runs (median 1.31), recomputed from the "
    "raw runs of arXiv 2509.22092; two machines, inference loads",
)
_CPU = _Reach(
    1.36,
    2.48,
    "wall meter over CodeCarbon, 5-95 % of 120 metered CPU runs (median 1.47), recomputed from the "
    "raw runs of arXiv 2509.22092; two machines, inference loads",
)
_TDP = _Reach(
    0.3, 3.0, "assumption of ours: a figure from rated power may be off by a factor of 3 either way"
)
_GRID = (0.85, 1.15)
_LEVEL = 0.9
_TOOL = "codecarbon"


class _Record(NamedTuple):
    """What the energy tool wrote, checked."""

    kwh: float
    kg: float
    seconds: float
    counted: bool
    gpu: bool


class Energy:
    """Reports what the energy tool recorded; calls it measured only where a counter was read."""

    id = "energy"
    title = "Energy and carbon of the training job"
    measures: tuple[Measure, ...] = (
        Measure(
            id="energy.job_energy",
            unit="kWh",
            better="lower",
            description="energy of the training job as its tool reports it, one machine, without "
            "the building's overhead",
        ),
        Measure(
            id="energy.job_co2e",
            unit="kg",
            better="lower",
            description="greenhouse gases of that energy, location-based",
        ),
        Measure(
            id="energy.job_duration",
            unit="s",
            better="neither",
            description="how long the tool watched the job",
        ),
    )

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return one finding.

        Raises:
            FtgovError: If the record is malformed or holds a number that is not finite.
        """
        del settings
        if subject.job is None or subject.job.energy is None:
            return figures.not_assessed(
                self.id,
                self.title,
                "No energy record is known for the job: run it under an energy tool and record its "
                "file with `ftgov record job`.",
            )
        file = subject.job.energy
        written = _parsed(file, evidence)
        if written.get("tool") != _TOOL:
            reason = f"The energy record {file.name} is not by {_TOOL}, the tool that can be read."
            return figures.not_assessed(self.id, self.title, reason)
        record = _checked(written, file)
        results = _figures(record, file)
        return (figures.measured(self.id, self.title, _summary(record, results), results),)


def _parsed(file: Evidence, evidence: EvidenceReader) -> dict[str, Any]:
    with evidence.open(file.digest) as stream:
        text = stream.read(_LARGEST)
    try:
        record = strict_json(text)
    except ValueError as fault:
        raise _malformed(file, str(fault)) from fault
    if not isinstance(record, dict):
        raise _malformed(file, "it is no object")
    return record


def _checked(record: dict[str, Any], file: Evidence) -> _Record:
    """Return the fields needed; `counted` only if every processor's counter was read."""
    emissions, hardware = record.get("emissions"), record.get("hardware", [])
    if not isinstance(emissions, dict):
        raise _malformed(file, "it has no object emissions")
    if not isinstance(hardware, list) or not all(isinstance(part, dict) for part in hardware):
        raise _malformed(file, "hardware is no list of objects")
    kwh, kg, seconds = (
        _number(file, emissions, name) for name in ("energy_consumed", "emissions", "duration")
    )
    chips = [part for part in hardware if part.get("kind") in {"cpu", "gpu"}]
    counted = (
        record.get("counters_read") is True
        and bool(chips)
        and all(part.get("mode") in _COUNTERS for part in chips)
    )
    return _Record(kwh, kg, seconds, counted, any(part["kind"] == "gpu" for part in chips))


def _number(file: Evidence, emissions: dict[str, Any], name: str) -> float:
    value = emissions.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _malformed(file, f"emissions.{name} is no number")
    if not 0 <= value < math.inf:
        raise _malformed(file, f"emissions.{name} is negative or not finite")
    return float(value)


def _malformed(file: Evidence, why: str) -> FtgovError:
    return FtgovError(
        f"The energy record {file.name} is malformed.",
        why=f"{why[:1].upper()}{why[1:]}.",
        next_step="Record the file that the energy tool wrote, unchanged.",
    )


def _figures(record: _Record, file: Evidence) -> tuple[Measurement, ...]:
    reach = (_GPU if record.gpu else _CPU) if record.counted else _TDP
    grounds = figures.Grounds(
        (file.digest,), assurance="measured-software" if record.counted else "estimated-tdp"
    )
    clock = figures.Grounds((file.digest,), assurance="measured-software")
    how = (
        "the tool's own figure, read from hardware counters; it reads low against a wall meter, so "
        "the interval, which is about the wall, lies above it"
        if record.counted
        else "the tool's own figure; at least one processor's power was guessed from its rated "
        "power, not read from a counter"
    )
    energy = figures.About("energy.job_energy", grounds, how, unit="kWh")
    carbon = figures.About(
        "energy.job_co2e", grounds, f"{how}; times the tool's grid factor", unit="kg"
    )
    duration = figures.About("energy.job_duration", clock, "the tool's own clock", unit="s")
    kwh = figures.interval(record.kwh * reach.low, record.kwh * reach.high, _LEVEL, reach.method)
    kg = figures.interval(
        record.kg * reach.low * _GRID[0],
        record.kg * reach.high * _GRID[1],
        _LEVEL,
        f"{reach.method}; and 15 % either way for the grid factor, by which two public tables of "
        "country factors differ",
    )
    return (
        figures.figure(energy, record.kwh, kwh),
        figures.figure(carbon, record.kg, kg),
        figures.counted_exactly(duration, record.seconds),
    )


def _summary(record: _Record, results: tuple[Measurement, ...]) -> str:
    energy, carbon, duration = results
    ends = energy.interval
    kind = "measured by software counters" if record.counted else "estimated from rated power"
    between = f"{ends.low:.2g} to {ends.high:.2g}" if ends else "unknown"
    return (
        f"The training job used {energy.value:.2g} kWh ({kind}; at the wall {between} kWh) "
        f"and caused {carbon.value:.2g} kg CO2e in {duration.value:.0f} seconds."
    )


ANALYZER: Analyzer = Energy()
