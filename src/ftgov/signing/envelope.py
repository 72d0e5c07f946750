"""The attestation: an in-toto Statement in a DSSE envelope, kept as Sigstore bundle v0.3 JSON.

Every byte of the file is checked: it must be the canonical form of itself, with exactly the keys
below, so there is no field that could change without notice. The payload is parsed only after its
signature held.

Sources: DSSE v1.0, https://github.com/secure-systems-lab/dsse; in-toto Statement v1;
Sigstore bundle v0.3, https://github.com/sigstore/protobuf-specs; RFC 3161 (time stamps); RFC 8785;
RFC 4648 section 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, ValidationError, model_validator

from ftgov.errors import InvalidBundle
from ftgov.records.attestation import PAYLOAD_TYPE, Statement
from ftgov.records.base import Record
from ftgov.records.canonical import canonical_bytes, canonical_json
from ftgov.records.digest import Digest
from ftgov.signing.keys import PublicKey, SigningKey
from ftgov.transparency.text import decode_base64, encode_base64

MEDIA_TYPE: Literal["application/vnd.dev.sigstore.bundle.v0.3+json"] = (
    "application/vnd.dev.sigstore.bundle.v0.3+json"
)
_HEX = re.compile(r"[0-9a-f]{64}")


class _Hint(Record):
    hint: Digest


class _Response(Record):
    signed_timestamp: str = Field(alias="signedTimestamp", description="TimeStampResp, base64")


class _Stamps(Record):
    responses: tuple[_Response] = Field(alias="rfc3161Timestamps", description="exactly one")


class _Material(Record):
    public_key: _Hint = Field(alias="publicKey")
    stamps: _Stamps | None = Field(default=None, alias="timestampVerificationData")

    model_config = {"populate_by_name": True}

    @model_validator(mode="after")
    def _absent_not_null(self) -> Self:
        if self.stamps is None and "stamps" in self.model_fields_set:
            raise ValueError("timestampVerificationData is null")
        return self


class _Signature(Record):
    sig: str
    keyid: Literal[""]


class _Dsse(Record):
    payload: str
    payload_type: Literal["application/vnd.in-toto+json"] = Field(alias="payloadType")
    signatures: tuple[_Signature] = Field(description="exactly one, as Sigstore bundles have it")

    model_config = {"populate_by_name": True}


class _Carrier(Record):
    media_type: Literal["application/vnd.dev.sigstore.bundle.v0.3+json"] = Field(alias="mediaType")
    material: _Material = Field(alias="verificationMaterial")
    dsse: _Dsse = Field(alias="dsseEnvelope")

    model_config = {"populate_by_name": True}


Stamp = Callable[[bytes], bytes]
"""Asks an authority for a time stamp over some bytes, and returns its RFC 3161 response."""


class Envelope(NamedTuple):
    """An envelope of sound form; nothing in it is trusted yet."""

    payload: bytes
    signature: bytes
    hint: Digest
    stamp: bytes | None = None
    """An RFC 3161 response over the signature's bytes."""

    def signed_by(self, key: PublicKey) -> bool:
        """Return whether the key named by the hint is this key and signed the payload."""
        message = pae(PAYLOAD_TYPE, self.payload)
        return key.spki == self.hint and key.verify(message, self.signature)


class SignedStatement(NamedTuple):
    """A statement whose signature held, and the fingerprint of the key that made it."""

    statement: Statement
    spki: Digest
    payload: bytes


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def parse_canonical(content: bytes) -> Any:
    """Parse canonical JSON; all faults, too deep nesting among them, are `ValueError`."""
    try:
        return canonical_json(content)
    except RecursionError as fault:
        raise ValueError("the JSON is nested too deeply") from fault


def sign_statement(statement: Statement, key: SigningKey, stamp: Stamp | None = None) -> bytes:
    """Return the canonical bytes of the Sigstore bundle that carries a signed statement.

    Args:
        statement: What is signed.
        key: Who signs.
        stamp: Asks for a time stamp over the signature; None leaves the time claimed.

    Raises:
        FtgovError: If the statement has no canonical form, or no time stamp could be had.
    """
    payload = canonical_bytes(statement)
    signature = key.sign(pae(PAYLOAD_TYPE, payload))
    material: dict[str, object] = {"publicKey": {"hint": key.spki}}
    if stamp is not None:
        response = {"signedTimestamp": encode_base64(stamp(signature))}
        material["timestampVerificationData"] = {"rfc3161Timestamps": [response]}
    return canonical_bytes(
        {
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": material,
            "dsseEnvelope": {
                "payload": encode_base64(payload),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"sig": encode_base64(signature), "keyid": ""}],
            },
        }
    )


def parse_envelope(content: bytes) -> Envelope:
    """Read the form of an envelope, without looking at what the payload says.

    Raises:
        InvalidBundle: If it is not exactly a canonical v0.3 bundle with one signature.
    """
    try:
        carrier = _Carrier.model_validate(parse_canonical(content))
        dsse = carrier.dsse
        signature = decode_base64(dsse.signatures[0].sig)
        payload = decode_base64(dsse.payload)
        stamps = carrier.material.stamps
        stamp = decode_base64(stamps.responses[0].signed_timestamp) if stamps else None
    except ValidationError as fault:
        where = ".".join(str(part) for part in fault.errors()[0]["loc"])
        raise _malformed(f"{where or 'document'}: {fault.errors()[0]['msg']}") from fault
    except ValueError as fault:
        raise _malformed(str(fault)) from fault
    return Envelope(payload, signature, carrier.material.public_key.hint, stamp)


def parse_statement(payload: bytes) -> Statement:
    """Parse a payload whose signature already held.

    Raises:
        InvalidBundle: If it is not the canonical form of an in-toto Statement v1 whose subjects are
            sorted by name, each once, each with one SHA-256.
    """
    try:
        statement = Statement.model_validate(parse_canonical(payload))
    except ValueError as fault:
        raise _malformed(f"the payload is no in-toto Statement v1: {fault}") from fault
    # What the record makes of the payload must be the payload: no coercion, no alias, no default.
    if canonical_bytes(statement) != payload:
        raise _malformed("the payload is not the canonical form of its statement")
    names = [subject.name for subject in statement.subject]
    if names != sorted(set(names)):
        raise _malformed("the subjects are not sorted by name, each once")
    if not all(_HEX.fullmatch(s.digest.get("sha256", "")) for s in statement.subject):
        raise _malformed("a subject has no SHA-256 of 64 hexadecimal digits")
    return statement


def read_envelope(content: bytes, keys: Iterable[PublicKey]) -> SignedStatement:
    """Return the statement in an envelope that one of the keys signed.

    Raises:
        InvalidBundle: If the form is wrong or no key made the signature (the payload is unread).
    """
    envelope = parse_envelope(content)
    if not any(envelope.signed_by(key) for key in keys):
        raise InvalidBundle(
            f"The attestation is not signed by a trusted key; it names {envelope.hint}.",
            next_step="Ask the signer for the trust pack that holds the key.",
        )
    return SignedStatement(parse_statement(envelope.payload), envelope.hint, envelope.payload)


def _malformed(why: str) -> InvalidBundle:
    return InvalidBundle(
        "The attestation is malformed.", why=why, next_step="Get the bundle again from its maker."
    )
