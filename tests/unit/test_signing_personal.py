"""Signatures of people: made, read, and refused where the key or the time does not count."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import FtgovError, InvalidBundle, NotAssessable, UsageError
from ftgov.records.base import time_text
from ftgov.records.canonical import canonical_bytes
from ftgov.signing.keys import SigningKey
from ftgov.signing.personal import PersonalStatement, read_personal, sign_personal
from ftgov.signing.trust import TrustPack, build_trust_pack, read_trust_pack
from signing_samples import ISSUED_AT, trusted
from timestamp_authority import LocalAuthority

ROOT, KEY, OTHER = (SigningKey.generate() for _ in range(3))
NOW = datetime.now(UTC)
KIND = "https://ftgov.dev/attestation/sign-off/v1"
SUBJECT = ("assessment", "sha256:" + "ab" * 32)


def _at(days: float) -> str:
    return time_text(NOW + timedelta(days=days))


def _pack(
    key: SigningKey = KEY, /, *, terms: dict[str, Any] | None = None, **changes: str
) -> TrustPack:
    dates = {"notBefore": _at(-30), "notAfter": _at(30)}
    content = build_trust_pack(
        [trusted(key, **{**dates, **changes})], root=ROOT, issued_at=ISSUED_AT, **(terms or {})
    )
    return read_trust_pack(content, root_pin=ROOT.spki)


def _signed(days: float = 0, **fields: Any) -> bytes:
    said = {"decision": "approve", "signedAt": _at(days)}
    return sign_personal(*SUBJECT, KIND, said, KEY, **fields)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority") / "one")


def test_an_expired_trust_pack_vouches_for_nobody() -> None:
    """Up to its last moment it does."""
    made = _signed(-1)
    assert read_personal(made, _pack(terms={"expires": _at(1)}), NOW).key.holder == "Ada Example"
    with pytest.raises(NotAssessable, match="trust pack has expired"):
        read_personal(made, _pack(terms={"expires": time_text(NOW)}), NOW)


def test_a_signature_is_read_back() -> None:
    found = read_personal(_signed(), _pack(), NOW)
    assert isinstance(found, PersonalStatement)
    assert (found.key.holder, found.signed_at, found.time) == ("Ada Example", _at(0), "claimed")
    assert found.statement.predicate["decision"] == "approve"
    assert found.is_about(*SUBJECT, KIND)
    assert not found.is_about(*SUBJECT, KIND + "2")
    assert not found.is_about("other", SUBJECT[1], KIND)
    assert not found.is_about(SUBJECT[0], "sha256:" + "cd" * 32, KIND)
    assert _signed() == _signed()


REFUSED: dict[str, tuple[TrustPack, float, str]] = {
    "unknown key": (_pack(OTHER), 0, "is not in the trust pack"),
    "not yet valid": (_pack(notBefore=_at(1)), 0, "is not valid before"),
    "expired": (_pack(notAfter=_at(-1)), 0, "has expired"),
    "revoked": (_pack(revokedAt=_at(-1), reason="superseded"), 0, "was revoked"),
    "compromised": (
        _pack(revokedAt=_at(9), reason="keyCompromise"),
        0,
        "not proven by a timestamp",
    ),
    "from the future": (_pack(), 2, "lies in the future"),
    "time required": (_pack(terms={"timestamp_required": True}), 0, "requires a time stamp"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_signature_that_does_not_count_is_refused(name: str) -> None:
    pack, days, why = REFUSED[name]
    with pytest.raises(InvalidBundle, match=why):
        read_personal(_signed(days), pack, NOW)


def test_what_was_signed_before_a_harmless_revocation_counts() -> None:
    pack = _pack(revokedAt=_at(-1), reason="superseded")
    assert read_personal(_signed(-2), pack, NOW).signed_at == _at(-2)


def test_a_changed_signature_is_refused() -> None:
    document = json.loads(_signed())
    other = json.loads(sign_personal(*SUBJECT, KIND, {"signedAt": _at(0)}, KEY))
    document["dsseEnvelope"]["payload"] = other["dsseEnvelope"]["payload"]
    with pytest.raises(InvalidBundle, match="not made by the key"):
        read_personal(canonical_bytes(document), _pack(), NOW)


@pytest.mark.parametrize("said", [{}, {"signedAt": "yesterday"}, {"signedAt": 7}])
def test_a_predicate_without_a_time_is_not_signed(said: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="lacks signedAt"):
        sign_personal(*SUBJECT, KIND, said, KEY)


def test_a_time_stamp_gives_the_time(authority: LocalAuthority) -> None:
    terms = {"authorities": [authority.listed], "timestamp_required": True}
    before = datetime.now(UTC).replace(microsecond=0)
    signed = _signed(timestamp=authority.stamp)
    after = datetime.now(UTC)
    found = read_personal(signed, _pack(terms=terms), NOW + timedelta(1))
    assert found.time == "rfc3161"
    assert before <= datetime.fromisoformat(found.signed_at) <= after


def test_a_stamped_signature_counts_before_a_compromise_and_not_after(
    authority: LocalAuthority,
) -> None:
    terms = {"authorities": [authority.listed]}
    content = _signed(timestamp=authority.stamp)
    later = _pack(terms=terms, revokedAt=_at(1), reason="keyCompromise")
    assert read_personal(content, later, NOW + timedelta(2)).time == "rfc3161"
    # The signer claims a time before the theft, which the time stamp contradicts.
    early = _signed(-2, timestamp=authority.stamp)
    with pytest.raises(InvalidBundle, match="was revoked"):
        read_personal(early, _pack(terms=terms, revokedAt=_at(-1), reason="superseded"), NOW)


def test_a_time_stamp_that_does_not_hold_is_refused(
    authority: LocalAuthority, tmp_path: Path
) -> None:
    stranger = LocalAuthority(tmp_path / "stranger")
    terms = {"authorities": [authority.listed]}
    cases: list[tuple[bytes, type[FtgovError], TrustPack]] = [
        (_signed(timestamp=stranger.stamp), InvalidBundle, _pack(terms=terms)),
        (_signed(timestamp=lambda _: authority.stamp(b"x")), InvalidBundle, _pack(terms=terms)),
        (_signed(timestamp=lambda _: b"0\x00"), InvalidBundle, _pack(terms=terms)),
        (_signed(timestamp=authority.stamp), NotAssessable, _pack()),
    ]
    for content, kind, pack in cases:
        with pytest.raises(kind):
            read_personal(content, pack, NOW)


def test_a_claim_after_the_time_stamp_is_refused(authority: LocalAuthority) -> None:
    content = _signed(5, timestamp=authority.stamp)
    with pytest.raises(InvalidBundle, match="after its time stamp"):
        read_personal(content, _pack(terms={"authorities": [authority.listed]}), NOW + timedelta(9))
