"""What people signed in a workspace, and the trust pack that says whose signature counts there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from ftgov.api.audits import key_of
from ftgov.api.keys import workspace_pack
from ftgov.api.trusted import require_trusted, trusted
from ftgov.dossier.signed import verified_sign_offs, verified_waivers
from ftgov.errors import NotAssessable
from ftgov.records.canonical import canonical_json
from ftgov.records.digest import Digest, digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.entry import DecisionsMade
from ftgov.records.evidence import Evidence
from ftgov.records.sign_off import SignOff
from ftgov.records.signature import SignatureMade
from ftgov.records.subject import Subject
from ftgov.records.verified import BelievedPack, VerifiedSignature
from ftgov.records.waiver import VerifiedWaiver, Waiver
from ftgov.signing.trust import TrustPack, find_trust_pack, read_pack_file, read_trust_pack
from ftgov.store.workspace import Workspace


class Trust(NamedTuple):
    """Where the trust pack is, where it is not the workspace's own, and who must have signed it.

    With `require_pin` nothing that people signed counts by a pack whose root nobody pinned.
    """

    path: Path | None = None
    root: str | None = None
    require_pin: bool = False


OWN = Trust()
"""The workspace's own trust pack, pinned as its `ftgov.toml` says."""


class Signed(NamedTuple):
    """What people signed about one model, as verified, and the files that hold it."""

    signatures: tuple[VerifiedSignature, ...] = ()
    waivers: tuple[VerifiedWaiver, ...] = ()
    statements: tuple[Evidence, ...] = ()
    believed: BelievedPack | None = None


def trust_pack_of(workspace: Workspace, trust: Trust = OWN) -> TrustPack | None:
    """Return the trust pack that was named, else the workspace's own, or None where it has none.

    `[trust] root` of `ftgov.toml` pins the root of either, unless another pin is given.

    Raises:
        UsageError: If the one named does not exist.
        NotAssessable: If it can't be used.
    """
    if trust.path is None and trust.root is None:
        return trusted(workspace)
    path = trust.path or workspace_pack(workspace)
    root = trust.root or workspace.config.get("trust", {}).get("root")
    return read_trust_pack(read_pack_file(find_trust_pack(path)), root_pin=root)


def require_pack(workspace: Workspace, trust: Trust) -> TrustPack:
    """Return the trust pack that was named, else the workspace's own.

    Raises:
        UsageError: If the one named does not exist.
        NotAssessable: If there is none, or it can't be used.
    """
    return trust_pack_of(workspace, trust) or require_trusted(workspace)


def signed_about(
    workspace: Workspace,
    subject: Subject,
    *,
    now: datetime,
    trust: Trust,
    assessment: Assessment | None = None,
) -> Signed:
    """Return the sign-offs and waivers for a model in its system, verified.

    Args:
        workspace: Where it is.
        subject: The model in its system.
        now: The present, with its time zone.
        trust: The trust pack to believe.
        assessment: The one that is judged: uses of waivers by others are counted.

    Without a trust pack there are no sign-offs, and every waiver says why it can't count.

    Raises:
        NotAssessable: If there is something to verify, and a file or the trust pack is unusable.
    """
    waivers = waiver_files(workspace, subject)
    signing = _sign_off_files(workspace, subject)
    named = trust.path or trust.root or workspace.config.get("trust")
    if not waivers and not signing and not named:
        return Signed()
    pack = trust_pack_of(workspace, trust)
    believed = believed_pack(pack, trust.path or workspace_pack(workspace)) if pack else None
    if believed and (waivers or signing):
        require_pinned(believed, trust)
    if pack and pack.terms.expires and datetime.fromisoformat(pack.terms.expires) <= now:
        raise NotAssessable(
            f"The trust pack expired at {pack.terms.expires}.",
            why="Nobody says any more whose signature counts.",
            next_step="Get the newer trust pack from whoever signs it.",
        )
    current = digest_record(assessment) if assessment else None
    found = verified_waivers(
        _contents(workspace, waivers), pack, now, _uses(workspace, subject, current)
    )
    assessed = {current: assessment.assessed_at} if assessment and current else {}
    contents = _contents(workspace, signing)
    seen = verified_sign_offs(contents, pack, now, assessed=assessed) if pack else ()
    return Signed(seen, found, (*waivers, *signing), believed)


def believed_pack(pack: TrustPack, path: Path) -> BelievedPack:
    """Return what a reader must know of a trust pack before they rely on what it lets count."""
    return BelievedPack(pack=str(path), root=pack.terms.root.spki, pinned=pack.pinned)


def require_pinned(believed: BelievedPack, trust: Trust) -> None:
    """Refuse to judge what people signed by a trust pack that anybody may have made.

    Raises:
        NotAssessable: If a pin is required and there is none.
    """
    if trust.require_pin and not believed.pinned:
        raise NotAssessable(
            f"The trust pack {believed.pack} is not pinned, and what people signed rests on it.",
            why="Anybody can make a trust pack of their own; a fingerprint from elsewhere tells.",
            next_step=f"Compare it with its owner's, then --trust-root {believed.root}",
        )


def waiver_files(workspace: Workspace, subject: Subject) -> tuple[Evidence, ...]:
    """Return the files of all signatures under waivers for a model in its system."""
    mine = {each.name for each in workspace.ledger.every(Waiver) if _is_about(each, subject)}
    return tuple(
        made.envelope
        for made in workspace.ledger.every(SignatureMade)
        if made.kind == "waiver" and made.envelope and made.name.rpartition(".")[0] in mine
    )


def _sign_off_files(workspace: Workspace, subject: Subject) -> tuple[Evidence, ...]:
    """Return the files of every sign-off there ever was: an older one may be recorded later."""
    found: dict[Digest, Evidence] = {}
    for entry in workspace.ledger.history("sign-off"):
        each = workspace.ledger.read(SignOff, entry)
        if each.statement and _is_about(each, subject):
            found[each.statement.digest] = each.statement
    return tuple(found.values())


def _is_about(record: Waiver | SignOff, subject: Subject) -> bool:
    system = subject.system.name if subject.system else None
    return (record.model, record.system) == (subject.model.name, system)


def _contents(workspace: Workspace, files: tuple[Evidence, ...]) -> list[bytes]:
    found = []
    for file in files:
        with workspace.evidence.open(file.digest) as stream:
            found.append(stream.read())
    return found


def _uses(workspace: Workspace, subject: Subject, current: Digest | None) -> Mapping[str, int]:
    """Return, by waiver, how many other assessments it was applied to, by the ledger."""
    seen: dict[str, set[Digest]] = {}
    for entry in workspace.ledger.history("decision", key_of(subject)):
        made = workspace.ledger.read(DecisionsMade, entry)
        if made.assessment == current:
            continue
        with workspace.evidence.open(made.decisions.digest) as stream:
            decisions: Any = canonical_json(stream.read())
        for decision in decisions:
            if waiver := decision.get("waiver"):
                seen.setdefault(waiver["name"], set()).add(made.assessment)
    return {name: len(assessments) for name, assessments in seen.items()}
