"""Gates: judge a model's current assessment by release policies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ftgov.api.audits import current_assessment
from ftgov.api.clock import now_text
from ftgov.api.recording import ACTOR
from ftgov.errors import UsageError
from ftgov.intake.text_files import read_text
from ftgov.policy.decide import decide
from ftgov.policy.load import Gate, load_gate
from ftgov.records.canonical import canonical_bytes
from ftgov.records.decision import Decision, Verdict, verdict_of
from ftgov.records.digest import digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.entry import DecisionsMade
from ftgov.shipped import shipped
from ftgov.store.workspace import Workspace


class GateFile(NamedTuple):
    """A gate and the text it was read from."""

    gate: Gate
    text: str


class GateResult(NamedTuple):
    """What the gates concluded about one model."""

    assessment: Assessment
    decisions: tuple[Decision, ...]
    verdict: Verdict
    gates: tuple[GateFile, ...]


def _path_of(word: str) -> Path:
    path = Path(word)
    if path.suffix in {".yaml", ".yml"} or path.exists():
        return path
    named = shipped("policies", "gates") / f"{word}.yaml"
    if not named.is_file():
        known = ", ".join(sorted(file.stem for file in named.parent.glob("*.yaml")))
        raise UsageError(
            f"There is no gate '{word}'.", next_step=f"Name a file, or one of: {known}."
        )
    return named


def load_gates(words: Sequence[str]) -> tuple[GateFile, ...]:
    """Load gates by path or by the name of a shipped one.

    Raises:
        UsageError: If one is absent or malformed; names file, line and key.
    """
    found = []
    for word in words:
        path = _path_of(word)
        text = read_text(path)
        found.append(GateFile(load_gate(text, name=path.stem, file=str(path)), text))
    if not found:
        raise UsageError(
            "There is no gate to check.", next_step="Name one with --policy or in ftgov.toml."
        )
    return tuple(found)


def default_gates(workspace: Workspace) -> tuple[str, ...]:
    """Return the gates that `ftgov.toml` names, paths relative to it, else `baseline`."""
    named = workspace.config.get("gates", {}).get("default", ["baseline"])
    beside = [workspace.root / str(name) for name in named]
    return tuple(
        str(path) if path.is_file() else str(name) for name, path in zip(named, beside, strict=True)
    )


def check(
    workspace: Workspace,
    model: str,
    *,
    policies: Sequence[str] = (),
    system: str | None = None,
    as_of: str | None = None,
    now: str | None = None,
    actor: str = ACTOR,
) -> GateResult:
    """Judge a model's current assessment; runs no analyzer.

    Args:
        workspace: Where the assessment is.
        model: The model's name.
        policies: Gates by path or shipped name; by default those of `ftgov.toml`.
        system: The system the model is judged for.
        as_of: A time that policies see as now instead of the present; decisions say so.
        now: The present, RFC 3339 UTC; by default the system's clock.
        actor: Who asks.

    Raises:
        NotAssessable: If there is no current assessment.
        UsageError: If a name or a gate is wrong.
    """
    gates = load_gates(policies or default_gates(workspace))
    current = current_assessment(workspace, model, system)
    moment = as_of or now or now_text()
    decisions = decide(
        [each.gate for each in gates],
        current.assessment,
        now=moment,
        time_source="given" if as_of else "system-clock",
    )
    result = GateResult(current.assessment, decisions, verdict_of(decisions), gates)
    if not workspace.read_only:
        _keep(workspace, result, moment, actor)
    return result


def _keep(workspace: Workspace, result: GateResult, moment: str, actor: str) -> None:
    kept = workspace.evidence.put_bytes(
        canonical_bytes([decision.model_dump(mode="json") for decision in result.decisions]),
        name="decisions.json",
        media_type="application/json",
    )
    model = result.assessment.subject.model.name
    made = DecisionsMade(
        name=model,
        model=model,
        assessment=digest_record(result.assessment),
        decisions=kept,
        verdict=result.verdict,
        decided_at=moment,
    )
    workspace.ledger.append(made, actor=actor, recorded_at=moment)
