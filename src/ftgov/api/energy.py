"""Estimates of what a job used, and how good they are, for Python.

    from ftgov.api.energy import Question, estimate_job

    result = estimate_job(Question(tokens="1e7", model="gpt-4.1-mini", region="SE"))
    print(result.energy.facility)

Every figure is a range of 90 %; `ftgov.energy.ranges.shown` prints one with two figures.
"""

from __future__ import annotations

from pathlib import Path

from ftgov.energy.asked import Question, answer
from ftgov.energy.cases import SHIPPED, read_cases
from ftgov.energy.estimate import Estimate
from ftgov.energy.score import Score, score
from ftgov.energy.validate import Validation, validate

__all__ = ["Estimate", "Question", "Score", "Validation", "estimate_job", "score", "score_cases"]


def estimate_job(question: Question) -> Estimate:
    """Estimate a job's energy (kWh), carbon (kg), water (L) and training compute (FLOP).

    Raises:
        UsageError: If the question is malformed, absurd or contradicts itself.
    """
    return answer(question)


def score_cases(cases: Path = SHIPPED, *, seed: int = 0) -> Validation:
    """Score the estimates on a table of measured cases; `score` sums a regime up.

    Raises:
        UsageError: If the table can't be read.
        FtgovError: If a row lacks its source or holds a number that is none.
        NothingToAudit: If no case can be scored.
    """
    return validate(read_cases(cases), seed=seed)
