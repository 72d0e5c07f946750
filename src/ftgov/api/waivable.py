"""What a waiver is about: the rule as it stands now, and the failure that was last decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ftgov.api.audits import key_of
from ftgov.api.gates import gates_of
from ftgov.api.lineage import subject_of
from ftgov.api.signed import Trust
from ftgov.errors import UsageError
from ftgov.intake.text_files import read_text
from ftgov.policy.form import Gate, Policy
from ftgov.policy.load import load_gate
from ftgov.records.canonical import canonical_json
from ftgov.records.decision import Decision
from ftgov.records.entry import DecisionsMade
from ftgov.records.waiver import Waiver
from ftgov.shipped import shipped
from ftgov.store.workspace import Workspace


class Found(NamedTuple):
    """A rule, and the name of the gate that it was read from."""

    gate: str
    policy: Policy


def rule_to_waive(workspace: Workspace, rule: str, policies: Sequence[str], trust: Trust) -> Found:
    """Return the rule of an id from the gates that were named, else from the workspace's.

    Raises:
        UsageError: If there is none of that id, if two gates have different ones, if it goes by
            the id of a shipped rule whose text is another, or if it says that it can't be waived.
    """
    gates = [gate for gate, _ in gates_of(workspace, policies, trust=trust)]
    found = [Found(gate.name, each) for gate in gates for each in gate.policies]
    mine = {each.policy.digest: each for each in found if each.policy.id == rule}
    if not mine:
        raise UsageError(
            f"There is no rule '{rule}' in {', '.join(gate.name for gate in gates)}.",
            next_step=f"Name one of: {', '.join(dict.fromkeys(e.policy.id for e in found))}.",
        )
    if len(mine) > 1:
        places = ", ".join(each.gate for each in mine.values())
        raise UsageError(
            f"{places} have different rules of the id '{rule}'.",
            next_step="Name the one gate with --gate.",
        )
    (only,) = mine.values()
    _require_own_id(only)
    if not only.policy.spec.waivable:
        raise UsageError(
            f"The rule '{rule}' cannot be waived.",
            why="It says so itself (spec.waivable: false).",
            next_step="Mend what it found.",
        )
    return only


def _require_own_id(found: Found) -> None:
    """Refuse a rule that only looks like one that ftgov ships: an approver knows it by its id."""
    for each in _shipped_rules():
        if each.policy.id == found.policy.id and each.policy.digest != found.policy.digest:
            raise UsageError(
                f"The rule '{found.policy.id}' of {found.gate} is not the one that ftgov ships "
                f"under that id in {each.gate}.",
                why="Whoever approves a waiver must be able to tell by the id which rule it is.",
                next_step="Give the rule an id of its own in its gate.",
            )


def _shipped_rules() -> tuple[Found, ...]:
    files = sorted(shipped("policies", "gates").glob("*.yaml"))
    gates: list[Gate] = [load_gate(read_text(file), name=file.stem) for file in files]
    return tuple(Found(gate.name, each) for gate in gates for each in gate.policies)


def last_failure(workspace: Workspace, terms: Waiver) -> Decision | None:
    """Return what the gates last decided by a waiver's rule on its model; None if nothing yet."""
    subject = subject_of(workspace, terms.model, terms.system)
    found: Decision | None = None
    for entry in workspace.ledger.history("decision", key_of(subject)):
        made = workspace.ledger.read(DecisionsMade, entry)
        with workspace.evidence.open(made.decisions.digest) as stream:
            decided = [Decision.model_validate(one) for one in canonical_json(stream.read())]
        found = next((one for one in decided if one.rule == terms.rule), found)
    return found
