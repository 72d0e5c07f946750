"""The training compute of one recorded job, as the AI Act's guidelines count it, with its interval.

It is the compute of `energy.estimate`, drawn from the same priors in the same order, without what
only energy needs. Source: guidelines C(2025) 7719, point 118 and annex A: compute that contributes
to updates of parameters, an error of at most 30 % either way, the method documented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from ftgov.energy.factors import factor
from ftgov.energy.factors.models import ModelPrior, resolve
from ftgov.energy.flop import operations
from ftgov.energy.job import Job, Method, checked
from ftgov.energy.ranges import of
from ftgov.energy.sampling import DRAWS, Source
from ftgov.errors import UsageError
from ftgov.records.absence import known
from ftgov.records.answer import JobCompute, UncountedJob
from ftgov.records.job import Job as RecordedJob
from ftgov.records.model import ModelVersion

_METHODS: dict[str, Method] = {"lora": "lora", "full": "full", "pretraining": "full", "dpo": "dpo"}
_SEED = 0
_DIGITS = 6


class Size(NamedTuple):
    """Active parameters, from and to, and the row that they come from where nobody recorded any."""

    low: float
    high: float
    row: str | None = None


def job_compute(job: RecordedJob, models: Mapping[str, ModelVersion]) -> JobCompute | UncountedJob:
    """Return the compute of one job in FLOP, or why it can't be told.

    Its 5, 50 and 95 % points are whole operations of six significant figures, the ends rounded
    outwards, so that no machine's last bit moves them and no rounding narrows them.

    Args:
        job: The job; its `trained_tokens` count over all epochs.
        models: The recorded models of its lineage by name, for the parameters that worked.
    """
    found = told_of(job, models)
    size = size_of(job, models)
    if isinstance(found, str) or isinstance(size, str):
        return UncountedJob(job=job.name, why=str(found))
    import numpy as np

    source = Source(np.random.default_rng(_SEED), DRAWS, {}, {})
    try:
        low, mid, high = of(operations(source, checked(found)).counted)
    except UsageError as fault:
        return UncountedJob(job=job.name, why=fault.what)
    return JobCompute(
        job=job.name,
        low=whole(low, up=False),
        mid=whole(mid, up=True),
        high=whole(high, up=True),
        method=(
            "parameters x tokens x passes as C(2025) 7719 counts training compute; 5 % to 95 % of "
            f"{DRAWS:,} draws, seed {_SEED}, priors version {factor('prior.version').value:.0f}"
        ),
        parameters=(whole(size.low, up=False), whole(size.high, up=True)),
        factors=(
            *((size.row,) if size.row else ()),
            *sorted(name for name in source.factors if name.startswith("prior.flop.")),
        ),
    )


def told_of(job: RecordedJob, models: Mapping[str, ModelVersion]) -> Job | str:
    """Return what moves the compute of a recorded job, or why it can't be told."""
    if job.method == "reinforcement":
        return "in reinforcement, rollouts and graders outweigh the tokens, and nobody counts them"
    if not job.trained_tokens:
        return "the job's trained tokens are not recorded"
    size = size_of(job, models)
    if isinstance(size, str):
        return size
    method = _METHODS.get(job.method, "unknown")
    return Job(float(job.trained_tokens), (size.low, size.high), method, site="local")


def size_of(job: RecordedJob, models: Mapping[str, ModelVersion]) -> Size | str:
    """Return the parameters that a job passed through, from and to, or why they are not known.

    Those recorded of the model it started from or of an ancestor go first, then those of what it
    made, then the prior of the nearest ancestor that has one. An adapter's own never count: its
    tokens pass through all weights of the model that it is applied to.
    """
    above = tuple(_above(job.base, models))
    made = [models[name] for name in job.outputs if name in models]
    for model in (*(models[name] for name in above if name in models), *made):
        if model.parameters and model.kind != "adapter":
            return Size(float(model.parameters), float(model.parameters))
    reasons = []
    for name in above:
        snapshot = known(models[name].snapshot) if name in models else None
        for called in (name, snapshot):
            prior = resolve(called) if called else None
            if isinstance(prior, ModelPrior):
                return Size(prior.parameters.low, prior.parameters.high, prior.parameters.id)
            if prior is not None:
                reasons.append(prior.reason)
    if not reasons:
        return "neither the model's parameters nor its base are recorded"
    return f"the model's parameters are not recorded: {reasons[-1]}"


def _above(base: str | None, models: Mapping[str, ModelVersion]) -> Iterator[str]:
    """Yield the model that a job started from and what that derives from, each once."""
    seen: set[str] = set()
    while base is not None and base not in seen:
        seen.add(base)
        yield base
        model = models.get(base)
        base = (model.alias_of or model.parent) if model else None


def whole(value: float, *, up: bool) -> str:
    """Return a number as decimal text of whole units with six significant figures.

    Args:
        value: The number, taken as the exact binary number that it is; not negative.
        up: Round up, else down.
    """
    exact = Fraction(value)
    size = 10 ** max(len(str(int(exact))) - _DIGITS, 0)
    steps, rest = divmod(exact, size)
    return str((int(steps) + (1 if up and rest else 0)) * size)
