"""Data files as a user names them: one path, or a pattern of several of one format."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Literal, NamedTuple

from ftgov.errors import FtgovError, NothingToAudit, UsageError
from ftgov.tables.names import csv_header, require_once

Format = Literal["csv", "parquet", "jsonl"]
_ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson": "jsonl",
}
_LONGEST_HEADER = 1_000_000
_PATTERN = frozenset("*?[")


class FileSource(NamedTuple):
    """Files that hold one table.

    Attributes:
        paths: The files, at least one, in order of their names.
        format: What all of them are.
        shown: As the user named them.
        delimiter: What parts the fields of CSV: the sign that the first header has most of.
    """

    paths: tuple[Path, ...]
    format: Format
    shown: str
    delimiter: str = ","


def file_source(named: str) -> FileSource:
    """Return the files that a path or pattern names.

    Args:
        named: A path, or a pattern with `*`, `?`, `[...]` or `**`.

    Raises:
        UsageError: If there is no such file, their endings differ or are not known, or a CSV file
            names a column twice.
        NothingToAudit: If all of them are empty.
        FtgovError: If a CSV file cannot be read.
    """
    paths = _paths(named)
    if not paths:
        raise UsageError(f"There is no file {named}.", next_step="Check the path and try again.")
    if not any(path.stat().st_size for path in paths):
        raise NothingToAudit(f"{named} is empty.", next_step="Name a file that holds rows.")
    formats = {_format(path) for path in paths}
    if len(formats) > 1:
        raise UsageError(
            f"The files of {named} are of several formats: {', '.join(sorted(formats))}.",
            next_step="Name files of one format.",
        )
    found = formats.pop()
    delimiter = _delimiter(paths[0]) if found == "csv" else ","
    for path in paths if found == "csv" else ():
        require_once(csv_header(path, delimiter), path.name)
    return FileSource(paths, found, named, delimiter)


def _paths(named: str) -> tuple[Path, ...]:
    path = Path(named)
    if path.is_file():
        return (path.absolute(),)
    if path.is_dir():
        raise UsageError(
            f"{named} is a folder.", next_step=f"Name its files by a pattern: '{named}/*.parquet'"
        )
    if not _PATTERN & set(named):
        return ()
    root = Path(path.anchor) if path.is_absolute() else Path()
    pattern = str(path.relative_to(path.anchor)) if path.is_absolute() else named
    return tuple(sorted(found.absolute() for found in root.glob(pattern) if found.is_file()))


def _delimiter(path: Path) -> str:
    """Return the delimiter of a CSV file: comma, semicolon or tab."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as stream:
            header = stream.readline(_LONGEST_HEADER).decode("utf-8", "replace")
    except (OSError, EOFError) as fault:
        raise FtgovError(
            f"{path} cannot be read.", why=str(fault), next_step="Check that the file is whole."
        ) from fault
    bare = "".join(header.split('"')[::2])
    return max(",;\t", key=bare.count)


def _format(path: Path) -> Format:
    name = path.name.lower()
    for ending, found in _ENDINGS.items():
        if name.endswith(ending):
            return found
    raise UsageError(
        f"{path.name} is none of the formats that can be read.",
        next_step=f"Name a file that ends in one of: {', '.join(_ENDINGS)}",
    )
