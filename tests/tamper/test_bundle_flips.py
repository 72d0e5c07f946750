"""One flipped bit anywhere in a bundle or a trust pack: none goes unnoticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftgov.errors import NotAssessable
from ftgov.records.attestation import DOSSIER_PREDICATE
from ftgov.records.digest import bare, digest_bytes
from ftgov.signing.bundle import open_bundle, write_bundle, zip_bundle
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import build_trust_pack
from ftgov.signing.verify import verify_bundle
from signing_samples import AS_OF, ISSUED_AT, dossier, predicate, trusted

ANSWER = b'{"id": 1, "answer": "approve"}\n'
PARTS = ["VERIFY.md", "dossier.json", "report.html", "report.pdf"]
PARTS += [f"evidence/{bare(digest_bytes(ANSWER))}", "attestations/report.sigstore.json"]
SWEPT_WHOLLY = 3_000


@pytest.fixture
def place(tmp_path: Path) -> Path:
    key, root = SigningKey.generate(), SigningKey.generate()
    document = dossier([ANSWER])
    files: dict[str, Path | bytes] = {"dossier.json": document, PARTS[4]: ANSWER}
    write_bundle(
        tmp_path / "bundle",
        {**files, "report.html": b"<p>report</p>", "report.pdf": b"%PDF-1.7 %%EOF"},
        predicate=predicate(document),
        predicate_type=DOSSIER_PREDICATE,
        key=key,
    )
    pack = build_trust_pack(
        [trusted(key)], root=root, issued_at=ISSUED_AT, expires="2027-11-01T00:00:00Z"
    )
    (tmp_path / "trust-pack.json").write_bytes(pack)
    return tmp_path


def _flips(content: bytes) -> list[tuple[int, bytes]]:
    """Return copies with one bit changed: at every place, sampled in a large content."""
    stride = 1 if len(content) <= SWEPT_WHOLLY else max(1, len(content) // 400)
    places = range(0, len(content), stride)
    return [
        (at, content[:at] + bytes([content[at] ^ (1 << at % 8)]) + content[at + 1 :])
        for at in places
    ]


@pytest.mark.parametrize("name", PARTS)
def test_no_flip_in_a_file_goes_unnoticed(place: Path, name: str) -> None:
    path = place / "bundle" / name
    content = path.read_bytes()
    missed = []
    for at, flipped in _flips(content):
        path.write_bytes(flipped)
        verdict = verify_bundle(place / "bundle", place, as_of=AS_OF).verdict
        if verdict != "invalid":
            missed.append((at, verdict))
    assert missed == []
    path.write_bytes(content)
    assert verify_bundle(place / "bundle", place, as_of=AS_OF).verdict == "valid"


@pytest.mark.parametrize("name", PARTS)
def test_no_truncation_goes_unnoticed(place: Path, name: str) -> None:
    path = place / "bundle" / name
    content = path.read_bytes()
    for length in {0, 1, len(content) // 2, len(content) - 1}:
        path.write_bytes(content[:length])
        assert verify_bundle(place / "bundle", place, as_of=AS_OF).verdict == "invalid"


def test_no_flip_in_the_trust_pack_goes_unnoticed(place: Path) -> None:
    content = (place / "trust-pack.json").read_bytes()
    root = verify_bundle(place / "bundle", place, as_of=AS_OF).does_not_prove
    assert any("sha256:" in sentence for sentence in root)
    for at, flipped in _flips(content):
        (place / "trust-pack.json").write_bytes(flipped)
        with pytest.raises(NotAssessable):
            pytest.fail(f"{at}: {verify_bundle(place / 'bundle', place, as_of=AS_OF)}")


def test_a_flip_in_an_archive_is_noticed_or_changes_no_file(place: Path) -> None:
    archive = place / "bundle.zip"
    zip_bundle(place / "bundle", archive)
    assert verify_bundle(archive, place, as_of=AS_OF).verdict == "valid"
    with open_bundle(archive) as bundle:
        wanted = {name: bundle.read(name) for name in bundle.names}
    harmless = 0
    for _, flipped in _flips(archive.read_bytes()):
        archive.write_bytes(flipped)
        if verify_bundle(archive, place, as_of=AS_OF).verdict == "invalid":
            continue
        # Dates and version numbers of entries carry no content and are not signed.
        harmless += 1
        with open_bundle(archive) as bundle:
            assert {name: bundle.read(name) for name in bundle.names} == wanted
    assert harmless < 100
