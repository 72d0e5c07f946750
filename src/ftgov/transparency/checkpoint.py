"""Tree heads: what a log commits to, as the text of a signed note.

Source: c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ftgov.transparency import marks
from ftgov.transparency.merkle import EMPTY_ROOT, HASH_BYTES
from ftgov.transparency.note import SignedNote
from ftgov.transparency.text import decimal, decode_hash, encode_base64


class TreeHead(NamedTuple):
    """A log at one moment: who it is, how many entries it has, and the root over them (32 bytes).

    `extensions` are lines of the log's own after the three that everyone reads.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def first_difference(self, digest_at: Callable[[int], str | None]) -> tuple[int, int]:
        """Return the first and last number of the entries among which the first altered one is.

        Ask this of a head whose root is no longer the log's. Without our marks among the extension
        lines it may be any entry.

        Args:
            digest_at: The digest (`sha256:...`) of the entry with a number from 1 as the log has it
                now, or None where there is none.
        """

        def content_at(number: int) -> bytes | None:
            digest = digest_at(number)
            return None if digest is None else bytes.fromhex(digest.removeprefix("sha256:"))

        line = next((each for each in self.extensions if each.startswith(marks.PREFIX)), "")
        try:
            covered = marks.parse_marks(line).covered
        except ValueError:
            return 1, self.size
        if found := marks.first_difference(line, content_at):
            return found
        return (covered + 1 if covered < self.size else 1), self.size


def head_text(head: TreeHead) -> str:
    """Return the text that is signed: origin, size, root and extension lines, each on its line.

    Raises:
        ValueError: If a value has no place in the format, so that it could not be read back.
    """
    if len(head.root) != HASH_BYTES:
        raise ValueError(f"a root has {HASH_BYTES} bytes, not {len(head.root)}")
    lines = (head.origin, str(head.size), encode_base64(head.root), *head.extensions)
    text = "".join(f"{line}\n" for line in lines)
    if parse_head(text) != head:
        raise ValueError("an origin or extension is one line each")
    return text


def parse_head(text: str) -> TreeHead:
    """Read the text of a tree head.

    Raises:
        ValueError: If it has fewer than three lines, an empty line, a size with leading zeroes, a
            root that is no hash, or claims another root of nothing than the one there is.
    """
    lines = text.split("\n")
    if lines.pop() or len(lines) < 3 or not all(lines):
        raise ValueError("a tree head is three lines or more, none of them empty")
    if any(c < " " for line in lines for c in line):
        raise ValueError("a tree head holds no control character but line feeds")
    head = TreeHead(lines[0], decimal(lines[1]), decode_hash(lines[2]), tuple(lines[3:]))
    if head.size == 0 and head.root != EMPTY_ROOT:
        raise ValueError("a log without entries has the root of nothing")
    return head


def head_of_note(note: SignedNote) -> TreeHead:
    """Return the tree head that a note's text states; whether it is signed is not looked at.

    Raises:
        ValueError: If the text is no tree head.
    """
    return parse_head(note.text)
