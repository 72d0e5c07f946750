"""The only place that prints: results to stdout, everything else to stderr."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftgov.errors import FtgovError
from ftgov.records.printable import inert

if TYPE_CHECKING:
    from pydantic import BaseModel  # 60 ms that `--help` does not need

__all__ = ["Console", "inert"]

_STYLES = {"good": "32", "bad": "31;1", "weak": "33", "quiet": "2", "strong": "1"}


@dataclass(frozen=True)
class Console:
    """How a command speaks: as text or JSON, quietly or not, with colour or not."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    color: bool = True

    def style(self, text: str, kind: str) -> str:
        """Return text in a style (`good`, `bad`, `weak`, `quiet`, `strong`), where colour is on."""
        on = self.color and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        return f"\x1b[{_STYLES[kind]}m{text}\x1b[0m" if on else text

    def result(self, value: BaseModel | object, lines: Iterable[str]) -> None:
        """Print a command's result: one JSON document, or lines of text."""
        if self.as_json:
            dump = getattr(value, "model_dump", None)
            plain: Any = dump(mode="json", by_alias=True) if dump else value
            print(json.dumps(plain, ensure_ascii=False, allow_nan=False))
            return
        for line in lines:
            print(line)

    def raw(self, text: str) -> None:
        """Print a text as it is on stdout: a drawing, the help of the bare command."""
        print(text, end="" if text.endswith("\n") else "\n")

    def ask(self, prompt: str) -> str | None:
        """Return one line that a person types, trimmed; None where the input ends."""
        print(inert(prompt), end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        return line.strip() if line else None

    def progress(self, text: str) -> None:
        """Say on stderr what is being done."""
        if not self.quiet:
            print(f"· {inert(text)}", file=sys.stderr, flush=True)

    def notice(self, text: str) -> None:
        """Say on stderr what stops nothing but should be known; silenced by --quiet."""
        if not self.quiet:
            print(f"notice: {inert(text)}", file=sys.stderr, flush=True)

    def warn(self, text: str) -> None:
        """Say on stderr what the user should know; not silenced by --quiet."""
        print(f"warning: {inert(text)}", file=sys.stderr, flush=True)

    def fail(self, error: FtgovError) -> None:
        """Print an error that ends a command: sentences on stderr, JSON on stdout if asked for."""
        if self.as_json:
            # Where stdout itself is what failed, the sentences below must still be said.
            with contextlib.suppress(OSError):
                print(json.dumps(error.as_json(), ensure_ascii=False), flush=True)
        self.complain(error)

    def complain(self, error: FtgovError) -> None:
        """Say on stderr what is wrong; for a command whose result is on stdout already."""
        print(f"error: {inert(error.what)}", file=sys.stderr)
        if error.why:
            print(f"  why:  {inert(error.why)}", file=sys.stderr)
        if error.next_step:
            print(f"  next: {inert(error.next_step)}", file=sys.stderr)
