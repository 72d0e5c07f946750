"""What is counted in the rows of training files, in one streaming pass over them.

The analyzer of recorded datasets and `ftgov data` count here, so that both mean the same by a row
that cannot be used, a row given twice and a prompt that is asked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal, NamedTuple

from ftgov.tables.answers import prompt_digest
from ftgov.tables.lines import json_object, numbered_lines

Fault = Literal["unreadable", "duplicate", "overlap"]
Reading = Callable[[dict[str, Any]], tuple[str, ...]]
"""What a row must be: it returns the row's prompts, or raises a ValueError that says why not."""

MOST_PLACES = 10
"""How many places of each fault are remembered; all of them are counted."""


class Place(NamedTuple):
    """Where a fault stands.

    Attributes:
        row: The row's number among all rows of the files, from 1.
        file: The file's name.
        line: The line in it, from 1.
        why: What is wrong, as words after "line 7: ".
    """

    row: int
    file: str
    line: int
    why: str


class ReadRow(NamedTuple):
    """A line of a training file, read.

    Attributes:
        line: The line in its file, from 1.
        content: Its bytes, without white space around them.
        parsed: Whether it is a strict JSON object.
        prompts: The digests of its prompts; empty where it is not read.
        fault: Why it cannot be used; empty where it can.
    """

    line: int
    content: bytes
    parsed: bool
    prompts: tuple[bytes, ...]
    fault: str


def read_rows(stream: BinaryIO, name: str, reading: Reading) -> Iterator[ReadRow]:
    """Yield the rows of a plain or gzipped JSONL file, those that cannot be used as well.

    Raises:
        FtgovError: If the file is broken as a whole (gzip, a line beyond 64 MiB).
    """
    for number, content in numbered_lines(stream, name):
        parsed = False
        try:
            row = json_object(content)
            parsed = True
            prompts = tuple(prompt_digest(text) for text in reading(row))
        except ValueError as fault:
            yield ReadRow(number, content, parsed, (), str(fault) or "it cannot be read")
        else:
            yield ReadRow(number, content, parsed, prompts, "")


@dataclass
class RowTally:
    """Counts over files that are one dataset; the files are added one after another.

    Memory: 16 bytes of digest per distinct row, whatever the rows hold, and a few places.

    Args:
        reading: What a row must be.
        asked: Digests (`prompt_digest`) of the prompts that no row may hold.
    """

    reading: Reading
    asked: Container[bytes] = frozenset()
    rows: int = 0
    unparsed_rows: int = 0
    unreadable_rows: int = 0
    duplicate_rows: int = 0
    overlap_rows: int = 0
    places: dict[Fault, list[Place]] = field(default_factory=dict)
    _seen: set[bytes] = field(default_factory=set)

    def add(self, stream: BinaryIO, name: str) -> int:
        """Count the rows of a file, plain or gzipped JSONL, and return how many it holds.

        Raises:
            FtgovError: If the file is broken as a whole (gzip, a line beyond 64 MiB).
        """
        before = self.rows
        for row in read_rows(stream, name, self.reading):
            self.rows += 1
            self.unparsed_rows += not row.parsed
            known = len(self._seen)
            self._seen.add(hashlib.sha256(row.content).digest()[:16])
            if len(self._seen) == known:
                self.duplicate_rows += 1
                self._note("duplicate", name, row.line, "it has the same bytes as an earlier row")
            if row.fault:
                self.unreadable_rows += 1
                self._note("unreadable", name, row.line, row.fault)
            elif any(digest in self.asked for digest in row.prompts):
                self.overlap_rows += 1
                self._note("overlap", name, row.line, "its prompt is asked in the evaluation")
        return self.rows - before

    def _note(self, fault: Fault, name: str, number: int, why: str) -> None:
        places = self.places.setdefault(fault, [])
        if len(places) < MOST_PLACES:
            places.append(Place(self.rows, name, number, why))
