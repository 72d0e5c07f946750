"""Greenhouse gases by contract (market-based), beside those of the place and never instead.

GHG Protocol Scope 2 Guidance (2015), chapters 6 and 7: an organisation that buys electricity by
contract reports both methods. A contract counts only with its certificate, for the hours it covers
and the energy it names; what it doesn't cover keeps the factor of the place, since no residual mix
is known here. Offsets are no electricity: they are refused, and nothing is netted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from ftgov.energy.ranges import Range
from ftgov.errors import UsageError

INSTRUMENTS = frozenset(
    {"guarantee-of-origin", "rec", "rego", "i-rec", "power-purchase-agreement", "supplier-factor"}
)
"""The contractual instruments that the guidance knows (table 6.1)."""

_ADVICE = "Write the file as docs/how-to/meter-a-training.md shows."
_TEXTS = ("instrument", "certificate", "from", "to")


class Contract(NamedTuple):
    """A contract for electricity, as its evidence states it.

    Attributes:
        instrument: What kind it is.
        certificate: The number by which it can be looked up.
        begins: The first day it covers.
        ends: The last day.
        kwh: How much energy it is for.
        grams: What that energy emits, in grams of CO2e for a kWh.
    """

    instrument: str
    certificate: str
    begins: date
    ends: date
    kwh: float
    grams: float


class MarketBased(NamedTuple):
    """Greenhouse gases by contract.

    Attributes:
        co2e_kg: All of the energy: the covered part by contract, the rest by the place.
        covered: The share of the energy that is covered, at its middle.
    """

    co2e_kg: Range
    covered: float


def contract(written: Mapping[str, Any]) -> Contract:
    """Return the contract that evidence states.

    Raises:
        UsageError: If a field is missing or malformed, or it is an offset.
    """
    unknown = set(written) - {*_TEXTS, "kwh", "g_per_kwh"}
    texts = [written.get(name) for name in _TEXTS]
    if unknown or not all(isinstance(text, str) and text.strip() for text in texts):
        raise UsageError(
            f"A contract has the texts {', '.join(_TEXTS)} and the numbers kwh and g_per_kwh.",
            next_step=_ADVICE,
        )
    instrument, certificate, *days = (str(text) for text in texts)
    if instrument not in INSTRUMENTS:
        raise UsageError(
            f"'{instrument}' is no contract for electricity.",
            why="Offsets and credits emit what they emit elsewhere; they are never netted. "
            f"Known are {', '.join(sorted(INSTRUMENTS))}.",
        )
    try:
        begins, ends = (date.fromisoformat(day) for day in days)
    except ValueError as fault:
        raise UsageError("A contract's from and to are days.", why=str(fault)) from fault
    kwh, grams = (_amount(written, name) for name in ("kwh", "g_per_kwh"))
    if begins > ends or kwh == 0:
        raise UsageError("A contract begins before it ends, and is for more than 0 kWh.")
    return Contract(instrument, certificate, begins, ends, kwh, grams)


def market_based(energy: Range, location: Range, by: Contract) -> MarketBased:
    """Return greenhouse gases by contract, for energy whose gases by place are known.

    Args:
        energy: Energy with the building's overhead, in kWh.
        location: Its greenhouse gases by place, in kg.
        by: The contract.
    """
    ends = []
    for kwh, kilograms in zip(energy, location, strict=True):
        covered = min(kwh, by.kwh)
        rest = kilograms * (kwh - covered) / kwh if kwh else 0.0
        ends.append(covered * by.grams / 1000.0 + rest)
    share = min(1.0, by.kwh / energy.mid) if energy.mid else 0.0
    return MarketBased(Range(*sorted(ends)), share)


def covers(by: Contract, begins: date, ends: date) -> bool:
    """Tell whether a contract covers every day of a job."""
    return by.begins <= begins and ends <= by.ends


def _amount(written: Mapping[str, Any], name: str) -> float:
    value = written.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"A contract's {name} is no number.", next_step=_ADVICE)
    if not (math.isfinite(value) and value >= 0):
        raise UsageError(f"A contract's {name} is negative or not finite.", next_step=_ADVICE)
    return float(value)
