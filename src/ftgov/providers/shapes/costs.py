"""Costs: what an organisation was charged per day, project and line; a host gives none per job.

Source: OpenAI's `GET /organization/costs` (`CostsResult`), buckets of one day.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from ftgov.providers.lax import Lax, item_bytes
from ftgov.providers.names import name_of
from ftgov.providers.shapes.unit import Derived, Unit, Where, observed
from ftgov.records.archived import Flag
from ftgov.records.usage_cost import UsageCost

_PLACES = Decimal(1).scaleb(-18)


def decimal_text(value: object) -> str | None:
    """Return an amount as decimal text of at most 18 places, or None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 28:
        return None
    text = format(amount.quantize(_PLACES).normalize(), "f")
    return "0" if text == "-0" else text


def derive_bucket(unit: Unit, where: Where) -> Derived:
    """Return the lines of one day's bill; a line without an amount is flagged and left out."""
    flags: list[Flag] = []
    bucket = Lax(unit.item, flags)
    start = bucket.moment("start_time", required=True)
    end = bucket.moment("end_time", required=True)
    found = []
    for line in bucket.each("results", required=True):
        amount = line.inner("amount")
        value = decimal_text(amount.value.get("value")) if amount else None
        currency = amount.text("currency", required=True) if amount else None
        if value is None or currency is None or len(currency) != 3 or not currency.isalpha():
            line.flag("amount", "is no amount of money")
            continue
        texts = {key: line.text(key) for key in ("line_item", "project_id", "api_key_id")}
        quantity = line.value.get("quantity")
        if start is None or end is None or end < start:
            continue
        key = [where.provider, where.tenant, start, end, *texts.values()]
        found.append(
            UsageCost(
                name=name_of(f"cost.{start[:10]}." + item_bytes(key).hex()),
                start=start,
                end=end,
                project=texts["project_id"],
                api_key=texts["api_key_id"],
                line_item=texts["line_item"],
                quantity=decimal_text(quantity) if quantity is not None else None,
                unit=line.text("quantity_unit"),
                amount=value,
                currency=currency.upper(),
                observation=observed(where, unit, f"{start[:10]}"),
            )
        )
    return Derived(tuple(found), tuple(flags), settled=False)
