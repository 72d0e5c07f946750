"""A model's answers: JSON Lines, one row per prompt, gzipped or not."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ftgov.errors import FtgovError, NothingToAudit, UsageError
from ftgov.records.canonical import strict_json

REQUIRED = ("id", "kind", "prompt", "expected", "answer")
OPTIONAL = ("pair", "group", "language", "template", "term")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NAME_LENGTH = 128  # of a record


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as stream:
        yield from enumerate(stream, start=1)


def _fault(path: Path, number: int, why: str) -> FtgovError:
    return FtgovError(
        f"{path}, line {number}: this row cannot be used.",
        why=why,
        next_step="Correct the line; nothing was recorded.",
    )


def _check_row(path: Path, number: int, line: bytes, seen: set[str]) -> None:
    try:
        # Read as the audit reads it: what is recorded here must not be refused there.
        row: Any = strict_json(line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line)
    except ValueError as fault:
        raise _fault(path, number, f"it is not strict JSON: {fault}") from fault
    if not isinstance(row, dict):
        raise _fault(path, number, "it is not a JSON object")
    for key in REQUIRED:
        if not isinstance(row.get(key), str):
            raise _fault(path, number, f"its '{key}' is missing or not text")
    for key in OPTIONAL:
        if not isinstance(row.get(key), str | None):
            raise _fault(path, number, f"its '{key}' is neither text nor null")
    if row["id"] in seen:
        raise _fault(path, number, f"the id {row['id']!r} stands twice")
    seen.add(row["id"])


def count_answers(path: Path) -> int:
    """Check each row of an answers file and return how many there are.

    A row has `id`, `kind`, `prompt`, `expected`, `answer` as text, and may have `pair`, `group`,
    `language`, `template` and `term` as text or null; ids are unique; empty lines are skipped. A
    key that stands twice in a row, and NaN or Infinity anywhere in it, are no strict JSON.

    Raises:
        UsageError: If there is no such file.
        FtgovError: If a row can't be used; names the line.
        NothingToAudit: If there is no row at all.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", next_step="Check the path and try again.")
    seen: set[str] = set()
    try:
        for number, line in _lines(path):
            if line.strip():
                _check_row(path, number, line, seen)
    except (OSError, EOFError, zlib.error) as fault:
        raise FtgovError(
            f"The file {path} cannot be read to its end.",
            why=str(fault),
            next_step="Check that the file is whole; nothing was recorded.",
        ) from fault
    if not seen:
        raise NothingToAudit(
            f"The file {path} holds no answers.", next_step="Record a file with at least one row."
        )
    return len(seen)


def evaluation_name(model: str, dataset: str) -> str:
    """Return the name under which a model's answers to a dataset are recorded.

    Both names may hold dots, so that joined alone `a` + `b.c` and `a.b` + `c` would supersede each
    other; 8 digits of the SHA-256 of the two tell them apart.
    """
    pair = hashlib.sha256(f"{model}\0{dataset}".encode()).hexdigest()
    return f"{model}.{dataset}"[: _NAME_LENGTH - 9] + f".{pair[:8]}"
