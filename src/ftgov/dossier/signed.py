"""What people signed about an assessment: sign-offs and waivers, verified against a trust pack.

A statement counts only if its key is in the trust pack and was good at the time of signing; its
role is the trust pack's. A waiver needs two: an author and an approver, by different holders with
different keys, under the same terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from ftgov.errors import FtgovError
from ftgov.records.attestation import Statement
from ftgov.records.base import Time
from ftgov.records.canonical import canonical_bytes, plain
from ftgov.records.digest import Digest, digest_bytes
from ftgov.records.holder import folded
from ftgov.records.sign_off import SIGN_OFF_PREDICATE
from ftgov.records.verified import VerifiedSignature
from ftgov.records.waiver import WAIVER_PREDICATE, VerifiedWaiver, Waiver
from ftgov.signing.envelope import parse_envelope, parse_statement
from ftgov.signing.personal import PersonalStatement, read_personal
from ftgov.signing.standing import CLOCK_SKEW
from ftgov.signing.trust import TrustPack

SUBJECT: Final = "assessment"
"""What the one subject of these statements is called; its digest is the assessment's."""

STATEMENT_MEDIA_TYPE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"

_NO_PACK = "there is no trust pack to verify its signatures with"


class Hand(NamedTuple):
    """One signature under a waiver: whose, in which hand, or why it does not count."""

    hand: str
    statement: Digest
    signed: PersonalStatement | None
    fault: str


def sign_off_predicate(decision: str, role: str, reason: str, signed_at: str) -> dict[str, Any]:
    """Return what a person signs under an assessment."""
    return {"decision": decision, "role": role, "reason": reason, "signedAt": signed_at}


def waiver_predicate(terms: Waiver, hand: str, signed_at: str) -> dict[str, Any]:
    """Return what author or approver of a waiver signs."""
    return {"waiver": plain(terms), "hand": hand, "signedAt": signed_at}


def verified_sign_offs(
    statements: Iterable[bytes],
    pack: TrustPack,
    now: datetime,
    *,
    assessed: Mapping[Digest, Time],
) -> tuple[VerifiedSignature, ...]:
    """Return the sign-offs among statements that count; what does not count is left out.

    Of what one key said of one assessment the latest counts, by the time that was signed and never
    by the order in which statements come; of two at the same time a rejection.

    Args:
        statements: Signed statements of any kind, as `sign_personal` made them.
        pack: The trust pack; a sign-off's role must be the one that it gives the key.
        now: The present, with its time zone.
        assessed: When assessments were made; nobody signs one before it exists.
    """
    found: dict[tuple[Digest, str], VerifiedSignature] = {}
    for content in statements:
        try:
            signed = read_personal(content, pack, now)
        except FtgovError:
            continue
        sign_off = _sign_off(signed)
        if sign_off is None or _too_early(signed, assessed.get(sign_off.assessment)):
            continue
        said = (sign_off.assessment, sign_off.spki)
        found[said] = max(found.get(said, sign_off), sign_off, key=standing)
    return tuple(sorted(found.values(), key=lambda one: (one.signed_at, one.spki)))


def standing(one: VerifiedSignature) -> tuple[datetime, bool]:
    """Return what tells which of two statements of one key under one assessment counts."""
    return datetime.fromisoformat(one.signed_at), one.decision == "reject"


def _too_early(signed: PersonalStatement, assessed_at: Time | None) -> bool:
    """Return whether a stamped or claimed time lies before what was signed existed."""
    if assessed_at is None:
        return False
    claimed = str(signed.statement.predicate["signedAt"])
    earliest = min(datetime.fromisoformat(each) for each in (signed.signed_at, claimed))
    return earliest < datetime.fromisoformat(assessed_at) - CLOCK_SKEW


def _sign_off(signed: PersonalStatement) -> VerifiedSignature | None:
    said = signed.statement.predicate
    about = _assessment(signed.statement)
    if signed.statement.predicate_type != SIGN_OFF_PREDICATE or about is None:
        return None
    if said.get("role") != signed.key.role or said.get("decision") not in {"approve", "reject"}:
        return None
    return VerifiedSignature(
        holder=signed.key.holder,
        role=signed.key.role,
        spki=signed.key.spki,
        decision=said["decision"],
        assessment=about,
        signed_at=signed.signed_at,
        time=signed.time,
    )


def verified_waivers(
    statements: Iterable[bytes],
    pack: TrustPack | None,
    now: datetime,
    uses: Mapping[str, int] | None = None,
) -> tuple[VerifiedWaiver, ...]:
    """Return the waivers that statements are about, each with the reason if it can't count.

    Args:
        statements: Signed statements of any kind.
        pack: The trust pack; without one no waiver counts.
        now: The present, with its time zone.
        uses: By waiver's name, how many other assessments it was applied to; None where that is
            not known, so that a waiver with a limit of uses can't count.
    """
    hands: dict[bytes, list[Hand]] = {}
    known: dict[bytes, Waiver] = {}
    for content in statements:
        if (said := _said(content)) and (terms := _terms(said)):
            key = canonical_bytes(terms)
            known[key] = terms
            hands.setdefault(key, []).append(_hand(content, said, terms, pack, now))
    return tuple(_verified(known[key], each, uses) for key, each in sorted(hands.items()))


def _said(content: bytes) -> Statement | None:
    """Return the statement without any trust in it; only its form was checked."""
    try:
        return parse_statement(parse_envelope(content).payload)
    except FtgovError:
        return None


def _terms(said: Statement) -> Waiver | None:
    if said.predicate_type != WAIVER_PREDICATE:
        return None
    try:
        terms = Waiver.model_validate(said.predicate.get("waiver"))
    except ValidationError:
        return None
    exact = canonical_bytes(terms) == canonical_bytes(said.predicate["waiver"])
    return terms if exact and terms.assessment == _assessment(said) else None


def _assessment(said: Statement) -> Digest | None:
    if len(said.subject) != 1 or said.subject[0].name != SUBJECT:
        return None
    return f"sha256:{said.subject[0].digest['sha256']}"


def _hand(
    content: bytes, said: Statement, terms: Waiver, pack: TrustPack | None, now: datetime
) -> Hand:
    hand, statement = str(said.predicate.get("hand")), digest_bytes(content)
    if pack is None:
        return Hand(hand, statement, None, _NO_PACK)
    try:
        signed = read_personal(content, pack, now)
    except FtgovError as fault:
        return Hand(hand, statement, None, fault.what.rstrip("."))
    if datetime.fromisoformat(signed.signed_at) < datetime.fromisoformat(terms.granted_at):
        return Hand(hand, statement, None, f"the {hand} signed it before it was granted")
    return Hand(hand, statement, signed, "")


def _verified(terms: Waiver, hands: list[Hand], uses: Mapping[str, int] | None) -> VerifiedWaiver:
    author, approver, fault = _pair(hands)
    if fault is None and uses is None and terms.max_uses is not None:
        fault = "its uses can't be counted without the ledger"
    return VerifiedWaiver(
        terms=terms,
        statement=author.statement if author else None,
        author=author.signed.key.holder if author and author.signed else "",
        approver=approver.signed.key.holder if approver and approver.signed else "",
        approval=approver.statement if approver else None,
        uses=(uses or {}).get(terms.name, 0),
        fault=fault,
    )


def _pair(hands: list[Hand]) -> tuple[Hand | None, Hand | None, str | None]:
    """Return an author and an approver who are two people, or the best there are and the reason."""
    ordered = sorted(hands, key=lambda each: each.statement)
    authors = [each for each in ordered if each.hand == "author" and each.signed]
    approvers = [each for each in ordered if each.hand == "approver" and each.signed]
    for author in authors:
        for approver in approvers:
            if _are_two(author, approver) and not _one_role(author, approver):
                return author, approver, None
    first, second = next(iter(authors), None), next(iter(approvers), None)
    if any(_are_two(one, other) for one in authors for other in approvers):
        return first, second, "author and approver sign in the same role"
    if first and second:
        return first, second, "author and approver are the same holder or the same key"
    faults = [each.fault for each in ordered if each.fault]
    missing = "nobody signed it as author" if first is None else "nobody approved it"
    return first, second, "; ".join(dict.fromkeys(faults)) or missing


def _are_two(author: Hand, approver: Hand) -> bool:
    assert author.signed is not None, "only signatures that count are paired"
    assert approver.signed is not None, "only signatures that count are paired"
    one, other = author.signed.key, approver.signed.key
    return one.spki != other.spki and folded(one.holder) != folded(other.holder)


def _one_role(author: Hand, approver: Hand) -> bool:
    """Return whether two hands sign in one role, by the trust pack; an approver has another."""
    assert author.signed is not None, "only signatures that count are paired"
    assert approver.signed is not None, "only signatures that count are paired"
    return folded(author.signed.key.role) == folded(approver.signed.key.role)
