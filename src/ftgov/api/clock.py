"""The one place where ftgov asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime

from ftgov.records.base import time_text


def now_text() -> str:
    """Return the present moment as RFC 3339 UTC text, whole seconds."""
    return time_text(datetime.now(UTC))
