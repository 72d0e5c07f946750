"""Marks: a line in our own tree heads that tells where a rewritten log first differs.

A root says *that* a log was rewritten. The marks are 8 bytes of the digest of every `step`-th
entry, so that whoever holds one earlier head can say *where*, to within `step` entries. The step is
the smallest power of two with which there are at most 1,024 marks: up to 1,024 entries each one is
marked. Other readers of the head pass over the line, as its format lets them.

The line is `ftgov-marks/v1 <step> <base64 of all marks>`. Entries count from 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from ftgov.transparency.text import decimal, decode_base64, encode_base64

PREFIX: Final = "ftgov-marks/v1"
_MARK_BYTES: Final = 8
_MOST: Final = 1024

DigestAt = Callable[[int], bytes | None]
"""The digest (32 bytes) of the entry with a number from 1, or None where there is none."""


class Marks(NamedTuple):
    """What a line of marks says: a mark for each entry whose number `step` divides."""

    step: int
    prefixes: tuple[bytes, ...]

    @property
    def covered(self) -> int:
        """The number of the last entry that has a mark; 0 where there is none."""
        return self.step * len(self.prefixes)


def step_for(size: int) -> int:
    """Return the smallest power of two with which `size` entries get at most 1,024 marks."""
    step = 1
    while size // step > _MOST:
        step *= 2
    return step


def marks(size: int, digest_at: DigestAt) -> str:
    """Return the line of marks for a log of `size` entries, which is one at least.

    Raises:
        ValueError: If there are no entries, or one that must be marked is missing.
    """
    if size < 1:
        raise ValueError("a log without entries has no marks")
    step = step_for(size)
    found = []
    for number in range(step, size + 1, step):
        digest = digest_at(number)
        if digest is None:
            raise ValueError(f"entry {number} is missing")
        found.append(digest[:_MARK_BYTES])
    return f"{PREFIX} {step} {encode_base64(b''.join(found))}"


def parse_marks(line: str) -> Marks:
    """Read a line of marks.

    Raises:
        ValueError: If it is malformed.
    """
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != PREFIX:
        raise ValueError(f"a line of marks is {PREFIX}, a step and base64")
    step, content = decimal(parts[1]), decode_base64(parts[2])
    count, rest = divmod(len(content), _MARK_BYTES)
    if step < 1 or step & (step - 1) or rest or not 1 <= count <= _MOST:
        raise ValueError("marks are 8 bytes each, 1 to 1,024 of them, at a power of two of entries")
    cuts = range(0, len(content), _MARK_BYTES)
    return Marks(step, tuple(content[at : at + _MARK_BYTES] for at in cuts))


def first_difference(line: str, digest_at: DigestAt) -> tuple[int, int] | None:
    """Return the first and last number of the entries among which the first altered one is.

    None says that all marked entries are as they were: a difference, if the roots have one, lies
    after `parse_marks(line).covered`.

    Args:
        line: From a head that is believed.
        digest_at: Reads the log as it is now.

    Raises:
        ValueError: If the line is malformed.
    """
    found = parse_marks(line)
    for place, mark in enumerate(found.prefixes, 1):
        digest = digest_at(place * found.step)
        if digest is None or digest[:_MARK_BYTES] != mark:
            return (place - 1) * found.step + 1, place * found.step
    return None
