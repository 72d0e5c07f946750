"""Bundles: written whole or not at all, the same bytes each time, and read back as evidence."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import FtgovError, InvalidBundle, NotAssessable, UsageError
from ftgov.records.attestation import DOSSIER_PREDICATE
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_bytes, digest_record
from ftgov.records.dossier import AnalysisSettings, Assessment, Dossier, LedgerHead
from ftgov.records.evidence import Evidence, EvidenceReader
from ftgov.records.model import ModelVersion
from ftgov.records.subject import Subject
from ftgov.signing.bundle import BundleEvidence, open_bundle, write_bundle, zip_bundle
from ftgov.signing.keys import SigningKey
from ftgov.signing.recipe import VERIFY_TEXT
from ftgov.signing.trust import build_trust_pack
from ftgov.signing.verify import verify_bundle
from signing_samples import AS_OF, ISSUED_AT, MODEL, SIGNED_AT, dossier, predicate, trusted

ANSWER = b'{"id": 1, "answer": "approve"}\n'
DIGEST = digest_bytes(ANSWER)
DOCUMENT = dossier([ANSWER])
FILES: dict[str, Path | bytes] = {"dossier.json": DOCUMENT, f"evidence/{bare(DIGEST)}": ANSWER}
ENVELOPE = "attestations/report.sigstore.json"
KEY = SigningKey.generate()


def _write(folder: Path, files: dict[str, Path | bytes] = FILES, **changes: object) -> bytes:
    said = predicate(DOCUMENT, **changes)
    return write_bundle(folder, files, predicate=said, predicate_type=DOSSIER_PREDICATE, key=KEY)


def _content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_bundle_holds_the_files_the_recipe_and_the_attestation(tmp_path: Path) -> None:
    answer = tmp_path / "answers.jsonl"
    answer.write_bytes(ANSWER)
    envelope = _write(tmp_path / "b", {**FILES, f"evidence/{bare(DIGEST)}": answer})
    assert _content(tmp_path / "b") == {
        **FILES,
        "VERIFY.md": VERIFY_TEXT.encode(),
        ENVELOPE: envelope,
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.jsonl", "b"]


def test_folder_and_archive_verify_alike_and_are_reproducible(tmp_path: Path) -> None:
    for name in ("one", "two"):
        _write(tmp_path / name)
        zip_bundle(tmp_path / name, tmp_path / f"{name}.zip")
    assert _content(tmp_path / "one") == _content(tmp_path / "two")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    pack = build_trust_pack([trusted(KEY)], root=SigningKey.generate(), issued_at=ISSUED_AT)
    (tmp_path / "trust-pack.json").write_bytes(pack)
    folder = verify_bundle(tmp_path / "one", tmp_path, as_of=AS_OF)
    archive = verify_bundle(tmp_path / "one.zip", tmp_path, as_of=AS_OF)
    assert folder == archive
    assert folder.verdict == "valid"
    with zipfile.ZipFile(tmp_path / "one.zip") as opened:
        assert opened.testzip() is None
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in opened.infolist()} == {0o100644}
        assert opened.namelist() == sorted(opened.namelist())


def test_a_real_dossier_verifies(tmp_path: Path) -> None:
    evidence = Evidence(digest=DIGEST, bytes=len(ANSWER), name="answers.jsonl")
    assessment = Assessment(
        tool="ftgov 0",
        assessed_at=SIGNED_AT,
        settings=AnalysisSettings(),
        subject=Subject(model=ModelVersion(name=MODEL, kind="tuned", parameters=10**9)),
        findings=(),
        ledger=LedgerHead(entries=0, head=None),
    )
    document = canonical_bytes(
        Dossier(
            assessment=assessment,
            assessment_digest=digest_record(assessment),
            decisions=(),
            verdict="error",
            evidence=(evidence,),
        )
    )
    said = predicate(document, verdict="error")
    files = {**FILES, "dossier.json": document}
    place = tmp_path / "b"
    write_bundle(place, files, predicate=said, predicate_type=DOSSIER_PREDICATE, key=KEY)
    pack = build_trust_pack([trusted(KEY)], root=SigningKey.generate(), issued_at=ISSUED_AT)
    (tmp_path / "trust-pack.json").write_bytes(pack)
    assert verify_bundle(place, tmp_path, as_of=AS_OF).verdict == "valid"


def test_target_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FtgovError, match="cannot be written"):
        _write(tmp_path / "file" / "b")
    _write(tmp_path / "b")
    with pytest.raises(FtgovError, match="cannot be written"):
        zip_bundle(tmp_path / "b", tmp_path / "absent" / "b.zip")


def test_older_bundle_is_replaced_but_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "b"
    _write(target, {**FILES, "report.html": b"old"})
    _write(target)
    assert not (target / "report.html").exists()
    (target / "notes.txt").write_bytes(b"mine")
    with pytest.raises(FtgovError, match="not a bundle"):
        _write(target)
    assert (target / "notes.txt").read_bytes() == b"mine"
    for name in ("file", "full", "empty"):
        (tmp_path / name).mkdir()
    (tmp_path / "full" / "a").touch()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    (tmp_path / "plain").touch()
    for name in ("full", "link", "plain"):
        with pytest.raises(FtgovError, match="not a bundle"):
            _write(tmp_path / name)
    _write(tmp_path / "empty")
    assert (tmp_path / "empty" / ENVELOPE).is_file()


def test_failed_write_leaves_the_older_bundle_and_no_rest(tmp_path: Path) -> None:
    target = tmp_path / "b"
    _write(target)
    before = _content(target)
    with pytest.raises(FtgovError, match="cannot be put"):
        _write(target, {**FILES, "report.pdf": tmp_path / "absent.pdf"})
    assert _content(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "a b", "log/x", "attestations/x", ENVELOPE, "Dossier.json", "evidence/ab", ""],
)
def test_names_that_no_reader_accepts_are_not_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(FtgovError):
        _write(tmp_path / "b", {**FILES, name: b"x"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"carriers": None},
        {"carriers": [1]},
        {"dossier": digest_bytes(b"")},
        {"signedAt": "yesterday"},
        {"verdict": "splendid"},
        {"model": "No Such Name"},
        {"tool": ""},
    ],
)
def test_predicate_that_would_not_verify_is_not_signed(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match="not fit to be signed"):
        _write(tmp_path / "b", **changes)
    with pytest.raises(UsageError, match="carriers"):
        write_bundle(tmp_path / "b", FILES, predicate={}, predicate_type="urn:x", key=KEY)
    with pytest.raises(UsageError, match=r"dossier\.json"):
        _write(tmp_path / "b", {})


@pytest.mark.parametrize("packed", [False, True])
def test_evidence_is_read_by_digest_and_checked(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "b"
    _write(path)
    if packed:
        zip_bundle(path, tmp_path / "b.zip")
        path = tmp_path / "b.zip"
    with open_bundle(path) as bundle, BundleEvidence(bundle) as evidence:
        reader: EvidenceReader = evidence
        with reader.open(DIGEST) as stream:
            assert stream.read() == ANSWER
        copy = reader.path(DIGEST)
        assert copy.read_bytes() == ANSWER
        assert reader.path(DIGEST) == copy
        with pytest.raises(NotAssessable, match="no evidence"):
            reader.path(digest_bytes(b"other"))
    assert not copy.exists()


def test_changed_evidence_is_not_given_out(tmp_path: Path) -> None:
    _write(tmp_path / "b")
    (tmp_path / "b" / f"evidence/{bare(DIGEST)}").write_bytes(b"forged")
    with open_bundle(tmp_path / "b") as bundle, BundleEvidence(bundle) as evidence:
        for read in (evidence.path, evidence.open):
            with pytest.raises(NotAssessable, match="has changed"):
                read(DIGEST)


def test_file_that_becomes_a_link_after_opening_is_not_followed(tmp_path: Path) -> None:
    _write(tmp_path / "b")
    with open_bundle(tmp_path / "b") as bundle:
        (tmp_path / "b" / "dossier.json").unlink()
        (tmp_path / "b" / "dossier.json").symlink_to(tmp_path / "b" / "VERIFY.md")
        with pytest.raises(FtgovError, match="cannot be read"):
            bundle.read("dossier.json")
        with pytest.raises(InvalidBundle, match="has no"):
            bundle.read("absent.json")


def test_large_document_is_not_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path / "b")
    monkeypatch.setattr("ftgov.signing.bundle_read.LARGEST_DOCUMENT", 10)
    with open_bundle(tmp_path / "b") as bundle, pytest.raises(InvalidBundle, match="larger"):
        bundle.read("dossier.json")


def test_verifying_needs_no_heavy_library() -> None:
    heavy = ["numpy", "sqlmodel", "sqlalchemy", "duckdb", "fairlearn", "weasyprint", "click"]
    heavy += ["ftgov.store", "ftgov.analyzers", "ftgov.law", "ftgov.statistics"]
    code = f"import sys, ftgov.signing.verify\nprint([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.strip() == "[]"
