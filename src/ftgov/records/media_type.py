"""Media types by file name, from a table of our own.

Python's `mimetypes` reads the machine's files, so that one file would get two records on two
machines. Source: IANA media types; JSON Lines has none registered, `application/jsonl` is in use.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

UNKNOWN: Final = "application/octet-stream"

_BY_SUFFIX: Final = {
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zip": "application/zip",
    ".zst": "application/zstd",
}


def media_type_of(name: str) -> str:
    """Return the media type that a file's name stands for; its last suffix decides."""
    return _BY_SUFFIX.get(PurePath(name).suffix.lower(), UNKNOWN)
