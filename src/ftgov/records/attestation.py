"""Statements and what a verification says of them.

Sources: in-toto Attestation Framework v1 (Statement), https://in-toto.io/Statement/v1.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ftgov.records.base import Record, Time

STATEMENT_TYPE: Literal["https://in-toto.io/Statement/v1"] = "https://in-toto.io/Statement/v1"
DOSSIER_PREDICATE = "https://ftgov.dev/attestation/dossier/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"

Layer = Literal[
    "files",
    "envelope",
    "signature",
    "timestamp",
    "log",
    "pdf",
    "trust",
    "countersignatures",
    "recompute",
]
LayerVerdict = Literal["valid", "invalid", "not_assessed"]


class StatementSubject(Record):
    """A file that a statement is about."""

    name: str
    digest: dict[Literal["sha256"], str]


class Statement(Record):
    """An in-toto Statement v1."""

    statement_type: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: tuple[StatementSubject, ...] = Field(min_length=1)
    predicate_type: str = Field(alias="predicateType")
    predicate: dict[str, Any]

    model_config = {"populate_by_name": True, "serialize_by_alias": True}


class Signer(Record):
    """Who signed, as the trust pack knows the key."""

    name: str
    role: str
    spki: str = Field(description="sha256:... of the key's SubjectPublicKeyInfo")


class LayerResult(Record):
    """What one layer of a verification found."""

    layer: Layer
    verdict: LayerVerdict
    detail: str
    items: tuple[str, ...] = ()


class Countersignature(Record):
    """What another party signed about a report: that they agree, or why they do not."""

    kind: Literal["agreement", "dissent"]
    name: str = Field(description="as the trust pack knows the key; else what the signer claims")
    role: str | None = Field(description="in the trust pack; None where it does not know the key")
    spki: str = Field(description="sha256:... of the key's SubjectPublicKeyInfo")
    signed_at: Time
    time: Literal["rfc3161", "claimed"]
    trusted: bool = Field(description="whether the trust pack lists the key and it counted then")
    reasons: tuple[str, ...] = ()


class Verification(Record):
    """The result of `verify`; field names are those of the command's JSON."""

    verdict: LayerVerdict
    layers: tuple[LayerResult, ...]
    signers: tuple[Signer, ...] = ()
    signed_at: Time | None = None
    time: Literal["rfc3161", "claimed"] | None = None
    countersignatures: tuple[Countersignature, ...] = ()
    withheld: tuple[str, ...] = Field(
        default=(), description="signed evidence, or rows of it, that the bundle does not hold"
    )
    does_not_prove: tuple[str, ...] = ()
