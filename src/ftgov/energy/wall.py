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
from ftgov.energy.ranges import Range, six
from ftgov.errors import UsageError

COUNTERS = frozenset(
    {"rapl", "powercap", "emi", "nvml", "amdsmi", "powermetrics", "intel_power_gadget"}
)
"""The ways of reading power that are counters of the hardware."""

_KINDS = ("gpu", "cpu", "ram")
# Parts and total are rounded each by itself.
_ROUNDED = 1e-4


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
        ranges: Each part's share of it, in the order of the parts.
        factors: The rows that were used; none where a site calibrated.
    """

    kwh: Range
    label: str
    parts: tuple[Part, ...]
    ranges: tuple[Range, ...]
    factors: tuple[Factor, ...]


def parse_calibration(text: str) -> Calibration:
    """Return a calibration from `FACTOR` or `LOW,FACTOR,HIGH`.

    One number says nothing of how far loads and meters differ: it gets the relative range of the
    row `wall.single`, and never stands as a point.

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
    if low == high:
        row = factor("wall.single")
        low, high = max(0.5, six(middle * row.low)), min(5.0, six(middle * row.high))
    return Calibration(low, middle, high)


def parts_of(record: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return what a record of the energy tool holds, part by part.

    Args:
        record: `emissions` with energies, `hardware` with the modes of its parts, and
            `counters_read`. What the total holds beyond the parts that are stated goes to the
            first kind that is there and stated nowhere.

    Raises:
        ValueError: If the parts exceed the total.
    """
    modes: dict[str, list[str]] = {}
    for piece in record["hardware"]:
        modes.setdefault(str(piece.get("kind")), []).append(str(piece.get("mode")))
    counted = {kind for kind, ways in modes.items() if COUNTERS.issuperset(ways)}
    chips = {"cpu", "gpu"} & modes.keys()
    # A record whose modes and whose own claim contradict each other is believed in neither.
    if (record.get("counters_read", False) is True) != (bool(chips) and chips <= counted):
        counted = set()
    stated = {
        kind: float(record["emissions"][f"{kind}_energy"])
        for kind in _KINDS
        if f"{kind}_energy" in record["emissions"]
    }
    rest = _rest(record["emissions"], stated)
    silent = [kind for kind in _KINDS if kind in modes and kind not in stated]
    found = [Part(kind, stated.get(kind, 0.0), kind in counted) for kind in (*stated, *silent)]
    found = [part for part in found if part.kwh > 0 or part.kind in modes]
    if rest > 0:
        first = silent[0] if silent else "cpu"
        found = [part for part in found if part.kind != first or part.kwh > 0]
        # Nobody says whose it is: it is counted only if whatever it may be made of was.
        found.append(Part(first, rest, bool(chips) and {*chips, *silent} <= counted))
    return tuple(sorted(found, key=lambda part: _KINDS.index(part.kind)))


def _rest(emissions: Mapping[str, Any], stated: Mapping[str, float]) -> float:
    """Return what the total holds beyond its stated parts.

    Raises:
        ValueError: If they exceed it.
    """
    parts = math.fsum(stated.values())
    total = float(emissions.get("energy_consumed", parts))
    if parts > total * (1 + _ROUNDED):
        raise ValueError("the energies of the parts exceed energy_consumed")
    return 0.0 if total - parts <= total * _ROUNDED else total - parts


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
    used: dict[str, Factor] = {}
    ranges = []
    for part in parts:
        if part.counted and calibration is not None:
            ends = Range(*calibration)
        else:
            row = counter if part.counted else rated
            ends = Range(row.low, row.value, row.high)
            if part.kwh > 0:
                used[row.id] = row
        ranges.append(ends.times(part.kwh))
    total = Range(*(math.fsum(ends[point] for ends in ranges) for point in range(3)))
    return Wall(total, label, parts, tuple(ranges), tuple(used.values()))
