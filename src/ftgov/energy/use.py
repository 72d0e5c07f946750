"""What a tuned model's use takes and costs, and how that stands against its training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ftgov.energy.asked import Question, answer, named
from ftgov.energy.cost import Priced, use_price
from ftgov.energy.estimate import Estimate
from ftgov.energy.factors import Factor
from ftgov.energy.factors.models import ModelPrior, Unresolved
from ftgov.energy.inference import BreakEven, Serving, TokenUse, break_even, serving
from ftgov.energy.job import Method
from ftgov.energy.ranges import LEVEL, Range, shown, six, two
from ftgov.energy.sci import PER_THOUSAND_REQUESTS, Sci, sci
from ftgov.errors import UsageError


class UseQuestion(NamedTuple):
    """What was asked about the use of a model.

    Attributes:
        model: The tuned model's name (`ft:...`) or its base's.
        usage: Its tokens over some requests.
        gpu: The accelerator, None where it is not known.
        region: Grid zone or cloud region, None where it is not known.
        trained_tokens: Tokens of its training, for the break-even.
        method: What was trained.
        longer: Tokens of a base model that is prompted at length instead.
        longer_model: That base model; the tuned model's own by default.
        seed: Of the draws.
    """

    model: str
    usage: TokenUse
    gpu: str | None = None
    region: str | None = None
    trained_tokens: str | None = None
    method: Method = "unknown"
    longer: TokenUse | None = None
    longer_model: str | None = None
    seed: int = 0


class Use(NamedTuple):
    """The answer.

    Attributes:
        serving: What 1,000 requests take.
        intensity: Their carbon intensity by ISO/IEC 21031.
        price: What they cost by the price list, or why it doesn't say.
        training: The training's estimate, where its tokens are known.
        even: When the training is made up for, where a longer prompt is compared with.
        model: The size that was assumed or is published.
        seed: Of the draws.
    """

    serving: Serving
    intensity: Sci
    price: Priced | str
    training: Estimate | None
    even: BreakEven | None
    model: ModelPrior
    seed: int


def use(question: UseQuestion) -> Use:
    """Estimate the use of a model.

    Raises:
        UsageError: If the model's size is not known, the usage contradicts itself, or accelerator
            or zone are unknown.
    """
    import numpy as np

    if question.seed < 0:
        raise UsageError(f"--seed {question.seed} is negative.", next_step="Give 0 or more.")
    model = _size(question.model, "--model")
    rng = np.random.default_rng(question.seed)
    taken = serving(question.usage, model.parameters, rng, gpu=question.gpu, zone=question.region)
    training = _training(question)
    even = None
    if training is not None and question.longer is not None:
        other = model
        if question.longer_model is not None:
            other = _size(question.longer_model, "--longer-model")
        even = break_even(
            training.energy.facility,
            question.usage,
            question.longer,
            tuned_parameters=model.parameters,
            base_parameters=other.parameters,
            rng=np.random.default_rng(question.seed),
        )
    return Use(
        serving=taken,
        intensity=sci(taken.co2e_kg, taken.embodied_kg, PER_THOUSAND_REQUESTS, 1.0),
        price=use_price(question.model, question.usage),
        training=training,
        even=even,
        model=model,
        seed=question.seed,
    )


def _size(name: str, option: str) -> ModelPrior:
    found = named(name, option)
    if isinstance(found, Unresolved):
        raise UsageError(
            f"The size of the model '{found.name}' is not known.",
            why=found.reason,
            next_step="`ftgov energy factors model` lists the models that are.",
        )
    return found


def _training(question: UseQuestion) -> Estimate | None:
    if question.trained_tokens is None:
        if question.longer is not None:
            raise UsageError(
                "A break-even needs the tokens of the training.", next_step="Add --trained-tokens."
            )
        return None
    return answer(
        Question(
            tokens=question.trained_tokens,
            model=question.model,
            method=question.method,
            region=question.region,
            seed=question.seed,
        )
    )


def as_json(found: Use) -> dict[str, Any]:
    """Return the answer as JSON values, six significant figures."""
    taken = found.serving
    price = found.price
    return {
        "per": PER_THOUSAND_REQUESTS,
        "energy_kwh": {"facility": _range(taken.kwh)},
        "co2e_kg": _range(taken.co2e_kg),
        "water_l": _range(taken.water_l),
        "embodied_co2e_kg": _range(taken.embodied_kg),
        "writing_share": six(taken.writing),
        "reasoning_share": six(taken.reasoning),
        "sci_g_co2e": _range(found.intensity.value),
        "price": price
        if isinstance(price, str)
        else {
            "estimated": str(price.amount),
            "low": str(price.low),
            "high": str(price.high),
            "currency": price.currency,
            "rows": [row.id for row in price.prices],
        },
        "training_kwh": _range(found.training.energy.facility) if found.training else None,
        "break_even": None
        if found.even is None
        else {
            "requests": _range(found.even.requests) if found.even.requests else None,
            "saved_kwh_per_1000": _range(found.even.saved_kwh),
            "never_share": six(found.even.never),
        },
        "parameters": {
            "model": found.model.name,
            "low": found.model.parameters.low,
            "high": found.model.parameters.high,
            "label": found.model.parameters.label,
        },
        "label": taken.label,
        "interval": LEVEL,
        "seed": found.seed,
        "factors": [_row(row) for row in _rows(found)],
    }


def lines(found: Use) -> Iterator[str]:
    """Yield the answer as text, two significant figures, each figure with its range."""
    taken = found.serving
    yield f"1,000 requests to {found.model.name} ({taken.label}, 90 % ranges):"
    yield f"  energy, building     {shown(taken.kwh, 'kWh')}, {_share(taken)}"
    yield f"  greenhouse gases     {shown(taken.co2e_kg, 'kg CO2e')}, location-based"
    yield f"  water                {shown(taken.water_l, 'L')}, cooling and making the electricity"
    yield f"  making the machines  {shown(taken.embodied_kg, 'kg CO2e')}, in no other figure"
    yield f"  SCI                  {shown(found.intensity.value, 'g CO2e')} (ISO/IEC 21031)"
    yield f"  price                {_price(found.price)}"
    if found.training is not None:
        facility = found.training.energy.facility
        yield f"training, building     {shown(facility, 'kWh')} (estimated-flop)"
    if found.even is not None:
        yield _even(found.even)
    size = found.model.parameters
    if size.low < size.high:
        ends = f"{two(size.low / 1e9)} to {two(size.high / 1e9)}"
        yield f"assumed: {ends} billion active parameters; their provider has published none"
    yield f"factors: {', '.join(row.id for row in _rows(found))}"


def _share(taken: Serving) -> str:
    reasoning = f", {two(100 * taken.reasoning)} % for reasoning" if taken.reasoning else ""
    return f"{two(100 * taken.writing)} % for writing{reasoning}"


def _price(price: Priced | str) -> str:
    if isinstance(price, str):
        return f"not told: {price}"
    ends = Range(float(price.low), float(price.amount), float(price.high))
    dated = price.prices[0].published
    return f"{shown(ends, price.currency)} by the list of {dated}; estimated, no bill"


def _even(even: BreakEven) -> str:
    if even.requests is not None:
        return f"break-even             after {shown(even.requests, 'requests')}"
    return (
        f"break-even             not told: in {two(100 * even.never)} % of the draws nothing is "
        f"saved ({shown(even.saved_kwh, 'kWh')} for 1,000 requests)"
    )


def _rows(found: Use) -> tuple[Factor, ...]:
    prices = () if isinstance(found.price, str) else found.price.prices
    trained = found.training.factors if found.training else ()
    rows = {row.id: row for row in (*found.serving.factors, *prices, *trained)}
    return tuple(rows.values())


def _range(figures: Range) -> dict[str, float]:
    return {name: six(part) for name, part in zip(Range._fields, figures, strict=True)}


def _row(row: Factor) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if value != ""}
