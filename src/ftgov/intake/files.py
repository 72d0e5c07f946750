"""Files on disk as evidence records, before any store has them."""

from __future__ import annotations

from pathlib import Path

from ftgov.errors import FtgovError, UsageError
from ftgov.records.digest import digest_stream
from ftgov.records.evidence import Evidence
from ftgov.records.media_type import media_type_of


def describe_file(path: Path) -> Evidence:
    """Return what a file is: digest, length in bytes, name, media type.

    Raises:
        UsageError: If there is no such file.
        FtgovError: If it can't be read.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", next_step="Check the path and try again.")
    try:
        with path.open("rb") as stream:
            digest, length = digest_stream(stream)
    except OSError as fault:
        raise FtgovError(
            f"The file {path} cannot be read.", why=str(fault), next_step="Check its permissions."
        ) from fault
    return Evidence(
        digest=digest, bytes=length, name=path.name, media_type=media_type_of(path.name)
    )
