"""Versions of a trust pack: what follows, and what takes something back."""

from __future__ import annotations

from typing import Any

import pytest

from ftgov.errors import FtgovError, InvalidBundle, NotAssessable, UsageError
from ftgov.records.digest import digest_bytes
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import build_trust_pack, read_trust_pack
from ftgov.signing.trust_chain import check_chain, check_follows, next_pack
from signing_samples import ISSUED_AT, trusted

ROOT, KEY, OTHER = (SigningKey.generate() for _ in range(3))
REVOKED = {"revokedAt": "2026-10-01T00:00:00Z", "reason": "superseded"}
LATER = "2026-11-02T00:00:00Z"


def _first(**revocation: str) -> bytes:
    return build_trust_pack([trusted(KEY, **revocation)], root=ROOT, issued_at=ISSUED_AT)


def _forged(before: bytes, keys: list[Any], root: SigningKey = ROOT, **changes: Any) -> bytes:
    """Return a pack that its root signed, but not as the next version of one."""
    fields = {"version": 2, "previous": digest_bytes(before), "issued_at": LATER, **changes}
    return build_trust_pack(keys, root=root, **fields)


def test_versions_follow_and_keep_what_is_not_changed() -> None:
    first = _first()
    second = next_pack(first, ROOT, issued_at=LATER, timestamp_required=True)
    third = next_pack(second, ROOT, issued_at=LATER, keys=(trusted(KEY, **REVOKED), trusted(OTHER)))
    terms = check_chain([first, second, third])
    assert (terms.version, terms.previous) == (3, digest_bytes(second))
    assert terms.timestamp_required
    assert [key.revoked_at for key in terms.keys] == [REVOKED["revokedAt"], None]
    assert read_trust_pack(first, root_pin=None).terms.version == 1
    assert check_chain([third]).version == 3
    with pytest.raises(InvalidBundle, match="does not follow version 1"):
        check_chain([first, third])
    with pytest.raises(UsageError, match="No trust pack"):
        check_chain([])


FORGED: dict[str, tuple[bytes, bytes, str]] = {
    "same version": (
        _first(),
        _forged(_first(), [trusted(KEY)], version=1, previous=None),
        "follow",
    ),
    "version left out": (_first(), _forged(_first(), [trusted(KEY)], version=3), "does not follow"),
    "no previous": (_first(), _forged(_first(), [trusted(KEY)], previous=None), "another pack"),
    "previous of another": (_first(), _forged(b"x", [trusted(KEY)]), "another pack"),
    "older": (
        _first(),
        _forged(_first(), [trusted(KEY)], issued_at="2026-10-31T00:00:00Z"),
        "was issued",
    ),
    "key gone": (_first(), _forged(_first(), [trusted(OTHER)]), "is gone"),
    "revocation gone": (
        _first(**REVOKED),
        _forged(_first(**REVOKED), [trusted(KEY)]),
        "the revocation",
    ),
    "revoked later": (
        _first(**REVOKED),
        _forged(_first(**REVOKED), [trusted(KEY, **{**REVOKED, "revokedAt": LATER})]),
        "revoked later",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_does_not_follow_is_refused_though_signed(name: str) -> None:
    before, after, why = FORGED[name]
    with pytest.raises(InvalidBundle, match=why):
        check_follows(before, after)


def test_a_chain_has_one_root() -> None:
    with pytest.raises(NotAssessable, match="not the pinned"):
        check_follows(_first(), _forged(_first(), [trusted(KEY)], root=OTHER))
    with pytest.raises(UsageError, match="is not the root"):
        next_pack(_first(), OTHER, issued_at=LATER)


def test_no_version_takes_anything_back() -> None:
    with pytest.raises(UsageError, match="cannot follow"):
        next_pack(_first(), ROOT, issued_at="2026-10-31T00:00:00Z")
    with pytest.raises(InvalidBundle, match="is gone"):
        next_pack(_first(), ROOT, issued_at=LATER, keys=(trusted(OTHER),))
    with pytest.raises(FtgovError, match="without a threshold"):
        next_pack(_first(), ROOT, issued_at=LATER, required_roles=("board",))
