"""Ed25519 keys of a log: what signs its tree heads, in the form that other logs' tools read.

Everything else is signed with ECDSA P-256 (`keys.py`); a tree head is a signed note, and the
specification of notes knows Ed25519.

Sources: c2sp.org/signed-note (type 0x01); RFC 8032 (Ed25519); RFC 5958 (private keys).
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from ftgov.errors import FtgovError
from ftgov.signing.key_file import open_key, read_key_file, write_key_file
from ftgov.transparency.note import (
    ED25519,
    NoteKey,
    NoteSignature,
    check_name,
    parse_key,
    write_key,
    write_note,
)


class LogKey:
    """An Ed25519 private key and the name it signs under. It never shows its secret.

    Args:
        name: The log's origin, for example `ftgov.example/loans`: no space, no plus.
        key: The private key.

    Raises:
        ValueError: If the name can't be one.
    """

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        check_name(name)
        self.name = name
        self._key = key

    @property
    def public(self) -> str:
        """The text of the public key, `<name>+<id>+<base64>`, of the type of signed notes."""
        raw = self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        return write_key(self.name, ED25519, raw)

    def __repr__(self) -> str:
        return f"LogKey({self.public})"

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a new key from the operating system's randomness."""
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path, name: str, passphrase: bytes | None = None) -> Self:
        """Read a private key, PKCS#8 in PEM.

        Args:
            path: The file; nobody but its owner may have rights on it.
            name: The name it signs under.
            passphrase: What it was encrypted with; None if it was not.

        Raises:
            UsageError: If the file is absent.
            FtgovError: If others may read it, its passphrase is wrong, or it is no Ed25519 key.
        """
        key = open_key(path, read_key_file(path, make="ftgov log head"), passphrase)
        if not isinstance(key, Ed25519PrivateKey):
            raise FtgovError(
                f"The key in {path} is not an Ed25519 key.",
                why="Tree heads are signed notes, whose readers expect Ed25519.",
                next_step="Restore the log's key from your copy.",
            )
        return cls(name, key)

    def save(self, path: Path, passphrase: bytes | None = None) -> None:
        """Write the key to a new file that only its owner can read; the name is not in it.

        Raises:
            FtgovError: If the file exists or cannot be made, or the passphrase is empty.
        """
        write_key_file(path, self._key, passphrase)

    def sign_text(self, text: str) -> NoteSignature:
        """Return this key's signature line for the text of a note, which ends in a line feed."""
        key = parse_key(self.public)
        return NoteSignature(self.name, key.key_id, self._key.sign(text.encode()))

    def sign_note(self, text: str) -> bytes:
        """Return a note with this key's signature alone, which is the same each time.

        Raises:
            ValueError: If the text can't be that of a note.
        """
        return write_note(text, [self.sign_text(text)])


def note_key(text: str) -> NoteKey:
    """Return the verifier of a public key's text, `<name>+<id>+<base64>`.

    Raises:
        ValueError: If the text is malformed, or the key is not an Ed25519 key for notes.
    """
    found = parse_key(text)
    if found.kind != ED25519 or len(found.public) != 32:
        raise ValueError(f"the key {found.name} is not an Ed25519 key for notes")
    key = Ed25519PublicKey.from_public_bytes(found.public)

    def verify(message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return NoteKey(found.name, found.key_id, verify)


def public_pem(text: str) -> str:
    """Return the PEM form of a public key's text, for stock tools such as `openssl pkeyutl`.

    Raises:
        ValueError: If the text is malformed.
    """
    key = Ed25519PublicKey.from_public_bytes(parse_key(text).public)
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode("ascii")
