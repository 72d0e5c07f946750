"""Sign-offs: a person approves or rejects an assessment, in the role the trust pack gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ftgov.api.audits import current_assessment, key_of
from ftgov.api.clock import Moment, moment_of
from ftgov.api.people import acting
from ftgov.api.recording import ACTOR, append
from ftgov.api.signed import OWN, Trust, require_pack, signed_about
from ftgov.dossier.signed import STATEMENT_MEDIA_TYPE, SUBJECT, sign_off_predicate, standing
from ftgov.errors import UsageError
from ftgov.records.digest import bare, digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.sign_off import SIGN_OFF_PREDICATE, SignOff
from ftgov.records.verified import VerifiedSignature
from ftgov.signing.envelope import Stamp
from ftgov.signing.keys import SigningKey
from ftgov.signing.personal import read_personal, sign_personal
from ftgov.signing.trust import TrustPack
from ftgov.store.workspace import Workspace


def sign_off(
    workspace: Workspace,
    model: str,
    *,
    role: str,
    decision: Literal["approve", "reject"],
    key: SigningKey,
    reason: str = "",
    system: str | None = None,
    trust: Trust = OWN,
    timestamp: Stamp | None = None,
    now: str | Moment | None = None,
    actor: str = ACTOR,
) -> SignOff:
    """Sign a decision on a model's current assessment; a later one under the same key replaces it.

    Args:
        workspace: Where the assessment is.
        model: The model's name.
        role: The role; it must be the one that the trust pack gives the key.
        decision: `approve` or `reject`.
        key: The person's key.
        reason: Why.
        system: The system, where the model serves several.
        trust: Another trust pack.
        timestamp: Asks an authority for a time stamp; None leaves the signing time claimed.
        now: The present, RFC 3339 UTC; by default the system's clock.
        actor: Who signs.

    Raises:
        UsageError: If a name or role is wrong, or a later statement of that key stands already.
        NotAssessable: If there is no current assessment or no trust pack.
        InvalidBundle: If the key is not in the trust pack, or does not count now.
    """
    moment = moment_of(now)
    assessed = current_assessment(workspace, model, system).assessment
    subject, digest = assessed.subject, digest_record(assessed)
    said = sign_off_predicate(decision, role, reason, moment.text)
    signed = sign_personal(SUBJECT, digest, SIGN_OFF_PREDICATE, said, key, timestamp=timestamp)
    content = _counting(signed, said, require_pack(workspace, trust))
    _require_latest(_standing_of(workspace, assessed, key, trust, said), said)
    name = f"{key_of(subject)}.{bare(key.spki)[:12]}"
    kept = workspace.evidence.put_bytes(
        content, name=f"sign-off-{name}.sigstore.json"[-255:], media_type=STATEMENT_MEDIA_TYPE
    )
    made = SignOff(
        name=name,
        model=model,
        system=subject.system.name if subject.system else None,
        assessment=digest,
        role=role,
        party=acting(workspace, actor, recorded_at=moment.text),
        decision=decision,
        reason=reason,
        decided_at=moment.text,
        statement=kept,
    )
    append(workspace, [made], actor=actor, recorded_at=moment.text)
    return made


def _standing_of(
    workspace: Workspace,
    assessment: Assessment,
    key: SigningKey,
    trust: Trust,
    said: dict[str, Any],
) -> list[VerifiedSignature]:
    """Return what a key has said of an assessment, as it counts now."""
    now = datetime.fromisoformat(said["signedAt"])
    seen = signed_about(
        workspace, assessment.subject, now=now, trust=trust, assessment=assessment
    ).signatures
    mine = (digest_record(assessment), key.spki)
    return [one for one in seen if (one.assessment, one.spki) == mine]


def _require_latest(stands: list[VerifiedSignature], said: dict[str, Any]) -> None:
    """Refuse a statement that the one which stands would outlive."""
    for one in stands:
        new = one.model_copy(update={"signed_at": said["signedAt"], "decision": said["decision"]})
        if standing(new) < standing(one):
            raise UsageError(
                f"{one.holder} said '{one.decision}' of this assessment at {one.signed_at}.",
                why="Of two statements of one key the later counts, and of two at the same time "
                "a rejection; this one would count for nothing.",
                next_step="Sign again a second later.",
            )


def _counting(content: bytes, said: dict[str, Any], pack: TrustPack) -> bytes:
    """Return a signature that counts, in the role that was named."""
    found = read_personal(content, pack, datetime.fromisoformat(said["signedAt"])).key
    if found.role == said["role"]:
        return content
    raise UsageError(
        f"The key of {found.holder} signs in the role '{found.role}', not '{said['role']}'.",
        why="Roles come from the trust pack, never from the signer.",
        next_step=f"Sign with --role {found.role}, or with another key.",
    )
