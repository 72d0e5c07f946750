"""Policies outside a gate: lint them, run the tests inside them."""

from __future__ import annotations

from collections.abc import Sequence

from ftgov import analyzers
from ftgov.api.gates import load_gates
from ftgov.policy.lint import Fault, lint_gate
from ftgov.policy.trial import Trial, try_gate


def lint_gates(words: Sequence[str]) -> tuple[Fault, ...]:
    """Return the faults of gates, given by path or shipped name.

    Measures are checked against those that the installed analyzers declare.

    Raises:
        UsageError: If a gate is absent or can't be parsed.
    """
    known = [measure.id for analyzer in analyzers.discover() for measure in analyzer.measures]
    return tuple(fault for each in load_gates(words) for fault in lint_gate(each.gate, known))


def try_gates(words: Sequence[str]) -> tuple[Trial, ...]:
    """Run the tests inside gates, given by path or shipped name.

    Raises:
        UsageError: If a gate is absent or can't be parsed.
    """
    return tuple(trial for each in load_gates(words) for trial in try_gate(each.gate))
