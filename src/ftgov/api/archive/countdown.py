"""Countdown: how many days each hosted model still answers."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ftgov.api.archive.result import Ending
from ftgov.api.clock import moment_of
from ftgov.providers.announced import MODELS, SERVICES
from ftgov.records.absence import known
from ftgov.records.archived import Capture
from ftgov.records.model import ModelVersion
from ftgov.store.ledger import Ledger
from ftgov.store.workspace import Workspace

_LISTED = "listed by the host"


class _Hosted(NamedTuple):
    """What is asked of a model; `shutdown` is the day that its host lists."""

    name: str
    snapshot: str | None
    kind: str
    parent: str | None
    shutdown: str | None


def countdown(workspace: Workspace, *, now: str | None = None) -> tuple[Ending, ...]:
    """Return when hosted models, and the services that made them, end; soonest first.

    A model ends on its own day, else on that of the base it was tuned from. Checkpoints, which end
    with their job's model, are left out. What was announced in prose counts where the host's own
    list bears no date. Base models that nothing was tuned from are left out.

    Args:
        workspace: Where models are archived.
        now: From which moment to count, RFC 3339 UTC; by default the present.
    """
    today = date.fromisoformat(moment_of(now).text[:10])
    models = _hosted(workspace.ledger)
    used = {each.parent for each in models.values() if each.kind == "tuned"}
    found = [
        _ending(model.name, model.snapshot, *end, today=today)
        for model in models.values()
        if (model.kind == "tuned" or model.name in used) and (end := _end(model, models))
    ]
    if _archives_openai(workspace):
        found += [_ending(each.what, None, each.day, each.source, today=today) for each in SERVICES]
    return tuple(sorted(found, key=lambda each: (each.shutdown, each.model)))


def _hosted(ledger: Ledger) -> dict[str, _Hosted]:
    """Return the models that have a day to end on: those of hosts, and what they were tuned from.

    Checkpoints are many: of them only those that something was tuned from are held.
    """
    found = {
        each.name: _held(each)
        for each in ledger.current(ModelVersion)
        if each.host and each.kind != "checkpoint"
    }
    asked = set(found)
    while above := sorted({each.parent for each in found.values() if each.parent} - asked):
        asked |= set(above)
        for entry in ledger.pick([("model", name) for name in above]).values():
            model = ledger.read(ModelVersion, entry)
            if model.host:
                found[model.name] = _held(model)
    return found


def _held(model: ModelVersion) -> _Hosted:
    return _Hosted(model.name, model.snapshot, model.kind, model.parent, _day(model))


def _day(model: ModelVersion) -> str | None:
    return known(model.dates.shutdown) if model.dates else None


def _end(model: _Hosted, models: dict[str, _Hosted]) -> tuple[str, str] | None:
    """Return a model's last day and what says so, or None where nothing does."""
    seen = set[str]()
    at: _Hosted | None = model
    while at is not None and at.name not in seen:
        seen.add(at.name)
        base = "" if at is model else f" for its base {at.snapshot or at.name}"
        if at.shutdown:
            return at.shutdown, _LISTED + base
        if announced := MODELS.get(at.snapshot or ""):
            return announced.day, announced.source + base
        at = models.get(at.parent or "")
    return None


def _ending(name: str, native: str | None, day: str, because: str, *, today: date) -> Ending:
    left = (date.fromisoformat(day) - today).days
    return Ending(model=name, native=native, shutdown=day, days_left=left, because=because)


def _archives_openai(workspace: Workspace) -> bool:
    return any(capture.provider == "openai" for capture in workspace.ledger.current(Capture))
