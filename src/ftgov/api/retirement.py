"""Retirement: which models stop working when one retires, and which systems that hits."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from ftgov.api.clock import now_text
from ftgov.api.reached import Reached, reached, require
from ftgov.api.run_time import Needs, end_of, ends_of, needs_of, stopped_with
from ftgov.errors import UsageError
from ftgov.records.absence import Absent, known
from ftgov.records.base import Day
from ftgov.records.impact import Hit, ModelImpact, Stay, Stop
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.system import System
from ftgov.store.workspace import Workspace


def _day(text: str | None) -> str:
    if text is None:
        return now_text()[:10]
    try:
        return TypeAdapter(Day).validate_python(text)
    except ValidationError as fault:
        raise UsageError(
            f"'{text}' is not a date.",
            why=str(fault.errors()[0]["msg"]).removeprefix("Value error, "),
            next_step="--as-of 2027-01-14",
        ) from fault


def _with_needs(
    workspace: Workspace, down: Reached
) -> tuple[dict[str, ModelVersion], dict[str, Needs]]:
    """Return the models below one, and all that they need at run time with it."""
    models = down.records(ModelVersion)
    jobs = down.records(Job)
    bases: dict[str, list[str]] = {}
    for job in jobs.values():
        for made in job.outputs if job.base else ():
            bases.setdefault(made, []).append(str(job.base))
    needs: dict[str, Needs] = {}
    while fresh := [name for name in models if name not in needs]:
        needs |= {name: needs_of(models[name], models, bases.get(name, ())) for name in fresh}
        unread = {other for name in fresh for other in needs[name].models} - models.keys()
        entries = workspace.ledger.pick([("model", name) for name in sorted(unread)])
        models |= {
            name: workspace.ledger.read(ModelVersion, entry) for (_, name), entry in entries.items()
        }
    return models, needs


def model_impact(workspace: Workspace, model: str, as_of: str | None = None) -> ModelImpact:
    """Return which models stop working when one retires, and which systems that hits.

    Args:
        workspace: Where to look.
        model: The model that retires, such as a host's base model.
        as_of: The day at which to look, ISO 8601; by default today.

    Raises:
        UsageError: If there is no such model (suggests the nearest), or the day is malformed.
    """
    day = _day(as_of)
    base = require(workspace, ModelVersion, model)
    down = reached(
        workspace.ledger,
        workspace.ledger.downstream("model", model),
        types=("model", "job", "system"),
    )
    models, needs = _with_needs(workspace, down)
    models.setdefault(model, base)
    heirs = [name for name in down.records(ModelVersion) if name != model]
    needs[model] = Needs((), "it is the one that retires")
    ends = ends_of(needs, models)
    stopping = [name for name in stopped_with(model, needs) if name in models]
    gone = frozenset(stopping)
    dates = base.dates
    return ModelImpact(
        model=model,
        as_of=day,
        shutdown=end_of(base),
        shutdown_note=_note(base),
        training_retirement=known(dates.training_retirement) if dates else None,
        deployment_retirement=known(dates.deployment_retirement) if dates else None,
        stop=tuple(_stop(models[name], needs[name].why, ends.get(name), day) for name in stopping),
        keep=tuple(
            Stay(name=name, kind=models[name].kind, why=needs[name].why)
            for name in heirs
            if name not in gone
        ),
        systems=_hits(down, gone, ends),
        missing=tuple(f"{kind}/{name}" for kind, name in down.missing),
    )


def _note(model: ModelVersion) -> str:
    """Say why no shutdown date is known, where one is not."""
    stated = model.dates.shutdown if model.dates else None
    if isinstance(stated, Absent):
        return " ".join(filter(None, (stated.absent.replace("_", " "), stated.reason)))
    return "" if end_of(model) else "nothing was recorded"


def _stop(model: ModelVersion, why: str, end: str | None, day: str) -> Stop:
    return Stop(
        name=model.name,
        kind=model.kind,
        why=why,
        stops_on=end,
        stopped=end <= day if end else None,
    )


def _hits(down: Reached, gone: frozenset[str], ends: Mapping[str, str]) -> tuple[Hit, ...]:
    """Return the systems that use a model that stops, each once."""
    used = {
        link.below_name
        for link in down.links
        if link.relation == "deploys" and link.above_name in gone
    }
    systems = down.records(System).items()
    return tuple(_hit(system, gone, ends) for name, system in systems if name in used)


def _hit(system: System, gone: frozenset[str], ends: Mapping[str, str]) -> Hit:
    operation = system.operation
    fallback = operation.fallback if operation else None
    lost = system.model if system.model in gone else str(fallback)
    end = ends.get(lost)
    last = known(operation.active_to) if operation else None
    effect = "stops"
    if last and end and last[:10] < end:
        effect = "out of service by then"
    elif lost != system.model:
        effect = "loses its fallback"
    elif fallback and fallback not in gone:
        effect = "falls back"
    note = f"on {fallback}" if effect == "falls back" else ""
    return Hit.model_validate(
        {"name": system.name, "model": lost, "effect": effect, "stops_on": end, "note": note}
    )
