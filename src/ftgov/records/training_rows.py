"""An audit of training files by themselves: what was looked at, what was found, what was not.

The JSON of these records is what `ftgov data --json` prints.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Count, Record
from ftgov.records.digest import Digest
from ftgov.records.finding import Severity

Method = Literal["supervised", "dpo", "reinforcement"]
CheckName = Literal["format", "duplicates", "overlap"]

CHECKS: tuple[CheckName, ...] = ("format", "duplicates", "overlap")


class ReadFile(Record):
    """A file as it was read."""

    name: str
    digest: Digest = Field(description="of the file's bytes as they lie there")
    bytes: Count
    rows: Count = Field(description="lines that are not blank")


class RowFault(Record):
    """A fault of one row."""

    file: str
    line: int = Field(ge=1)
    fault: str


class RowCheck(Record):
    """What one check counted."""

    check: CheckName
    severity: Severity = Field(description="error makes the exit status 10; note: nothing found")
    rows: Count = Field(description="rows at fault, all of them")
    n: Count = Field(description="rows that were looked at")
    summary: str
    remedy: str = Field(default="", description="what to do; empty where nothing was found")
    first: tuple[RowFault, ...] = Field(default=(), description="the first faults, at most ten")


class RowsAudit(Record):
    """What was found in the rows of training files; exact counts, nothing is sampled."""

    method: Method
    files: tuple[ReadFile, ...]
    holdout: tuple[ReadFile, ...] = ()
    n: Count = Field(description="rows of all files")
    readable: Count = Field(description="rows that are strict JSON objects")
    checks: tuple[RowCheck, ...]
    not_looked_at: tuple[str, ...]
    passed: bool = Field(
        description="a row is readable and no check found an error; not_looked_at is left open"
    )
