"""Keys: made, kept, read back, and strict about what they accept."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from ftgov.errors import FtgovError, UsageError
from ftgov.signing.keys import ORDER, PublicKey, SigningKey, is_strict

KEY = SigningKey.generate()


@pytest.mark.parametrize("passphrase", [None, b"correct horse"])
def test_key_is_saved_for_its_owner_alone_and_read_back(
    tmp_path: Path, passphrase: bytes | None
) -> None:
    path = tmp_path / "key.pem"
    KEY.save(path, passphrase)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (b"ENCRYPTED" in path.read_bytes()) == (passphrase is not None)
    assert SigningKey.load(path, passphrase).spki == KEY.spki


def test_key_file_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"precious")
    with pytest.raises(FtgovError, match="cannot be made"):
        KEY.save(path)
    assert path.read_bytes() == b"precious"
    with pytest.raises(FtgovError, match="cannot be made"):
        KEY.save(tmp_path / "absent" / "key.pem")
    with pytest.raises(UsageError, match="empty"):
        KEY.save(tmp_path / "new.pem", b"")


@pytest.mark.parametrize(
    ("saved", "given", "words"),
    [
        (b"right", b"wrong", "cannot be opened"),
        (b"right", None, "needs a passphrase"),
        (None, b"any", "is not encrypted"),
    ],
)
def test_wrong_passphrase_is_said_without_showing_anything(
    tmp_path: Path, saved: bytes | None, given: bytes | None, words: str
) -> None:
    path = tmp_path / "key.pem"
    KEY.save(path, saved)
    with pytest.raises(FtgovError, match=words) as caught:
        SigningKey.load(path, given)
    body = path.read_text().splitlines()[1]
    assert body not in str(caught.value.as_json())


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o602])
def test_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key.pem"
    KEY.save(path)
    path.chmod(mode)
    with pytest.raises(FtgovError, match="open to others") as caught:
        SigningKey.load(path)
    assert "chmod 600" in caught.value.next_step


def test_other_kinds_of_keys_and_files_are_refused(tmp_path: Path) -> None:
    others: list[PrivateKeyTypes] = [
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP384R1()),
    ]
    path = tmp_path / "key.pem"
    path.touch(mode=0o600)
    for other in others:
        path.write_bytes(
            other.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        with pytest.raises(FtgovError, match="not an ECDSA P-256 key"):
            SigningKey.load(path)
    path.write_bytes(b"hello")
    with pytest.raises(FtgovError, match="cannot be opened"):
        SigningKey.load(path)
    with pytest.raises(UsageError, match="does not exist"):
        SigningKey.load(tmp_path / "absent.pem")
    with pytest.raises(FtgovError, match="cannot be read"):
        SigningKey.load(tmp_path)


def test_repr_shows_the_fingerprint_only() -> None:
    assert repr(KEY) == f"SigningKey({KEY.spki})"


def test_signature_is_strict_and_repeatable() -> None:
    signature = KEY.sign(b"message")
    r, s = utils.decode_dss_signature(signature)
    assert is_strict(signature)
    assert s <= ORDER // 2
    assert KEY.public.verify(b"message", signature)
    assert not KEY.public.verify(b"massage", signature)
    assert not SigningKey.generate().public.verify(b"message", signature)
    twin = utils.encode_dss_signature(r, ORDER - s)
    KEY._key.public_key().verify(twin, b"message", ec.ECDSA(hashes.SHA256()))
    assert not KEY.public.verify(b"message", twin)


@pytest.mark.parametrize(
    "change",
    [
        lambda der: b"",
        lambda der: der + b"\0",
        lambda der: der[:-1],
        lambda der: b"\x30\x81" + der[1:],
        lambda der: der[:1] + bytes([der[1] + 1]) + der[2:] + b"\0",
        lambda der: bytes(73),
        lambda der: utils.encode_dss_signature(0, 1),
        lambda der: utils.encode_dss_signature(1, 0),
        lambda der: utils.encode_dss_signature(ORDER, 1),
        lambda der: b"\x30\x06\x02\x01\xff\x02\x01\x01",
    ],
)
def test_loose_forms_of_a_signature_are_refused(change: object) -> None:
    assert callable(change)
    loose = change(KEY.sign(b"message"))
    assert not is_strict(loose)
    assert not KEY.public.verify(b"message", loose)


def test_public_key_has_one_form() -> None:
    pem = KEY.public_pem
    assert PublicKey.from_pem(pem).spki == KEY.spki
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    other_pem = other.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
    for text in ("", "hello", pem.rstrip(), pem + "\n", "x" + pem, pem * 2, "\u00e9", other_pem):
        with pytest.raises(ValueError, match=r"public key|can't encode"):
            PublicKey.from_pem(text)
