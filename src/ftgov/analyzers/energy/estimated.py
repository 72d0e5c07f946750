"""Figures that no tool measured: energy at three boundaries, carbon, water, machines, compute."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.analyzers import figures
from ftgov.energy.compute import COUNTED, NOT_COUNTED, thresholds
from ftgov.energy.estimate import Estimate
from ftgov.energy.factors import factor
from ftgov.energy.ranges import LEVEL, Range, shown, six, two
from ftgov.energy.sci import PER_MILLION_TOKENS
from ftgov.energy.validate import regime_of, regime_score
from ftgov.energy.wording import BOUND, form_text, intensity, narrower, standing
from ftgov.records.digest import Digest
from ftgov.records.measurement import Assurance, Measurement


class Told(NamedTuple):
    """An estimate with the files that tell of the job."""

    result: Estimate
    evidence: tuple[Digest, ...]

    def figure(
        self, name: str, unit: str, values: Range, how: str, label: Assurance | None = None
    ) -> Measurement:
        """Return one figure of the estimate."""
        assurance: Assurance = label or self.result.label
        grounds = figures.Grounds(self.evidence, LEVEL, assurance)
        about = figures.About(f"energy.{name}", grounds, how, unit=unit)
        low, mid, high = (six(part) for part in values)
        ends = figures.interval(low, max(high, low), LEVEL, method(self.result))
        return figures.figure(about, mid, ends)


def method(result: Estimate) -> str:
    """Return how the ranges were made, with how they fared on measured cases."""
    version = factor("prior.version").value
    fared = standing(regime_score(regime_of(result.job)))
    return (
        f"5 % to 95 % of {result.draws:,} draws over dated priors (version {version:.0f}, seed "
        f"{result.seed}); {fared}"
    )


def energies(told: Told) -> list[Measurement]:
    """Return energy, carbon, water and the making of machines, as estimated."""
    result = told.result
    basis = (
        "hours x power that accelerators draw while training"
        if result.label == "estimated-tdp"
        else "operations / (peak x utilisation) x power"
    )
    energy = result.energy
    return [
        told.figure("job_energy", "kWh", energy.it, f"{basis}; all machines at the wall"),
        told.figure(
            "accelerator_energy", "kWh", energy.accelerator, f"{basis}; accelerators alone"
        ),
        told.figure(
            "facility_energy", "kWh", energy.facility, f"{basis}; with the building's overhead"
        ),
        told.figure(
            "job_co2e", "kg", result.co2e_kg, "the building's energy x grid factor, location-based"
        ),
        told.figure(
            "job_water", "L", result.water_l, "cooling on site and making the electricity off site"
        ),
        told.figure(
            "embodied_co2e",
            "kg",
            result.embodied_co2e_kg,
            "the job's share of making the machines; in no other figure",
        ),
    ]


def compute(told: Told) -> Measurement:
    """Return the modification's training compute, as the AI Act's guidelines count it."""
    return told.figure(
        "training_compute",
        "FLOP",
        told.result.flop,
        "parameters x tokens x passes, as C(2025) 7719 counts training compute: neither "
        "recomputation nor padding, evaluation or failed runs",
        "estimated-flop",
    )


def compute_words(told: Told) -> str:
    """Return the compute against the thresholds in one sentence."""
    told_of = "; ".join(
        f"{two(float(each.share[-1]))} of one third of {two(float(each.limit * 3))} FLOP "
        f"({each.base}), {each.verdict}"
        for each in thresholds(told.result.flop)
    )
    return (
        f"The training computed {shown(told.result.flop, 'FLOP')}; at the 95 % point that is "
        f"{told_of}."
    )


def energy_words(told: Told) -> str:
    """Return the energy in one sentence."""
    result = told.result
    return (
        f"The training job is estimated to have used {shown(result.energy.it, 'kWh')} at the wall, "
        f"{shown(result.energy.facility, 'kWh')} with the building, and to have caused "
        f"{shown(result.co2e_kg, 'kg')} CO2e ({result.label}, 5 % to 95 %)."
    )


def box(told: Told) -> str:
    """Return what the method box tells beside the methods: the lines that a form asks for."""
    form = form_text(told.result)
    return (
        f"Model Documentation Form: training energy {form['energy_mwh']}; method: {form['method']} "
        f"{compute_box()}"
    )


def scale(told: Told) -> tuple[str, ...]:
    """Return what the energy amounts to per token, and what makes its range."""
    result = told.result
    drivers = ", ".join(f"{each.name} ({two(100 * each.share)} %)" for each in result.drivers)
    per_token = (
        f"Carbon intensity (ISO/IEC 21031): {shown(intensity(result).value)} g CO2e per "
        f"{PER_MILLION_TOKENS}."
    )
    made_by = f"The range is made by {drivers}; it would be narrowed most by {narrower(result)[0]}."
    if result.bound_kwh is None:
        return (per_token, made_by)
    most = f"At most {two(result.bound_kwh)} kWh can have been used: {BOUND}."
    return (per_token, made_by, most)


def compute_box() -> str:
    """Return what the training compute counts and what it doesn't."""
    return f"Compute counts {'; '.join(COUNTED)}. It does not count {'; '.join(NOT_COUNTED)}."
