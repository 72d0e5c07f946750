"""Explaining a rule of a gate: what it asks for, why, on what evidence, what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ftgov.api.gates import GateFile, default_gates, load_gates
from ftgov.api.policy_bundles import read_policies
from ftgov.api.workspaces import open_workspace
from ftgov.errors import UsageError
from ftgov.policy.form import Policy
from ftgov.records.base import Record
from ftgov.shipped import shipped


class Condition(Record):
    """One condition of a rule: the CEL that passes, and the CEL that fails, where it has one."""

    passes_where: str
    fails_where: str | None
    otherwise: str


class Explanation(Record):
    """What a rule asks for, why, on what evidence, and how to change its outcome."""

    rule: str
    version: int
    gate: str
    file: str
    title: str
    reason: str
    severity: str
    effective_on: str | None
    refs: tuple[str, ...]
    requires: tuple[str, ...]
    confidence: float
    max_age_days: int
    conditions: tuple[Condition, ...]
    remedy: str
    tests: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield the explanation as lines for people."""
        yield f"{self.rule} version {self.version}: {self.title}"
        yield f"  why:         {self.reason}"
        yield f"  gate:        {self.gate} ({self.file})"
        yield f"  severity:    {self.severity}"
        if self.effective_on:
            yield f"  in force:    from {self.effective_on}; before, a failure is a warning"
        if self.refs:
            yield f"  serves:      {', '.join(self.refs)}"
        for path in self.requires:
            yield f"  requires:    {path}, at a level of at least {self.confidence}"
        for each in self.conditions:
            yield f"  passes where {each.passes_where}"
            if each.fails_where:
                yield f"  fails where  {each.fails_where}; between the two it is inconclusive"
            elif each.otherwise == "error":
                yield "               else it can't be assessed"
        yield f"  not older:   {self.max_age_days} days"
        yield f"  to change:   {self.remedy}"
        for test in self.tests:
            yield f"  test:        {test}"


def explain_rule(
    rule: str, words: Sequence[str] = (), workspace: Path | None = None
) -> Explanation:
    """Return what a rule asks for.

    Args:
        rule: The rule's id.
        words: Gates to look in, by path or shipped name; by default those of the workspace, then
            every gate that ships.
        workspace: The workspace's folder; one that is none is passed over.

    Raises:
        UsageError: If no such rule is there, naming those that are; or a gate can't be parsed.
    """
    gates = load_gates(words, read_policies) if words else _all_gates(workspace)
    known: list[str] = []
    for gate, _ in gates:
        for policy in gate.policies:
            if policy.id == rule:
                return _explained(gate.name, gate.file, policy)
            known.append(policy.id)
    raise UsageError(
        f"There is no rule '{rule}' in {', '.join(gate.name for gate, _ in gates)}.",
        next_step=f"Name one of: {', '.join(dict.fromkeys(known))}.",
    )


def _all_gates(workspace: Path | None) -> tuple[GateFile, ...]:
    ours: tuple[GateFile, ...] = ()
    if workspace is not None and (workspace / "ftgov.toml").is_file():
        with open_workspace(workspace) as opened:
            ours = load_gates(default_gates(opened), read_policies)
    named = sorted(file.stem for file in _shipped_gates().glob("*.yaml"))
    return (*ours, *load_gates(named, read_policies))


def _shipped_gates() -> Path:
    return shipped("policies", "gates")


def _explained(gate: str, file: str, policy: Policy) -> Explanation:
    spec = policy.spec
    return Explanation(
        rule=policy.id,
        version=policy.metadata.version,
        gate=gate,
        file="shipped with ftgov" if Path(file).is_relative_to(_shipped_gates()) else file,
        title=policy.metadata.title,
        reason=policy.metadata.reason,
        severity=spec.severity,
        effective_on=spec.effective_on,
        refs=policy.metadata.refs,
        requires=spec.requires,
        confidence=spec.confidence,
        max_age_days=spec.max_age_days,
        conditions=tuple(
            Condition(
                passes_where=each.expression,
                fails_where=each.fail_expression,
                otherwise=each.otherwise,
            )
            for each in spec.validations
        ),
        remedy=spec.remedy,
        tests=tuple(f"{case.name}: {case.expect}" for case in policy.tests),
    )
