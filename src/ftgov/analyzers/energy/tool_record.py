"""What the energy tool recorded: measured only where counters gave all of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from ftgov.energy.factors import Factor, table
from ftgov.energy.wall import (
    COUNTERS,
    Calibration,
    Wall,
    at_the_wall,
    parse_calibration,
    parts_of,
)
from ftgov.errors import UsageError
from ftgov.records.evidence import Evidence, EvidenceReader
from ftgov.tables.documents import Document

_TOOL = "codecarbon"
_ADVICE = "Record the file that the energy tool wrote, unchanged."


class ToolRecord(NamedTuple):
    """What the energy tool wrote, checked.

    Attributes:
        file: The file as recorded.
        kwh: Energy of all parts, as the tool has it.
        wall: The energy at the wall that follows, as `ftgov train` tells it of the same record.
        kg: Greenhouse gases, CO2 equivalent.
        seconds: Duration.
        counted: Whether every processor was read from a counter.
        gpu_kwh: Energy of the GPUs as the tool has it, or None.
        accelerator: The GPU's model, or None.
        accelerators: How many of them.
        country: The grid zone, or the country's code of three letters, or None.
        calibration: What the site's own meter showed over the tool, or None.
        grid: The grid factor that the tool used, where it says which.
        other_meters: Meters that ran beside it; each counted the whole machine.
    """

    file: Evidence
    kwh: float
    wall: Wall
    kg: float
    seconds: float
    counted: bool
    gpu_kwh: float | None
    accelerator: str | None
    accelerators: int
    country: str | None
    calibration: Calibration | None
    grid: Factor | None
    other_meters: int

    @property
    def measured(self) -> bool:
        """Whether all of the figure was read from counters."""
        return self.wall.label == "measured-software"


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
    calibration = _calibration(record, document)
    name, count = _accelerators(emissions)
    return ToolRecord(
        file=document.file,
        kwh=kwh,
        wall=_wall(record, document, calibration),
        kg=kg,
        seconds=seconds,
        counted=counted,
        gpu_kwh=_amount(document, emissions, "gpu_energy") if count else None,
        accelerator=name,
        accelerators=count,
        country=_text(emissions, "country_iso_code"),
        calibration=calibration,
        grid=_grid(record),
        other_meters=_whole(record, "other_meters"),
    )


def _wall(record: dict[str, Any], document: Document, calibration: Calibration | None) -> Wall:
    """Return the energy at the wall, the energies of the parts checked first."""
    emissions = record["emissions"]
    for name in ("gpu_energy", "cpu_energy", "ram_energy"):
        if name in emissions:
            _amount(document, emissions, name)
    try:
        parts = parts_of({**record, "hardware": record.get("hardware", [])})
    except ValueError as fault:
        raise document.malformed(str(fault)) from fault
    return at_the_wall(parts, calibration)


def _calibration(record: dict[str, Any], document: Document) -> Calibration | None:
    """Return the site's calibration, checked as the command checks it."""
    given = record.get("calibration")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise document.malformed("calibration is no object")
    numbers = [document.number(given, name, "calibration") for name in Calibration._fields]
    try:
        return parse_calibration(",".join(str(number) for number in numbers))
    except UsageError as fault:
        raise document.malformed(f"{fault.what} {fault.why}".strip()) from fault


def _grid(record: dict[str, Any]) -> Factor | None:
    """Return the row of the grid factor that a record names; older records name none."""
    named = _text(record, "grid_factor")
    if named is None or named.split(".")[0] not in {"grid", "mixture"}:
        return None
    return table(named.split(".")[0]).get(named)


def _whole(record: dict[str, Any], name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


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
    return all(part.get("mode") in COUNTERS for part in parts)


def _amount(document: Document, emissions: dict[str, Any], name: str) -> float:
    value = document.number(emissions, name, "emissions")
    if value < 0:
        raise document.malformed(f"emissions.{name} is negative")
    return value
