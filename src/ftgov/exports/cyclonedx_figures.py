"""Figures, ranges and energy as CycloneDX says them, and the properties of what it can't say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ftgov.records.finding import Finding
from ftgov.records.job import Job
from ftgov.records.measurement import Measurement
from ftgov.records.printable import inert

_NO_CONFIDENCE: Final = ("assumed range", "5 % to 95 %")
"""How the methods of ranges begin that are no confidence intervals."""
_KG_PER_TONNE: Final = 1_000

Json = dict[str, Any]


def _is_confidence(figure: Measurement, level: float) -> bool:
    """Return whether a figure's interval is a confidence interval at the document's level."""
    found = figure.interval
    if found is None or found.low == found.high or found.level != level:
        return False
    return not found.method.startswith(_NO_CONFIDENCE)


def is_other_range(figure: Measurement, level: float) -> bool:
    """Return whether a figure has a range that is no confidence interval at the level."""
    found = figure.interval
    return found is not None and found.low < found.high and not _is_confidence(figure, level)


def range_property(figure: Measurement) -> Json:
    """Return a range that is no confidence interval, with how it was made."""
    assert figure.interval is not None
    part = f":{_part(figure)}" if _part(figure) else ""
    low, high, method = figure.interval.low, figure.interval.high, figure.interval.method
    said = f"{low!r} to {high!r} {figure.unit}, {figure.interval.level:.0%}: {inert(method)}"
    return {"name": f"ftgov:range:{figure.id}{part}", "value": said}


def metric(figure: Measurement, level: float) -> Json:
    """Return a figure that has a value, with its confidence interval if it has one."""
    unit = "" if figure.unit == "1" else f" {figure.unit}"
    metric: Json = {"type": figure.id, "value": f"{figure.value!r}{unit}"}
    if part := _part(figure):
        metric["slice"] = part
    if _is_confidence(figure, level):
        assert figure.interval is not None
        ends = figure.interval.low, figure.interval.high
        metric["confidenceInterval"] = {"lowerBound": repr(ends[0]), "upperBound": repr(ends[1])}
    return metric


def _part(figure: Measurement) -> str:
    """Return which part of the data a figure is about, and which two parts it compares."""
    compared = " against ".join(_slice(each) for each in figure.between)
    return inert("; ".join(each for each in (_slice(figure.slice), compared) if each))


def _slice(part: Mapping[str, str | None]) -> str:
    told = (
        f"{key}={value}" if value is not None else f"{key} unknown" for key, value in part.items()
    )
    return ", ".join(told)


def training_energy(findings: tuple[Finding, ...], job: Job | None) -> Json | None:
    """Return energy and CO2e of a training, of one boundary; None where they are not known."""
    every = (each for found in findings for each in found.measurements)
    figures = {each.id: each for each in every if not each.slice and not each.between}
    spent = figures.get("energy.job_energy")
    if spent is None or spent.value is None or spent.unit != "kWh":
        return None
    measure = {"value": spent.value, "unit": "kWh"}
    entry: Json = {
        "activity": "training" if job and job.method == "pretraining" else "fine-tuning",
        "activityEnergyCost": measure,
        "energyProviders": [
            {
                "organization": {"name": "unknown"},
                "energySource": "unknown",
                "energyProvided": measure,
            }
        ],
        "properties": _ranged("energy", spent),
    }
    carbon = figures.get("energy.job_co2e")
    if carbon and carbon.value is not None and carbon.unit == "kg":
        entry["co2CostEquivalent"] = {"value": carbon.value / _KG_PER_TONNE, "unit": "tCO2eq"}
        entry["properties"] += _ranged("co2e", carbon)
    return entry


def _ranged(what: str, figure: Measurement) -> list[Json]:
    interval = figure.interval
    ends = (interval.low, interval.high) if interval else (None, None)
    said = {
        "figure": figure.id,
        "assurance": figure.assurance,
        "low": ends[0],
        "high": ends[1],
        "unit": figure.unit,
        "range": interval.method if interval else None,
    }
    return properties({f"{what}:{key}": value for key, value in said.items()})


def properties(said: Mapping[str, Any]) -> list[Json]:
    """Return name and value of what is known, as properties of ours."""
    return [
        {"name": f"ftgov:{inert(name)}", "value": inert(str(value))}
        for name, value in said.items()
        if value is not None
    ]
