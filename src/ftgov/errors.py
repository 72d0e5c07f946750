"""The one family of errors, and the one table of exit codes.

Every error says what went wrong, why, and what to do next. Only the command line turns one into an
exit status; the codes are documented in docs/reference/exit-codes.md and tested.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit status means; several causes at once resolve by `worst`."""

    DONE = 0
    OPERATIONAL = 1
    USAGE = 2
    NOTHING_TO_AUDIT = 3
    FINDINGS = 10
    GATE_FAILED = 11
    NOT_ASSESSABLE = 12
    INVALID = 20
    LEDGER_TAMPERED = 21
    PROVIDER = 30


_ORDER = (
    ExitCode.LEDGER_TAMPERED,
    ExitCode.INVALID,
    ExitCode.GATE_FAILED,
    ExitCode.NOT_ASSESSABLE,
    ExitCode.FINDINGS,
)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the code that wins when several causes meet: 21 > 20 > 11 > 12 > 10, then the rest."""
    seen = set(codes)
    for code in _ORDER:
        if code in seen:
            return code
    return max(seen, default=ExitCode.DONE)


class FtgovError(Exception):
    """An error a person can act on.

    Args:
        what: What went wrong, naming the file, line, record or field.
        why: Why it is a fault, or the underlying cause; may be empty.
        next_step: What to do next, as a sentence or a command to type.
        exit_code: The status with which the command line ends.
    """

    exit_code: ExitCode = ExitCode.OPERATIONAL

    def __init__(
        self, what: str, *, why: str = "", next_step: str = "", exit_code: ExitCode | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = next_step
        if exit_code is not None:
            self.exit_code = exit_code

    def as_json(self) -> dict[str, object]:
        """Return the pinned error shape that `--json` prints."""
        return {
            "error": {
                "what": self.what,
                "why": self.why,
                "next_step": self.next_step,
                "exit_code": int(self.exit_code),
            }
        }


class UsageError(FtgovError):
    """The call itself is wrong: a bad option, an absent path, malformed facts."""

    exit_code = ExitCode.USAGE


class NothingToAudit(FtgovError):
    """There is no usable row to measure."""

    exit_code = ExitCode.NOTHING_TO_AUDIT


class NotAssessable(FtgovError):
    """A verdict cannot be reached: evidence is missing, stale or malformed."""

    exit_code = ExitCode.NOT_ASSESSABLE


class InvalidBundle(FtgovError):
    """A signature, a digest or the form of a bundle is wrong."""

    exit_code = ExitCode.INVALID


class LedgerTampered(FtgovError):
    """The ledger no longer is what was written."""

    exit_code = ExitCode.LEDGER_TAMPERED


class MissingExtra(FtgovError):
    """A feature needs an optional dependency that is not installed.

    Args:
        feature: What was asked for, in words.
        extra: The extra that brings it.
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs the optional dependency '{extra}', which is not installed.",
            next_step=f"pip install 'ftgov[{extra}]'",
        )
