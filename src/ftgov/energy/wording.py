"""An estimate in words: two significant figures, never a figure without range and boundary."""

from __future__ import annotations

from fractions import Fraction

from ftgov.energy.compute import Threshold, thresholds
from ftgov.energy.equivalences import equivalences
from ftgov.energy.estimate import Estimate
from ftgov.energy.factors import factor
from ftgov.energy.ranges import shown, two
from ftgov.energy.sci import PER_MILLION_TOKENS, Sci, sci
from ftgov.energy.score import Score

_EVIDENCE = {
    "active parameters": "the model's active parameters (--params)",
    "adapters or all weights": "the method: adapters or all weights (--method)",
    "utilisation": "hours and number of accelerators (--hours, --gpu, --gpus)",
    "accelerator model": "the accelerator (--gpu)",
    "rated power": "the board's configured power limit",
    "recomputed activations": "whether activations were recomputed (gradient checkpointing)",
    "padding": "the number of tokens with padding",
    "power drawn": "a reading of the accelerators' counters (`ftgov train`)",
    "rest of the machine": "a meter at the wall",
    "building (PUE)": "the building's PUE",
}
"""What evidence would take an input's uncertainty away."""

BOUND = "hours x machines at their rating"
"""What the bound of a job is made of."""

_WORDS = {
    "hosted": "run by a provider",
    "local": "on a machine of one's own",
    "datacentre": "in a computing centre",
}


def narrower(result: Estimate) -> list[str]:
    """Return the evidence that would narrow the energy's range most, most useful first."""
    return [_EVIDENCE.get(each.name, each.name) for each in result.drivers]


def intensity(result: Estimate) -> Sci:
    """Return the carbon intensity of the training per million trained tokens."""
    return sci(result.co2e_kg, result.embodied_co2e_kg, PER_MILLION_TOKENS, result.job.tokens / 1e6)


def lines(result: Estimate, base_flop: Fraction | None = None) -> list[str]:
    """Return an estimate as lines of text.

    Args:
        result: The estimate.
        base_flop: The original model's training compute in FLOP, where it is known.
    """
    energy = result.energy
    rows = [
        ("training compute", shown(result.flop, "FLOP"), "counted as the AI Act's guidelines do"),
        ("energy, accelerators", shown(energy.accelerator, "kWh"), "accelerators alone"),
        ("energy, machines", shown(energy.it, "kWh"), "all machines at the wall"),
        ("energy, building", shown(energy.facility, "kWh"), "with cooling and losses"),
        ("greenhouse gases", shown(result.co2e_kg, "kg CO2e"), "location-based"),
        ("water", shown(result.water_l, "L"), "cooling and making the electricity"),
        ("making of machines", shown(result.embodied_co2e_kg, "kg CO2e"), "apart, never added"),
    ]
    text = [f"{name:21} {figure:36} {boundary}" for name, figure, boundary in rows]
    if result.bound_kwh is not None:
        text.append(f"{'at most':21} {two(result.bound_kwh) + ' kWh':36} {BOUND}")
    return [
        f"Estimate ({result.label}), {_WORDS[result.job.site]}: median (5 % to 95 %)",
        "",
        *text,
        "",
        *(_threshold_words(each) for each in thresholds(result.flop, base_flop)),
        (
            f"Carbon intensity (ISO/IEC 21031): {shown(intensity(result).value)} g CO2e per "
            f"{PER_MILLION_TOKENS}."
        ),
        *(f"The building's energy is {each}." for each in equivalences(energy.facility)),
        "Range made by: "
        + ", ".join(f"{each.name} ({two(100 * each.share)} %)" for each in result.drivers),
        f"Narrowed most by: {narrower(result)[0]}" if result.drivers else "Nothing was uncertain.",
        *(f"{each.kind}: {each.text}" for each in result.remarks),
        _made_by(result),
    ]


def _made_by(result: Estimate) -> str:
    version = factor("prior.version").value
    return (
        f"Priors v{version:.0f}, seed {result.seed}, {result.draws:,} draws, "
        f"{len(result.factors)} sourced factors (--json lists them)."
    )


def _threshold_words(each: Threshold) -> str:
    return (
        f"One third of the base's compute ({each.base}): {two(float(each.share[-1]))} of it at the "
        f"95 % point, {each.verdict}."
    )


def form_text(result: Estimate) -> dict[str, str]:
    """Return the energy lines of the Model Documentation Form.

    Source: the Commission's Model Documentation Form of 10 July 2025: training energy in MWh with
    at least two significant figures, and the method in about 100 words where no delegated act
    under Article 53(5) lays one down.

    Returns:
        `energy_mwh` and `method`, the latter of at most 100 words.
    """
    mwh = result.energy.facility.times(1e-3)
    basis = (
        "hours, accelerators and the power that accelerators draw while training"
        if result.label == "estimated-tdp"
        else "operations (parameters x tokens x passes), accelerator peak and utilisation"
    )
    method = (
        f"Estimated, not measured ({result.label}), in the absence of a delegated act adopted in "
        f"accordance with Article 53(5). Monte Carlo of {result.draws:,} draws over dated priors "
        f"(version {factor('prior.version').value:.0f}, seed {result.seed}): energy follows from "
        f"{basis}, times the rest of the machine, times the building's PUE. Boundary: the whole "
        "building; modification only, without experiments and evaluation. Figures are the median "
        "and the 5 % to 95 % range."
    )
    return {"energy_mwh": f"{shown(mwh)} MWh", "method": method}


def standing(scored: Score) -> str:
    """Return how ranges of this kind fared on measured cases, for a method box."""
    hits = round(scored.coverage * scored.n)
    return (
        f"on measured cases of this kind, ranges of 90 % held {hits} of {scored.n} figures from "
        f"{scored.sources} sources (exact 95 % interval of the coverage "
        f"{100 * scored.coverage_low:.0f} to {100 * scored.coverage_high:.0f} %), median of "
        f"estimate over measured {two(scored.median_ratio)}, median width "
        f"{two(scored.median_width)} x"
    )
