"""Signed notes: a text that people can read, and lines of signatures below it.

Signing and verifying themselves are passed in; here is only the form, and the rule of whom to
believe: a signature of an unknown key says nothing, and one of a known key that does not hold
spoils the note.

Source: c2sp.org/signed-note.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from ftgov.transparency.text import decode_base64, encode_base64

ED25519: Final = 1
"""The type of an Ed25519 signature over the note's text."""

_LONGEST: Final = 1 << 20
_MOST_SIGNATURES: Final = 64
_ID_BYTES: Final = 4

Verify = Callable[[bytes, bytes], bool]
"""Whether a signature (second) over a message (first) is the key's."""


class NoteSignature(NamedTuple):
    """One signature line: the key's name, its 4-byte id, and the signature's own bytes."""

    name: str
    key_id: bytes
    signature: bytes


class SignedNote(NamedTuple):
    """A note of sound form; nothing in it is believed yet. `text` ends in a line feed."""

    text: str
    signatures: tuple[NoteSignature, ...]


class NoteKey(NamedTuple):
    """A key whose signatures are believed: its name, its 4-byte id, and how to verify."""

    name: str
    key_id: bytes
    verify: Verify


class PublicText(NamedTuple):
    """A public key as notes spell it: name, 4-byte id, type of signature, the key's own bytes."""

    name: str
    key_id: bytes
    kind: int
    public: bytes


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the id of a key: 4 bytes of SHA-256 over its name, type and bytes."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:_ID_BYTES]


def check_name(name: str) -> None:
    """Check that a text may be a key's name.

    Raises:
        ValueError: If it is empty, or has a space, a plus or a control character.
    """
    if not name or "+" in name or any(c.isspace() or c < " " for c in name):
        raise ValueError(f"{name[:80]!r} cannot name a key: it is empty, or has a space or a plus")


def write_key(name: str, kind: int, public: bytes) -> str:
    """Return the text of a public key: `<name>+<id in hex>+<base64 of type and key>`.

    Raises:
        ValueError: If the name can't be one.
    """
    check_name(name)
    shown = encode_base64(bytes([kind]) + public)
    return f"{name}+{key_id(name, kind, public).hex()}+{shown}"


def parse_key(text: str) -> PublicText:
    """Read the text of a public key, as `write_key` makes it.

    Raises:
        ValueError: If it is malformed, or its id is not the key's.
    """
    name, _, rest = text.partition("+")
    shown, plus, encoded = rest.partition("+")
    check_name(name)
    content = decode_base64(encoded)
    if not plus or len(content) < 2:
        raise ValueError("a key's text is its name, its id and its bytes, joined by a plus")
    found = PublicText(name, key_id(name, content[0], content[1:]), content[0], content[1:])
    if shown != found.key_id.hex():
        raise ValueError(f"the id {shown[:40]!r} is not that of the key {name}")
    return found


def write_note(text: str, signatures: Iterable[NoteSignature]) -> bytes:
    """Return the bytes of a signed note.

    Raises:
        ValueError: If the text does not end in a line feed, has a control character, a name can't
            be a key's, or there is no signature; such a note could not be read back.
    """
    note = SignedNote(text, tuple(signatures))
    lines = []
    for each in note.signatures:
        check_name(each.name)
        lines.append(f"\N{EM DASH} {each.name} {encode_base64(each.key_id + each.signature)}\n")
    content = f"{text}\n{''.join(lines)}".encode()
    if parse_note(content) != note:
        raise ValueError("a note's text ends in a line feed, and a key's id has 4 bytes")
    return content


def parse_note(content: bytes) -> SignedNote:
    """Read a signed note; nothing is verified.

    Raises:
        ValueError: If a byte of it is not as the specification has it: not UTF-8, a control
            character, no blank line, a malformed signature line, or out of all proportion.
    """
    if len(content) > _LONGEST:
        raise ValueError(f"a note has at most {_LONGEST} bytes")
    note = content.decode("utf-8")
    if any(c < " " and c != "\n" for c in note):
        raise ValueError("a note holds no control character but line feeds")
    body, blank, below = note.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise ValueError("a note is a text, a blank line, and lines of signatures")
    lines = below[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise ValueError(f"a note has at most {_MOST_SIGNATURES} signatures")
    return SignedNote(body + "\n", tuple(_signature(line) for line in lines))


def signers(note: SignedNote, keys: Iterable[NoteKey]) -> tuple[NoteKey, ...]:
    """Return which of the known keys signed a note; signatures of other keys are ignored.

    Raises:
        ValueError: If no known key signed it, or a known key's signature does not hold.
    """
    known = {(key.name, key.key_id): key for key in keys}
    message = note.text.encode()
    found: dict[tuple[str, bytes], NoteKey] = {}
    for name, identity, signature in note.signatures:
        key = known.get((name, identity))
        if key is None:
            continue
        if not key.verify(message, signature):
            raise ValueError(f"the signature of {name} does not hold")
        found[name, identity] = key
    if not found:
        raise ValueError("no known key signed it")
    return tuple(found.values())


def _signature(line: str) -> NoteSignature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "\N{EM DASH}":
        raise ValueError("a line of signature begins with an em dash and a space")
    check_name(name)
    content = decode_base64(encoded)
    if len(content) <= _ID_BYTES:
        raise ValueError(f"the signature of {name} is empty")
    return NoteSignature(name, content[:_ID_BYTES], content[_ID_BYTES:])
