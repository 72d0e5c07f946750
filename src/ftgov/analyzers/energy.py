"""Energy and carbon of the training job, from the energy tool's own record."""

from __future__ import annotations

from typing import Any, NamedTuple

from ftgov.analyzers import figures
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject
from ftgov.tables.documents import Document

_COUNTERS = frozenset(
    {"rapl", "powercap", "nvml", "amdsmi", "powermetrics", "intel_power_gadget", "emi"}
)


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
_TDP = _Reach(
    0.3,
    3.0,
    "assumed range, no confidence interval: a figure from rated power may be off by a factor of 3 "
    "either way (assumption of ours; its level is nominal)",
)
_GRID = (0.85, 1.15)
_GRID_METHOD = (
    "and 15 % either way for the grid factor, by which two public tables of country factors differ"
)
_LEVEL = 0.9
_TOOL = "codecarbon"
_ADVICE = "Record the file that the energy tool wrote, unchanged."
_COUNTED = "the tool's own figure, read from hardware counters"
_PART = (
    "the tool's own figure: its processors were read from counters, but the memory's power is a "
    "constant of the tool"
)
_RATED = (
    "the tool's own figure; at least one processor's power was guessed from its rated power, not "
    "read from a counter"
)


class _Record(NamedTuple):
    """What the energy tool wrote, checked.

    Attributes:
        kwh: Energy of all parts.
        kg: Greenhouse gases, CO2 equivalent.
        seconds: Duration.
        counted: Whether every processor was read from a counter.
        memory_modelled: Whether the energy holds a share of the memory that no counter gave.
        gpu: Whether a GPU is among the processors.
    """

    kwh: float
    kg: float
    seconds: float
    counted: bool
    memory_modelled: bool
    gpu: bool

    @property
    def measured(self) -> bool:
        """Whether all of the figure was read from counters."""
        return self.counted and not self.memory_modelled


class Energy:
    """Reports what the energy tool recorded; calls it measured only where counters gave it all."""

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
            NotAssessable: If the record is absent, malformed or holds a number that is not finite.
        """
        del settings
        if subject.job is None or subject.job.energy is None:
            return figures.not_assessed(
                self.id,
                self.title,
                "No energy record is known for the job: run it under an energy tool and record its "
                "file with `ftgov record job`.",
            )
        document = Document(subject.job.energy, "energy record", _ADVICE)
        written = document.content(evidence)
        if written.get("tool") != _TOOL:
            name = document.file.name
            reason = f"The energy record {name} is not by {_TOOL}, the tool that can be read."
            return figures.not_assessed(self.id, self.title, reason)
        record = _checked(written, document)
        results = _figures(record, document)
        return (figures.measured(self.id, self.title, _summary(record, results), results),)


def _checked(record: dict[str, Any], document: Document) -> _Record:
    """Return the fields needed; `counted` only if every processor's counter was read."""
    emissions, hardware = record.get("emissions"), record.get("hardware", [])
    if not isinstance(emissions, dict):
        raise document.malformed("it has no object emissions")
    if not isinstance(hardware, list) or not all(isinstance(part, dict) for part in hardware):
        raise document.malformed("hardware is no list of objects")
    kwh, kg, seconds = (
        _amount(document, emissions, name) for name in ("energy_consumed", "emissions", "duration")
    )
    chips = [part for part in hardware if part.get("kind") in {"cpu", "gpu"}]
    counted = record.get("counters_read") is True and bool(chips) and _all_counters(chips)
    gpu = any(part["kind"] == "gpu" for part in chips)
    memory = [part for part in hardware if part.get("kind") == "ram"]
    return _Record(kwh, kg, seconds, counted, _modelled(document, emissions, memory), gpu)


def _all_counters(parts: list[dict[str, Any]]) -> bool:
    return all(part.get("mode") in _COUNTERS for part in parts)


def _modelled(document: Document, emissions: dict[str, Any], memory: list[dict[str, Any]]) -> bool:
    """Tell whether the total holds energy of the memory that was modelled, not read."""
    if memory and _all_counters(memory):
        return False
    if "ram_energy" in emissions:
        return _amount(document, emissions, "ram_energy") > 0
    return bool(memory)


def _amount(document: Document, emissions: dict[str, Any], name: str) -> float:
    value = document.number(emissions, name, "emissions")
    if value < 0:
        raise document.malformed(f"emissions.{name} is negative")
    return value


def _figures(record: _Record, document: Document) -> tuple[Measurement, ...]:
    reach = (_GPU if record.gpu else _CPU) if record.counted else _TDP
    digests = (document.file.digest,)
    grounds = figures.Grounds(
        digests, assurance="measured-software" if record.measured else "estimated-tdp"
    )
    clock = figures.Grounds(digests, assurance="measured-software")
    how = _COUNTED if record.measured else _PART if record.counted else _RATED
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
        f"{reach.method}; {_GRID_METHOD}",
    )
    return (
        figures.figure(energy, record.kwh, kwh),
        figures.figure(carbon, record.kg, kg),
        figures.counted_exactly(duration, record.seconds),
    )


def _summary(record: _Record, results: tuple[Measurement, ...]) -> str:
    energy, carbon, duration = results
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


ANALYZER: Analyzer = Energy()
