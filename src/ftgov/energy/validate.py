"""The estimator scored on measured cases, by what a user would know of the job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple, cast

from ftgov.energy.cases import Case, read_cases
from ftgov.energy.estimate import BOUNDARIES, estimate
from ftgov.energy.job import Job, Method, Site
from ftgov.energy.score import Score, Tried, score
from ftgov.errors import NothingToAudit

_SPREAD = 2.0


class Regime(NamedTuple):
    """What a user knows of a job, and which cases can stand for it.

    Attributes:
        name: Its name in the output.
        title: What is known, in words.
        fits: Whether a case has what the regime needs.
        job: What would be known of the case.
    """

    name: str
    title: str
    fits: Callable[[Case], bool]
    job: Callable[[Case], Job]


def _plain(case: Case, site: Site, *, timed: bool = False) -> Job:
    return Job(
        # Where hours decide, the tokens only count operations; such a case may state none.
        tokens=case.tokens or 1.0,
        parameters=(case.parameters, case.parameters),
        method=cast("Method", case.method),
        site=site,
        gpu=case.gpu,
        gpus=case.gpus,
        hours=case.hours if timed else None,
    )


def _hosted(case: Case, spread: float = 1.0) -> Job:
    """Return a case as a customer of a provider would know it: neither hardware nor method."""
    return Job(
        tokens=case.tokens or 1.0,
        parameters=(case.parameters / spread, case.parameters * spread),
        method="dpo" if case.method == "dpo" else "unknown",
    )


def _known(case: Case) -> bool:
    return case.tokens is not None and case.gpu is not None


def _timed(case: Case) -> bool:
    return case.hours is not None and case.gpu is not None and case.gpus is not None


REGIMES = (
    Regime(
        "hosted",
        "hosted: parameters known, hardware and method not",
        lambda case: case.regime != "local" and case.tokens is not None,
        _hosted,
    ),
    Regime(
        "hosted_unknown_parameters",
        "hosted: parameters known to a factor of 2 either way",
        lambda case: case.regime != "local" and case.tokens is not None,
        lambda case: _hosted(case, _SPREAD),
    ),
    Regime(
        "datacentre",
        "computing centre: accelerator known, hours not",
        lambda case: case.regime == "datacentre" and _known(case),
        lambda case: _plain(case, "datacentre"),
    ),
    Regime(
        "datacentre_hours",
        "computing centre: accelerators and hours known",
        lambda case: case.regime == "datacentre" and _timed(case),
        lambda case: _plain(case, "datacentre", timed=True),
    ),
    Regime(
        "local",
        "own machine: accelerator known, hours not",
        lambda case: case.regime == "local" and _known(case),
        lambda case: _plain(case, "local"),
    ),
    Regime(
        "local_hours",
        "own machine: accelerators and hours known",
        lambda case: case.regime == "local" and _timed(case),
        lambda case: _plain(case, "local", timed=True),
    ),
)
_OWN = ("datacentre", "local", "hosted", "datacentre_hours", "local_hours")


class Validation(NamedTuple):
    """The scores of a table of cases.

    Attributes:
        regimes: Tried estimates by regime, those regimes only that a case fits.
        overall: Each case once, in the first regime that its own facts allow, hours unused if they
            can be.
        seed: Of every estimate's draws.
    """

    regimes: dict[str, list[Tried]]
    overall: list[Tried]
    seed: int


def validate(cases: Sequence[Case], *, seed: int = 0) -> Validation:
    """Score the estimator on cases.

    Raises:
        NothingToAudit: If no case can stand for any regime.
        UsageError: If a case is absurd or contradicts itself.
    """
    found: dict[str, list[Tried]] = {}
    for regime in REGIMES:
        tried = [_tried(case, regime.job(case), seed) for case in cases if regime.fits(case)]
        if tried:
            found[regime.name] = tried
    if not found:
        raise NothingToAudit("No case can be scored.", next_step="Check --cases.")
    by_name = {name: {each.case: each for each in tried} for name, tried in found.items()}
    overall = []
    for case in cases:
        own = [by_name[name][case.id] for name in _OWN if case.id in by_name.get(name, {})]
        overall += own[:1]
    return Validation(found, overall, seed)


@cache
def regime_score(name: str) -> Score:
    """Return how the estimates of a regime fare on the cases that ftgov ships.

    Args:
        name: One of the regimes' names.
    """
    regime = next(each for each in REGIMES if each.name == name)
    cases = [case for case in read_cases() if regime.fits(case)]
    return score([_tried(case, regime.job(case), 0) for case in cases])


def regime_of(job: Job) -> str:
    """Return the name of the regime that a job's evidence puts it in."""
    if job.site == "hosted":
        known = job.parameters[0] == job.parameters[1]
        return "hosted" if known else "hosted_unknown_parameters"
    timed = job.hours is not None and job.accelerators is not None
    return f"{job.site}_hours" if timed else job.site


def _tried(case: Case, job: Job, seed: int) -> Tried:
    result = estimate(job, seed=seed)
    energy = result.energy[BOUNDARIES.index(case.boundary)]
    return Tried(case.id, case.source, energy, case.kwh)
