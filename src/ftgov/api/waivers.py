"""Waivers: one person asks for one under their key, another approves it under theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import ValidationError

from ftgov.api.audits import current_assessment
from ftgov.api.clock import Moment, moment_of
from ftgov.api.lineage import subject_of
from ftgov.api.people import acting
from ftgov.api.recording import ACTOR, append
from ftgov.api.signed import OWN, Trust, require_pack, signed_about, waiver_files
from ftgov.api.waivable import Found, last_failure, rule_to_waive
from ftgov.dossier.signed import (
    STATEMENT_MEDIA_TYPE,
    SUBJECT,
    verified_waivers,
    waiver_predicate,
)
from ftgov.errors import NotAssessable, UsageError
from ftgov.records.decision import Decision
from ftgov.records.digest import bare, digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.signature import SignatureMade
from ftgov.records.subject import Subject
from ftgov.records.waiver import (
    LONGEST_DAYS,
    WAIVER_PREDICATE,
    VerifiedWaiver,
    Waiver,
    is_blank,
    weights_of,
)
from ftgov.signing.envelope import Stamp
from ftgov.signing.keys import SigningKey
from ftgov.signing.personal import read_personal, sign_personal
from ftgov.store.workspace import Workspace


class Ask(NamedTuple):
    """What an author asks for.

    `expires` is the day at whose beginning (UTC) the waiver ends, or a time, at most 90 days away;
    `reason` says why the failure is acceptable, `conditions` what must be done meanwhile;
    `max_uses` is how many assessments it may be applied to, None any number; `versions` the first
    and last version of the rule, by default the one that the gates have now, and none later;
    `policies` the gates,
    by path or shipped name, by default the workspace's.
    """

    rule: str
    expires: str
    reason: str
    conditions: str | None = None
    max_uses: int | None = None
    versions: tuple[int, int] | None = None
    policies: Sequence[str] = ()


def waive(
    workspace: Workspace,
    model: str,
    ask: Ask,
    *,
    key: SigningKey,
    system: str | None = None,
    trust: Trust = OWN,
    timestamp: Stamp | None = None,
    now: str | Moment | None = None,
    actor: str = ACTOR,
) -> Waiver:
    """Ask for a waiver as its author; it counts once another person approves it.

    It is for the weights that the model has now, in the system it is audited for; the author signs
    the digest of the current assessment.

    Args:
        workspace: Where the model's audit is.
        model: The model's name.
        ask: The rule, the end, the reason and the limits.
        key: The author's key; the workspace's trust pack must list it.
        system: The system, where the model serves several.
        trust: Another trust pack than the workspace's.
        timestamp: Asks an authority for a time stamp; None leaves the signing time claimed.
        now: The present, RFC 3339 UTC; by default the system's clock.
        actor: Who asks.

    Raises:
        UsageError: If a name, the date or the reason is wrong.
        NotAssessable: If there is no current audit or no trust pack.
        InvalidBundle: If the key is not in the trust pack, or does not count now.
    """
    moment = moment_of(now)
    assessment = current_assessment(workspace, model, system).assessment
    known = acting(workspace, actor, recorded_at=moment.text)
    at = _At(moment.text, trust, timestamp)
    terms = _terms(workspace, assessment, ask, known, at)
    made = _signature(workspace, terms, "author", key, at)
    append(workspace, [terms, made], actor=actor, recorded_at=moment.text)
    return terms


def _terms(workspace: Workspace, assessment: Assessment, ask: Ask, author: str, at: _At) -> Waiver:
    subject, moment = assessment.subject, at.moment
    found = rule_to_waive(workspace, ask.rule, ask.policies, at.trust)
    first, last = _versions(ask, found)
    stated = {
        "name": _name(workspace, ask.rule, subject),
        "rule": ask.rule,
        "model": subject.model.name,
        "system": subject.system.name if subject.system else None,
        "assessment": digest_record(assessment),
        "reason": ask.reason,
        "conditions": ask.conditions,
        "granted_by": author,
        "granted_at": moment,
        "expires_at": _end(ask.expires, moment),
        "version_from": first,
        "version_to": last,
        "model_identity": weights_of(subject),
        "max_uses": ask.max_uses,
        "rule_digest": found.policy.digest,
        "rule_title": found.policy.metadata.title,
        "gate": found.gate,
    }
    try:
        return Waiver.model_validate(stated)
    except ValidationError as fault:
        error = fault.errors()[0]
        field = ".".join(map(str, error["loc"])) or "versions"
        raise UsageError(
            f"This cannot be a waiver: {field}: {error['msg']}.", next_step="ftgov waive --help"
        ) from fault


def _versions(ask: Ask, found: Found) -> tuple[int, int]:
    """Return the versions that are asked for; nobody accepts a rule that is not written yet."""
    now = found.policy.metadata.version
    first, last = ask.versions or (now, now)
    if is_blank(ask.reason):
        raise UsageError("A waiver gives its reason.", next_step="Say why with --reason.")
    if last > now:
        raise UsageError(
            f"The rule {ask.rule} has the version {now}; there is no version {last} to waive.",
            next_step=f"Leave out --versions, or end them with {now}.",
        )
    return first, last


class Proposal(NamedTuple):
    """A waiver that waits for its approver, and what the gates last decided by its rule."""

    terms: Waiver
    failing: Decision | None


def proposed(workspace: Workspace, name: str) -> Proposal:
    """Return all that an approver puts their name to, for them to read before they sign.

    Raises:
        UsageError: If there is no such waiver.
    """
    terms = workspace.ledger.get(Waiver, name)
    if terms is None:
        raise UsageError(
            f"There is no waiver '{name}' in this workspace.", next_step="ftgov waive --list"
        )
    return Proposal(terms, last_failure(workspace, terms))


def approve_waiver(
    workspace: Workspace,
    name: str,
    *,
    key: SigningKey,
    trust: Trust = OWN,
    timestamp: Stamp | None = None,
    now: str | Moment | None = None,
    actor: str = ACTOR,
) -> VerifiedWaiver:
    """Approve a waiver under another person's key; from then on it counts.

    Raises:
        UsageError: If there is no such waiver, or the key is the author's or of the same holder.
        NotAssessable: If the key would not count, or the waiver is over.
    """
    moment = moment_of(now)
    terms = proposed(workspace, name).terms
    if datetime.fromisoformat(terms.expires_at) <= datetime.fromisoformat(moment.text):
        raise NotAssessable(
            f"The waiver '{name}' expired on {terms.expires_at}.", next_step="Ask for another."
        )
    made = _signature(workspace, terms, "approver", key, _At(moment.text, trust, timestamp))
    assert made.envelope is not None, "it was just signed"
    subject = subject_of(workspace, terms.model, terms.system)
    files = {file.digest for file in waiver_files(workspace, subject)} | {made.envelope.digest}
    contents = [workspace.evidence.path(digest).read_bytes() for digest in sorted(files)]
    pack = require_pack(workspace, trust)
    checked = verified_waivers(contents, pack, datetime.fromisoformat(moment.text), {})
    found = next(each for each in checked if each.terms == terms)
    if found.fault:
        raise UsageError(
            f"The waiver '{name}' would still not count: {found.fault}.",
            why="A waiver is signed by two people, each with a key and a role of their own.",
            next_step=f"Let another person approve it: ftgov waive --approve {name} --key THEIRS",
        )
    append(workspace, [made], actor=actor, recorded_at=moment.text)
    return found


def waivers_for(
    workspace: Workspace,
    model: str,
    *,
    system: str | None = None,
    trust: Trust = OWN,
    now: str | Moment | None = None,
) -> tuple[VerifiedWaiver, ...]:
    """Return the waivers for a model in its system, verified, with the reason of those at fault.

    Raises:
        UsageError: If there is no such model.
        NotAssessable: If a signature's file or the trust pack is unusable.
    """
    subject = subject_of(workspace, model, system)
    moment = datetime.fromisoformat(moment_of(now).text)
    return signed_about(workspace, subject, now=moment, trust=trust).waivers


def _name(workspace: Workspace, rule: str, subject: Subject) -> str:
    system = subject.system.name if subject.system else None
    mark = bare(digest_record([subject.model.name, system]))[:8]
    start = f"{rule.lower()}.{mark}"
    number = 1
    while workspace.ledger.get(Waiver, f"{start}.{number}"):
        number += 1
    return f"{start}.{number}"


def _end(expires: str, now: str) -> str:
    text = f"{expires}T00:00:00Z" if len(expires) == len("2027-01-10") else expires
    end, present = (datetime.fromisoformat(moment_of(each).text) for each in (text, now))
    if not timedelta() < end - present <= timedelta(days=LONGEST_DAYS):
        raise UsageError(
            f"A waiver cannot end at {text}.",
            why=f"It ends after it begins, and at most {LONGEST_DAYS} days later.",
            next_step="Give a day, for example "
            f"--expires {(present + timedelta(days=30)).date().isoformat()}.",
        )
    return text


class _At(NamedTuple):
    """When somebody signs, by which trust pack, and what stamps the time."""

    moment: str
    trust: Trust
    timestamp: Stamp | None


def _signature(
    workspace: Workspace, terms: Waiver, hand: str, key: SigningKey, at: _At
) -> SignatureMade:
    """Sign a waiver, see that the signature counts, and keep it as evidence."""
    assert terms.assessment is not None, "a waiver is granted on an assessment"
    moment, pack = at.moment, require_pack(workspace, at.trust)
    predicate = waiver_predicate(terms, hand, moment)
    content = sign_personal(
        SUBJECT, terms.assessment, WAIVER_PREDICATE, predicate, key, timestamp=at.timestamp
    )
    signed = read_personal(content, pack, datetime.fromisoformat(moment))
    name = f"{terms.name}.{hand}"
    kept = workspace.evidence.put_bytes(
        content, name=f"{name}.sigstore.json", media_type=STATEMENT_MEDIA_TYPE
    )
    return SignatureMade(
        name=name,
        signed=digest_record(terms),
        kind="waiver",
        key=key.spki,
        algorithm="ecdsa-p256-sha256",
        signed_at=moment,
        time=signed.time,
        envelope=kept,
    )
