"""Witnesses: a second party's Ed25519 key that cosigns tree heads, and whose cosignatures hold.

Source: c2sp.org/tlog-cosignature (Ed25519, type 0x04).
"""

from __future__ import annotations

from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ftgov.signing.log_key import LogKey
from ftgov.transparency.cosignature import (
    COSIGNATURE,
    Cosignature,
    cosigned_message,
    pack_cosignature,
    unpack_cosignature,
)
from ftgov.transparency.note import NoteSignature, PublicText, SignedNote, parse_key, write_key


class WitnessKey(LogKey):
    """The key of a witness: kept like a log's, but its signatures carry a time.

    A key serves one witness only, because what is signed does not name it.
    """

    @property
    def public(self) -> str:
        """The text of the public key, `<name>+<id>+<base64>`, of the type of cosignatures."""
        raw = self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        return write_key(self.name, COSIGNATURE, raw)

    def cosign(self, text: str, time: int) -> NoteSignature:
        """Return the cosignature of a head's text at a time in POSIX seconds."""
        signature = self._key.sign(cosigned_message(time, text))
        packed = pack_cosignature(Cosignature(time, signature))
        return NoteSignature(self.name, parse_key(self.public).key_id, packed)


class Witnessed(NamedTuple):
    """A witness whose cosignature holds, and its time in POSIX seconds."""

    name: str
    time: int


def witness_text(text: str) -> PublicText:
    """Read the text of a witness's public key.

    Raises:
        ValueError: If it is malformed or not an Ed25519 key of the type of cosignatures.
    """
    found = parse_key(text)
    if found.kind != COSIGNATURE or len(found.public) != 32:
        raise ValueError(f"the key {found.name} is not an Ed25519 key for cosignatures")
    return found


def cosigned_by(note: SignedNote, line: NoteSignature, key: PublicText) -> Witnessed:
    """Return who cosigned a note with a signature line, and when.

    Raises:
        ValueError: If the line is not a cosignature of the note by the key.
    """
    found = unpack_cosignature(line.signature)
    public = Ed25519PublicKey.from_public_bytes(key.public)
    try:
        public.verify(found.signature, cosigned_message(found.time, note.text))
    except InvalidSignature as fault:
        raise ValueError(f"the cosignature of {key.name} does not hold") from fault
    return Witnessed(key.name, found.time)
