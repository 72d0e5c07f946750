"""Versions of a trust pack: each names the one before by its digest, and all have one root.

A reader who kept any earlier version can tell that a newer one follows it and takes no revocation
back. A new root is a new chain, whose fingerprint is told anew.

Sources: the idea of The Update Framework's root role, versions that are signed and count up.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ftgov.errors import FtgovError, InvalidBundle, UsageError
from ftgov.records.base import Time
from ftgov.records.digest import digest_bytes
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustTerms, moment, read_trust_pack, sign_terms
from ftgov.signing.trust_parts import first_fault


def next_pack(before: bytes, root: SigningKey, *, issued_at: Time, **changes: Any) -> bytes:
    """Return the next version of a trust pack.

    Args:
        before: The bytes of the version before.
        root: The root key, which signed it.
        issued_at: When; never earlier than the version before.
        changes: Fields of `TrustTerms` by name, and what they become.

    Raises:
        UsageError: If the key is not the root of the pack, or the time lies before it.
        NotAssessable: If the version before is unusable.
        FtgovError: If the changed terms contradict each other, naming the field.
    """
    old = read_trust_pack(before, root_pin=None).terms
    if root.spki != old.root.spki:
        raise UsageError(
            f"The key {root.spki} is not the root of the trust pack.",
            why=f"Its root is {old.root.spki}; only that key signs its next version.",
            next_step="Name the root key with --root.",
        )
    if moment(issued_at) < moment(old.issued_at):
        raise UsageError(
            f"A version of {issued_at} cannot follow one of {old.issued_at}.",
            next_step="Set the clock right.",
        )
    same = {name: getattr(old, name) for name in type(old).model_fields}
    fields = {"version": old.version + 1, "issued_at": issued_at, "previous": digest_bytes(before)}
    try:
        # Each part was checked when it was made; together they are checked again.
        made = TrustTerms.model_validate({**same, **fields, **changes})
    except ValidationError as fault:
        raise FtgovError(
            f"The trust pack cannot be made: {first_fault(fault)}.",
            next_step="Correct the keys, roles or thresholds given.",
        ) from fault
    content = sign_terms(made, root)
    check_follows(before, content)
    return content


def check_follows(before: bytes, after: bytes) -> None:
    """Check that one version of a trust pack follows another.

    Raises:
        NotAssessable: If one of them is unusable.
        InvalidBundle: If it has another root, does not name the one before, does not count up by
            one, is older, or drops a key or a revocation.
    """
    old = read_trust_pack(before, root_pin=None).terms
    new = read_trust_pack(after, root_pin=old.root.spki).terms
    faults = []
    if new.version != old.version + 1:
        faults.append(f"version {new.version} does not follow version {old.version}")
    if new.previous != digest_bytes(before):
        faults.append(f"it names another pack than {digest_bytes(before)} as the one before")
    if moment(new.issued_at) < moment(old.issued_at):
        faults.append(f"it was issued at {new.issued_at}, before {old.issued_at}")
    for key in old.keys:
        now = new.key(key.spki)
        if now is None:
            faults.append(f"the key of {key.holder}, {key.spki}, is gone; a key is revoked instead")
        elif key.revoked_at is not None and now.revoked_at is None:
            faults.append(f"the revocation of the key of {key.holder}, {key.spki}, is gone")
        elif key.revoked_at and now.revoked_at and moment(now.revoked_at) > moment(key.revoked_at):
            faults.append(f"the key of {key.holder}, {key.spki}, is revoked later than it was")
    if faults:
        raise InvalidBundle(
            f"The trust pack of version {new.version} does not follow: {'; '.join(faults)}.",
            why="Versions are chained, so that nobody can take a revocation back.",
            next_step="Ask the signer for all versions since the one that you have.",
        )


def check_chain(versions: Sequence[bytes]) -> TrustTerms:
    """Check that versions follow each other, oldest first, and return the terms of the newest.

    Raises:
        UsageError: If there is none.
        NotAssessable: If one is unusable.
        InvalidBundle: If one does not follow the one before it.
    """
    if not versions:
        raise UsageError("No trust pack was given.", next_step="Name them, oldest first.")
    for before, after in itertools.pairwise(versions):
        check_follows(before, after)
    return read_trust_pack(versions[-1], root_pin=None).terms
