"""A gate's result as exports render it: with the places of its rules and the names of its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ftgov.api.gates import GateFile, GateResult
from ftgov.dossier.assess import TOOL
from ftgov.exports.judged import Judged, Place
from ftgov.records.digest import Digest
from ftgov.records.dossier import Assessment
from ftgov.records.verified import BelievedPack
from ftgov.shipped import shipped
from ftgov.strict_yaml import line_of

SETTINGS = "ftgov.toml"


def judged_of(result: GateResult, *, where: Path | str = SETTINGS) -> Judged:
    """Return a gate's result for `exports.render_gate`.

    Rules of a gate that lies below the current folder are placed in its file, which is what code
    hosts can show; those of a shipped gate, or one from elsewhere, in the file that names the gate.
    Text and JUnit say beside it where in a shipped gate the rule is written.

    Args:
        result: What the gates concluded.
        where: The file that stands for rules without one: the settings, or a bundle.
    """
    subject = result.assessment.subject
    return Judged(
        model=subject.model.name,
        system=subject.system.name if subject.system else None,
        verdict=result.verdict,
        decisions=result.decisions,
        assessment=result.digest,
        assessed_at=result.assessment.assessed_at,
        tool=TOOL,
        default_place=Place(_below(Path(where)) or Path(where).name),
        places=_places(result.gates),
        shipped=_shipped_places(result.gates),
        files=_names(result.assessment),
        verification=result.verification,
        believed=_deciding(result),
    )


def _deciding(result: GateResult) -> BelievedPack | None:
    """Return the trust pack where what people signed has a part in the decisions, else None."""
    signed = any(one.assessment == result.digest for one in result.signed.signatures)
    waived = any(one.waiver is not None for one in result.decisions)
    return result.signed.believed if signed or waived else None


def _below(path: Path) -> str | None:
    """Return a path relative to the current folder, or None where it is not below it."""
    whole, here = path.resolve(), Path.cwd().resolve()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else None


def _is_shipped(gate: GateFile) -> bool:
    ours = shipped("policies", "gates").resolve()
    return Path(gate.gate.file).resolve().is_relative_to(ours)


def _shipped_places(gates: tuple[GateFile, ...]) -> Mapping[tuple[str, str], Place]:
    """Return where rules of shipped gates are written, below the top of ftgov's own source."""
    return {
        (gate.gate.name, policy.id): Place(
            f"policies/gates/{Path(gate.gate.file).name}", line_of(lines, "metadata.id")
        )
        for gate in gates
        if _is_shipped(gate)
        for policy, lines in zip(gate.gate.policies, gate.gate.lines, strict=True)
    }


def _places(gates: tuple[GateFile, ...]) -> Mapping[tuple[str, str], Place]:
    found: dict[tuple[str, str], Place] = {}
    for each in gates:
        gate = each.gate
        bundle, inside, _ = gate.file.partition(".tar:")
        if inside and (tar := _below(Path(f"{bundle}.tar"))):
            found |= {(gate.name, policy.id): Place(tar) for policy in gate.policies}
            continue
        file = _below(Path(gate.file))
        if file is None or _is_shipped(each):
            continue
        for policy, lines in zip(gate.policies, gate.lines, strict=True):
            found[gate.name, policy.id] = Place(file, line_of(lines, "metadata.id"))
    return found


def _names(assessment: Assessment) -> Mapping[Digest, str]:
    return {file.digest: file.name for file in assessment.subject.evidence()}
