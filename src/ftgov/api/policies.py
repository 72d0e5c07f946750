"""Policies outside a gate: lint them, run the tests inside them."""

from __future__ import annotations

from collections.abc import Sequence

from ftgov.api.gates import load_gates
from ftgov.api.policy_bundles import read_policies
from ftgov.api.soundness import known_paths
from ftgov.errors import UsageError
from ftgov.policy.lint import Fault, declared, lint_gate
from ftgov.policy.trial import Trial, try_gate


def lint_gates(words: Sequence[str]) -> tuple[Fault, ...]:
    """Return the faults of gates, given by path or shipped name.

    Measures are checked against those that the installed analyzers declare.

    Raises:
        UsageError: If a gate is absent or can't be parsed.
    """
    gates = load_gates(words, read_policies)
    known = known_paths()
    with declared(known) as arbiter:
        return tuple(fault for each in gates for fault in lint_gate(each.gate, known, arbiter))


def try_gates(words: Sequence[str]) -> tuple[Trial, ...]:
    """Run the tests inside gates, given by path or shipped name.

    Raises:
        UsageError: If a gate is absent or can't be parsed.
    """
    return tuple(
        trial for each in load_gates(words, read_policies) for trial in try_gate(each.gate)
    )


def sound_texts(words: Sequence[str]) -> dict[str, str]:
    """Return the texts of gates by name, if none of them has a fault.

    Raises:
        UsageError: If a gate is absent, can't be parsed or has a fault, or two share a name.
    """
    if faults := lint_gates(words):
        raise UsageError(
            f"A gate with a fault is not signed: {faults[0].message}",
            next_step="ftgov policy lint lists every fault.",
        )
    return {gate.name: text for gate, text in load_gates(words, read_policies)}
