"""Long curves made short without losing what is read from them."""

from __future__ import annotations

from ftgov.records.finding import Point


def thinned(line: tuple[Point, ...], most: int) -> tuple[Point, ...]:
    """Return at most `most` points of a curve, evenly spaced, in their order.

    The first point, the last one and the first of the lowest are always kept: a report marks the
    minimum, so a drawing of fewer points must still have it.

    Args:
        line: The curve's points in order; may be empty.
        most: How many to keep at most, at least 4.
    """
    if len(line) <= most:
        return line
    step = -(-len(line) // (most - 2))
    lowest = min(range(len(line)), key=lambda place: line[place].value)
    kept = {*range(0, len(line), step), lowest, len(line) - 1}
    return tuple(line[place] for place in sorted(kept))
