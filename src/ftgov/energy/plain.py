"""An estimate as plain JSON values: six significant figures, every row that it rests on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ftgov.energy.compute import (
    COUNTED,
    COUNTED_IF_SYSTEMIC,
    NOT_COUNTED,
    Threshold,
    thresholds,
)
from ftgov.energy.equivalences import equivalences
from ftgov.energy.estimate import BOUNDARIES, Estimate
from ftgov.energy.factors import Factor
from ftgov.energy.ranges import LEVEL, Range, six
from ftgov.energy.wording import form_text, intensity, narrower


def as_json(result: Estimate, base_flop: Fraction | None = None) -> dict[str, Any]:
    """Return an estimate as JSON values.

    Args:
        result: The estimate.
        base_flop: The original model's training compute in FLOP, where it is known.
    """
    against = thresholds(result.flop, base_flop)
    most = result.bound_kwh
    return {
        "flop": _range(result.flop),
        "flop_done": _range(result.flop_done),
        "energy_kwh": {
            name: _range(part) for name, part in zip(BOUNDARIES, result.energy, strict=True)
        },
        "co2e_kg": _range(result.co2e_kg),
        "water_l": _range(result.water_l),
        "water_onsite_l": _range(result.water_onsite_l),
        "water_offsite_l": _range(result.water_offsite_l),
        "embodied_co2e_kg": _range(result.embodied_co2e_kg),
        "accelerator_hours": _range(result.accelerator_hours),
        "bound_kwh": None if most is None else six(most),
        "threshold_share_high": six(float(against[0].share[-1])),
        "training_compute": ledger(against),
        "drivers": [{"name": each.name, "share": six(each.share)} for each in result.drivers],
        "narrow_by": narrower(result),
        "remarks": [{"kind": each.kind, "text": each.text} for each in result.remarks],
        "model_documentation_form": form_text(result),
        "sci": {
            "g_co2e_per_million_tokens": _range(intensity(result).value),
            "operational": _range(intensity(result).operational),
            "embodied": _range(intensity(result).embodied),
            "per": intensity(result).per,
            "standard": "ISO/IEC 21031:2024, location-based",
        },
        "equivalences": [
            {
                "household_days": _range(each.days),
                "country": each.country,
                "year": each.year,
                "factor": each.factor.id,
                "text": str(each),
            }
            for each in equivalences(result.energy.facility)
        ],
        "factors": [_row(each) for each in result.factors],
        "label": result.label,
        "site": result.job.site,
        "gpu": result.job.gpu,
        "gpus": result.job.accelerators,
        "zone": result.job.zone,
        "method": result.job.method,
        "interval": LEVEL,
        "seed": result.seed,
        "draws": result.draws,
    }


def ledger(against: tuple[Threshold, ...]) -> dict[str, Any]:
    """Return the law's ledger: what is counted, what is not, and each threshold exactly."""
    return {
        "counted": list(COUNTED),
        "not_counted": list(NOT_COUNTED),
        "counted_if_systemic": list(COUNTED_IF_SYSTEMIC),
        "reference": "C(2025) 7719, points 17, 60 and 118, annex A; Art. 51(2)",
        "thresholds": [
            {
                "base": each.base,
                "flop_exact": str(each.limit),
                "share": dict(zip(Range._fields, (six(float(s)) for s in each.share), strict=True)),
                "share_high_exact": str(each.share[-1]),
                "verdict": each.verdict,
            }
            for each in against
        ],
    }


def _range(figures: Range) -> dict[str, float]:
    return {name: six(part) for name, part in zip(Range._fields, figures, strict=True)}


def _row(row: Factor) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if value != ""}
