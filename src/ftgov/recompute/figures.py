"""Compare stated figures with those that the evidence gives, one by one.

Counts and texts must be the same, values the same to 1e-9. An interval that was drawn by chance
(bootstrap, Monte Carlo) depends on the versions of the libraries as well as on its seed, so its
ends are held to that only where the versions are those that were recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ftgov.records.canonical import canonical_bytes
from ftgov.records.finding import Finding
from ftgov.records.measurement import Interval, Measurement

TOLERANCE = 1e-9
"""How far a value may lie from the stated one: as such, or as a share of one beyond 1."""

_DRAWN = re.compile(r"\b(bootstrap|resamples?|draws)\b")


class Comparison(NamedTuple):
    """What came of the figures.

    Attributes:
        same: How many figures the evidence gives again.
        differs: What the evidence contradicts, in sentences that name the figure.
        underivable: What could not be derived here, with the reason.
    """

    same: int
    differs: tuple[str, ...]
    underivable: tuple[str, ...]

    def __add__(self, other: object) -> Comparison:
        """Return both comparisons as one."""
        if not isinstance(other, Comparison):
            return NotImplemented
        return Comparison(
            self.same + other.same,
            self.differs + other.differs,
            self.underivable + other.underivable,
        )


NOTHING = Comparison(0, (), ())


def compare_findings(
    stated: Iterable[Finding], again: Iterable[Finding], *, same_versions: bool
) -> Comparison:
    """Compare the findings of a dossier with those of its evidence.

    Args:
        stated: What was signed.
        again: What the analyzers find in the bundle's evidence.
        same_versions: Whether the libraries are those that computed what was signed.
    """
    theirs = {finding.id: finding for finding in again}
    total = NOTHING
    for finding in stated:
        other = theirs.pop(finding.id, None)
        if other is None:
            total += _differs(f"finding {finding.id}: the evidence does not give it")
        elif other.outcome == "not_assessed" != finding.outcome:
            total += _underivable(finding, other.summary)
        else:
            total += _finding(finding, other, same_versions=same_versions)
    return sum((_differs(f"finding {name}: not stated") for name in theirs), total)


def _finding(stated: Finding, again: Finding, *, same_versions: bool) -> Comparison:
    """Compare one finding, down to the figure where only figures differ."""
    found = NOTHING
    derived: dict[bytes, list[Measurement]] = {}
    for figure in again.measurements:
        derived.setdefault(_identity(figure), []).append(figure)
    for figure in stated.measurements:
        others = derived.get(_identity(figure))
        if not others:
            found += _differs(f"{named(figure)}: the evidence does not give it")
        else:
            found += _figure(figure, others.pop(0), same_versions=same_versions)
    left = [figure for others in derived.values() for figure in others]
    found = sum((_differs(f"{named(figure)}: not stated") for figure in left), found)
    if not found.differs and not _alike(stated, again):
        found += _differs(f"finding {stated.id}: its text, evidence or curves differ")
    return found


def _figure(stated: Measurement, again: Measurement, *, same_versions: bool) -> Comparison:
    if not _near(stated.value, again.value):
        return _differs(f"{named(stated)}: stated {stated.value}, derived {again.value}")
    if (stated.n, stated.n_needed) != (again.n, again.n_needed):
        return _differs(
            f"{named(stated)}: stated n {stated.n} (needed {stated.n_needed}), "
            f"derived {again.n} (needed {again.n_needed})"
        )
    if canonical_bytes(_bare(stated)) != canonical_bytes(_bare(again)):
        return _differs(f"{named(stated)}: its method, label, evidence or reason differ")
    one, other = stated.interval, again.interval
    if one is None or other is None or _ends_near(one, other):
        return Comparison(1, (), ())
    said = f"{named(stated)}: stated {one.low} to {one.high}, derived {other.low} to {other.high}"
    if _DRAWN.search(one.method) and not same_versions:
        return Comparison(0, (), (f"{said}; drawn with other versions of the libraries",))
    return _differs(said)


def named(figure: Measurement) -> str:
    """Return how a figure is called in a result: its id and what part of the data it is about."""
    parts = [_slice(figure.slice), " and ".join(_slice(each) for each in figure.between)]
    about = "; ".join(part for part in parts if part)
    return f"{figure.id} ({about})" if about else figure.id


def _slice(part: dict[str, str | None]) -> str:
    return ", ".join(f"{name} {value}" for name, value in part.items())


def _identity(figure: Measurement) -> bytes:
    return canonical_bytes([figure.id, figure.slice, figure.between])


def _bare(figure: Measurement) -> Measurement:
    """Return a figure without its numbers, which are compared by their distance."""
    ends = figure.interval
    flat = ends.model_copy(update={"low": 0.0, "high": 0.0}) if ends else None
    value = None if figure.value is None else 0.0
    return figure.model_copy(update={"value": value, "interval": flat})


def _alike(stated: Finding, again: Finding) -> bool:
    """Return whether two findings say the same besides their figures."""
    curves = zip(stated.series, again.series, strict=False)
    near = len(stated.series) == len(again.series) and all(
        one.name == other.name
        and len(one.points) == len(other.points)
        and all(
            _near(a.step, b.step) and _near(a.value, b.value)
            for a, b in zip(one.points, other.points, strict=True)
        )
        for one, other in curves
    )
    rest = {"measurements": (), "series": ()}
    return near and canonical_bytes(stated.model_copy(update=rest)) == canonical_bytes(
        again.model_copy(update=rest)
    )


def _ends_near(one: Interval, other: Interval) -> bool:
    return _near(one.low, other.low) and _near(one.high, other.high)


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= TOLERANCE * max(1.0, abs(one), abs(other))


def _differs(what: str) -> Comparison:
    return Comparison(0, (what,), ())


def _underivable(finding: Finding, why: str) -> Comparison:
    """Return that a finding's figures, each by name, could not be derived."""
    names = [named(figure) for figure in finding.measurements] or [f"finding {finding.id}"]
    return Comparison(0, (), tuple(f"{name}: {why}" for name in names))
