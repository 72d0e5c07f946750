"""Deciding: gates and an assessment in, one decision per rule out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter, ValidationError

from ftgov.errors import UsageError
from ftgov.policy.form import Gate
from ftgov.policy.isolation import Arbiter, WorkerLost
from ftgov.policy.ruling import (
    Conclusion,
    Moment,
    Pardons,
    Rule,
    barred,
    concluded,
    decision_of,
    rules_of,
)
from ftgov.policy.view import View, view_of
from ftgov.records.base import Time
from ftgov.records.decision import Decision, TimeSource
from ftgov.records.dossier import Assessment
from ftgov.records.verified import SigningTime, VerifiedSignature
from ftgov.records.waiver import VerifiedWaiver

_TIME: TypeAdapter[str] = TypeAdapter(Time)


class Court:
    """Gates that judge one assessment after the other with one worker, as a context manager.

    Args:
        gates: The gates, as `load_gate` gives them.
        arbiter: The worker to ask; by default one with the usual limits.
    """

    def __init__(self, gates: Sequence[Gate], arbiter: Arbiter | None = None) -> None:
        self._rules = rules_of(gates)
        self._arbiter = arbiter or Arbiter()
        # A worker that does not take them is gone; the next question starts another.
        with suppress(WorkerLost):
            self._arbiter.load([rule.asked for rule in self._rules])

    def __enter__(self) -> Self:
        self._arbiter.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._arbiter.__exit__(kind, fault, trace)

    def judge(
        self, view: View, *, now: str, time_source: TimeSource, pardons: Pardons | None = None
    ) -> tuple[Decision, ...]:
        """Judge what policies see; whatever keeps a rule from being evaluated is an `error`.

        Args:
            view: What policies see.
            now: The time of the decision, RFC 3339 UTC text.
            time_source: Where that time comes from.
            pardons: The waivers at hand, if any.

        Raises:
            UsageError: If `now` is no time.
        """
        moment = Moment(_checked(now), time_source)
        with suppress(WorkerLost):
            self._arbiter.bind(view.values)
        decided = [
            (rule, decision_of(rule, view, found, moment))
            for rule, found in self._conclusions(view)
        ]
        return tuple(pardons.settle(*each) if pardons else each[1] for each in decided)

    def _conclusions(self, view: View) -> Iterator[tuple[Rule, Conclusion]]:
        stopped = [barred(rule, view) for rule in self._rules]
        open_ones = [index for index, found in enumerate(stopped) if found is None]
        answers = self._arbiter.judge(open_ones)
        for rule, found in zip(self._rules, stopped, strict=True):
            yield rule, found or concluded(rule, view, next(answers))


def decide(
    gates: Sequence[Gate],
    assessment: Assessment,
    *,
    signatures: Sequence[VerifiedSignature] = (),
    now: str,
    time_source: TimeSource,
    signing: SigningTime | None = None,
    waivers: Sequence[VerifiedWaiver] = (),
) -> tuple[Decision, ...]:
    """Judge an assessment by every rule of every gate, in their order.

    Whatever keeps a rule from being evaluated (absent or stale evidence, a figure without a value,
    an expression that fails or never ends) is a decision with outcome `error`, never an exception
    and never a pass.

    Args:
        gates: The gates, as `load_gate` gives them.
        assessment: What was found about one model.
        signatures: What the signing room verified; roles come from there.
        now: The time of the decision, RFC 3339 UTC text such as 2026-11-21T09:30:00Z.
        time_source: Where that time comes from: `system-clock` or `given`.
        signing: When the bundle was signed that holds the assessment.
        waivers: Waivers as they were verified; each is judged by its own dates and scope here.

    Raises:
        UsageError: If `now` is no such time.
    """
    _checked(now)
    view = view_of(assessment, signatures=signatures, now=now, signing=signing)
    with Court(gates) as court:
        pardons = Pardons(waivers, assessment.subject)
        return court.judge(view, now=now, time_source=time_source, pardons=pardons)


def _checked(now: str) -> str:
    try:
        return _TIME.validate_python(now)
    except ValidationError as fault:
        raise UsageError(
            f"The time of decision '{now}' is no time.",
            why=str(fault.errors()[0]["msg"]),
            next_step="Give it in UTC, for example --as-of 2026-11-21T09:30:00Z.",
        ) from fault
