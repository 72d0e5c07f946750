"""The lines of a JSONL file, plain or gzipped, streamed with their numbers.

Plain Python on purpose: a database's JSON reader guesses types, stops at its own size limits and
does not name the line; the standard library reads 5,000 rows in some 50 ms and knows the line.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from ftgov.errors import FtgovError
from ftgov.records.canonical import strict_json

LONGEST_LINE = 64 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def numbered_lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a stream that are not blank, numbered from 1, without their line ends.

    A gzipped stream is known by its first bytes, whatever its name. Memory: one line.

    Args:
        stream: A seekable stream, read from its start; the caller closes it.
        name: The file's name, for errors.

    Raises:
        FtgovError: If the gzip data are broken or a line exceeds 64 MiB; it names file and line.
    """
    number = 0
    try:
        source = _opened(stream)
        while line := source.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                raise broken_line(name, number, "it is longer than 64 MiB")
            if number == 1:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            if text := line.strip():
                yield number, text
    except (EOFError, zlib.error, OSError) as fault:
        raise broken_line(name, number + 1, str(fault)) from fault


def json_rows(stream: BinaryIO, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of a JSONL stream, each a JSON object, numbered by their lines from 1.

    Raises:
        FtgovError: If a line is no strict JSON object; it names file and line.
    """
    for number, line in numbered_lines(stream, name):
        try:
            row = json_object(line)
        except ValueError as fault:
            raise broken_line(name, number, str(fault)) from fault
        yield number, row


def json_object(line: bytes) -> dict[str, Any]:
    """Return the JSON object that a line holds.

    Raises:
        ValueError: If it is no strict JSON (doubled keys, NaN, broken UTF-8) or no object.
    """
    row = strict_json(line)
    if not isinstance(row, dict):
        raise ValueError(f"it holds a {type(row).__name__}, not an object")  # noqa: TRY004 - one kind of error for one kind of fault
    return row


def broken_line(name: str, number: int, why: str) -> FtgovError:
    """Return the error of a line that cannot be read, naming file, line and the next step."""
    return FtgovError(
        f"{name}, line {number}, cannot be read.",
        why=f"{why[:1].upper()}{why[1:]}.",
        next_step=f"Correct line {number} of {name} and record the file again.",
    )


def _opened(stream: BinaryIO) -> BinaryIO:
    """Return the plain bytes of a stream that may be gzipped."""
    head = stream.read(2)
    stream.seek(0)
    return cast("BinaryIO", gzip.open(stream)) if head == b"\x1f\x8b" else stream
