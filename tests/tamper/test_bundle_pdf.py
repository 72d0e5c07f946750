"""The layer `pdf`: a sealed report, and every PDF that is not one, in a bundle that is signed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import FtgovError, UsageError
from ftgov.records.attestation import DOSSIER_PREDICATE, LayerResult, Verification
from ftgov.records.base import time_text
from ftgov.signing.bundle import write_bundle
from ftgov.signing.certificate import self_certificate
from ftgov.signing.envelope import Stamp
from ftgov.signing.keys import SigningKey
from ftgov.signing.pdf_check import read_seal
from ftgov.signing.pdf_seal import seal_pdf
from ftgov.signing.timestamp_request import TimestampService
from ftgov.signing.trust import build_trust_pack
from ftgov.signing.verify import verify_bundle
from pdf_samples import SEALED_AT, blank_pdf, overlaid, signed_otherwise
from signing_samples import dossier, predicate, trusted
from timestamp_authority import LocalAuthority

KEY, OTHER, ROOT = (SigningKey.generate() for _ in range(3))
OWN = self_certificate(KEY, "Ada Example", "2026-01-01T00:00:00Z")
TWIN = self_certificate(KEY, "Somebody else", "2026-01-01T00:00:00Z")
FOREIGN = self_certificate(OTHER, "Ada Example", "2026-01-01T00:00:00Z")
PDF = blank_pdf()
SEALED = seal_pdf(PDF, KEY, OWN, signed_at=SEALED_AT)
NOW = datetime.now(UTC)


def _at(days: float) -> str:
    return time_text(NOW + timedelta(days=days))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority") / "one")


def _stamped(authority: LocalAuthority, own: SigningKey = KEY) -> bytes:
    with authority.served() as url:
        service = TimestampService(url, [authority.listed])
        return seal_pdf(PDF, own, OWN, signed_at=SEALED_AT, service=service)


def _bundle(folder: Path, pdf: bytes, stamp: Stamp | None = None) -> Path:
    """Return a bundle with a PDF, soundly signed by the trusted key."""
    document = dossier([])
    carriers = ["timestamp", "pdf"] if stamp else ["pdf"]
    write_bundle(
        folder / "bundle",
        {"dossier.json": document, "report.pdf": pdf},
        predicate=predicate(document, carriers=carriers, signedAt=_at(0)),
        predicate_type=DOSSIER_PREDICATE,
        key=KEY,
        stamp=stamp,
    )
    return folder / "bundle"


def _verified(
    bundle: Path, authority: LocalAuthority | None = None, days: float = 0, **changes: Any
) -> Verification:
    without = changes.pop("without", frozenset())
    dates = {"notBefore": _at(-15), "notAfter": _at(15), "certificate": OWN.pem}
    content = build_trust_pack(
        [trusted(KEY, **{**dates, **changes})],
        root=ROOT,
        issued_at=_at(-15),
        authorities=[authority.listed] if authority else [],
    )
    (bundle.parent / "trust-pack.json").write_bytes(content)
    return verify_bundle(bundle, bundle.parent, without=without, as_of=_at(days))


def _layer(result: Verification) -> LayerResult:
    (found,) = (each for each in result.layers if each.layer == "pdf")
    return found


def test_sealed_pdf_is_valid(tmp_path: Path) -> None:
    result = _verified(_bundle(tmp_path, SEALED))
    assert (result.verdict, _layer(result).verdict) == ("valid", "valid")
    assert "a time that the signer claims" in _layer(result).detail


def test_the_seal_is_the_same_bytes_each_time() -> None:
    assert seal_pdf(PDF, KEY, OWN, signed_at=SEALED_AT) == SEALED
    assert seal_pdf(PDF, KEY, OWN, signed_at="2026-11-20T10:00:01Z") != SEALED
    assert SEALED.startswith(PDF)
    assert OWN.pem == self_certificate(KEY, "Ada Example", "2026-01-01T00:00:00Z").pem


ATTACKS: dict[str, Callable[[], bytes]] = {
    "not sealed": lambda: PDF,
    "sealed by another key": lambda: seal_pdf(PDF, OTHER, FOREIGN, signed_at=SEALED_AT),
    "another certificate": lambda: seal_pdf(PDF, KEY, TWIN, signed_at=SEALED_AT),
    "painted over": lambda: overlaid(SEALED),
    "junk after its end": lambda: SEALED + b"\n",
    "a bit flipped": lambda: SEALED[:60] + bytes([SEALED[60] ^ 1]) + SEALED[61:],
    "cut": lambda: SEALED[:-40],
    "empty": lambda: b"",
    "no PDF": lambda: b"%PDF-1.7 hello",
    "signed twice": lambda: signed_otherwise(
        signed_otherwise(PDF, KEY, OWN), OTHER, FOREIGN, field_name="two"
    ),
    "approved, not certified": lambda: signed_otherwise(PDF, KEY, OWN),
    "changes allowed": lambda: signed_otherwise(PDF, KEY, OWN, certify=True),
    "another field": lambda: signed_otherwise(PDF, KEY, OWN, certify=True, field_name="mine"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_another_pdf_is_invalid_though_its_digest_is_signed(tmp_path: Path, name: str) -> None:
    result = _verified(_bundle(tmp_path, ATTACKS[name]()))
    assert (result.verdict, _layer(result).verdict) == ("invalid", "invalid")
    assert "report.pdf" in _layer(result).items[0]


@pytest.mark.parametrize("content", [b"", SEALED + b"\n", PDF])
def test_a_pdf_that_was_exchanged_is_not_read(tmp_path: Path, content: bytes) -> None:
    bundle = _bundle(tmp_path, SEALED)
    (bundle / "report.pdf").write_bytes(content)
    result = _verified(bundle)
    assert result.verdict == "invalid"
    assert _layer(result).items == ("changed: report.pdf",)
    (bundle / "report.pdf").unlink()
    assert _layer(_verified(bundle)).items == ("missing: report.pdf",)


def test_without_its_library_the_seal_is_not_assessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = _bundle(tmp_path, SEALED)
    for name in [name for name in sys.modules if name.split(".")[0] == "pyhanko"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyhanko", None)
    result = _verified(bundle)
    assert (result.verdict, _layer(result).verdict) == ("not_assessed", "not_assessed")
    assert "pip install 'ftgov[pdf]'" in _layer(result).detail
    left_out = _verified(bundle, without=frozenset({"pdf"}))
    assert left_out.verdict == "valid"
    assert any("--without pdf" in line for line in left_out.does_not_prove)


def test_a_stamped_seal_is_valid(tmp_path: Path, authority: LocalAuthority) -> None:
    sealed = _stamped(authority)
    result = _verified(_bundle(tmp_path, sealed, authority.stamp), authority)
    assert result.verdict == "valid"
    assert f"as {authority.name} saw at" in _layer(result).detail
    # The same file, but for the token: what was signed does not depend on it.
    assert read_seal(sealed).signature == read_seal(SEALED).signature


def test_a_stamp_of_the_seal_must_hold(
    tmp_path: Path, authority: LocalAuthority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stranger = LocalAuthority(tmp_path_factory.mktemp("stranger") / "two")
    cases: list[tuple[bytes, Stamp | None, dict[str, Any], str]] = [
        (SEALED, authority.stamp, {}, "has no time stamp, though the bundle has one"),
        (_stamped(stranger), authority.stamp, {}, "time stamp does not hold"),
        (_stamped(authority), None, {"notBefore": _at(-15), "notAfter": _at(-1)}, "has expired"),
        (_stamped(authority), None, {"revokedAt": _at(-2), "reason": "superseded"}, "was revoked"),
    ]
    for place, (pdf, stamp, changes, why) in enumerate(cases):
        folder = tmp_path / str(place)
        folder.mkdir()
        result = _verified(_bundle(folder, pdf, stamp), authority, **changes)
        assert (result.verdict, _layer(result).verdict) == ("invalid", "invalid")
        assert why in _layer(result).detail
    nobody = tmp_path / "nobody"
    nobody.mkdir()
    result = _verified(_bundle(nobody, _stamped(authority)))
    assert (result.verdict, _layer(result).verdict) == ("not_assessed", "not_assessed")


def test_what_cannot_be_sealed_is_told() -> None:
    with pytest.raises(UsageError, match="not of the key"):
        seal_pdf(PDF, KEY, FOREIGN, signed_at=SEALED_AT)
    for content in (b"", b"%PDF-1.7 hello", SEALED):
        with pytest.raises(FtgovError, match="cannot be sealed"):
            seal_pdf(content, KEY, OWN, signed_at=SEALED_AT)


def test_stock_tools_call_the_seal_valid_trusted_and_total(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(SEALED)
    (tmp_path / "root.pem").write_text(OWN.pem)
    (tmp_path / "nss").mkdir()

    def run(command: str) -> str:
        done = subprocess.run(
            command.split(), cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout

    run("certutil -N -d nss --empty-password")
    run("certutil -A -d nss -n root -t C,C,C -i root.pem")
    said = run("pdfsig -nssdir nss report.pdf")
    for line in ("Signature is Valid", "Certificate is Trusted", "\n  - Total document signed"):
        assert line in said
    (tmp_path / "report.pdf").write_bytes(overlaid(SEALED))
    assert "\n  - Total document signed" not in run("pdfsig -nssdir nss report.pdf")
