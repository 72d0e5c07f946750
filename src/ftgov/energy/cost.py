"""What training and use cost: list prices of a day, in exact decimals, and never a bill.

A bill is what was paid; a price list says what it should have been. The two are kept apart, and
neither is ever added to the other or fetched from the network.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ftgov.energy.factors import Factor, table
from ftgov.energy.factors.models import ModelPrior, resolve
from ftgov.energy.inference import TokenUse

_MILLION = Decimal(1_000_000)
_PER = Decimal(1000)
SHARED = Decimal("0.5")
"""The least of the list price: what OpenAI charged for training and use with data sharing."""
TAXED = Decimal("1.27")
"""The most: the list price with the highest value added tax of the Union, Hungary's 27 %."""
RANGE = (
    "list price; from half of it, OpenAI's price with data sharing, to 1.27 times, with the "
    "highest value added tax of the Union; an assumed range, no confidence interval"
)


class Priced(NamedTuple):
    """A cost by the price list.

    Attributes:
        amount: By the list, in `currency`.
        low: With the discounts that are known.
        high: With tax.
        currency: ISO 4217.
        prices: The rows of the list.
    """

    amount: Decimal
    low: Decimal
    high: Decimal
    currency: str
    prices: tuple[Factor, ...]


def training_price(
    model: str, *, tokens: int | None = None, hours: float | None = None
) -> Priced | str:
    """Return what training costs by the list, or why the list doesn't say.

    Args:
        model: The base model, or a fine-tuned model's name.
        tokens: Tokens trained on, over all epochs.
        hours: Hours of training, for a model that is billed by them.
    """
    rows = _rows(model)
    if isinstance(rows, str):
        return rows
    if "train" in rows:
        if tokens is None:
            return "the trained tokens are not known"
        return _priced(Decimal(tokens) / _MILLION * _exact(rows["train"]), rows["train"])
    if "hour" in rows:
        if hours is None:
            return "it is billed by the hour, and the hours of training are not known"
        return _priced(Decimal(str(hours)) * _exact(rows["hour"]), rows["hour"])
    return f"the price list has no training of {model}"


def use_price(model: str, usage: TokenUse) -> Priced | str:
    """Return what 1,000 requests to a fine-tuned model cost by the list, or why it doesn't say.

    Args:
        model: The base model, or a fine-tuned model's name.
        usage: The tokens of some requests.

    Raises:
        UsageError: If the usage contradicts itself.
    """
    usage = usage.checked()
    rows = _rows(model)
    if isinstance(rows, str):
        return rows
    # A model without a price for cached tokens bills them like any other.
    cached = rows.get("cached", rows["input"])
    fresh = usage.input - usage.cached
    total = (
        fresh * _exact(rows["input"])
        + usage.cached * _exact(cached)
        + usage.output * _exact(rows["output"])
    )
    amount = total / _MILLION * _PER / usage.requests
    used = (rows["input"], cached, rows["output"])
    return _priced(amount, *dict.fromkeys(used))


def _rows(model: str) -> dict[str, Factor] | str:
    """Return the prices of a model by what is counted, or why there are none."""
    found = resolve(model)
    name = found.name
    start = f"price.{name}."
    rows = {
        identifier.removeprefix(start): row
        for identifier, row in table("price").items()
        if identifier.startswith(start)
    }
    if rows:
        return rows
    known = isinstance(found, ModelPrior)
    return f"the price list doesn't hold {name}" if known else f"the model {name} is not known"


def _exact(row: Factor) -> Decimal:
    """Return a price as the list writes it."""
    return Decimal(repr(row.value))


def _priced(amount: Decimal, *rows: Factor) -> Priced:
    currency = rows[0].unit.partition("/")[0]
    return Priced(amount, amount * SHARED, amount * TAXED, currency, rows)
