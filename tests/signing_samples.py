"""What tests of signing share: a dossier as verification reads it, its predicate, a listed key."""

from __future__ import annotations

from typing import Any

from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import digest_bytes, digest_record
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustedKey

MODEL = "loan-triage-v2"
SIGNED_AT = "2026-11-20T10:00:00Z"
AS_OF = "2026-11-21T10:00:00Z"
ISSUED_AT = "2026-11-01T00:00:00Z"


def dossier(evidence: list[bytes], verdict: str = "pass") -> bytes:
    """Return the part of a dossier that verification reads, as canonical JSON."""
    assessment = {"subject": {"model": {"name": MODEL}}}
    files = [{"digest": digest_bytes(e), "bytes": len(e), "name": "a.jsonl"} for e in evidence]
    return canonical_bytes(
        {
            "assessment": assessment,
            "assessment_digest": digest_record(assessment),
            "verdict": verdict,
            "evidence": [{**file, "media_type": "application/jsonl"} for file in files],
        }
    )


def predicate(document: bytes, **changes: object) -> dict[str, Any]:
    """Return the predicate of a bundle."""
    said = {"model": MODEL, "verdict": "pass", "tool": "ftgov 0", "signedAt": SIGNED_AT}
    return {"dossier": digest_bytes(document), "carriers": [], **said, **changes}


def trusted(key: SigningKey, **changes: str) -> TrustedKey:
    """Return a key as a trust pack lists it."""
    fields = {"spki": key.spki, "publicKey": key.public_pem, "holder": "Ada Example"}
    dates = {"notBefore": "2026-01-01T00:00:00Z", "notAfter": "2027-01-01T00:00:00Z"}
    return TrustedKey.model_validate({**fields, "role": "signer", **dates, **changes})
