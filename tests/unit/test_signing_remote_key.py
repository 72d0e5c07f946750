"""Keys that stay where they are: in a token (SoftHSM), and behind a cloud's service."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import FtgovError, MissingExtra, UsageError
from ftgov.signing.certificate import self_certificate
from ftgov.signing.keys import ORDER, PublicKey, SigningKey, is_strict
from ftgov.signing.pdf_check import read_seal
from ftgov.signing.pdf_seal import seal_pdf
from ftgov.signing.remote_key import RemoteKey, is_remote, remote_key
from pdf_samples import SEALED_AT, blank_pdf
from soft_token import PIN, make_token

KEY = SigningKey.generate()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", "")
        yield make_token(tmp_path_factory.mktemp("token"), "unit")


@pytest.fixture
def token(library: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FTGOV_PKCS11_MODULE", library)
    return "hsm:2?label=unit"


def test_a_token_signs_in_one_session(token: str) -> None:
    key = remote_key(token, None, PIN.encode())
    for number in range(50):
        signature = key.sign(b"message %d" % number)
        assert is_strict(signature)
        assert key.public.verify(b"message %d" % number, signature)
    again = remote_key(token, key.public, PIN.encode())
    assert again.spki == key.spki
    assert PIN not in repr(key)


def test_a_token_seals_a_pdf_and_makes_its_certificate(token: str) -> None:
    key = remote_key(token, None, PIN.encode())
    own = self_certificate(key, "Ada Example", "2026-01-01T00:00:00Z")
    assert own.self_signed
    assert own.spki == key.spki
    sealed = seal_pdf(blank_pdf(), key, own, signed_at=SEALED_AT)
    assert read_seal(sealed).spki == key.spki


def test_a_key_in_a_token_is_not_written_to_a_file(token: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="never leaves"):
        remote_key(token, None, PIN.encode()).save(tmp_path / "key.pem")
    assert not (tmp_path / "key.pem").exists()


@pytest.mark.parametrize(
    ("uri", "pin", "why"),
    [
        ("hsm:2?label=unit", b"0000", "PIN of the token .* is wrong"),
        ("hsm:2?label=unit", None, "needs its PIN"),
        ("hsm:2?label=unit", b"\xff", "cannot be used"),
        ("hsm:2?label=other", PIN.encode(), "cannot be used"),
        ("hsm:7?label=unit", PIN.encode(), "cannot be used"),
        ("hsm:3?label=unit", PIN.encode(), "not an ECDSA P-256 key"),
        ("hsm:two", PIN.encode(), "not the address of a key in a token"),
        ("hsm:2?module=/tmp/evil.so", PIN.encode(), "not the address of a key in a token"),
        ("hsm://host/2", PIN.encode(), "not the address of a key in a token"),
        ("pkcs11:token=unit", PIN.encode(), "not the address of a key"),
    ],
)
def test_what_cannot_be_used_is_told(token: str, uri: str, pin: bytes | None, why: str) -> None:
    gc.collect()  # sessions of keys that are gone: one that is open would hold the token unlocked
    with pytest.raises(FtgovError, match=why) as caught:
        remote_key(uri, None, pin)
    assert caught.value.next_step
    assert not pin or pin.decode(errors="replace") not in str(caught.value.as_json())


def test_a_token_with_another_key_is_refused(token: str) -> None:
    with pytest.raises(FtgovError, match="holds the key"):
        remote_key(token, KEY.public, PIN.encode())


def test_the_library_of_the_token_is_named_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FTGOV_PKCS11_MODULE", "PYKCS11LIB"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="is not named"):
        remote_key("hsm:2", None, b"1")
    monkeypatch.setenv("PYKCS11LIB", "/nowhere.so")
    with pytest.raises(FtgovError, match="cannot be used"):
        remote_key("hsm:2", None, b"1")
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(MissingExtra, match="hsm"):
        remote_key("hsm:2", None, b"1")


def test_addresses_are_told_from_names() -> None:
    assert all(is_remote(uri) for uri in ("hsm:2", "awskms:alias/x", "gcpkms:projects/p", "hv:k"))
    assert not any(is_remote(name) for name in ("release", "release.v2", "https://x"))


def test_a_cloud_is_asked_through_securesystemslib(monkeypatch: pytest.MonkeyPatch) -> None:
    from securesystemslib.signer._crypto_signer import CryptoSigner
    from securesystemslib.signer._key import SSlibKey
    from securesystemslib.signer._signer import SIGNER_FOR_URI_SCHEME

    uri, asked = "awskms:alias/release", []

    class Fake(CryptoSigner):
        @classmethod
        def from_priv_key_uri(cls, priv_key_uri: str, public_key: Any, *_: Any) -> Any:
            asked.append((priv_key_uri, public_key.scheme))
            return CryptoSigner(KEY._key, SSlibKey.from_crypto(KEY.public.key))

    monkeypatch.setitem(SIGNER_FOR_URI_SCHEME, "awskms", Fake)
    key = remote_key(uri, KEY.public, None)
    for number in range(8):  # of eight random signatures some have a high S, which is turned
        assert KEY.public.verify(b"%d" % number, key.sign(b"%d" % number))
    assert asked == [(uri, "ecdsa-sha2-nistp256")]
    with pytest.raises(FtgovError, match="did not answer with a signature"):
        remote_key(uri, SigningKey.generate().public, None).sign(b"x")


def test_a_cloud_without_its_library_or_public_half_is_told() -> None:
    with pytest.raises(UsageError, match="public half"):
        remote_key("gcpkms:projects/p", None, None)
    for uri, line in (("awskms:alias/x", "awskms"), ("gcpkms:projects/p", "gcpkms")):
        with pytest.raises(FtgovError, match="is not installed") as caught:
            remote_key(uri, KEY.public, None)
        assert caught.value.next_step == f"pip install 'securesystemslib[{line}]'"


def test_an_answer_with_high_s_is_turned_and_nonsense_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric import utils

    r, s = utils.decode_dss_signature(KEY.sign(b"m"))
    high = utils.encode_dss_signature(r, ORDER - s)
    public = PublicKey.from_pem(KEY.public_pem)
    assert RemoteKey(public, lambda _: high, "there").sign(b"m") == KEY.sign(b"m")
    answers = iter((b"", b"junk", KEY.sign(b"other")))
    for _ in range(3):
        with pytest.raises(FtgovError, match="did not answer"):
            RemoteKey(public, lambda _: next(answers), "there").sign(b"m")
