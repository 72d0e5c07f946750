"""Names of columns: each once, or nobody can tell which of them is meant."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ftgov.errors import FtgovError, UsageError


def require_once(names: Iterable[str], shown: str) -> None:
    """Refuse a table with two columns of one name; columns without a name may be many.

    Args:
        names: The names as they stand in the table.
        shown: The table as the user named it.

    Raises:
        UsageError: If a name stands there more than once.
    """
    again = [
        f"{name} ({times} times)" for name, times in Counter(names).items() if name and times > 1
    ]
    if again:
        raise repeated(", ".join(again), shown)


def repeated(named: str, shown: str) -> UsageError:
    """Return the error of a table in which a name stands more than once."""
    return UsageError(
        f"{shown} names a column more than once: {named}.",
        why="Which of them is meant cannot be told.",
        next_step="Give each column a name of its own, or leave out the one that is not meant.",
    )


def csv_header(path: Path, delimiter: str) -> list[str]:
    """Return the fields of the first line of a CSV file that is not empty.

    Raises:
        FtgovError: If the file cannot be read.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as stream:
            return next(filter(None, csv.reader(stream, delimiter=delimiter)), [])
    except (OSError, EOFError, csv.Error) as fault:
        raise FtgovError(
            f"{path} cannot be read.", why=str(fault), next_step="Check that the file is whole."
        ) from fault
