"""The trust pack: made, read, and refused in every other form; who is counted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import ExitCode, FtgovError, NotAssessable
from ftgov.records.canonical import canonical_bytes
from ftgov.signing.envelope import pae
from ftgov.signing.keys import SigningKey
from ftgov.signing.standing import key_faults, people, role_faults
from ftgov.signing.trust import (
    TRUST_PAYLOAD_TYPE,
    TrustedKey,
    build_trust_pack,
    find_trust_pack,
    read_pack_file,
    read_trust_pack,
)
from ftgov.transparency.text import encode_base64
from signing_samples import ISSUED_AT, trusted

ROOT, KEY, OTHER = (SigningKey.generate() for _ in range(3))
TERMS: dict[str, Any] = {"issued_at": ISSUED_AT, "thresholds": {"signer": 2}}


def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(build_trust_pack([trusted(KEY)], root=ROOT, **TERMS))
    return found


def _signed(document: dict[str, Any], key: SigningKey = ROOT) -> bytes:
    """Return a changed document, signed again by the root: only its content is at fault then."""
    signature = key.sign(pae(TRUST_PAYLOAD_TYPE, canonical_bytes(document["signed"])))
    document["signatures"] = [{"spki": ROOT.spki, "sig": encode_base64(signature)}]
    return canonical_bytes(document)


def test_pack_is_read_back() -> None:
    revoked = trusted(OTHER, holder="Bo", revokedAt="2026-06-01T00:00:00Z", reason="superseded")
    terms = dict(TERMS, expires="2027-01-01T00:00:00Z", required_roles=("signer",), version=3)
    content = build_trust_pack([trusted(KEY), revoked], root=ROOT, **terms)
    pack = read_trust_pack(content, root_pin=ROOT.spki)
    assert pack.pinned
    assert not read_trust_pack(content, root_pin=None).pinned
    assert pack.terms.key(OTHER.spki) == revoked
    assert pack.terms.key(ROOT.spki) is None
    assert (pack.terms.version, pack.terms.required_roles) == (3, ("signer",))
    assert build_trust_pack([trusted(KEY), revoked], root=ROOT, **terms) == content
    signed = json.loads(content)["signed"]
    assert signed["schema"] == "https://ftgov.dev/schema/trust-pack/v1"
    assert "revokedAt" not in signed["keys"][0]


CHANGES: dict[str, dict[str, Any]] = {
    "schema": {"schema": "https://ftgov.dev/schema/trust-pack/v2"},
    "version as text": {"version": "1"},
    "version zero": {"version": 0},
    "flag as text": {"timestampRequired": "false"},
    "expires null": {"expires": None},
    "expires before issue": {"expires": "2026-10-01T00:00:00Z"},
    "time without zone": {"issuedAt": "2026-11-01T00:00:00"},
    "no keys": {"keys": []},
    "no thresholds": {"thresholds": {}},
    "threshold zero": {"thresholds": {"signer": 0}},
    "threshold as a fraction": {"thresholds": {"signer": 1.5}},
    "unknown required role": {"requiredRoles": ["board"]},
    "unknown field": {"extra": 1},
    "field by its Python name": {"issued_at": "2026-11-01T00:00:00Z"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_malformed_pack_is_refused_though_signed(name: str) -> None:
    document = _document()
    document["signed"].update(CHANGES[name])
    with pytest.raises(NotAssessable, match="trust pack cannot be used") as caught:
        read_trust_pack(_signed(document), root_pin=None)
    assert caught.value.exit_code == ExitCode.NOT_ASSESSABLE


KEY_CHANGES: dict[str, dict[str, Any]] = {
    "fingerprint of another": {"spki": OTHER.spki},
    "key in another form": {"publicKey": KEY.public_pem + "\n"},
    "ends before it begins": {"notAfter": "2025-01-01T00:00:00Z"},
    "reason alone": {"reason": "superseded"},
    "control character": {"holder": "A\u0007"},
    "padded name": {"holder": "Ada "},
    "empty name": {"holder": ""},
    "role in capitals": {"role": "Signer"},
}


@pytest.mark.parametrize("name", KEY_CHANGES)
def test_malformed_key_is_refused_though_signed(name: str) -> None:
    document = _document()
    document["signed"]["keys"][0].update(KEY_CHANGES[name])
    with pytest.raises(NotAssessable):
        read_trust_pack(_signed(document), root_pin=None)


def test_pack_needs_its_roots_one_signature() -> None:
    document = _document()
    good = document["signatures"][0]
    other = {"spki": OTHER.spki, "sig": good["sig"]}
    extra = {**good, "note": ""}
    short = {**good, "sig": good["sig"] + "\n"}
    wrong: tuple[object, ...] = (
        [],
        [good, good],
        [other],
        [extra],
        [short],
        [{**good, "sig": 1}],
        {},
        None,
    )
    for signatures in wrong:
        with pytest.raises(NotAssessable):
            read_trust_pack(canonical_bytes({**document, "signatures": signatures}), root_pin=None)
    with pytest.raises(NotAssessable, match="signature does not hold"):
        read_trust_pack(_signed(document, OTHER), root_pin=None)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"null", b"\xff", b'{"signed":{},"signatures":[]}', b"[" * 100_000],
)
def test_no_pack_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(NotAssessable):
        read_trust_pack(content, root_pin=None)


def test_pack_in_other_spacing_is_refused() -> None:
    text = json.dumps(_document(), indent=1).encode()
    with pytest.raises(NotAssessable, match="canonical"):
        read_trust_pack(text, root_pin=None)


def test_same_key_under_two_names_makes_no_pack() -> None:
    twice = [trusted(KEY), trusted(KEY, holder="Bo")]
    with pytest.raises(FtgovError, match="listed twice"):
        build_trust_pack(twice, root=ROOT, **TERMS)
    document = _document()
    document["signed"]["keys"].append({**document["signed"]["keys"][0], "holder": "Bo"})
    with pytest.raises(NotAssessable, match="listed twice"):
        read_trust_pack(_signed(document), root_pin=None)


def test_people_are_counted_not_names_and_not_keys() -> None:
    one, renamed, second = trusted(KEY), trusted(KEY, holder="Bo"), trusted(OTHER)
    assert people("signer", [one, renamed]) == 1, "one key under two names"
    assert people("signer", [one, second]) == 1, "one person with two keys"
    assert people("signer", [one, trusted(OTHER, holder="ADA EXAMPLE")]) == 1
    composed, apart = trusted(KEY, holder="Zo\u00eb"), trusted(OTHER, holder="Zoe\u0308")
    assert people("signer", [composed, apart]) == 1
    assert people("signer", [one, trusted(OTHER, holder="Bo")]) == 2
    assert people("approver", [one]) == 0
    assert people("signer", []) == 0


def test_threshold_of_two_needs_two_people() -> None:
    keys = [trusted(KEY), trusted(OTHER, holder="Bo")]
    terms = read_trust_pack(build_trust_pack(keys, root=ROOT, **TERMS), root_pin=None).terms
    assert role_faults(terms, keys[0], keys[1:]) == ()
    assert role_faults(terms, keys[0]) == ("role signer: 1 of 2 needed signatures",)
    assert role_faults(terms, keys[0], [trusted(KEY, holder="Bo")]) != ()
    assert role_faults(terms, keys[0], [trusted(OTHER)]) != ()


def test_nobody_signs_a_report_in_a_role_that_may_not() -> None:
    """Two people of the right role who agree with it do not make up for that."""
    keys = [trusted(KEY), trusted(OTHER, holder="Bo")]
    intern = trusted(SigningKey.generate(), holder="Cy", role="intern")
    content = build_trust_pack([*keys, intern], root=ROOT, **TERMS)
    terms = read_trust_pack(content, root_pin=None).terms
    said = "role intern: it may not sign reports, only signer may"
    assert role_faults(terms, intern, keys) == (said,)


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        ("2025-12-31T23:59:59", False),
        ("2026-01-01T00:00:00", True),
        ("2026-12-31T23:59:59", True),
        ("2027-01-01T00:00:00", False),
    ],
)
def test_key_counts_from_its_first_moment_to_before_its_last(moment: str, counts: bool) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert (key_faults(trusted(KEY), at) == ()) == counts


def test_key_is_listed_for_some_days() -> None:
    start = "2026-11-01T00:00:00Z"
    key = TrustedKey.of(KEY.public, holder="Ada", role="signer", not_before=start, valid_days=30)
    assert (key.spki, key.not_after) == (KEY.spki, "2026-12-01T00:00:00Z")
    content = build_trust_pack([key], root=KEY, issued_at=start)
    assert read_trust_pack(content, root_pin=KEY.spki).terms.thresholds == {"signer": 1}
    for wrong in ({"holder": "\n"}, {"role": "A B"}, {"valid_days": 0}, {"valid_days": 10**9}):
        fields: dict[str, Any] = {"holder": "Ada", "role": "signer", "valid_days": 30, **wrong}
        with pytest.raises(FtgovError, match="cannot be put"):
            TrustedKey.of(KEY.public, not_before=start, **fields)


def test_pack_file_is_found_and_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "trust-pack.json"
    with pytest.raises(NotAssessable, match="holds no"):
        find_trust_pack(tmp_path)
    path.write_bytes(b"{}")
    assert find_trust_pack(tmp_path) == find_trust_pack(path) == path
    monkeypatch.setattr("ftgov.signing.trust._LARGEST", 1)
    with pytest.raises(NotAssessable, match="larger"):
        read_pack_file(path)
    with pytest.raises(NotAssessable, match="cannot be read"):
        read_pack_file(tmp_path)
