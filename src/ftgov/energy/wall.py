"""From what the energy tool says to what a wall meter would: a label, and a range.

Counters of chips see no power supply, fan or disk, so a machine draws more at the wall. How much
more was measured on two machines (table `wall`); a site that has a meter of its own calibrates and
gets a narrower range.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from ftgov.energy.factors import Factor, factor
from ftgov.energy.ranges import Range
from ftgov.errors import UsageError

COUNTERS = frozenset({"rapl", "emi", "nvml", "amdsmi", "intel_power_gadget"})
"""The ways of reading power that are counters of the hardware."""

_KINDS = ("gpu", "cpu", "ram")


class Calibration(NamedTuple):
    """What a site's wall meter showed over what the tool said, on a load like this one.

    Attributes:
        low: The lower end.
        factor: The middle.
        high: The upper end.
    """

    low: float
    factor: float
    high: float


class Part(NamedTuple):
    """The energy of one kind of part: what the tool says, and whether it read a counter."""

    kind: str
    kwh: float
    counted: bool


class Wall(NamedTuple):
    """Energy at the wall of one machine.

    Attributes:
        kwh: The range, 5, 50 and 95 %.
        label: `measured-software` if counters gave all of it, else `estimated-tdp`.
        parts: What it is made of.
        factors: The rows that were used; none where a site calibrated.
    """

    kwh: Range
    label: str
    parts: tuple[Part, ...]
    factors: tuple[Factor, ...]


def parse_calibration(text: str) -> Calibration:
    """Return a calibration from `FACTOR` or `LOW,FACTOR,HIGH`.

    Raises:
        UsageError: If it is neither, out of order, or beyond 0.5 to 5: no machine's meter shows
            less than half or more than five times what its chips count.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 1:
        numbers *= 3
    if len(numbers) != 3 or not all(math.isfinite(part) for part in numbers):
        raise UsageError(
            f"'{text}' is no calibration.",
            next_step="Write FACTOR or LOW,FACTOR,HIGH: wall meter over tool, for example "
            "1.25,1.31,1.38.",
        )
    low, middle, high = numbers
    if not 0.5 <= low <= middle <= high <= 5:
        raise UsageError(
            f"The calibration {text} is out of order or beyond 0.5 to 5.",
            why="It is what a wall meter shows over what the tool says, on the same load.",
            next_step="Give LOW,FACTOR,HIGH in rising order.",
        )
    return Calibration(low, middle, high)


def parts_of(record: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return what a record of the energy tool holds, part by part.

    Args:
        record: What `ftgov train` wrote: `emissions` with energies, `hardware` with their modes.
    """
    modes: dict[str, list[str]] = {}
    for piece in record["hardware"]:
        modes.setdefault(str(piece["kind"]), []).append(str(piece["mode"]))
    found = []
    for kind in _KINDS:
        kwh = float(record["emissions"].get(f"{kind}_energy", 0.0))
        if kwh > 0 or kind in modes:
            ways = modes.get(kind, [])
            found.append(Part(kind, kwh, bool(ways) and COUNTERS.issuperset(ways)))
    return tuple(found)


def at_the_wall(parts: tuple[Part, ...], calibration: Calibration | None = None) -> Wall:
    """Return the energy at the wall of one machine.

    Args:
        parts: What the tool said.
        calibration: What the site's own meter showed; it stands for the table's rows. Where no
            counter was read there is nothing that it could correct, and the range stays.
    """
    worked = [part for part in parts if part.kwh > 0]
    measured = bool(worked) and all(part.counted for part in worked)
    label = "measured-software" if measured else "estimated-tdp"
    accelerated = any(part.kind == "gpu" and part.counted for part in worked)
    counter = factor("wall.gpu" if accelerated else "wall.cpu")
    rated = factor("wall.rated")
    low = middle = high = 0.0
    used: dict[str, Factor] = {}
    for part in worked:
        if part.counted and calibration is not None:
            ends = (calibration.low, calibration.factor, calibration.high)
        else:
            row = counter if part.counted else rated
            used[row.id] = row
            ends = (row.low, row.value, row.high)
        low, middle, high = (
            total + part.kwh * end for total, end in zip((low, middle, high), ends, strict=True)
        )
    return Wall(Range(low, middle, high), label, parts, tuple(used.values()))
