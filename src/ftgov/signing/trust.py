"""The trust pack: which keys count, whose they are, since when. It travels on its own.

A small canonical JSON file, signed by a root key over its `signed` part. The root's fingerprint is
told by another way (a contract, a web page, a phone call) and pinned; unpinned, the file vouches
for itself only.

Sources: the ideas of The Update Framework's root role; DSSE v1.0 for the bytes that are signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, ValidationError, model_validator

from ftgov.errors import FtgovError, NotAssessable, UsageError
from ftgov.records.base import Record, Time
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import Digest
from ftgov.signing.envelope import pae, parse_canonical
from ftgov.signing.keys import PublicKey, SigningKey
from ftgov.signing.trust_parts import (
    Role,
    TimestampAuthority,
    TrustedKey,
    TrustedLog,
    TrustedWitness,
    TrustRoot,
    first_fault,
    moment,
)
from ftgov.transparency.note import parse_key
from ftgov.transparency.text import decode_base64, encode_base64

__all__ = [
    "TRUST_PACK_NAME",
    "TRUST_PACK_SCHEMA",
    "TRUST_PAYLOAD_TYPE",
    "TimestampAuthority",
    "TrustPack",
    "TrustRoot",
    "TrustTerms",
    "TrustedKey",
    "TrustedLog",
    "TrustedWitness",
    "build_trust_pack",
    "find_trust_pack",
    "moment",
    "read_pack_file",
    "read_trust_pack",
    "sign_terms",
]

TRUST_PACK_NAME = "trust-pack.json"
TRUST_PACK_SCHEMA: Literal["https://ftgov.dev/schema/trust-pack/v1"] = (
    "https://ftgov.dev/schema/trust-pack/v1"
)
TRUST_PAYLOAD_TYPE = "application/vnd.ftgov.trust-pack+json"
_LARGEST = 4_000_000
_PIN = re.compile(r"sha256:[0-9a-f]{64}")


class TrustTerms(Record):
    """The signed part of a trust pack.

    `thresholds` names the roles that may sign a report, and how many people must sign in each.
    `required_roles` are the roles that must all have signed; without it, one of them is enough.
    """

    schema_id: Literal["https://ftgov.dev/schema/trust-pack/v1"] = Field(alias="schema")
    version: int = Field(ge=1, lt=2**53)
    issued_at: Time = Field(alias="issuedAt")
    expires: Time | None = None
    timestamp_required: bool = Field(alias="timestampRequired")
    root: TrustRoot
    keys: tuple[TrustedKey, ...] = Field(min_length=1, max_length=10_000)
    thresholds: dict[Role, Annotated[int, Field(ge=1, le=100)]] = Field(min_length=1)
    required_roles: tuple[Role, ...] | None = Field(
        default=None, alias="requiredRoles", min_length=1
    )
    previous: Digest | None = Field(default=None, description="digest of the pack before, whole")
    authorities: tuple[TimestampAuthority, ...] | None = Field(
        default=None, alias="timestampAuthorities", min_length=1, max_length=100
    )
    logs: tuple[TrustedLog, ...] | None = Field(default=None, min_length=1, max_length=100)
    witnesses: tuple[TrustedWitness, ...] | None = Field(default=None, min_length=1, max_length=100)
    witnesses_required: int | None = Field(default=None, alias="witnessesRequired", ge=0)

    model_config = {"populate_by_name": True, "serialize_by_alias": True}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        prints = [key.spki for key in self.keys]
        if len(set(prints)) != len(prints):
            raise ValueError("a key is listed twice: one key is one holder in one role")
        if not set(self.required_roles or ()) <= set(self.thresholds):
            raise ValueError("requiredRoles names a role without a threshold")
        if self.expires is not None and moment(self.expires) <= moment(self.issued_at):
            raise ValueError("expires does not lie after issuedAt")
        if self.previous is not None and self.version == 1:
            raise ValueError("version 1 has no previous pack")
        return self

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({one.name for one in self.authorities or ()}) != len(self.authorities or ()):
            raise ValueError("two timestampAuthorities have one name")
        if len({one.origin for one in self.logs or ()}) != len(self.logs or ()):
            raise ValueError("two logs have one origin")
        # Witnesses are counted, so one key under two names must not be two of them.
        witnesses = self.witnesses or ()
        if len({parse_key(one.key).public for one in witnesses}) != len(witnesses):
            raise ValueError("a key is listed twice among the witnesses")
        if (self.witnesses_required or 0) > len(witnesses):
            raise ValueError("witnessesRequired is larger than the number of witnesses")
        return self

    def key(self, spki: Digest) -> TrustedKey | None:
        """Return the key with a fingerprint, if the pack lists it."""
        return next((key for key in self.keys if key.spki == spki), None)


class TrustPack(NamedTuple):
    """A trust pack whose own signature held; `pinned`: its root was given from outside."""

    terms: TrustTerms
    pinned: bool


def build_trust_pack(
    keys: Sequence[TrustedKey],
    *,
    root: SigningKey,
    issued_at: Time,
    version: int = 1,
    expires: Time | None = None,
    timestamp_required: bool = False,
    thresholds: Mapping[str, int] | None = None,
    required_roles: Sequence[str] | None = None,
    previous: Digest | None = None,
    authorities: Sequence[TimestampAuthority] = (),
    logs: Sequence[TrustedLog] = (),
    witnesses: Sequence[TrustedWitness] = (),
    witnesses_required: int | None = None,
) -> bytes:
    """Return the bytes of a new `trust-pack.json`, signed by the root key.

    Args:
        keys: The keys that count; each once.
        root: The key that signs the pack.
        issued_at: When; it is also said up to when revocations are known.
        version: Counts up with every pack of the same root.
        expires: From when the pack must be replaced by a newer one; None is never.
        timestamp_required: Whether a report without a timestamp is invalid.
        thresholds: How many people must sign, by role; None is one in any role of the keys.
        required_roles: The roles that must all have signed; None is any one of `thresholds`.
        previous: The digest of the pack before, its whole file; None for version 1.
        authorities: Whose time stamps are believed.
        logs: Whose tree heads are believed.
        witnesses: Whose signatures under a tree head count.
        witnesses_required: How many witnesses must have signed a tree head.

    Raises:
        FtgovError: If these contradict each other, naming the field.
    """
    try:
        made = TrustTerms(
            schema_id=TRUST_PACK_SCHEMA,
            version=version,
            issued_at=issued_at,
            expires=expires,
            timestamp_required=timestamp_required,
            root=TrustRoot(spki=root.spki, public_key=root.public_pem),
            keys=tuple(keys),
            thresholds=dict(thresholds or {key.role: 1 for key in keys}),
            required_roles=None if required_roles is None else tuple(required_roles),
            previous=previous,
            authorities=tuple(authorities) or None,
            logs=tuple(logs) or None,
            witnesses=tuple(witnesses) or None,
            witnesses_required=witnesses_required,
        )
    except ValidationError as fault:
        raise FtgovError(
            f"The trust pack cannot be made: {first_fault(fault)}.",
            next_step="Correct the keys, roles or thresholds given.",
        ) from fault
    return sign_terms(made, root)


def sign_terms(terms: TrustTerms, root: SigningKey) -> bytes:
    """Return the bytes of `trust-pack.json` with these terms, signed by their root key."""
    signed = terms.model_dump(mode="json", exclude_none=True)
    signature = root.sign(pae(TRUST_PAYLOAD_TYPE, canonical_bytes(signed)))
    signatures = [{"spki": root.spki, "sig": encode_base64(signature)}]
    return canonical_bytes({"signed": signed, "signatures": signatures})


def find_trust_pack(path: Path) -> Path:
    """Return the file of a trust pack, given the file itself or the folder that holds it.

    Raises:
        UsageError: If the path does not exist.
        NotAssessable: If a folder holds no `trust-pack.json`.
    """
    if not path.exists():
        raise UsageError(
            f"The trust pack {path} does not exist.",
            next_step="Give the file or folder that the signer sent apart from the bundle.",
        )
    found = path / TRUST_PACK_NAME if path.is_dir() else path
    if not found.is_file():
        raise _unusable(f"{path} holds no {TRUST_PACK_NAME}")
    return found


def read_pack_file(path: Path) -> bytes:
    """Return the bytes of a trust pack's file.

    Raises:
        NotAssessable: If it cannot be read or is far too large to be one.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as fault:
        raise _unusable(f"{path} cannot be read: {fault.strerror}") from fault
    if len(content) > _LARGEST:
        raise _unusable(f"{path} is larger than {_LARGEST} bytes")
    return content


def read_trust_pack(content: bytes, *, root_pin: str | None) -> TrustPack:
    """Read a trust pack and check its signature.

    Args:
        content: The bytes of `trust-pack.json`.
        root_pin: The fingerprint `sha256:...` that the root key must have; None accepts any root.

    Raises:
        UsageError: If the pin is not a fingerprint.
        NotAssessable: If the pack is malformed, not signed by its root, or not the pinned root's.
    """
    if root_pin is not None and not _PIN.fullmatch(root_pin):
        raise UsageError(
            f"{root_pin!r} is no fingerprint.", next_step="Give sha256: and 64 hexadecimal digits."
        )
    try:
        document = parse_canonical(content)
        if not isinstance(document, dict) or set(document) != {"signed", "signatures"}:
            raise ValueError("it must have the keys signed and signatures, and no other")
        terms = TrustTerms.model_validate(document["signed"])
        signed = canonical_bytes(document["signed"])
        if canonical_bytes(terms.model_dump(mode="json", exclude_none=True)) != signed:
            raise ValueError("a field does not have the type or form of the schema")
        _check_signature(terms, signed, document["signatures"])
    except ValidationError as fault:
        raise _unusable(first_fault(fault)) from fault
    except ValueError as fault:
        raise _unusable(str(fault)) from fault
    if root_pin is not None and terms.root.spki != root_pin:
        raise _unusable(f"its root key is {terms.root.spki}, not the pinned {root_pin}")
    return TrustPack(terms, root_pin is not None)


def _check_signature(terms: TrustTerms, signed: bytes, signatures: object) -> None:
    """Raise `ValueError` unless there is exactly one signature and it is the root's."""
    match signatures:
        case [{"spki": terms.root.spki, "sig": str(text), **rest}] if not rest:
            root = PublicKey.from_pem(terms.root.public_key)
            if not root.verify(pae(TRUST_PAYLOAD_TYPE, signed), decode_base64(text)):
                raise ValueError("the root key's signature does not hold")
        case _:
            raise ValueError("signatures must be one signature by the root key")


def _unusable(why: str) -> NotAssessable:
    return NotAssessable(
        f"The trust pack cannot be used: {why}.",
        why="Without a sound trust pack nobody can say whose signature counts.",
        next_step="Ask the signer for the trust pack again, by a way you trust.",
    )
