"""One flipped bit in any file of a bundle with every proof: told, but in a short list of bytes.

They are bytes of a time stamp that its authority did not sign: version numbers, and the identifier
of the signature algorithm beside the token. Whatever they say, time and digest stay what they were.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from ftgov.records.canonical import canonical_bytes
from ftgov.signing.verify import verify_bundle
from proof_place import ENVELOPE, Place, Proofs, write_place

SHORT, LONG = 24, 100_000
MOST_UNSIGNED = 16
"""How many bytes of a time stamp may be unsigned and unnoticed."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("flips")
    return write_place(folder / "place", Proofs.made(folder))


def _verdict(place: Place) -> str:
    """Return the verdict; the PDF is judged by its digest, which every byte of it is under."""
    return verify_bundle(place.bundle, place.pack, without=frozenset({"pdf"})).verdict


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ (1 << at % 8)]) + content[at + 1 :]


def _places(length: int, most: int) -> range:
    return range(0, length, max(1, length // most))


def _unnoticed(place: Place, path: Path, most: int) -> tuple[list[int], int]:
    """Flip a bit at up to so many places of a file; return those that nobody told, and how many."""
    sound = path.read_bytes()
    places = _places(len(sound), most)
    missed = []
    for at in places:
        path.write_bytes(_flipped(sound, at))
        if _verdict(place) == "valid":
            missed.append(at)
    path.write_bytes(sound)
    assert _verdict(place) == "valid"
    return missed, len(places)


def _token_bytes(place: Place) -> tuple[int, int]:
    """Return where the base64 of the time stamp begins and ends in the attestation."""
    content = (place.bundle / ENVELOPE).read_bytes()
    mark = b'"signedTimestamp":"'
    start = content.index(mark) + len(mark)
    return start, content.index(b'"', start)


@pytest.mark.parametrize("most", [SHORT, pytest.param(1_500, marks=pytest.mark.long)])
def test_a_flipped_bit_in_any_file_is_told(
    place: Place, most: int, capsys: pytest.CaptureFixture[str]
) -> None:
    start, end = _token_bytes(place)
    told = 0
    for name in place.names():
        missed, tried = _unnoticed(place, place.bundle / name, most)
        told += tried - len(missed)
        if name == ENVELOPE:
            missed = [at for at in missed if not start <= at < end]
        assert missed == [], name
    with capsys.disabled():
        print(f"\n  flips told: {told} in {len(place.names())} files")  # noqa: T201 - for people


@pytest.mark.parametrize("most", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
def test_only_unsigned_bytes_of_a_time_stamp_go_unnoticed(
    place: Place, most: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = place.bundle / ENVELOPE
    sound = path.read_bytes()
    document = json.loads(sound)
    first = document["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"][0]
    token = base64.b64decode(first["signedTimestamp"])
    missed = []
    for at in _places(len(token), most):
        first["signedTimestamp"] = base64.b64encode(_flipped(token, at)).decode()
        path.write_bytes(canonical_bytes(document))
        if _verdict(place) == "valid":
            missed.append(at)
    path.write_bytes(sound)
    with capsys.disabled():
        shown = ", ".join(f"{at} ({token[at]:02x})" for at in missed)
        print(f"\n  time stamp of {len(token)} bytes, unnoticed: {shown or 'none'}")  # noqa: T201
    assert len(missed) <= MOST_UNSIGNED
