"""What the energy tool recorded: measured only where counters gave all of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from ftgov.analyzers import figures
from ftgov.energy.ranges import Range, shown
from ftgov.records.evidence import Evidence, EvidenceReader
from ftgov.records.measurement import Assurance, Interval, Measurement
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


class ToolRecord(NamedTuple):
    """What the energy tool wrote, checked.

    Attributes:
        file: The file as recorded.
        kwh: Energy of all parts.
        kg: Greenhouse gases, CO2 equivalent.
        seconds: Duration.
        counted: Whether every processor was read from a counter.
        memory_modelled: Whether the energy holds a share of the memory that no counter gave.
        gpu: Whether a GPU is among the processors.
        gpu_kwh: Energy of the GPUs as the tool has it, or None.
        accelerator: The GPU's model, or None.
        accelerators: How many of them.
        country: The country's code of three letters, or None.
    """

    file: Evidence
    kwh: float
    kg: float
    seconds: float
    counted: bool
    memory_modelled: bool
    gpu: bool
    gpu_kwh: float | None
    accelerator: str | None
    accelerators: int
    country: str | None

    @property
    def measured(self) -> bool:
        """Whether all of the figure was read from counters."""
        return self.counted and not self.memory_modelled


def read(file: Evidence, evidence: EvidenceReader) -> ToolRecord | str:
    """Return what the energy tool wrote, or why its record can't be used.

    Raises:
        NotAssessable: If the record is absent, malformed or holds a number that is not finite.
    """
    document = Document(file, "energy record", _ADVICE)
    written = document.content(evidence)
    if written.get("tool") != _TOOL:
        return (
            f"The energy record {document.file.name} is not by {_TOOL}, the tool that can be read."
        )
    return _checked(written, document)


def _checked(record: dict[str, Any], document: Document) -> ToolRecord:
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
    name, count = _accelerators(emissions)
    return ToolRecord(
        file=document.file,
        kwh=kwh,
        kg=kg,
        seconds=seconds,
        counted=counted,
        memory_modelled=_modelled(document, emissions, memory),
        gpu=gpu,
        gpu_kwh=_amount(document, emissions, "gpu_energy") if count else None,
        accelerator=name,
        accelerators=count,
        country=_text(emissions, "country_iso_code"),
    )


def _accelerators(emissions: dict[str, Any]) -> tuple[str | None, int]:
    """Return the GPU's model and how many: CodeCarbon writes `4 x NVIDIA A100-SXM4-80GB`."""
    count = emissions.get("gpu_count")
    model = _text(emissions, "gpu_model")
    if model is None or not isinstance(count, int) or isinstance(count, bool) or count < 1:
        return None, 0
    return model.rpartition(" x ")[2], count


def _text(emissions: dict[str, Any], name: str) -> str | None:
    value = emissions.get(name)
    return value.strip() or None if isinstance(value, str) else None


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


def kwh_range(record: ToolRecord) -> Interval:
    """Return the range about the machine's energy, in kWh."""
    reach = _reach(record)
    return figures.interval(record.kwh * reach.low, record.kwh * reach.high, _LEVEL, reach.method)


def _reach(record: ToolRecord) -> _Reach:
    return (_GPU if record.gpu else _CPU) if record.counted else _TDP


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
    kg = figures.interval(
        record.kg * reach.low * _GRID[0],
        record.kg * reach.high * _GRID[1],
        _LEVEL,
        f"{reach.method}; {_GRID_METHOD}",
    )
    return (
        figures.figure(energy, record.kwh, kwh_range(record)),
        figures.figure(carbon, record.kg, kg),
        figures.counted_exactly(duration, record.seconds),
    )


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
    figures_in_mwh = shown(Range(ends.low, record.kwh, ends.high).times(1e-3), "MWh")
    kind = "Measured by software" if record.measured else "Estimated"
    return (
        f"Model Documentation Form: training energy {figures_in_mwh}; method: {kind} "
        f"({label(record)}) with CodeCarbon, in the absence of a delegated act adopted in "
        f"accordance with Article 53(5): {how(record)}. Boundary: one machine at the wall, without "
        "the building's overhead; the modification only, without experiments and evaluation."
    )
