"""Verifiers that we did not write: the recipe run with stock tools, securesystemslib, openssl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer._key import SSlibKey

from ftgov.records.attestation import DOSSIER_PREDICATE
from ftgov.records.canonical import canonical_bytes, plain
from ftgov.records.digest import bare, digest_bytes
from ftgov.signing.bundle import write_bundle
from ftgov.signing.keys import SigningKey
from ftgov.signing.names import WITHHELD_NAME
from ftgov.signing.recipe import SCRIPT, leave_script, recipe_script
from ftgov.signing.redact import redact_bundle
from ftgov.signing.rows import RowSalts, SignedRows, row_tree
from ftgov.signing.trust import TrustedKey, build_trust_pack
from ftgov.signing.verify import verify_bundle
from signing_samples import AS_OF, ISSUED_AT, MODEL, SIGNED_AT, dossier, predicate, trusted

TOOLS = ("sh", "jq", "openssl", "sha256sum", "base64", "find", "cmp")
needs_tools = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason="a stock tool is not installed"
)

ANSWER = b'{"id": 1, "answer": "approve"}\n'
ANSWERS = b"".join(b'{"id": %d, "answer": "approve"}\n' % number for number in range(4))
EVIDENCE = f"evidence/{bare(digest_bytes(ANSWER))}"
ENVELOPE = "attestations/report.sigstore.json"
KEY, ROOT, THIEF = (SigningKey.generate() for _ in range(3))
TERMS: dict[str, Any] = {"issued_at": ISSUED_AT, "thresholds": {"signer": 1}}


def _bundle(place: Path, key: SigningKey = KEY, **changes: object) -> Path:
    document = dossier([ANSWER])
    write_bundle(
        place / "bundle",
        {"dossier.json": document, EVIDENCE: ANSWER, "report.html": b"<p>report</p>\n"},
        predicate=predicate(document, **changes),
        predicate_type=DOSSIER_PREDICATE,
        key=key,
    )
    return place / "bundle"


def _trust(place: Path, key: TrustedKey, terms: dict[str, Any] = TERMS) -> Path:
    (place / "trust-pack.json").write_bytes(build_trust_pack([key], root=ROOT, **terms))
    return place / "trust-pack.json"


def _run(place: Path, root: str = "") -> subprocess.CompletedProcess[str]:
    """Run the script that stands in the bundle's own VERIFY.md."""
    script = place / "from-page.sh"
    script.write_text(recipe_script((place / "bundle" / "VERIFY.md").read_text()))
    return subprocess.run(
        ["sh", str(script), str(place / "bundle"), str(place / "trust-pack.json"), root],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@needs_tools
@pytest.mark.parametrize("root", ["", ROOT.spki], ids=["told by eye", "told by ROOT"])
def test_recipe_holds_on_a_sound_bundle(tmp_path: Path, root: str) -> None:
    _bundle(tmp_path)
    _trust(tmp_path, trusted(KEY, holder="Zo\u00eb \U0001f600 \u2028\u00e9xample"))
    done = _run(tmp_path, root)
    assert done.returncode == 0, done.stderr
    assert f"\nVALID: {MODEL} pass, signed {SIGNED_AT} (claimed) by Zo\u00eb" in done.stdout
    assert f"trust root: {ROOT.spki}" in done.stdout


def _edit(place: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = place / "bundle" / ENVELOPE
    document = json.loads(path.read_bytes())
    change(document)
    path.write_bytes(canonical_bytes(document))


def _link(place: Path) -> None:
    (place / "bundle/report.html").rename(place / "same.html")
    (place / "bundle/report.html").symlink_to(place / "same.html")


TAMPERED: dict[str, Callable[[Path], object]] = {
    "evidence edited": lambda p: (p / "bundle" / EVIDENCE).write_bytes(b"forged"),
    "evidence deleted": lambda p: (p / "bundle" / EVIDENCE).unlink(),
    "file added": lambda p: (p / "bundle/notes.txt").touch(),
    "file under attestations": lambda p: (p / "bundle/attestations/more.json").touch(),
    "symlink": _link,
    "dossier edited": lambda p: (p / "bundle/dossier.json").write_bytes(b"{}"),
    "payload cut": lambda p: _edit(
        p, lambda d: d["dsseEnvelope"].update(payload=d["dsseEnvelope"]["payload"][:-4])
    ),
    "payloadType": lambda p: _edit(p, lambda d: d["dsseEnvelope"].update(payloadType="text/x")),
    "no signature": lambda p: _edit(p, lambda d: d["dsseEnvelope"].update(signatures=[])),
    "signed by a thief": lambda p: _bundle(p, THIEF),
    "other proof listed": lambda p: _bundle(p, carriers=["timestamp"]),
    "verdict unlike the dossier": lambda p: _bundle(p, verdict="fail"),
    "signed too early": lambda p: _bundle(p, signedAt="2025-12-31T23:59:59Z"),
    "key expired": lambda p: _trust(p, trusted(KEY, notAfter=SIGNED_AT)),
    "key compromised": lambda p: _trust(
        p, trusted(KEY, revokedAt="2026-11-21T00:00:00Z", reason="keyCompromise")
    ),
    "role does not count": lambda p: _trust(p, trusted(KEY, role="reviewer")),
    "two people needed": lambda p: _trust(p, trusted(KEY), dict(TERMS, thresholds={"signer": 2})),
    "timestamp needed": lambda p: _trust(p, trusted(KEY), dict(TERMS, timestamp_required=True)),
    "trust pack edited": lambda p: (p / "trust-pack.json").write_bytes(
        (p / "trust-pack.json").read_bytes().replace(b"Ada", b"Eve")
    ),
}


@needs_tools
@pytest.mark.parametrize("name", TAMPERED)
def test_recipe_and_ftgov_agree_on_a_tampered_bundle(tmp_path: Path, name: str) -> None:
    _bundle(tmp_path)
    _trust(tmp_path, trusted(KEY))
    TAMPERED[name](tmp_path)
    done = _run(tmp_path)
    assert done.returncode == 20, done.stdout
    assert "VALID: " not in done.stdout.replace("INVALID: ", "")
    if name != "trust pack edited":
        result = verify_bundle(tmp_path / "bundle", tmp_path, as_of=AS_OF)
        assert result.verdict != "valid"


@needs_tools
def test_recipe_stops_at_a_root_that_is_not_the_told_one(tmp_path: Path) -> None:
    _bundle(tmp_path)
    _trust(tmp_path, trusted(KEY))
    assert _run(tmp_path, THIEF.spki).returncode != 0


def _rows_withheld(place: Path) -> Path:
    """Return the record of a bundle of whose answers the second row was soundly withheld."""
    (place / "rows").write_bytes(ANSWERS)
    salts = canonical_bytes(RowSalts(seed="5a" * 32))
    with (place / "rows").open("rb") as stream:
        tree = row_tree(stream, digest_bytes(ANSWERS), bytes.fromhex("5a" * 32))
    rows = plain(SignedRows(salts=digest_bytes(salts), trees=(tree,)))
    document = dossier([ANSWERS])
    names = {f"evidence/{bare(digest_bytes(each))}": each for each in (ANSWERS, salts)}
    write_bundle(
        place / "whole",
        {"dossier.json": document, **names},
        predicate=predicate(document, rows=rows),
        predicate_type=DOSSIER_PREDICATE,
        key=KEY,
    )
    rest = f"evidence/{bare(digest_bytes(ANSWERS))}"
    redact_bundle(place / "whole", place / "bundle", rows={rest: [2]})
    _trust(place, trusted(KEY))
    return place / "bundle" / WITHHELD_NAME


RECORDS: dict[str, Callable[[bytes], bytes]] = {
    "minus one": lambda c: c.replace(b'ld":1', b'ld":-1'),
    "half": lambda c: c.replace(b'ld":1', b'ld":0.5'),
    "a word more": lambda c: c.replace(b'"withheld":1', b'"none":1,"withheld":1'),
    "another schema": lambda c: c.replace(b"withheld/v1", b"withheld/v2"),
    "another document before it": lambda c: b"[3]" + c,
    "the salts are not said to be gone": lambda c: canonical_bytes({**json.loads(c), "files": []}),
}


@needs_tools
@pytest.mark.parametrize("name", RECORDS)
def test_recipe_reads_the_record_of_withheld_rows_as_ftgov_does(tmp_path: Path, name: str) -> None:
    record = _rows_withheld(tmp_path)
    done = _run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    rest = f"rows-{bare(digest_bytes(ANSWERS))}.jsonl"
    assert f"NOT CHECKED HERE: attestations/{rest}\n" in done.stdout
    assert f"WITHHELD: evidence/{bare(digest_bytes(ANSWERS))}\n" in done.stdout
    assert verify_bundle(tmp_path / "bundle", tmp_path, as_of=AS_OF).verdict == "valid"
    sound = record.read_bytes()
    record.write_bytes(RECORDS[name](sound))
    assert record.read_bytes() != sound
    assert _run(tmp_path).returncode == 20
    assert verify_bundle(tmp_path / "bundle", tmp_path, as_of=AS_OF).verdict == "invalid"
    record.write_bytes(sound)
    (record.parent / rest).unlink()
    assert _run(tmp_path).returncode == 20, "the rows that are left are not left"


def test_the_script_is_short_uses_stock_tools_and_is_the_one_in_every_bundle(
    tmp_path: Path,
) -> None:
    text = SCRIPT.read_text()
    assert len(text.splitlines()) <= 80
    assert recipe_script() == text
    assert leave_script(tmp_path).read_text() == text
    assert (tmp_path / "verify.sh").stat().st_mode & 0o111
    foreign = ("python", "ftgov verify", "curl", "wget", "node", "perl", "certutil", "http:")
    assert [word for word in foreign if word in text] == []


def _foreign_key(key: SigningKey) -> SSlibKey:
    value = {"public": key.public_pem}
    return SSlibKey("", "ecdsa", "ecdsa-sha2-nistp256", value)


def test_securesystemslib_agrees(tmp_path: Path) -> None:
    document = json.loads((_bundle(tmp_path) / ENVELOPE).read_bytes())
    envelope = Envelope.from_dict(document["dsseEnvelope"])
    assert envelope.verify([_foreign_key(KEY)], 1)
    with pytest.raises(VerificationError):
        envelope.verify([_foreign_key(THIEF)], 1)
