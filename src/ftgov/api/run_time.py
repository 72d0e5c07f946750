"""What a model needs at run time: which others must still answer for it to answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ftgov.api.ancestry import sources_of
from ftgov.records.absence import known
from ftgov.records.model import ModelVersion


class Needs(NamedTuple):
    """The models that must answer for one to answer, and why; none where it stands alone."""

    models: tuple[str, ...]
    why: str


def needs_of(
    model: ModelVersion, models: Mapping[str, ModelVersion], started_from: Iterable[str] = ()
) -> Needs:
    """Return what a model needs at run time.

    An alias needs the model that it names, an adapter the model that it is laid over. Any other
    model with weights of its own stands alone; without them its host has to serve it together with
    what it was made from, so that it ends when these end.

    Args:
        model: The model.
        models: The recorded models by name.
        started_from: The bases of the jobs that made it.
    """
    behind = tuple(dict.fromkeys((*sources_of(model), *started_from)))
    if model.kind == "alias":
        return Needs(behind, f"it is another name of {_listed(behind)}")
    if model.kind == "adapter":
        return Needs(behind, f"an adapter answers only together with {_listed(behind)}")
    if _own_weights(model, models):
        return Needs((), "its own weights are recorded")
    if not behind:
        return Needs((), "it derives from no other model")
    return Needs(behind, f"no weights of its own are recorded, it is served with {_listed(behind)}")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "a model that is not recorded"


def _own_weights(model: ModelVersion, models: Mapping[str, ModelVersion]) -> bool:
    """Return whether a model has weights besides those of the adapter that it applies."""
    applied = models.get(model.adapter) if model.adapter else None
    adapters = {file.digest for file in applied.weights} if applied else set()
    return any(file.digest not in adapters for file in model.weights)


def end_of(model: ModelVersion) -> str | None:
    """Return the day on which a model itself ends, as recorded, or None where none is known."""
    if model.dates is None:
        return None
    days = (known(model.dates.shutdown), known(model.dates.deleted))
    return min((day for day in days if day), default=None)


def ends_of(needs: Mapping[str, Needs], models: Mapping[str, ModelVersion]) -> dict[str, str]:
    """Return the earliest day on which each model ends: its own, or that of one it needs.

    Args:
        needs: What each model needs.
        models: The recorded models by name.
    """
    users: dict[str, list[str]] = {}
    for name, need in needs.items():
        for other in need.models:
            users.setdefault(other, []).append(name)
    own = ((name, end_of(model)) for name, model in models.items())
    found: dict[str, str] = {}
    for day, first in sorted((day, name) for name, day in own if day):
        waiting = [first]
        for name in waiting:
            if name not in found:  # days come in order, so the first one to arrive is the earliest
                found[name] = day
                waiting += users.get(name, [])
    return found


def stopped_with(start: str, needs: Mapping[str, Needs]) -> list[str]:
    """Return the models that stop when one does, that one first, nearest first."""
    users: dict[str, list[str]] = {}
    for name, need in needs.items():
        for other in need.models:
            users.setdefault(other, []).append(name)
    found = {start: None}
    waiting = [start]
    for name in waiting:
        for user in sorted(users.get(name, ())):
            if user not in found:
                found[user] = None
                waiting.append(user)
    return list(found)
