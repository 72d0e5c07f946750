"""Audits of training files by themselves: no workspace, no record, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ftgov.errors import FtgovError, NothingToAudit, UsageError
from ftgov.records.digest import digest_stream
from ftgov.records.printable import one_line
from ftgov.records.training_rows import (
    CHECKS,
    CheckName,
    Method,
    ReadFile,
    RowCheck,
    RowFault,
    RowsAudit,
)
from ftgov.tables.chats import user_prompts
from ftgov.tables.lines import broken_line
from ftgov.tables.row_tally import Fault, RowTally, read_rows
from ftgov.tables.sources import file_source
from ftgov.tables.training_shapes import SHAPES

_LONGEST_FAULT = 300
_OVERLAP_REMEDY = (
    "Take these rows out of the training files, or their prompts out of the evaluation: what it "
    "measures on prompts that were trained on says nothing."
)
NOT_LOOKED_AT = (
    "personal data",
    "secrets such as keys and passwords",
    "near-duplicates, paraphrases and contradicting labels",
    "tool calls and their arguments",
    "whether what a row teaches is right, fair, safe or licensed",
)
"""What no check of this version reads; a pass says nothing of it."""


def audit_rows(
    named: Sequence[str],
    *,
    method: Method = "supervised",
    holdout: Sequence[str] = (),
    checks: Sequence[CheckName] = (),
) -> RowsAudit:
    """Audit training files, which together are one dataset, in one streaming pass.

    Args:
        named: Paths or patterns of JSON Lines files, plain or gzipped.
        method: What will learn from the rows.
        holdout: Files whose prompts no row may hold: chat rows, preference rows or rows with a
            `prompt`.
        checks: What to look for; by default all, `overlap` where there is a holdout file.

    Raises:
        UsageError: If a path is absent, is no JSON Lines file or is given in both places, or
            `overlap` and `holdout` do not come together.
        FtgovError: If a file cannot be read, or a holdout file has a row that cannot.
        NothingToAudit: If the files, or the holdout files, hold no row at all.
    """
    asked_for = _checks(checks, holdout=bool(holdout))
    paths, held = _files(named), _files(holdout)
    if both := {path.resolve() for path in paths} & {path.resolve() for path in held}:
        raise UsageError(
            f"{min(both).name} is both audited and held out.",
            next_step="Name the training files, and after --holdout those of the evaluation.",
        )
    asked: set[bytes] = set()
    read_holdout = tuple(_asked(path, asked) for path in held)
    if held and not asked:
        raise NothingToAudit(
            "The holdout files hold no prompt.", next_step="Name files with prompts."
        )
    tally = RowTally(SHAPES[method] if "format" in asked_for else user_prompts, asked)
    files = tuple(_add(path, tally) for path in paths)
    if not tally.rows:
        raise NothingToAudit(
            f"{', '.join(map(str, paths))}: no rows.", next_step="Name a file that holds rows."
        )
    found = tuple(_check(name, method, tally) for name in CHECKS if name in asked_for)
    readable = tally.rows - tally.unparsed_rows
    return RowsAudit(
        method=method,
        files=files,
        holdout=read_holdout,
        n=tally.rows,
        readable=readable,
        checks=found,
        not_looked_at=(*_left_out(asked_for, holdout=bool(holdout)), *NOT_LOOKED_AT),
        passed=readable > 0 and all(check.severity != "error" for check in found),
    )


def _checks(named: Sequence[CheckName], *, holdout: bool) -> tuple[CheckName, ...]:
    if "overlap" in named and not holdout:
        raise UsageError(
            "The check overlap has nothing to compare with.",
            next_step="Name the evaluation's files: --holdout FILE",
        )
    if holdout and named and "overlap" not in named:
        raise UsageError(
            "The holdout files are read by the check overlap, which is not asked for.",
            next_step="Add --checks overlap, or leave --holdout out.",
        )
    return tuple(named) or tuple(name for name in CHECKS if holdout or name != "overlap")


def _left_out(done: Sequence[CheckName], *, holdout: bool) -> Iterator[str]:
    """Yield what a check that was not run would have told."""
    if "format" not in done:
        yield "the rows' format (--checks format)"
    if "duplicates" not in done:
        yield "duplicates (--checks duplicates)"
    if not holdout:
        yield "overlap with an evaluation (no --holdout was given)"


def _files(named: Sequence[str]) -> tuple[Path, ...]:
    """Return the files behind paths and patterns, each once."""
    found: dict[Path, Path] = {}
    for word in named:
        source = file_source(word)
        if source.format != "jsonl":
            raise UsageError(
                f"{word} is no JSON Lines file.",
                next_step="Name a file that ends in .jsonl or .jsonl.gz.",
            )
        for path in source.paths:
            found.setdefault(path.resolve(), _shown(path))
    return tuple(found.values())


def _shown(path: Path) -> Path:
    """Return a path as it is named: from the current folder where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        stream = path.open("rb")
    except OSError as fault:
        raise FtgovError(
            f"{path} cannot be read.", why=str(fault), next_step="Check its permissions."
        ) from fault
    with stream:
        yield stream


def _asked(path: Path, asked: set[bytes]) -> ReadFile:
    """Add the prompts of a holdout file; one that can't be read would hide an overlap."""
    with _opened(path) as stream:
        digest, size = digest_stream(stream)
        stream.seek(0)
        rows = 0
        for row in read_rows(stream, str(path), user_prompts):
            if row.fault:
                raise broken_line(str(path), row.line, row.fault)
            rows += 1
            asked.update(row.prompts)
    return ReadFile(name=str(path), digest=digest, bytes=size, rows=rows)


def _add(path: Path, tally: RowTally) -> ReadFile:
    with _opened(path) as stream:
        digest, size = digest_stream(stream)
        stream.seek(0)
        rows = tally.add(stream, str(path))
    return ReadFile(name=str(path), digest=digest, bytes=size, rows=rows)


def _check(name: CheckName, method: Method, tally: RowTally) -> RowCheck:
    return {"format": _format, "duplicates": _duplicates, "overlap": _overlap}[name](method, tally)


def _format(method: Method, tally: RowTally) -> RowCheck:
    rows = tally.unreadable_rows
    return RowCheck(
        check="format",
        severity="error" if rows else "note",
        rows=rows,
        n=tally.rows,
        summary=f"{rows:,} of {tally.rows:,} rows do not have the {method} format.",
        remedy="Mend or drop them, or name the --method that they are for." if rows else "",
        first=_first(tally, "unreadable"),
    )


def _duplicates(method: Method, tally: RowTally) -> RowCheck:
    del method
    rows = tally.duplicate_rows
    return RowCheck(
        check="duplicates",
        severity="warning" if rows else "note",
        rows=rows,
        n=tally.rows,
        summary=f"{rows:,} of {tally.rows:,} rows have the same bytes as an earlier row.",
        remedy="Drop the copies, unless a row is meant to weigh more." if rows else "",
        first=_first(tally, "duplicate"),
    )


def _overlap(method: Method, tally: RowTally) -> RowCheck:
    """Return the rows that overlap; one that can't be read can't pass for compared either."""
    del method
    rows, unread = tally.overlap_rows, tally.unreadable_rows
    compared = tally.rows - unread
    left = f"; {unread:,} cannot be read and were not compared" if unread else ""
    return RowCheck(
        check="overlap",
        severity="error" if rows or unread else "note",
        rows=rows,
        n=compared,
        summary=f"{rows:,} of {compared:,} rows hold a prompt of the holdout files{left}.",
        remedy=_OVERLAP_REMEDY if rows else "Mend the rows that cannot be read." if unread else "",
        first=_first(tally, "overlap") or _first(tally, "unreadable"),
    )


def _first(tally: RowTally, fault: Fault) -> tuple[RowFault, ...]:
    return tuple(
        RowFault(file=place.file, line=place.line, fault=one_line(place.why)[:_LONGEST_FAULT])
        for place in tally.places.get(fault, ())
    )
