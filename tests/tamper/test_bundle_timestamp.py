"""The time-stamp layer: what a stamped bundle shows, and every way in which it shows nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ftgov.records.attestation import DOSSIER_PREDICATE, LayerVerdict, Verification
from ftgov.records.base import time_text
from ftgov.records.canonical import canonical_bytes
from ftgov.signing.bundle import write_bundle
from ftgov.signing.envelope import parse_envelope
from ftgov.signing.keys import SigningKey
from ftgov.signing.names import ENVELOPE_NAME
from ftgov.signing.trust import build_trust_pack
from ftgov.signing.verify import verify_bundle
from ftgov.transparency.text import encode_base64
from signing_samples import dossier, predicate, trusted
from timestamp_authority import LocalAuthority

KEY, ROOT = SigningKey.generate(), SigningKey.generate()
NOW = datetime.now(UTC)


def _at(days: float) -> str:
    return time_text(NOW + timedelta(days=days))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority") / "two")


def _bundle(folder: Path, stamp: Callable[[bytes], bytes] | None, **said: object) -> Path:
    document = dossier([])
    said = {"carriers": ["timestamp"] if stamp else [], "signedAt": _at(0), **said}
    write_bundle(
        folder / "bundle",
        {"dossier.json": document},
        predicate=predicate(document, **said),
        predicate_type=DOSSIER_PREDICATE,
        key=KEY,
        stamp=stamp,
    )
    return folder / "bundle"


def _verified(
    bundle: Path, authority: LocalAuthority | None, days: float = 0, **changes: Any
) -> Verification:
    """Verify with a pack whose one key counts for a month around today, but for the changes."""
    required = changes.pop("required", True)
    dates = {"notBefore": _at(-15), "notAfter": _at(15)}
    content = build_trust_pack(
        [trusted(KEY, **{**dates, **changes})],
        root=ROOT,
        issued_at=_at(-15),
        timestamp_required=required,
        authorities=[authority.listed] if authority else [],
    )
    (bundle.parent / "trust-pack.json").write_bytes(content)
    return verify_bundle(bundle, bundle.parent / "trust-pack.json", as_of=_at(days))


def _verdict(result: Verification, layer: str = "timestamp") -> LayerVerdict | None:
    return next((each.verdict for each in result.layers if each.layer == layer), None)


def test_stamped_bundle_has_a_proven_time(tmp_path: Path, authority: LocalAuthority) -> None:
    bundle = _bundle(tmp_path, authority.stamp, signedAt=_at(-1))
    result = _verified(bundle, authority)
    assert (result.verdict, _verdict(result), result.time) == ("valid", "valid", "rfc3161")
    assert result.signed_at is not None
    # The proven time is the authority's, not the signer's.
    assert abs(datetime.fromisoformat(result.signed_at) - NOW) < timedelta(minutes=30)
    assert not any("claimed" in line for line in result.does_not_prove)
    assert any("not signed earlier" in line for line in result.does_not_prove)
    envelope = parse_envelope((bundle / ENVELOPE_NAME).read_bytes())
    assert envelope.stamp is not None
    assert authority.openssl_accepts(envelope.stamp, envelope.signature)
    assert not authority.openssl_accepts(envelope.stamp, envelope.signature + b"x")


def test_a_token_without_certificates_needs_them_in_the_pack(
    tmp_path: Path, authority: LocalAuthority
) -> None:
    bundle = _bundle(tmp_path, lambda message: authority.stamp(message, certificate=False))
    assert _verdict(_verified(bundle, authority)) == "invalid"
    content = build_trust_pack(
        [trusted(KEY, notBefore=_at(-15), notAfter=_at(15))],
        root=ROOT,
        issued_at=_at(-15),
        authorities=[authority.listed_in_full],
    )
    (tmp_path / "trust-pack.json").write_bytes(content)
    assert verify_bundle(bundle, tmp_path, as_of=_at(0)).verdict == "valid"


def test_the_claim_of_a_bundle_without_timestamp_is_told(tmp_path: Path) -> None:
    result = _verified(_bundle(tmp_path, None), None, required=False)
    assert (result.verdict, result.time, result.signed_at) == ("valid", "claimed", _at(0))
    assert any("no timestamp proves it" in line for line in result.does_not_prove)


def test_time_stamp_outside_validity_does_not_meet_the_threshold(
    tmp_path: Path, authority: LocalAuthority
) -> None:
    bundle = _bundle(tmp_path, authority.stamp, signedAt=_at(-4))
    cases: list[dict[str, Any]] = [
        {"notAfter": _at(-3)},  # expired since the claimed time, before the stamped one
        {"notBefore": _at(-15), "notAfter": _at(-1)},
        {"notBefore": _at(1)},
        {"revokedAt": _at(-3), "reason": "superseded"},
        {"revokedAt": _at(-3), "reason": "keyCompromise"},
    ]
    for changes in cases:
        result = _verified(bundle, authority, **changes)
        assert (result.verdict, _verdict(result, "trust")) == ("invalid", "invalid"), changes
        assert result.signers == ()
    # Revoked or expired only after the stamped time: what existed before still counts.
    later: list[dict[str, Any]] = [
        {"revokedAt": _at(1), "reason": "keyCompromise"},
        {"notAfter": _at(1)},
    ]
    for changes in later:
        assert _verified(bundle, authority, days=9, **changes).verdict == "valid", changes


def test_a_pack_without_authorities_cannot_judge(tmp_path: Path, authority: LocalAuthority) -> None:
    result = _verified(_bundle(tmp_path, authority.stamp), None)
    assert (result.verdict, _verdict(result), result.time) == (
        "not_assessed",
        "not_assessed",
        "claimed",
    )


def test_expired_certificate_of_the_authority_counts_for_its_own_time(tmp_path: Path) -> None:
    gone = LocalAuthority(tmp_path / "gone", days=2)  # it began three days ago
    assert _verdict(_verified(_bundle(tmp_path, gone.stamp), gone)) == "invalid"


Change = Callable[[dict[str, Any], LocalAuthority, LocalAuthority, bytes], None]


def _put(document: dict[str, Any], response: bytes) -> None:
    stamps = document["verificationMaterial"]["timestampVerificationData"]
    stamps["rfc3161Timestamps"] = [{"signedTimestamp": encode_base64(response)}]


CHANGES: dict[str, Change] = {
    "removed": lambda d, *_: d["verificationMaterial"].pop("timestampVerificationData"),
    "empty": lambda d, *_: _put(d, b""),
    "of a stranger": lambda d, a, s, sig: _put(d, s.stamp(sig)),
    "over other bytes": lambda d, a, s, sig: _put(d, a.stamp(sig + b"0")),
    "over the payload": lambda d, a, s, sig: _put(
        d, a.stamp(d["dsseEnvelope"]["payload"].encode())
    ),
    "with junk after it": lambda d, a, s, sig: _put(d, a.stamp(sig) + b"\x00"),
    "with a status text": lambda d, a, s, sig: _put(d, _with_status(a.stamp(sig))),
    "refused": lambda d, *_: _put(d, bytes.fromhex("30053003020102")),
    "cut": lambda d, a, s, sig: _put(d, a.stamp(sig)[:-1]),
}


def _with_status(response: bytes) -> bytes:
    """Return a response that says `granted` with a word of its own."""
    token = response[response.index(bytes.fromhex("3003020100")) + 5 :]
    content = bytes.fromhex("3009020100") + bytes.fromhex("30040c026f6b") + token
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_time_stamp_is_invalid(
    tmp_path: Path, authority: LocalAuthority, stranger: LocalAuthority, name: str
) -> None:
    bundle = _bundle(tmp_path, authority.stamp)
    path = bundle / ENVELOPE_NAME
    document = json.loads(path.read_bytes())
    CHANGES[name](document, authority, stranger, parse_envelope(path.read_bytes()).signature)
    path.write_bytes(canonical_bytes(document))
    result = _verified(bundle, authority)
    assert (result.verdict, _verdict(result), result.time) == ("invalid", "invalid", "claimed")
    (layer,) = (each for each in result.layers if each.layer == "timestamp")
    assert ENVELOPE_NAME in layer.items[0]


def test_a_time_stamp_that_the_predicate_does_not_list_is_invalid(
    tmp_path: Path, authority: LocalAuthority
) -> None:
    bundle = _bundle(tmp_path, authority.stamp, carriers=[])
    result = _verified(bundle, authority, required=False)
    assert (result.verdict, _verdict(result), result.time) == ("invalid", "invalid", "claimed")


def test_a_claim_after_the_time_stamp_is_invalid(tmp_path: Path, authority: LocalAuthority) -> None:
    result = _verified(_bundle(tmp_path, authority.stamp, signedAt=_at(3)), authority, days=5)
    assert (result.verdict, _verdict(result)) == ("invalid", "invalid")
