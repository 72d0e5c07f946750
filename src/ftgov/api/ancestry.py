"""Ancestry: which models a model derives from and which jobs made them, judged for soundness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ftgov.errors import NotAssessable
from ftgov.records.job import Job
from ftgov.records.links import Link
from ftgov.records.model import ModelVersion


def sources_of(model: ModelVersion) -> tuple[str, ...]:
    """Return the names of the models that a model names as its origin, its parent first."""
    named = (model.parent, model.adapter, model.alias_of, *model.merged_from)
    return tuple(dict.fromkeys(name for name in named if name is not None))


def named_above(
    model: ModelVersion, models: Mapping[str, ModelVersion]
) -> list[tuple[ModelVersion, str]]:
    """Return the names of the models behind a model, nearest first, with who names them.

    Args:
        model: The model.
        models: The recorded models by name; a name that is not among them ends its way.
    """
    found: dict[str, ModelVersion] = {}
    waiting = [model]
    for heir in waiting:
        for name in sources_of(heir):
            if name not in found and name != model.name:
                found[name] = heir
                waiting += [models[name]] if name in models else []
    return [(heir, name) for name, heir in found.items()]


def ancestors_of(model: ModelVersion, models: Mapping[str, ModelVersion]) -> list[ModelVersion]:
    """Return the models that a model derives from, nearest first, each once.

    Args:
        model: The model.
        models: The recorded models by name.

    Raises:
        NotAssessable: If one is named that is not recorded.
    """
    found = named_above(model, models)
    for heir, name in found:
        if name not in models:
            raise NotAssessable(
                f"The model '{name}' is named by '{heir.name}', but was never recorded.",
                why="A lineage with a gap says nothing of what lies behind it.",
                next_step=f"ftgov record model {name} --kind KIND",
            )
    return [models[name] for _, name in found]


def circle_in(links: Iterable[Link]) -> tuple[str, ...]:
    """Return the names, as `type/name`, that lie on a circle of links; none in a sound lineage."""
    above: dict[str, set[str]] = {}
    for link in links:
        start, end = f"{link.below_type}/{link.below_name}", f"{link.above_type}/{link.above_name}"
        above.setdefault(start, set()).add(end)
        above.setdefault(end, set())
    left = _without_ends(above)
    return tuple(sorted(_without_ends(_turned(left))))


def _turned(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in graph}
    for start, ends in graph.items():
        for end in ends:
            found[end].add(start)
    return found


def _without_ends(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return a graph without the nodes from which every way ends."""
    into = _turned(graph)
    open_ways = {name: len(ends) for name, ends in graph.items()}
    ended = [name for name, ways in open_ways.items() if not ways]
    for name in ended:
        for before in into[name]:
            open_ways[before] -= 1
            if not open_ways[before]:
                ended.append(before)
    gone = set(ended)
    return {name: ends - gone for name, ends in graph.items() if name not in gone}


def require_sound(links: Sequence[Link]) -> None:
    """Refuse a lineage that leads back to where it began.

    Raises:
        NotAssessable: If it does; names what lies on the circle.
    """
    if circle := circle_in(links):
        raise NotAssessable(
            f"The lineage runs in a circle: {', '.join(circle[:8])}.",
            why="Nothing can derive from itself, so at least one of these records is wrong.",
            next_step="Correct it and record it again under the same name.",
        )


def job_of(model: ModelVersion, jobs: Mapping[str, Job], links: Iterable[Link]) -> Job | None:
    """Return the job that made a model: itself, its adapter, or what it is an alias of.

    Args:
        model: The model.
        jobs: The recorded jobs by name.
        links: Those that say which job made which model.

    Raises:
        NotAssessable: If several jobs claim it, or the job made other weights or started elsewhere.
    """
    made = {model.name, model.adapter, model.alias_of}
    names = [
        link.above_name
        for link in links
        if link.relation == "generated_by"
        and link.below_type == "model"
        and link.above_type == "job"
        and link.below_name in made
    ]
    claims = [jobs[name] for name in dict.fromkeys(names) if name in jobs]
    if len(claims) > 1:
        raise NotAssessable(
            f"Several jobs claim to have made '{model.name}': {', '.join(j.name for j in claims)}.",
            why="Loss and energy would be those of whichever job is looked at.",
            next_step="Record each job's outputs under names of their own.",
        )
    job = claims[0] if claims else None
    if job and job.base and model.parent and job.base != model.parent:
        raise NotAssessable(
            f"The job '{job.name}' started from '{job.base}', but the parent of '{model.name}' is "
            f"recorded as '{model.parent}'.",
            next_step="Correct the one that is wrong and record it again.",
        )
    if job and job.output_identities.get(model.name, model.identity) != model.identity:
        raise other_weights(f"The job '{job.name}' made", model.name, "ftgov record job")
    return job


def other_weights(who: str, model: str, again: str) -> NotAssessable:
    """Return the error that evidence is about other weights than those that are recorded now."""
    return NotAssessable(
        f"{who} another '{model}' than the one that is recorded now: its weights differ.",
        why="Evidence about other weights says nothing about these.",
        next_step=f"Record it again for these weights: {again} ...",
    )


def require_job(model: ModelVersion, job: Job | None) -> None:
    """Refuse a tuned model of which nothing says how it was made; a merge needs no job.

    Raises:
        NotAssessable: If it has no job.
    """
    if job is None and model.kind != "base" and not (model.kind == "merged" and model.merged_from):
        raise NotAssessable(
            f"The model '{model.name}' is {model.kind}, but no recorded job made it.",
            why="Without its job a tuned model has no lineage, so nothing can be said of it.",
            next_step=f"ftgov record job NAME --base BASE --output {model.name}",
        )
