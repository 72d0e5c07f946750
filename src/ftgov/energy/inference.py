"""What serving a model takes, from its tokens: per 1,000 requests, and where training pays off.

Reading a token takes 2 FLOP for each active parameter, and so does writing one (Kaplan et al. 2020,
arXiv 2001.08361, table 1, without the small term of the context); what differs is how little of the
accelerator's peak is used while writing (Epoch AI 2025). A cached token is nearly free. The energy
is that of the machines with the building's overhead, each request bearing its share.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ftgov.energy.factors import Factor, factor, resolved
from ftgov.energy.footprint import footprint
from ftgov.energy.ranges import Range, of
from ftgov.energy.spread import drawn
from ftgov.errors import UsageError

if TYPE_CHECKING:
    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray

    Draws = NDArray[float64]

DRAWS = 20_000
_JOULES_PER_KWH = 3.6e6
_PER = 1000.0
# As of a training's tokens (`ftgov.energy.job`): beyond any that was ever served for one model.
_MOST = 10**16
# The fleet that may serve a request, each as likely as its weight: a judgement of ours, 2026-11.
_FLEET: Mapping[str, float] = {"A100": 0.10, "H100": 0.45, "H200": 0.15, "B200": 0.30}


class TokenUse(NamedTuple):
    """Tokens that a provider counted over some requests; the words are those of OpenAI's usage.

    Attributes:
        requests: How many requests.
        input: Input tokens of all of them, the cached ones included.
        cached: How many of the input tokens came from a cache.
        output: Output tokens, the reasoning ones included.
        reasoning: How many of the output tokens were reasoning.
    """

    requests: int
    input: int
    cached: int = 0
    output: int = 0
    reasoning: int = 0

    def checked(self) -> TokenUse:
        """Return it if its counts agree with each other.

        Raises:
            UsageError: If a count is negative or absurd, a part exceeds its whole, or nothing was
                asked.
        """
        if self.requests < 1 or min(self) < 0 or self.input + self.output == 0:
            raise UsageError(
                "A usage needs at least one request and one token, and no negative count."
            )
        for name, count in self._asdict().items():
            if count > _MOST:
                raise UsageError(
                    f"A usage with {name} = {count:g} can't be meant.",
                    why=f"It must not exceed {_MOST:g}.",
                    next_step="Give the counts of the provider's usage object, unchanged.",
                )
        for part, whole in (("cached", "input"), ("reasoning", "output")):
            if getattr(self, part) > getattr(self, whole):
                raise UsageError(
                    f"The usage counts more {part} tokens than {whole} tokens.",
                    why=f"{part} tokens are part of the {whole} tokens.",
                    next_step="Give the counts of the provider's usage object, unchanged.",
                )
        return self


class Serving(NamedTuple):
    """What 1,000 requests take.

    Attributes:
        kwh: Energy with the building's overhead.
        co2e_kg: Greenhouse gases of it, location-based.
        water_l: Water on site and of the electricity.
        embodied_kg: The share of the making of the machines; in no other figure.
        writing: The share of the energy that writes output; the rest reads input.
        reasoning: The share that writes reasoning tokens, a part of `writing`.
        factors: The rows that were used.
        label: What kind of claim it is.
    """

    kwh: Range
    co2e_kg: Range
    water_l: Range
    embodied_kg: Range
    writing: float
    reasoning: float
    factors: tuple[Factor, ...]
    label: str = "estimated-flop"


class BreakEven(NamedTuple):
    """After how many requests the training is made up for by a shorter prompt.

    Attributes:
        requests: 5, 50 and 95 %; None where more than 5 % of the draws save nothing.
        saved_kwh: Saved for 1,000 requests; negative where the tuned model takes more.
        never: The share of the draws in which nothing is saved, so that it never pays off.
    """

    requests: Range | None
    saved_kwh: Range
    never: float


class _Machine(NamedTuple):
    """What serves, one machine for each draw.

    Attributes:
        seconds: Seconds of an accelerator for one FLOP at its peak.
        watts: Its draw at the wall with its share of the host.
        building: The building's overhead over it.
        prefill: The share of the peak while reading.
        decode: The share while writing.
        cached: The work of a cached token over a fresh one.
        factors: The rows that were used.
    """

    seconds: Draws
    watts: Draws
    building: Draws
    prefill: Draws
    decode: Draws
    cached: Draws
    factors: tuple[Factor, ...]


def serving(
    usage: TokenUse,
    parameters: Factor,
    rng: Generator,
    *,
    gpu: str | None = None,
    zone: str | None = None,
) -> Serving:
    """Return what 1,000 requests take.

    Args:
        usage: The tokens of some requests.
        parameters: The model's active parameters.
        rng: Where chance comes from.
        gpu: The accelerator, None where the fleet is not known.
        zone: The grid zone or cloud region, None where it is not known.

    Raises:
        UsageError: If the usage contradicts itself, or accelerator or zone are unknown.
    """
    usage = usage.checked()
    name = None if gpu is None else resolved("gpu", gpu, "accelerator")
    machine = _machine(rng, name)
    size = drawn(rng, parameters, DRAWS)
    read, written = _seconds(usage, size, machine)
    total = (read + written) * (_PER / usage.requests)
    it_kwh = total * machine.watts / _JOULES_PER_KWH
    cost = footprint(
        rng,
        it_kwh=it_kwh,
        facility_kwh=it_kwh * machine.building,
        accelerator_hours=total / 3600.0,
        zone=zone,
        gpu=name,
        site="hosted",
    )
    share = float((written / (read + written)).mean())
    return Serving(
        kwh=of(it_kwh * machine.building),
        co2e_kg=of(cost.co2e_kg),
        water_l=of(cost.water_onsite_l + cost.water_offsite_l),
        embodied_kg=of(cost.embodied_kg),
        writing=share,
        reasoning=share * usage.reasoning / usage.output if usage.output else 0.0,
        factors=(parameters, *machine.factors, *cost.factors),
    )


def break_even(
    training_kwh: Range,
    tuned: TokenUse,
    base: TokenUse,
    *,
    tuned_parameters: Factor,
    base_parameters: Factor,
    rng: Generator,
) -> BreakEven:
    """Return after how many requests a tuned model has used less than a longer-prompted base model.

    Both serve on the same machine; one base model has one size in each draw. The training is drawn
    from its range apart from that, which widens the answer and never narrows it.

    Args:
        training_kwh: Energy of the fine-tuning, with the building's overhead.
        tuned: Tokens of the tuned model.
        base: Tokens of the base model with the longer prompt.
        tuned_parameters: Active parameters of the tuned model.
        base_parameters: Active parameters of the model with the longer prompt.
        rng: Where chance comes from.

    Raises:
        UsageError: If a usage contradicts itself.
    """
    import numpy as np

    machine = _machine(rng, None)
    size = drawn(rng, tuned_parameters, DRAWS)
    same = tuned_parameters.id == base_parameters.id
    other = size if same else drawn(rng, base_parameters, DRAWS)
    joules = machine.watts * machine.building / _JOULES_PER_KWH
    each = [
        sum(_seconds(usage.checked(), parameters, machine)) * joules / usage.requests
        for usage, parameters in ((tuned, size), (base, other))
    ]
    saved = np.asarray(each[1] - each[0])
    trained = drawn(rng, _as_factor(training_kwh), DRAWS)
    pays = saved > 0
    never = float(1.0 - pays.mean())
    needed = trained / np.where(pays, saved, np.nan)
    return BreakEven(
        requests=of(needed[pays]) if never <= 0.05 else None,
        saved_kwh=of(saved * _PER),
        never=never,
    )


def _machine(rng: Generator, gpu: str | None) -> _Machine:
    """Draw what serves: accelerator, draw at the wall, building, shares of the peak."""
    import numpy as np

    names = tuple(_FLEET) if gpu is None else (gpu,)
    bounds = np.cumsum([_FLEET.get(name, 1.0) for name in names])
    place = np.searchsorted(bounds, rng.random(DRAWS) * bounds[-1], side="right")
    place = np.minimum(place, len(names) - 1)
    peaks = [factor(f"gpu.{name}.peak") for name in names]
    rated = [factor(f"gpu.{name}.tdp") for name in names]
    rows = tuple(
        factor(identifier)
        for identifier in (
            "inference.wall_over_tdp",
            "pue.hyperscale",
            "inference.prefill_mfu",
            "inference.decode_mfu",
            "inference.cached_share",
        )
    )
    wall, building, prefill, decode, cached = (drawn(rng, row, DRAWS) for row in rows)
    return _Machine(
        seconds=np.array([1.0 / peak.value for peak in peaks])[place],
        watts=np.array([row.value for row in rated])[place] * wall,
        building=building,
        prefill=prefill,
        decode=decode,
        cached=cached,
        factors=(*peaks, *rated, *rows),
    )


def _seconds(usage: TokenUse, size: Draws, machine: _Machine) -> tuple[Draws, Draws]:
    """Return seconds of an accelerator for reading and for writing all tokens of a usage."""
    fresh = usage.input - usage.cached
    each = 2.0 * size * machine.seconds
    read = each * (fresh + usage.cached * machine.cached) / machine.prefill
    return read, each * usage.output / machine.decode


def _as_factor(ends: Range) -> Factor:
    """Return a range in the form that draws are made of."""
    text = "the estimate of the training"
    return Factor(
        "training", ends.mid, ends.low, ends.high, "kWh", text, text, "", "", "", "", "", ""
    )
