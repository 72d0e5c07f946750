"""One flipped bit anywhere in a bundle or a trust pack: none goes unnoticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import NotAssessable
from ftgov.records.attestation import DOSSIER_PREDICATE
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_bytes, digest_record
from ftgov.signing.bundle import open_bundle, write_bundle, zip_bundle
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import PackTerms, TrustedKey, build_trust_pack
from ftgov.signing.verify import verify_bundle

MODEL = "loan-triage-v2"
SIGNED_AT = "2026-11-20T10:00:00Z"
AS_OF = "2026-11-21T10:00:00Z"


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


ANSWER = b'{"id": 1, "answer": "approve"}\n'
PARTS = ["VERIFY.md", "dossier.json", "report.html", "report.pdf"]
PARTS += [f"evidence/{bare(digest_bytes(ANSWER))}", "attestations/report.sigstore.json"]
SWEPT_WHOLLY = 5_000


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
    terms = PackTerms("2026-11-01T00:00:00Z", {"signer": 1}, expires="2027-11-01T00:00:00Z")
    pack = build_trust_pack(root, [trusted(key)], terms)
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
