"""Policy bundles: gates that their owner signed as one file, and whose file it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from ftgov.api.clock import Moment, moment_of
from ftgov.errors import FtgovError, InvalidBundle, UsageError
from ftgov.policy.archive import (
    INDEX,
    LARGEST,
    Index,
    PolicyBundle,
    index_of,
    pack_policies,
    unpack_policies,
)
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import digest_bytes
from ftgov.signing.keys import SigningKey
from ftgov.signing.personal import PersonalStatement, read_personal, sign_personal
from ftgov.signing.trust import TrustPack

PREDICATE: Final = "https://ftgov.dev/attestation/policy-bundle/v1"
"""The type of what the owner signs about the index: `name`, `version` and `signedAt`."""

OWNER_ROLE: Final = "policy-owner"
"""The role that the trust pack must give a key for its bundles to judge anything."""


def bundle_policies(
    texts: Mapping[str, str],
    *,
    name: str,
    version: int,
    key: SigningKey,
    now: str | Moment | None = None,
) -> bytes:
    """Return gates as one signed file.

    Args:
        texts: The gates' texts by their names.
        name: What the bundle is called.
        version: Counts up with every bundle of that name.
        key: The owner's key.
        now: The present, RFC 3339 UTC; by default the system's clock.

    Raises:
        UsageError: If a name or the version is malformed.
    """
    index = index_of(name, version, dict(texts))
    said = {"name": name, "version": version, "signedAt": moment_of(now).text}
    digest = digest_bytes(canonical_bytes(index))
    signature = sign_personal(INDEX, digest, PREDICATE, said, key)
    return pack_policies(index, signature, dict(texts))


def read_policies(path: Path) -> PolicyBundle:
    """Read a bundle from anyone; nothing in it is trusted yet.

    Raises:
        UsageError: If there is no such file.
        FtgovError: If it can't be read.
        InvalidBundle: If it is not exactly in the form of a policy bundle.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError as fault:
        raise UsageError(
            f"There is no policy bundle {path}.", next_step="Check the path."
        ) from fault
    except OSError as fault:
        raise FtgovError(
            f"The policy bundle {path} cannot be read.",
            why=str(fault),
            next_step="Check the path and its permissions.",
        ) from fault
    return unpack_policies(content, str(path))


def owner_of(bundle: PolicyBundle, pack: TrustPack, now: str | Moment | None) -> PersonalStatement:
    """Return whose bundle it is, by the trust pack.

    Raises:
        InvalidBundle: If no trusted key signed this index, or not in the role `policy-owner`.
    """
    moment = datetime.fromisoformat(moment_of(now).text)
    signed = read_personal(bundle.signature, pack, moment)
    said = signed.statement.predicate
    about = signed.is_about(INDEX, digest_bytes(bundle.index_bytes), PREDICATE)
    if not about or not _same(bundle.listed, said):
        raise InvalidBundle(
            "The signature in the policy bundle is about something else than its index.",
            next_step="Get the bundle again from its owner.",
        )
    if signed.key.role != OWNER_ROLE:
        raise InvalidBundle(
            f"{signed.key.holder} signs in the role '{signed.key.role}', not '{OWNER_ROLE}'.",
            why="Whoever signs releases does not thereby make the rules for them.",
            next_step="Let an owner of policies sign the bundle.",
        )
    return signed


def _same(index: Index, said: Mapping[str, object]) -> bool:
    return (said.get("name"), said.get("version")) == (index.name, index.version)
