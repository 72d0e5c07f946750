"""Pace: how fast a host is asked, and how long to wait where it is busy; shared by all threads."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

_SPAN: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?")
_LONGEST_SECOND: Final = 3600.0


class Patience(NamedTuple):
    """How often and how long to wait.

    Attributes:
        attempts: How often one question is asked at most.
        first: The first wait in seconds where the host names none; doubles each time.
        longest: The longest wait in seconds that is accepted, be it the host's wish or not.
    """

    attempts: int = 6
    first: float = 0.5
    longest: float = 900.0


class Pace:
    """A gate that all threads pass before they ask; closed for as long as the host wants.

    Args:
        patience: How often and how long to wait.
        say: Is told of each wait that a person notices.
    """

    def __init__(self, patience: Patience, say: Callable[[str], None]) -> None:
        self.patience = patience
        self._say = say
        self._lock = threading.Lock()
        self._open_at = 0.0

    def hold(self) -> None:
        """Wait until the gate is open."""
        while (left := self._open_at - time.monotonic()) > 0:
            time.sleep(left)

    def close_for(self, seconds: float, why: str) -> None:
        """Keep everybody from asking for a while; a longer wish stands."""
        if seconds <= 0:
            return
        with self._lock:
            until = time.monotonic() + seconds
            noticed = seconds >= 5 and until > self._open_at + 1
            self._open_at = max(self._open_at, until)
        if noticed:
            self._say(f"{why}: waiting {seconds:.0f} s")

    def wait_after(self, attempt: int, headers: Mapping[str, str]) -> float | None:
        """Return how long to wait after a failed attempt, in seconds; None: too long to accept."""
        wished = wished_wait(headers)
        seconds = self.patience.first * 2.0 ** min(attempt, 10) if wished is None else wished
        return None if seconds > self.patience.longest else seconds


def wished_wait(headers: Mapping[str, str]) -> float | None:
    """Return how long a host wants to be left alone, in seconds, or None where it doesn't say."""
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if 0 <= seconds < 1e7:
            return seconds
    return None


def spent_wait(headers: Mapping[str, str]) -> float:
    """Return how long until a spent allowance is refilled, in seconds; 0 where some is left.

    Source: OpenAI's rate limit headers, `x-ratelimit-remaining-requests` and
    `x-ratelimit-reset-requests` such as `6m0s` or `20ms`.
    """
    if headers.get("x-ratelimit-remaining-requests") != "0":
        return 0.0
    found = _SPAN.fullmatch(headers.get("x-ratelimit-reset-requests", ""))
    if found is None:
        return 0.0
    try:
        hours, minutes, seconds, thousandths = (float(part or 0) for part in found.groups())
    except ValueError:
        return 0.0
    return min(hours * 3600 + minutes * 60 + seconds + thousandths / 1000, _LONGEST_SECOND)
