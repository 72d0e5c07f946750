"""Policies outside a gate: lint them, run the tests inside them."""

from __future__ import annotations

from collections.abc import Sequence

from ftgov import analyzers
from ftgov.api.gates import load_gates
from ftgov.api.law import shipped_packs
from ftgov.policy.lint import Fault, Known, declared, lint_gate
from ftgov.policy.trial import Trial, try_gate


def lint_gates(words: Sequence[str]) -> tuple[Fault, ...]:
    """Return the faults of gates, given by path or shipped name.

    Measures are checked against those that the installed analyzers declare.

    Raises:
        UsageError: If a gate is absent or can't be parsed.
    """
    gates = load_gates(words)
    known = known_paths()
    with declared(known) as arbiter:
        return tuple(fault for each in gates for fault in lint_gate(each.gate, known, arbiter))


def known_paths() -> Known:
    """Return what policies may read here: declared measures, and duties of all shipped packs."""
    measures = [measure.id for analyzer in analyzers.discover() for measure in analyzer.measures]
    packs = [each.pack for each in shipped_packs()]
    duties = dict.fromkeys(duty.id for pack in packs for duty in pack.obligations)
    return Known(tuple(measures), tuple(duties))


def try_gates(words: Sequence[str]) -> tuple[Trial, ...]:
    """Run the tests inside gates, given by path or shipped name.

    Raises:
        UsageError: If a gate is absent or can't be parsed.
    """
    return tuple(trial for each in load_gates(words) for trial in try_gate(each.gate))
