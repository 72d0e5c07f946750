"""Models as hosts list them: base models, tuned ones, and when they stop answering."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from ftgov.providers.lax import Lax
from ftgov.providers.names import name_of
from ftgov.providers.shapes.unit import Below, Derived, Unit, Where, observed
from ftgov.records.archived import Flag
from ftgov.records.model import ModelDates, ModelVersion

_TUNED: Final = ("ft:", "ft-")


def is_tuned(native: str) -> bool:
    """Return whether a host's name is that of a tuned model: `ft:...`, at Azure `....ft-...`."""
    return native.startswith(_TUNED) or ".ft-" in native


def model_named(
    native: str,
    where: Where,
    unit: Unit,
    *,
    kind: Literal["base", "tuned", "checkpoint"],
    parent: str | None = None,
    below: Below | None = None,
) -> ModelVersion:
    """Return the version of a model that a host calls by a name.

    Args:
        native: The name.
        where: The host.
        unit: The unit that shows the name.
        kind: What kind of model it is.
        parent: The record name of the model that it derives from.
        below: The listing below the unit that shows it.
    """
    return ModelVersion(
        name=name_of(native),
        kind=kind,
        parent=parent,
        host=where.provider,
        snapshot=native[:512],
        observation=observed(where, unit, native, below),
    )


def derive_model(unit: Unit, where: Where) -> Derived:
    """Return the version of a model with its dates; a model without an id gives none.

    Source: OpenAI's `Model` (`shutdown_date`), Azure's `deprecation.fine_tune` and `.inference`.
    """
    flags: list[Flag] = []
    model = Lax(unit.item, flags)
    native = model.text("id", required=True)
    shutdown = _day(model, "shutdown_date")
    retired = model.inner("deprecation")
    training, inference = None, None
    if retired is not None:
        training, inference = (retired.moment(key) for key in ("fine_tune", "inference"))
    if native is None:
        return Derived(flags=tuple(flags))
    kind: Literal["base", "tuned"] = "tuned" if is_tuned(native) else "base"
    named = model_named(native, where, unit, kind=kind, parent=_parent(native))
    if shutdown or training or inference:
        dates = ModelDates(
            shutdown=shutdown or (inference[:10] if inference else None),
            training_retirement=training[:10] if training else None,
            deployment_retirement=inference[:10] if inference else None,
        )
        named = named.model_copy(update={"dates": dates})
    return Derived((named,), tuple(flags))


def _parent(native: str) -> str | None:
    """Return the base that OpenAI writes into a tuned model's name, `ft:BASE:organisation:...`."""
    parts = native.split(":")
    return name_of(parts[1]) if parts[0] == "ft" and len(parts) > 3 and parts[1] else None


def _day(model: Lax, key: str) -> str | None:
    text = model.text(key)
    if text is None:
        return None
    try:
        written = date.fromisoformat(text).isoformat()
    except ValueError:
        written = ""
    if written == text:
        return text
    model.flag(key, "is no date", text)
    return None
