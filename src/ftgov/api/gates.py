"""Gates: judge a model's current assessment by release policies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ftgov.api.audits import Current, current_assessment, key_of
from ftgov.api.both_times import counting_at_both
from ftgov.api.clock import Moment, moment_of
from ftgov.api.law import day, shipped_pack
from ftgov.api.policy_bundles import owner_of, read_policies
from ftgov.api.recording import ACTOR, append
from ftgov.api.signed import OWN, Signed, Trust, require_pack, signed_about
from ftgov.api.soundness import require_sound
from ftgov.dossier.assess import TOOL, classify_subject
from ftgov.errors import NotAssessable, UsageError
from ftgov.intake.text_files import read_text
from ftgov.policy.archive import PolicyBundle
from ftgov.policy.decide import decide
from ftgov.policy.form import Policy
from ftgov.policy.load import Gate, load_gate
from ftgov.records.attestation import Statement, Verification
from ftgov.records.canonical import canonical_bytes
from ftgov.records.decision import Decision, Verdict, verdict_of
from ftgov.records.digest import Digest, digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.entry import DecisionsMade
from ftgov.records.law import Classification
from ftgov.records.svr import statement_of
from ftgov.records.verified import SigningTime
from ftgov.shipped import shipped
from ftgov.signing.envelope import sign_statement
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustPack
from ftgov.store.workspace import Workspace


class GateFile(NamedTuple):
    """A gate and the text it was read from."""

    gate: Gate
    text: str


class GateResult(NamedTuple):
    """What the gates concluded about one model.

    `digest` is the assessment's; `statement` is the signed form of the decisions, if signed;
    `verification` that of the bundle they come from.
    """

    assessment: Assessment
    digest: Digest
    decisions: tuple[Decision, ...]
    verdict: Verdict
    gates: tuple[GateFile, ...]
    signed: Signed = Signed()
    statement: bytes | None = None
    verification: Verification | None = None


def is_path(word: str) -> bool:
    """Tell a path from the name of a shipped gate, which no file beside us may replace."""
    return Path(word).suffix in {".yaml", ".yml", ".tar"} or len(Path(word).parts) > 1


def _path_of(word: str) -> Path:
    if is_path(word):
        return Path(word)
    named = shipped("policies", "gates") / f"{word}.yaml"
    if not named.is_file():
        known = ", ".join(sorted(file.stem for file in named.parent.glob("*.yaml")))
        raise UsageError(
            f"There is no gate '{word}'.", next_step=f"Name a file, or one of: {known}."
        )
    return named


def load_gates(words: Sequence[str], owned: Callable[[Path], PolicyBundle]) -> tuple[GateFile, ...]:
    """Load gates by path or by the name of a shipped one.

    Args:
        words: Paths of gates and of policy bundles (.tar), and names.
        owned: Reads a policy bundle; `trusted_bundles` says whose counts, `read_policies` reads
            those of anyone, whose rules must judge nothing.

    Raises:
        UsageError: If one is absent or malformed (names file, line and key), two have one name, or
            a rule stands in two of them with different content.
        InvalidBundle: If a policy bundle is malformed, or not signed by a trusted owner.
        NotAssessable: If a policy bundle is named, and nothing says whose counts.
    """
    found: list[GateFile] = []
    for word in words:
        path = _path_of(word)
        if path.suffix == ".tar":
            texts = owned(path).texts
            found += [_gate(text, name, f"{path}:{name}.yaml") for name, text in texts.items()]
        else:
            found.append(_gate(read_text(path), path.stem, str(path)))
    if not found:
        raise UsageError(
            "There is no gate to check.", next_step="Name one with --policy or in ftgov.toml."
        )
    _require_distinct(found)
    return tuple(found)


def _require_distinct(found: Sequence[GateFile]) -> None:
    """Refuse gates that outputs could not tell apart: of one name, or with two forms of a rule."""
    files: dict[str, str] = {}
    rules: dict[str, tuple[str, Policy]] = {}
    for gate, _ in found:
        if gate.name in files:
            raise UsageError(
                f"Two gates have the name '{gate.name}': {files[gate.name]} and {gate.file}.",
                why="Nobody could tell which of them decided.",
                next_step="Name each gate once, and rename one of the files.",
            )
        files[gate.name] = gate.file
        for policy in gate.policies:
            first, other = rules.setdefault(policy.id, (gate.file, policy))
            if other != policy:
                raise UsageError(
                    f"The rule {policy.id} says one thing in {first}, another in {gate.file}.",
                    why="Waivers and outputs name a rule by its id.",
                    next_step="Give one of them an id of its own.",
                )


def _gate(text: str, name: str, file: str) -> GateFile:
    return GateFile(load_gate(text, name=name, file=file), text)


def trusted_bundles(
    pack: Callable[[], TrustPack], now: str | Moment | None
) -> Callable[[Path], PolicyBundle]:
    """Return what reads a policy bundle whose owner the trust pack lists, and no other.

    Args:
        pack: Gives the trust pack; asked only where there is a bundle.
        now: The present.
    """

    def read(path: Path) -> PolicyBundle:
        bundle = read_policies(path)
        owner_of(bundle, pack(), now)
        return bundle

    return read


def gates_of(
    workspace: Workspace,
    words: Sequence[str] = (),
    *,
    trust: Trust = OWN,
    now: str | Moment | None = None,
) -> tuple[GateFile, ...]:
    """Load the gates that were named, or else those of the workspace.

    Raises:
        UsageError: If one is absent or malformed; names file, line and key.
        InvalidBundle: If a policy bundle is malformed, or not signed by a trusted owner.
        NotAssessable: If a policy bundle is named, and there is no trust pack.
    """
    owned = trusted_bundles(lambda: require_pack(workspace, trust), now)
    return load_gates(words or default_gates(workspace), owned)


def default_gates(workspace: Workspace) -> tuple[str, ...]:
    """Return the gates that `ftgov.toml` names (paths are relative to it), else `baseline`."""
    named = workspace.config.get("gates", {}).get("default", ["baseline"])
    words = [str(name) for name in named]
    return tuple(str(workspace.root / word) if is_path(word) else word for word in words)


def check(
    workspace: Workspace,
    model: str,
    *,
    policies: Sequence[str] = (),
    system: str | None = None,
    as_of: str | None = None,
    now: str | Moment | None = None,
    actor: str = ACTOR,
    trust: Trust = OWN,
    key: SigningKey | None = None,
) -> GateResult:
    """Judge a model's current assessment; runs no analyzer.

    Args:
        workspace: Where the assessment is.
        model: The model's name.
        policies: Gates by path or shipped name; by default those of `ftgov.toml`.
        system: The system the model is judged for.
        as_of: A time that policies see as now instead of the present; decisions say so, and what
            people signed must count then and at present.
        now: The present, RFC 3339 UTC; by default the system's clock.
        actor: Who asks.
        trust: Another trust pack than the workspace's, for sign-offs and waivers.
        key: Signs the decisions, as a Simple Verification Result; None leaves them unsigned.

    Raises:
        NotAssessable: If there is no current assessment, the law changed since, or what people
            signed can't be verified for want of a file or a sound trust pack.
        LedgerTampered: If the ledger is not what was written.
        UsageError: If a name or a gate is wrong.
    """
    gates = gates_of(workspace, policies, trust=trust, now=now)
    current = current_assessment(workspace, model, system)
    present = moment_of(now)
    judged = moment_of(as_of) if as_of else present
    signed = _signed(workspace, current, judged, trust)
    if as_of:
        # A time that was given brings no waiver and no key back that is over at present.
        signed = counting_at_both(signed, _signed(workspace, current, present, trust), present)
    result = decided(gates, current.assessment, judged, signed)
    if key:
        statement = decisions_statement(result.assessment, result.decisions)
        result = result._replace(statement=sign_statement(statement, key))
    if not workspace.read_only:
        _keep(workspace, result, judged.text, _Recorder(actor, present.text))
    return result


def _signed(workspace: Workspace, current: Current, judged: Moment, trust: Trust) -> Signed:
    return signed_about(
        workspace,
        current.assessment.subject,
        now=datetime.fromisoformat(judged.text),
        trust=trust,
        assessment=current.assessment,
    )


def decided(
    gates: tuple[GateFile, ...],
    assessment: Assessment,
    judged: Moment,
    signed: Signed,
    signing: SigningTime | None = None,
) -> GateResult:
    """Judge an assessment with what people signed about it; nothing is recorded.

    Raises:
        NotAssessable: If the law of the day says something else of the system.
        UsageError: If a gate that does not ship has a fault of form or types.
    """
    require_sound([each.gate for each in gates], assessment)
    _require_same_law(assessment, judged.text)
    decisions = decide(
        [each.gate for each in gates],
        assessment,
        signatures=signed.signatures,
        now=judged.text,
        time_source=judged.source,
        signing=signing,
        waivers=signed.waivers,
    )
    digest = digest_record(assessment)
    return GateResult(assessment, digest, decisions, verdict_of(decisions), gates, signed)


def decisions_statement(assessment: Assessment, decisions: tuple[Decision, ...]) -> Statement:
    """Return what gates decided as an in-toto statement that anyone's tools can read."""
    return statement_of(
        decisions,
        assessment=digest_record(assessment),
        model=assessment.subject.model.name,
        tool=TOOL,
    )


def _require_same_law(assessment: Assessment, moment: str) -> None:
    """Refuse an assessment whose reading of the law is not that of the day it is judged on."""
    stated = assessment.classification
    if stated is None:
        return
    pack = shipped_pack(as_of=moment[:10]).pack
    again = classify_subject(assessment.subject, pack, day(moment[:10])).classification
    if again is None or _class(again) != _class(stated):
        raise NotAssessable(
            f"The law was read as of {stated.as_of} ({stated.pack}); on {moment[:10]} it says "
            "something else of this system.",
            why="A decision rests on the law of the day on which it is taken.",
            next_step=f"ftgov audit {assessment.subject.model.name}",
        )


def _class(found: Classification) -> tuple[object, ...]:
    return (found.pack_digest, found.overall, found.prohibited_now, found.missing)


class _Recorder(NamedTuple):
    """Who adds to the ledger, and when by the clock."""

    actor: str
    recorded_at: str


def _keep(workspace: Workspace, result: GateResult, judged: str, by: _Recorder) -> None:
    kept = workspace.evidence.put_bytes(
        canonical_bytes([decision.model_dump(mode="json") for decision in result.decisions]),
        name="decisions.json",
        media_type="application/json",
    )
    statement = None
    if result.statement is not None:
        statement = workspace.evidence.put_bytes(
            result.statement, name="decisions.sigstore.json", media_type="application/json"
        )
    subject = result.assessment.subject
    made = DecisionsMade(
        name=key_of(subject),
        model=subject.model.name,
        assessment=result.digest,
        decisions=kept,
        verdict=result.verdict,
        decided_at=judged,
        statement=statement,
    )
    append(workspace, [made], actor=by.actor, recorded_at=by.recorded_at)
